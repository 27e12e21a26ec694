"""Pruning at a node: the bytes of what central holds durably go, a tombstone stays.

The most dangerous code of the house: it deletes life stories. Whether a copy may go says ``sync.pruning`` alone, by
documents whose signatures are checked here once more. In the operation of the writer that deletes, everything is looked
at again that may have changed since: the epoch, the item's state, its newest receipt.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, Connection, Row, exists, func, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.changes import drop_bytes
from server.services.collect.keys import central_public_key
from server.services.collect.receipts import ITEMS, MARKS, RECEIPTS, known_epoch
from server.services.collect.tombstones import has_bytes, remove_unneeded
from sync.envelope.cover import parse_cover
from sync.envelope.signed import Mark, Receipt
from sync.errors import EnvelopeError
from sync.pruning import Copy, may_delete, signed_by

LOG = logging.getLogger("feldbuch.pruning")
AT_ONCE = 100
"""Items that are decided upon, and deleted, together: the writer must not be held up for long."""
BLOBS_AT_ONCE = 20
MARKS_READ = 8
"""Marks of an epoch that are looked at, those that cover most."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was pruned: items, the bytes of their bodies, and the blobs that went with them."""

    items: int = 0
    bytes: int = 0
    blobs: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(self.items + other.items, self.bytes + other.bytes, self.blobs + other.blobs)


@dataclass(frozen=True, slots=True)
class _Permit:
    """That one item may go: under which number of which epoch."""

    hash: str
    epoch: str
    seq: int


def prune(place: Place) -> Pruned:
    """Delete the bytes of everything that may go, in batches; each is durable before the next begins.

    Raises ``CodedError`` ``sync.not_a_node``, and as ``read_key`` does.
    """
    if place.role != "node":
        raise CodedError("sync.not_a_node")
    key = central_public_key(place.settings)
    with place.engine.connect() as connection:
        epoch = _epoch(connection)
        marks = [] if epoch is None else _marks(connection, key, epoch)
    if epoch is None or not marks:
        return Pruned()
    done = Pruned()
    for permits in _permits(place, key, epoch, marks):
        done += _delete(place, permits)
    if done.items:
        LOG.info("pruned: %d items, %d bytes, %d blobs", done.items, done.bytes, done.blobs)
    return done


def _epoch(connection: Connection) -> str | None:
    """The epoch that central said is in force; where it was never asked itself, that of the newest mark."""
    newest = select(MARKS.c.epoch).order_by(MARKS.c.id.desc()).limit(1)
    return known_epoch(connection) or connection.execute(newest).scalar()


def _marks(connection: Connection, key: Ed25519PublicKey, epoch: str) -> list[Mark]:
    widest = (MARKS.c.durable_seq.desc(), MARKS.c.id.desc())
    query = select(MARKS.c.document).where(MARKS.c.epoch == epoch).order_by(*widest).limit(MARKS_READ)
    return signed_by(key, Mark, connection.execute(query).scalars())


def _permits(place: Place, key: Ed25519PublicKey, epoch: str, marks: list[Mark]) -> Iterator[list[_Permit]]:
    """What may go, batch by batch, in the order of arrival."""
    highest = max(mark.durable_seq for mark in marks)
    covered = exists().where(
        RECEIPTS.c.item_hash == ITEMS.c.hash,
        RECEIPTS.c.epoch == epoch,
        RECEIPTS.c.seq <= highest,
        RECEIPTS.c.state == "held",
    )
    columns = (ITEMS.c.id, ITEMS.c.hash, ITEMS.c.instance, ITEMS.c.part, ITEMS.c.body_hash, ITEMS.c.cover)
    candidates = select(*columns).where(_may_be_looked_at(), covered)
    days = place.settings.keep_delivered_days
    if days > 0:
        candidates = candidates.where(ITEMS.c.received_at <= place.now() - timedelta(days=days))
    after = 0
    while True:
        with place.engine.connect() as connection:
            rows = connection.execute(candidates.where(ITEMS.c.id > after).order_by(ITEMS.c.id).limit(AT_ONCE)).all()
            found = _receipts(connection, [row.hash for row in rows], epoch)
        if not rows:
            return
        after = rows[-1].id
        permits = []
        for row in rows:
            copy = _copy(row, place.settings.study)
            receipts = signed_by(key, Receipt, found.get(row.hash, ()))
            receipt = None if copy is None else may_delete(copy, receipts, marks, epoch=epoch, carrier="node")
            if receipt is not None:
                permits.append(_Permit(row.hash, receipt.epoch, receipt.seq))
        if permits:
            yield permits


def _may_be_looked_at() -> ColumnElement[bool]:
    return (ITEMS.c.forward == "receipted") & (ITEMS.c.state == "held") & has_bytes()


def _receipts(connection: Connection, hashes: list[str], epoch: str) -> Mapping[str, list[bytes]]:
    query = select(RECEIPTS.c.item_hash, RECEIPTS.c.document)
    found: dict[str, list[bytes]] = {}
    for row in connection.execute(query.where(RECEIPTS.c.item_hash.in_(hashes), RECEIPTS.c.epoch == epoch)):
        found.setdefault(row.item_hash, []).append(row.document)
    return found


def _copy(row: Row[*tuple[Any, ...]], study: str) -> Copy | None:
    """What is held, as its own cover says; None where the row says otherwise or the cover cannot be read."""
    try:
        cover = parse_cover(row.cover)
    except EnvelopeError:
        return None
    said = Copy(study, row.instance, row.part, row.hash, row.body_hash)
    named = Copy(cover.study, cover.instance, cover.part, cover.hash, cover.body.hash)
    return said if said == named else None


def _delete(place: Place, permits: list[_Permit]) -> Pruned:
    """Make tombstones, durably; then remove the blobs that nothing needs any more."""
    buried = place.writer.run(partial(_bury, place=place, permits=permits))
    blobs = 0
    names = sorted({name for name, _, is_blob in buried if is_blob})
    for first in range(0, len(names), BLOBS_AT_ONCE):
        some = names[first : first + BLOBS_AT_ONCE]
        blobs += place.writer.run(partial(remove_unneeded, blobs=place.blobs, names=some))
    return Pruned(len(buried), sum(size for _, size, _ in buried), blobs)


def _bury(connection: Connection, place: Place, permits: list[_Permit]) -> list[tuple[str, int, bool]]:
    """An operation of the writer: tombstones of what may still go; hash and size of each body, and if it is a blob."""
    if _epoch(connection) != permits[0].epoch:
        return []
    seqs = {each.hash: each.seq for each in permits}
    newest = (
        select(func.max(RECEIPTS.c.seq))
        .where(RECEIPTS.c.item_hash == ITEMS.c.hash, RECEIPTS.c.epoch == permits[0].epoch)
        .scalar_subquery()
    )
    query = select(
        ITEMS.c.hash, ITEMS.c.body_hash, ITEMS.c.body_size, ITEMS.c.body.is_(None).label("is_blob"), newest.label("seq")
    ).where(ITEMS.c.hash.in_(seqs), _may_be_looked_at())
    rows = [row for row in connection.execute(query) if row.seq == seqs[row.hash]]
    drop_bytes(connection, ITEMS.c.hash.in_([row.hash for row in rows]), place.now())
    return [(row.body_hash, row.body_size, bool(row.is_blob)) for row in rows]
