"""Offers: which of a carrier's items are wanted here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from server.place import Place
from server.services.collect.decision import Carrier, store_deliveries
from server.services.collect.receipts import ITEMS, receipts_of_items
from server.services.collect.tombstones import wanted_back


class Offers:
    """Answers offers at a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def answer(self, carrier: Carrier, items: Sequence[tuple[str, str, str]]) -> list[tuple[str, bytes | None]]:
        """For each (instance, part, hash): ``want``, ``have`` or ``conflict``, and the receipt if there is one.

        A node that offers what is held already is told of its receipts from now on.
        """
        names = {instance for instance, _, _ in items}
        query = select(ITEMS.c.instance, ITEMS.c.part, ITEMS.c.hash, ITEMS.c.state, wanted_back().label("lacks"))
        with self._place.engine.connect() as connection:
            rows = connection.execute(query.where(ITEMS.c.instance.in_(names))).all()
            held = {row.hash for row in rows if not row.lacks}
            lacks = {row.hash for row in rows if row.lacks}
            taken = {(row.instance, row.part) for row in rows if row.state in ("held", "conflict")}
            known = {hash_ for _, _, hash_ in items if hash_ in held}
            receipts = receipts_of_items(connection, known) if known else {}
        if carrier.kind == "node" and known:
            deliveries = {(carrier.id, hash_) for hash_ in known}
            self._place.writer.run(lambda connection: store_deliveries(connection, deliveries))
        answers: list[tuple[str, bytes | None]] = []
        for instance, part, hash_ in items:
            if hash_ in known:
                answers.append(("have", receipts.get(hash_)))
            elif hash_ in lacks:
                answers.append(("want", None))
            else:
                answers.append(("conflict" if (instance, part) in taken else "want", None))
        return answers
