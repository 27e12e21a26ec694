"""The journey of an instance: every change of each of its parts, in order. No answer is needed for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from server.place import Place
from server.services.collect.receipts import ITEMS, MARKS, RECEIPTS
from server.services.monitor.clocks import notable
from server.services.monitor.reports import read_time
from server.storage.carriers import Device
from server.storage.events import EVENTS
from server.storage.settlements import SETTLEMENTS

What = Literal["finished", "arrived", "state", "settled", "forward", "bytes", "bundled", "durable"]
_FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyLine:
    """Something that happened to a part.

    ``at`` is by the clock of this place, and for ``finished`` by the tablet's, which is ``clock_ahead`` seconds ahead
    as far as it is known. ``by``: who delivered, or who settled. ``number``: of the receipt that a mark covers.
    """

    at: datetime | None
    part: str
    item: str
    what: What
    before: str | None = None
    after: str | None = None
    code: str | None = None
    by: str | None = None
    number: int | None = None
    clock_ahead: int | None = None


def read_journey(place: Place, instance: str) -> list[JourneyLine]:
    """All that this place knows of an instance, the oldest first; empty where nothing of it was ever here."""
    with place.engine.connect() as connection:
        columns = (
            ITEMS.c.hash, ITEMS.c.part, ITEMS.c.state, ITEMS.c.device, ITEMS.c.carrier, ITEMS.c.finished_at,
            ITEMS.c.received_at, ITEMS.c.bundled_at,
        )  # fmt: skip
        told: list[tuple[datetime, int, JourneyLine]] = []
        for row in connection.execute(select(*columns).where(ITEMS.c.instance == instance).order_by(ITEMS.c.id)):
            told += _of_part(connection, row)
    return [line for _, _, line in sorted(told, key=lambda each: each[:2])]


def _of_part(connection: Connection, row: Row[*tuple[Any, ...]]) -> Iterator[tuple[datetime, int, JourneyLine]]:
    """The lines of a part, each with what puts it in order.

    A tablet's clock orders nothing: what was finished was finished before anything else. What changed goes by the order
    of the changes, also where this place's clock was put back in between.
    """
    own = {"part": row.part, "item": row.hash}
    ahead = connection.execute(select(Device.clock_ahead).where(Device.id == row.device)).scalar()
    finished = JourneyLine(at=read_time(row.finished_at), what="finished", clock_ahead=notable(ahead), **own)
    changes = _changes(connection, row.hash, row.part)
    first = next((each.before for each in changes if each.what in ("state", "settled")), row.state)
    arrived = JourneyLine(at=row.received_at, what="arrived", after=first, by=row.carrier, **own)
    yield _FIRST, 0, finished
    yield row.received_at, 1, arrived
    reached: datetime = row.received_at
    for each in changes:
        reached = max(reached, each.at or reached)
        yield reached, 2, each
    if row.bundled_at is not None:
        yield row.bundled_at, 3, JourneyLine(at=row.bundled_at, what="bundled", **own)
    for each in _durable(connection, row.hash, row.part):
        yield each.at or reached, 3, each


def _changes(connection: Connection, item: str, part: str) -> list[JourneyLine]:
    """The events of an item in order; of a change of its state that a person made also who that was."""
    decisions = select(SETTLEMENTS).where(SETTLEMENTS.c.item_hash == item).order_by(SETTLEMENTS.c.id)
    people = {(row.at, row.before, row.after): row.by for row in connection.execute(decisions)}
    lines = []
    for row in connection.execute(select(EVENTS).where(EVENTS.c.item_hash == item).order_by(EVENTS.c.id)):
        by = people.get((row.at, row.before, row.after)) if row.track == "state" else None
        what: What = row.track if by is None else "settled"
        said = {"before": row.before, "after": row.after, "code": row.code if by is None else None}
        lines.append(JourneyLine(at=row.at, part=part, item=item, what=what, by=by, **said))
    return lines


def _durable(connection: Connection, item: str, part: str) -> list[JourneyLine]:
    """When the first mark came that covers a receipt of the item."""
    covering = (
        select(MARKS.c.received_at, RECEIPTS.c.seq)
        .join(RECEIPTS, (RECEIPTS.c.epoch == MARKS.c.epoch) & (RECEIPTS.c.seq <= MARKS.c.durable_seq))
        .where(RECEIPTS.c.item_hash == item, RECEIPTS.c.state == "held")
        .order_by(MARKS.c.id)
        .limit(1)
    )
    row = connection.execute(covering).first()
    if row is None:
        return []
    return [JourneyLine(at=row.received_at, part=part, item=item, what="durable", number=row.seq)]
