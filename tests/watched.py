"""The databases of all tests watch themselves: a change of an item without its event ends the transaction.

A trigger sees the row before and after, whoever changes it, and whether the event is there by then: in the same
transaction. ``replay`` is the other direction: no event without its change.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, Executable, text

_TRACKS: Mapping[str, tuple[str, str]] = {
    "state": ("state", "{row}.state"),
    "forward": ("forward", "{row}.forward"),
    "bytes": ("pruned_at", "CASE WHEN {row}.pruned_at IS NULL THEN 'kept' ELSE 'pruned' END"),
}
_TRIGGER = """
CREATE TRIGGER watched_{track} AFTER UPDATE OF {column} ON item WHEN {old} IS NOT {new}
BEGIN
  SELECT RAISE(ABORT, 'a change of {track} without its event') WHERE NOT EXISTS (
    SELECT 1 FROM event WHERE before IS {old} AND after IS {new} AND id =
      (SELECT max(id) FROM event WHERE item_hash = new.hash AND track = '{track}'));
END;
"""
_FOR_EVER = """
CREATE TRIGGER watched_event_{verb} BEFORE {verb} ON event BEGIN SELECT RAISE(ABORT, 'an event is changed'); END;
"""


def watch(database: Path) -> None:
    """Have a database refuse changes of items without events, and changes of events."""
    with sqlite3.connect(database) as connection:
        for track, (column, value) in _TRACKS.items():
            old, new = value.format(row="old"), value.format(row="new")
            connection.executescript(_TRIGGER.format(track=track, column=column, old=old, new=new))
        for verb in ("UPDATE", "DELETE"):
            connection.executescript(_FOR_EVER.format(verb=verb))
    connection.close()


def unwatch(connection: Connection) -> list[str]:
    """Take the triggers away, for tests that change the tables themselves; returns them."""
    if connection.dialect.name != "sqlite":
        return []
    triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'watched_%'"
    found = connection.exec_driver_sql(triggers).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def forge(connection: Connection, statement: Executable) -> None:
    """Write into a database as somebody would who does not care for events."""
    found = unwatch(connection)
    connection.execute(statement)
    for trigger in found:
        connection.exec_driver_sql(trigger)


def replay(engine: Engine) -> set[tuple[str, str, str]]:
    """See that the events of each item go on from each other and end where it is; returns each kind of change."""
    rows = {row: value.format(row="item") for row, (_, value) in _TRACKS.items()}
    seen: set[tuple[str, str, str]] = set()
    with engine.connect() as connection:
        reached: dict[tuple[str, str], str] = {}
        for event in connection.execute(text("SELECT item_hash, track, before, after FROM event ORDER BY id")):
            item_hash, track, before, after = event
            assert before != after
            assert reached.get((item_hash, track), before) == before, event
            reached[item_hash, track] = after
            seen.add((track, before, after))
        for (item_hash, track), after in reached.items():
            query = text(f"SELECT {rows[track]} FROM item WHERE hash = :hash")
            assert connection.execute(query, {"hash": item_hash}).scalar() == after
    return seen
