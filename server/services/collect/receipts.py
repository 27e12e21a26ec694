"""Receipts: central's signed word on an item, numbered inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import ColumnElement, Connection, Table, func, select, true

from server.errors.error import CodedError
from server.storage.bulk import insert_rows
from server.storage.carriers import Peer
from server.storage.items import Delivery, Epoch, Item, MarkRow, ReceiptRow
from sync.envelope.cover import Cover
from sync.envelope.encoding import b64u, canonical
from sync.envelope.signed import Receipt
from sync.errors import SyncError

RECEIPTS = cast("Table", ReceiptRow.__table__)
EPOCHS = cast("Table", Epoch.__table__)
MARKS = cast("Table", MarkRow.__table__)
PEERS = cast("Table", Peer.__table__)
DELIVERIES = cast("Table", Delivery.__table__)
ITEMS = cast("Table", Item.__table__)

_NEWEST_EPOCH = select(EPOCHS.c.epoch).order_by(EPOCHS.c.id.desc()).limit(1)
_HIGHEST = select(
    _NEWEST_EPOCH.scalar_subquery(),
    select(func.max(RECEIPTS.c.seq)).where(RECEIPTS.c.epoch == _NEWEST_EPOCH.scalar_subquery()).scalar_subquery(),
)
_NEWEST_MARK = select(MARKS.c.document).order_by(MARKS.c.id.desc()).limit(1)
_LAST_HEARD = PEERS.c.last_contact_at.desc().nulls_last()
_SAID = select(PEERS.c.epoch).where(PEERS.c.epoch.is_not(None)).order_by(_LAST_HEARD).limit(1)


_LABEL = Receipt.label.encode("ascii") + b"\0"


@dataclass(frozen=True, slots=True)
class Decided:
    """An item whose fate is decided. ``state``: held, quarantined or conflict."""

    instance: str
    part: str
    hash: str
    body_hash: str
    signer: str
    state: str


def decided(cover: Cover, state: str) -> Decided:
    """What a receipt for this cover says. What is set aside is held like any other: that is all its carriers need."""
    said = "held" if state == "aside" else state
    return Decided(cover.instance, cover.part, cover.hash, cover.body.hash, cover.taken_in_by.id, said)


class ReceiptBook:
    """Writes receipts. Central only."""

    def __init__(self, study: str, key: Ed25519PrivateKey) -> None:
        self._study = study
        self._key = key

    def write(self, connection: Connection, items: Sequence[Decided]) -> list[bytes]:
        """Give each item the next number, sign and store its receipt; returns them in order.

        Call it inside an operation of the writer: so the order of numbers is the order of commits, also with
        another process, since the transaction holds the database's write lock from its beginning.
        Raises ``CodedError`` ``epoch.missing``.
        """
        if not items:
            return []
        epoch, seq = connection.execute(_HIGHEST).one()
        if epoch is None:
            raise CodedError("epoch.missing")
        documents, rows = [], []
        for number, item in enumerate(items, start=(seq or 0) + 1):
            document = self._sign(item, epoch, number)
            documents.append(document)
            rows.append(
                {
                    "item_hash": item.hash,
                    "device": item.signer,
                    "state": item.state,
                    "epoch": epoch,
                    "seq": number,
                    "document": document,
                }
            )
        insert_rows(connection, RECEIPTS, rows)
        return documents

    def signed(self, document: Mapping[str, object]) -> Receipt | None:
        """What a carrier shows as a receipt, where this central's key signed it for this study; else None."""
        try:
            receipt = Receipt.read(canonical(document), self._key.public_key())
        except (SyncError, ValueError, TypeError, RecursionError):
            return None
        return receipt if receipt.study == self._study else None

    def _sign(self, item: Decided, epoch: str, seq: int) -> bytes:
        # What ``Receipt.sign`` writes, without reading it again: every text comes from a cover that was checked.
        unsigned = canonical(
            {
                "v": 1,
                "study": self._study,
                "instance": item.instance,
                "part": item.part,
                "cover_hash": item.hash,
                "body_hash": item.body_hash,
                "state": item.state,
                "epoch": epoch,
                "seq": seq,
            }
        )
        before, after, rest = unsigned.partition(b',"state":')
        signature = b64u(self._key.sign(_LABEL + unsigned)).encode("ascii")
        return b"".join((before, b',"signature":"', signature, b'"', after, rest))


def current_epoch(connection: Connection) -> str | None:
    """The epoch in force at central; None at a node."""
    return connection.execute(_NEWEST_EPOCH).scalar()


def known_epoch(connection: Connection) -> str | None:
    """The epoch in force as this place knows it: central's own, at a node the one that central said last."""
    return current_epoch(connection) or connection.execute(_SAID).scalar()


def newest_mark(connection: Connection) -> bytes | None:
    """Central's newest durable mark as this place knows it, verbatim; none of an epoch that is known to be over."""
    epoch = known_epoch(connection)
    query = _NEWEST_MARK if epoch is None else _NEWEST_MARK.where(MARKS.c.epoch == epoch)
    return connection.execute(query).scalar()


def _in_force(connection: Connection) -> ColumnElement[bool]:
    epoch = known_epoch(connection)
    return true() if epoch is None else RECEIPTS.c.epoch == epoch


def receipts_of_items(connection: Connection, hashes: Collection[str]) -> dict[str, bytes]:
    """The newest receipt of each item, by the item's hash; none of an epoch that is known to be over.

    Central may have lost since what it held then, and a tablet that has not heard of the new epoch would believe it.
    """
    query = select(RECEIPTS.c.item_hash, RECEIPTS.c.document)
    query = query.where(RECEIPTS.c.item_hash.in_(hashes), _in_force(connection))
    return {row.item_hash: row.document for row in connection.execute(query.order_by(RECEIPTS.c.id))}


def receipts_after(
    connection: Connection, carrier: str, kind: str, cursor: int, limit: int
) -> tuple[list[bytes], int, bool]:
    """Receipts for a carrier after a cursor: a device's own, a node's of what it delivered. As ``receipts_of_items``.

    Returns the documents, the new cursor, and whether there are more.
    """
    query = select(RECEIPTS.c.id, RECEIPTS.c.document).where(RECEIPTS.c.id > cursor, _in_force(connection))
    if kind == "node":
        delivered = select(DELIVERIES.c.item_hash).where(DELIVERIES.c.node == carrier)
        query = query.where(RECEIPTS.c.item_hash.in_(delivered))
    else:
        query = query.where(RECEIPTS.c.device == carrier)
    rows = connection.execute(query.order_by(RECEIPTS.c.id).limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    return [row.document for row in rows], rows[-1].id if rows else cursor, more
