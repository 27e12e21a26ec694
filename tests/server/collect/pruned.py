"""What the tests of pruning do with a central and its nodes: marks as verified backups leave them, and looks inside."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sqlalchemy import Connection, Table, delete

from server.services.collect.epochs import begin_epoch
from server.services.collect.receipts import current_epoch
from server.services.collect.rounds import run_round
from server.storage.bulk import insert_row
from server.storage.items import Delivery, Epoch, MarkRow, ReceiptRow
from server.storage.items import Item as ItemRow
from sync.envelope.signed import Mark, Receipt
from tests.field import STUDY, Study

MARKS = cast("Table", MarkRow.__table__)
RECEIPTS = cast("Table", ReceiptRow.__table__)


def backed_up(central: Study, at: int = 0) -> Mark:
    """Central's mark over all receipts of its epoch, as a backup leaves it. ``at`` tells two apart, in minutes."""
    with central.place.engine.connect() as connection:
        epoch = current_epoch(connection) or ""
    seqs = [row.seq for row in central.rows(ReceiptRow) if row.epoch == epoch]
    mark = Mark(STUDY, epoch, max(seqs, default=0), f"2026-03-01T10:{at:02}:00Z")
    keep_mark(central, mark)
    return mark


def keep_mark(place: Study, mark: Mark, document: bytes | None = None) -> None:
    """Lay a mark into a place's table; ``document`` instead of what central signs."""
    values = {
        "epoch": mark.epoch,
        "durable_seq": mark.durable_seq,
        "document": document or mark.sign(place.central_key),
        "received_at": place.place.now(),
    }
    place.run(lambda connection: insert_row(connection, MARKS, values))


def keep_receipt(node: Study, receipt: Receipt, signer: str, document: bytes | None = None) -> None:
    """Lay a receipt into a node's table."""
    values = {
        "item_hash": receipt.cover_hash,
        "device": signer,
        "state": receipt.state,
        "epoch": receipt.epoch,
        "seq": receipt.seq,
        "document": document or receipt.sign(node.central_key),
    }
    node.run(lambda connection: insert_row(connection, RECEIPTS, values))


def confirmed_twice(central: Study, *nodes: Study) -> None:
    """Two verified backups, and each node has heard of both."""
    for at in (1, 2):
        backed_up(central, at)
        for node in nodes:
            run_round(node.place, central.transport())


def bytes_of(node: Study) -> dict[str, bytes | None]:
    """Whatever bytes a node holds, by the item's hash; None where there are none."""
    found: dict[str, bytes | None] = {}
    for row in node.rows(ItemRow):
        body = row.body
        if body is None and node.place.blobs.exists(row.body_hash):
            body = b"".join(node.place.blobs.read(row.body_hash))
        found[row.hash] = body
    return found


def promises_kept(node: Study) -> None:
    """No row promises bytes that are gone without being a tombstone."""
    for row in node.rows(ItemRow):
        if row.pruned_at is None and row.body is None:
            assert node.place.blobs.exists(row.body_hash)


def taken_back(central: Study, kept: int) -> None:
    """Central as a restore from a backup leaves it that held its first ``kept`` items: under a new epoch."""

    def operation(connection: Connection) -> None:
        lost = [row.hash for row in central_rows[kept:]]
        for table, column in ((ReceiptRow, "item_hash"), (Delivery, "item_hash"), (ItemRow, "hash")):
            columns = cast("Table", table.__table__)
            connection.execute(delete(columns).where(columns.c[column].in_(lost)))
        begin_epoch(connection, central.book, reason="restore", now=central.place.now())

    central_rows = central.rows(ItemRow)
    central.run(operation)


def epochs(central: Study) -> list[str]:
    """The epochs of central, the oldest first."""
    return [row.epoch for row in central.rows(Epoch)]


def another(receipt: Receipt, **changes: object) -> Receipt:
    """A receipt that says something else."""
    return replace(receipt, **changes)  # type: ignore[arg-type]
