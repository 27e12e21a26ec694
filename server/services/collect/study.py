"""The study as its chain describes it: title, languages, sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection

from server.errors.error import CodedError
from server.services.collect.feed import Feed
from sync.envelope.encoding import parse_canonical
from sync.feed import STUDY_CHAIN


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """Title by language, each site's title by language under its id, and what is demanded of tablets, if anything."""

    title: Mapping[str, str]
    sites: Mapping[str, Mapping[str, str]]
    tablet: Mapping[str, Any] | None = None

    def check_sites(self, *sites: str) -> None:
        """Raise ``CodedError`` ``site.unknown`` for a site that the study does not have."""
        for site in sites:
            if site not in self.sites:
                raise CodedError("site.unknown", site=site, known=", ".join(sorted(self.sites)))


def study_facts(connection: Connection, feed: Feed) -> StudyFacts:
    """What the newest ``study`` entry says. Raises ``CodedError`` ``study.missing``."""
    entries = feed.all_of(connection, STUDY_CHAIN, "study")
    if not entries:
        raise CodedError("study.missing")
    body = cast("dict[str, Any]", parse_canonical(entries[-1], "feed.broken")["body"])
    return StudyFacts(body["title"], {site["id"]: site["title"] for site in body["sites"]}, body.get("tablet"))
