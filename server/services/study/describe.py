"""What is told to all of the study itself. It knows nothing of forms, whose compiler is slow to load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection

from server.place import Place
from server.services.collect.feed import Feed
from sync.envelope.encoding import parse_canonical
from sync.feed import STUDY_CHAIN


def describe_study(place: Place, feed: Feed, study: Mapping[str, object]) -> None:
    """Put the study's title, languages and sites into the feed: the body of a ``study`` entry."""

    def store(connection: Connection) -> None:
        feed.append(connection, STUDY_CHAIN, "study", dict(study))

    place.writer.run(store)


def study_languages(connection: Connection, feed: Feed) -> tuple[str, ...]:
    """The languages of the study by its newest ``study`` entry; none where there is no entry yet."""
    entries = feed.all_of(connection, STUDY_CHAIN, "study")
    if not entries:
        return ()
    body = cast("dict[str, Any]", parse_canonical(entries[-1], "feed.broken")["body"])
    return tuple(body["languages"])
