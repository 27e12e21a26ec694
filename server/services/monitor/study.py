"""What the study's newest feed entry says of it: its title, languages and sites."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from server.place import Place
from server.storage.carriers import FeedEntryRow

CHAIN = "study"
KIND = "study"


@dataclass(frozen=True, slots=True)
class Site:
    """A municipality of arrival, a region of origin, or (``unlisted``) a site that only covers name."""

    id: str
    kind: str
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Study:
    """The study as its feed describes it; without an entry the title is empty and there are no sites."""

    title: Mapping[str, str]
    sites: tuple[Site, ...]


def read_study(place: Place) -> Study:
    """The study by the newest entry of kind ``study`` in its chain. The entry is this place's own or was verified."""
    newest = (
        select(FeedEntryRow.document)
        .where(FeedEntryRow.chain == CHAIN, FeedEntryRow.kind == KIND)
        .order_by(FeedEntryRow.number.desc())
        .limit(1)
    )
    with place.engine.connect() as connection:
        document = connection.execute(newest).scalar_one_or_none()
    if document is None:
        return Study(title={}, sites=())
    body = json.loads(document)["body"]
    sites = tuple(Site(each["id"], each["kind"], dict(each["title"])) for each in body["sites"])
    return Study(title=dict(body["title"]), sites=sites)
