"""What is kept apart and waits for a person's decision, with why; and what was decided. Covers, never content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, and_, case, func, select
from sqlalchemy.orm import aliased

from server.storage.items import Item
from server.storage.settlements import SETTLEMENTS

CONFLICT = "intake.conflict"
"""The code that explains a conflict; of a quarantine the item's own code does."""
PAGE = 200
_ITEMS = cast("Table", Item.__table__)
_COLUMNS = [
    _ITEMS.c[name]
    for name in (
        "id", "hash", "instance", "part", "form", "site", "device", "interviewer", "number", "purpose", "finished_at",
        "received_at", "body_size", "carrier", "state", "code",
    )
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A decision that was made of an item."""

    before: str
    after: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rival:
    """Another item of the same name. ``finished_at`` is by its device's clock."""

    hash: str
    state: str
    device: str
    number: int
    finished_at: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ApartLine:
    """An item that is kept apart, or was set aside. ``code`` explains why, in the catalogue of errors.

    ``rivals``: the other items of the same name. ``finished_at`` is by the device's clock.
    """

    hash: str
    instance: str
    part: str
    form: str
    site: str
    device: str
    interviewer: str
    number: int
    training: bool
    finished_at: str
    received_at: datetime
    body_size: int
    carrier: str
    state: str
    code: str
    rivals: tuple[Rival, ...]
    decided: Told | None


def read_apart(connection: Connection, *, aside: bool = False, skipped: int = 0) -> list[ApartLine]:
    """At most ``PAGE`` items that wait for a decision, records before their files; with ``aside`` those set aside.

    ``skipped`` stand before these.
    """
    wanted = _ITEMS.c.state == "aside" if aside else _ITEMS.c.state.in_(("quarantined", "conflict"))
    record_first = case((_ITEMS.c.part == "record", 0), else_=1)
    order = (_ITEMS.c.instance, _ITEMS.c.device, _ITEMS.c.state, record_first, _ITEMS.c.part, _ITEMS.c.id)
    query = select(*_COLUMNS).where(wanted).order_by(*order).offset(skipped).limit(PAGE)
    rows = connection.execute(query).all()
    hashes = [row.hash for row in rows]
    rivals, decided = _rivals(connection, hashes), _decided(connection, hashes)
    return [
        ApartLine(
            hash=row.hash,
            instance=row.instance,
            part=row.part,
            form=row.form,
            site=row.site,
            device=row.device,
            interviewer=row.interviewer,
            number=row.number,
            training=row.purpose != "real",
            finished_at=row.finished_at,
            received_at=row.received_at,
            body_size=row.body_size,
            carrier=row.carrier,
            state=row.state,
            code=row.code or CONFLICT,
            rivals=tuple(rivals.get(row.hash, ())),
            decided=decided.get(row.hash),
        )
        for row in rows
    ]


def together(lines: Iterable[ApartLine]) -> list[list[ApartLine]]:
    """The lines that one decision is about: the parts of an instance by one tablet in one state, the record first."""
    found: list[list[ApartLine]] = []
    for line in lines:
        last = found[-1] if found else []
        same = bool(last) and (last[0].instance, last[0].device, last[0].state) == (
            line.instance,
            line.device,
            line.state,
        )
        if same and line.part not in {each.part for each in last}:
            last.append(line)
        else:
            found.append([line])
    return found


def count_apart(connection: Connection) -> int:
    """How many items wait for a decision."""
    query = select(func.count()).where(_ITEMS.c.state.in_(("quarantined", "conflict")))
    return connection.execute(query).scalar_one()


def _rivals(connection: Connection, hashes: list[str]) -> dict[str, list[Rival]]:
    other = aliased(_ITEMS)
    same = and_(other.c.instance == _ITEMS.c.instance, other.c.part == _ITEMS.c.part, other.c.hash != _ITEMS.c.hash)
    query = (
        select(
            _ITEMS.c.hash.label("of"), other.c.hash, other.c.state, other.c.device, other.c.number,
            other.c.finished_at, other.c.received_at,
        )
        .join(other, same)
        .where(_ITEMS.c.hash.in_(hashes))
        .order_by(other.c.id)
    )  # fmt: skip
    found: dict[str, list[Rival]] = {}
    for of, *values in connection.execute(query):
        found.setdefault(of, []).append(Rival(*values))
    return found


def _decided(connection: Connection, hashes: list[str]) -> dict[str, Told]:
    """The newest decision of each."""
    query = select(SETTLEMENTS).where(SETTLEMENTS.c.item_hash.in_(hashes)).order_by(SETTLEMENTS.c.id)
    return {row.item_hash: Told(row.before, row.after, row.reason, row.by, row.at) for row in connection.execute(query)}
