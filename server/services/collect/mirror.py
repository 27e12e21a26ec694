"""The place's side of reconciliation: what it holds from a carrier, by prefix of the items' hashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from sqlalchemy import Connection, Table, delete, exists, insert, select

from server.place import Place
from server.services.collect.decision import Carrier
from server.services.collect.readable import need_introduced
from server.services.collect.receipts import DELIVERIES, ITEMS
from server.services.collect.tombstones import wanted_back
from server.storage.reconciled import ReconciledCarrier
from sync.reconcile import Part, beyond, summarise
from sync.reconciling import Named

CARRIERS = cast("Table", ReconciledCarrier.__table__)
_NAMES = (ITEMS.c.hash, ITEMS.c.instance, ITEMS.c.part, ITEMS.c.device, ITEMS.c.number, ITEMS.c.body_size)
_FEW: Final = {"yield_per": 2000}
"""Rows in memory at a time, with whichever database."""


class Mirror:
    """Answers carriers that compare. Nothing is changed but what they tell at the end."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def parts(self, carrier: Carrier, prefixes: Sequence[str]) -> list[Part]:
        """What is held from a carrier under each prefix. However much it is, little of it is in memory at a time.

        Raises ``CodedError`` as ``need_introduced``.
        """
        with self._place.engine.connect() as connection:
            need_introduced(connection, self._place, carrier)
            held = _delivered if carrier.kind == "node" else _signed
            return [summarise(each, held(connection, carrier.id, each)) for each in prefixes]

    def names(self, carrier: Carrier, hashes: Sequence[str]) -> list[Named | None]:
        """What these items are, None for those that are not the carrier's. Raises as ``parts``."""
        query = select(*_NAMES).where(ITEMS.c.hash.in_(hashes))
        if carrier.kind == "node":
            query = query.where(_is_delivered(carrier.id))
        else:
            query = query.where(ITEMS.c.signer == carrier.id)
        with self._place.engine.connect() as connection:
            need_introduced(connection, self._place, carrier)
            named = {row.hash: Named(*row) for row in connection.execute(query)}
        return [named.get(each) for each in hashes]

    def keep(self, carrier: Carrier, said: Mapping[str, Any]) -> None:
        """Keep what a carrier says to have found, in the place of its older word. Raises as ``parts``."""

        def operation(connection: Connection) -> None:
            need_introduced(connection, self._place, carrier)
            connection.execute(delete(CARRIERS).where(CARRIERS.c.carrier == carrier.id))
            values = {"carrier": carrier.id, "kind": carrier.kind, "at": self._place.now(), **said}
            connection.execute(insert(CARRIERS).values(values))

        self._place.writer.run(operation)


def _is_delivered(node: str) -> Any:  # noqa: ANN401
    return exists().where(DELIVERIES.c.node == node, DELIVERIES.c.item_hash == ITEMS.c.hash)


def _delivered(connection: Connection, node: str, prefix: str) -> Iterator[str]:
    """Hashes that a node has delivered and that are held, ascending. Both sides are read from an index in order."""
    query = (
        select(DELIVERIES.c.item_hash)
        .where(
            DELIVERIES.c.node == node,
            DELIVERIES.c.item_hash >= prefix,
            DELIVERIES.c.item_hash < beyond(prefix),
            exists().where(ITEMS.c.hash == DELIVERIES.c.item_hash),
        )
        .order_by(DELIVERIES.c.item_hash)
    )
    yield from connection.execute(query, execution_options=_FEW).scalars()


def _signed(connection: Connection, device: str, prefix: str) -> Iterator[str]:
    """Hashes of held items that a device signed, ascending. What is wanted back from it is not among them."""
    query = select(ITEMS.c.hash).where(ITEMS.c.signer == device, ITEMS.c.hash >= prefix, ITEMS.c.hash < beyond(prefix))
    query = query.where(~wanted_back()).order_by(ITEMS.c.hash)
    yield from connection.execute(query, execution_options=_FEW).scalars()
