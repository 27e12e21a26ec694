"""A node follows central: what it kept apart is held once central's last word on it is that it holds it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from server.services.collect.changes import change_state
from server.services.collect.receipts import ITEMS, RECEIPTS, known_epoch

_APART = ("quarantined", "conflict")


def follow_central(connection: Connection, hashes: Collection[str], now: datetime) -> None:
    """Let those of these items be held of which central says so in the epoch in force, as far as that is known.

    Central may have judged otherwise from the first, or a person settled it there. What waits for its tablet goes on
    waiting: that is for the feed to say. Whether bytes may go is decided by the receipts themselves (``pruning``).
    """
    epoch = known_epoch(connection)
    of_item = (RECEIPTS.c.item_hash == ITEMS.c.hash) & (RECEIPTS.c.epoch == epoch)
    newest = select(func.max(RECEIPTS.c.seq)).where(of_item).correlate(ITEMS).scalar_subquery()
    held = select(RECEIPTS.c.id).where(of_item, RECEIPTS.c.seq == newest, RECEIPTS.c.state == "held").exists()
    apart = ITEMS.c.hash.in_(hashes) & ITEMS.c.state.in_(_APART) & held
    change_state(connection, apart, "held", None, now)
