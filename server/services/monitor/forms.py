"""The forms of the study with the numbers of what was collected with them, from status alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, distinct, func, select

from server.place import Place
from server.services.monitor.arrivals import RECORD
from server.storage.carriers import FormVersion
from server.storage.items import Item


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form: its newest title, its published versions, and the instances held at central.

    A form that only covers name has no title, no version and no time.
    """

    id: str
    title: Mapping[str, str]
    versions: int
    published_at: datetime | None
    held: int
    training: int


def read_forms(place: Place) -> list[FormLine]:
    """All forms that are published or that something was collected with, by id."""
    real = case((Item.purpose == "real", Item.instance))
    training = case((Item.purpose != "real", Item.instance))
    counts = (
        select(Item.form, func.count(distinct(real)).label("held"), func.count(distinct(training)).label("training"))
        .where(Item.part == RECORD, Item.state == "held")
        .group_by(Item.form)
    )
    versions = select(FormVersion.form, FormVersion.title, FormVersion.published_at).order_by(FormVersion.published_at)
    with place.engine.connect() as connection:
        held = {row.form: (row.held, row.training) for row in connection.execute(counts)}
        published: dict[str, list[tuple[Mapping[str, str], datetime]]] = {}
        for row in connection.execute(versions):
            published.setdefault(row.form, []).append((row.title, row.published_at))
    lines = []
    for form in sorted(held.keys() | published.keys()):
        known = published.get(form, [])
        title, at = known[-1] if known else ({}, None)
        lines.append(FormLine(form, title, len(known), at, *held.get(form, (0, 0))))
    return lines
