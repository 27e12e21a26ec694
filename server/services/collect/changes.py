"""Changes of items that are here: each is written with an event, in the same transaction. Nothing else changes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, String, case, func, insert, literal, select, update

from server.services.collect.receipts import ITEMS
from server.storage.base import UtcDateTime
from server.storage.events import EVENTS, KEPT, PRUNED, Track

_BYTES: Final = case((ITEMS.c.pruned_at.is_(None), KEPT), else_=PRUNED)


def change_state(
    connection: Connection,
    where: ColumnElement[bool],
    state: str,
    code: str | ColumnElement[Any] | None,
    now: datetime,
) -> int:
    """Give items another state; returns how many were meant. The code they had stays by ``ITEMS.c.code``."""
    _note(connection, "state", where, ITEMS.c.state, state, code, now)
    return connection.execute(update(ITEMS).where(where).values(state=state, code=code)).rowcount


def change_forward(
    connection: Connection, where: ColumnElement[bool], forward: str, code: str | None, now: datetime
) -> int:
    """At a node: note how far central has items; returns how many were meant."""
    _note(connection, "forward", where, ITEMS.c.forward, forward, code, now)
    return connection.execute(update(ITEMS).where(where).values(forward=forward, forward_code=code)).rowcount


def drop_bytes(connection: Connection, where: ColumnElement[bool], now: datetime) -> None:
    """Make tombstones of items. Whether that may be is for ``pruning`` to say."""
    _note(connection, "bytes", where, _BYTES, PRUNED, None, now)
    connection.execute(update(ITEMS).where(where).values(body=None, pruned_at=now))


def bring_back(connection: Connection, item_hash: str, body: bytes | None, now: datetime) -> None:
    """The bytes of a tombstone are here again, in the row or as a blob, and are delivered once more."""
    where = ITEMS.c.hash == item_hash
    _note(connection, "bytes", where, _BYTES, KEPT, None, now)
    connection.execute(update(ITEMS).where(where).values(body=body, pruned_at=None))
    change_forward(connection, where, "queued", None, now)


def _note(
    connection: Connection,
    track: Track,
    where: ColumnElement[bool],
    before: ColumnElement[Any],
    after: str,
    code: str | ColumnElement[Any] | None,
    now: datetime,
) -> None:
    """Write the events of a change, before it is made."""
    told = code if isinstance(code, ColumnElement) else literal(code, String)
    # Numbered on from the highest, as ``insert_rows`` does: not every database gives numbers by itself.
    highest = select(func.coalesce(func.max(EVENTS.c.id), 0)).scalar_subquery()
    number = highest + func.row_number().over(order_by=ITEMS.c.id)
    columns = (number, ITEMS.c.hash, literal(track), before, literal(after), told, literal(now, UtcDateTime()))
    changed = select(*columns).where(where, before != after)
    names = ["id", "item_hash", "track", "before", "after", "code", "at"]
    connection.execute(insert(EVENTS).from_select(names, changed))
