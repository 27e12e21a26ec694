"""A new life of central's numbering: a random epoch, and a receipt under it for whatever is held."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, func, select

from server.services.collect.receipts import EPOCHS, ITEMS, RECEIPTS, Decided, ReceiptBook, current_epoch
from server.storage.bulk import insert_row
from sync.carrier import ReceiptPosition
from sync.envelope.signed import Receipt

AT_ONCE = 1000
"""Receipts written by one call: what is held in memory of them."""
FOREIGN_AT_MOST = 16
"""Epochs that are noted because a carrier named them. One that names more of them tells stories."""
FOREIGN = "named by a carrier"
UNKNOWN_RECEIPT = "receipt unknown"
MERELY_NAMED = "receipt named"
"""Of the epoch in force a number was named that it never gave, and no receipt was shown."""

Told = Callable[[int, int], None]
"""Told how many receipts are written, and how many there are."""


def begin_epoch(
    connection: Connection, book: ReceiptBook, *, reason: str, now: datetime, told: Told | None = None
) -> tuple[str, int]:
    """Start a new random epoch, and give every item that had a receipt its receipt under it, as it was last decided.

    Carriers prune by receipts of the epoch in force only, so without the new receipts nothing that arrived before could
    ever be safe again. Call it inside an operation of the writer. Returns the epoch and how many receipts were written.
    """
    last = select(func.max(RECEIPTS.c.id).label("id")).group_by(RECEIPTS.c.item_hash).subquery()
    query = (
        select(ITEMS.c.instance, ITEMS.c.part, ITEMS.c.hash, ITEMS.c.body_hash, ITEMS.c.signer, RECEIPTS.c.state)
        .select_from(RECEIPTS.join(last, last.c.id == RECEIPTS.c.id).join(ITEMS, ITEMS.c.hash == RECEIPTS.c.item_hash))
        .order_by(RECEIPTS.c.id)
    )
    items = [Decided(*row) for row in connection.execute(query)]
    epoch = secrets.token_hex(16)
    insert_row(connection, EPOCHS, {"epoch": epoch, "started_at": now, "reason": reason})
    for first in range(0, len(items), AT_ONCE):
        book.write(connection, items[first : first + AT_ONCE])
        if told is not None:
            told(min(first + AT_ONCE, len(items)), len(items))
    return epoch, len(items)


def knows(connection: Connection, highest: ReceiptPosition, shown: Receipt | None = None) -> bool:
    """Whether central gave this receipt, as far as it can tell.

    One that it does not know means that central was taken back without ``feldbuch restore``, for example by copying an
    old database over the new one: its numbers would be given a second time. ``shown`` is the receipt itself, which
    central's key signed: so a number that was given again meanwhile, to another item, is noticed too.
    """
    if shown is not None and shown.epoch == current_epoch(connection):
        here = select(RECEIPTS.c.item_hash).where(RECEIPTS.c.epoch == shown.epoch, RECEIPTS.c.seq == shown.seq)
        if connection.execute(here.limit(1)).scalar() != shown.cover_hash:
            return False
    named = connection.execute(select(EPOCHS.c.reason).where(EPOCHS.c.epoch == highest.epoch)).scalar()
    if named is None:
        return False
    if highest.epoch != current_epoch(connection):
        return True
    given = connection.execute(select(func.max(RECEIPTS.c.seq)).where(RECEIPTS.c.epoch == highest.epoch)).scalar()
    return (given or 0) >= highest.seq


def answer_unknown_receipt(
    connection: Connection, book: ReceiptBook, highest: ReceiptPosition, shown: Receipt | None, now: datetime
) -> str | None:
    """Start a new epoch because a carrier that belongs to the study holds a receipt that central does not know.

    The epoch that it named is noted, so that its next hello changes nothing. Returns the new epoch; None where too many
    were named already without a receipt to show for it: each costs a receipt for everything that is held.
    """
    proven = shown is not None and shown.epoch == highest.epoch
    named = select(func.count()).select_from(EPOCHS).where(EPOCHS.c.reason.in_((FOREIGN, MERELY_NAMED)))
    if not proven and (connection.execute(named).scalar() or 0) >= FOREIGN_AT_MOST:
        return None
    known = connection.execute(select(EPOCHS.c.id).where(EPOCHS.c.epoch == highest.epoch)).first() is not None
    if not known:
        insert_row(connection, EPOCHS, {"epoch": highest.epoch, "started_at": now, "reason": FOREIGN})
    reason = MERELY_NAMED if known and not proven else UNKNOWN_RECEIPT
    return begin_epoch(connection, book, reason=reason, now=now)[0]
