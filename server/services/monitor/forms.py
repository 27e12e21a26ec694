"""The forms of the study with the numbers of what was collected with them, from status alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, distinct, func, select

from server.place import Place
from server.services.monitor.arrivals import RECORD
from server.storage.carriers import FormOverride, FormVersion
from server.storage.items import Item

_Without = tuple[str, str, int]
_Published = tuple[Mapping[str, str], datetime, _Without | None]


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form: its newest title, its published versions, and the instances held at central.

    A form that only covers name has no title, no version and no time. ``without`` is given where its newest version was
    published although something at the gate was missing: who decided it, why, and how much is missing.
    """

    id: str
    title: Mapping[str, str]
    versions: int
    published_at: datetime | None
    held: int
    training: int
    without: _Without | None = None


def read_forms(place: Place) -> list[FormLine]:
    """All forms that are published or that something was collected with, by id."""
    real = case((Item.purpose == "real", Item.instance))
    training = case((Item.purpose != "real", Item.instance))
    counts = (
        select(Item.form, func.count(distinct(real)).label("held"), func.count(distinct(training)).label("training"))
        .where(Item.part == RECORD, Item.state == "held")
        .group_by(Item.form)
    )
    versions = (
        select(
            FormVersion.form,
            FormVersion.title,
            FormVersion.published_at,
            FormOverride.decided_by,
            FormOverride.reason,
            FormOverride.counts,
        )
        .outerjoin(FormOverride, FormOverride.version == FormVersion.version)
        .order_by(FormVersion.published_at)
    )
    with place.engine.connect() as connection:
        held = {row.form: (row.held, row.training) for row in connection.execute(counts)}
        published: dict[str, list[_Published]] = {}
        for row in connection.execute(versions):
            without = None if row.reason is None else (row.decided_by, row.reason, sum(row.counts.values()))
            published.setdefault(row.form, []).append((row.title, row.published_at, without))
    lines = []
    for form in sorted(held.keys() | published.keys()):
        known = published.get(form, [])
        title, at, without = known[-1] if known else ({}, None, None)
        lines.append(FormLine(form, title, len(known), at, *held.get(form, (0, 0)), without))
    return lines
