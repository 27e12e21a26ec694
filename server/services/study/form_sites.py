"""The sites that a form is for: what the newest entry of the form in the feed says, for all of its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.feed import Feed
from server.services.collect.study import study_facts
from sync.envelope.encoding import parse_canonical
from sync.feed import STUDY_CHAIN

FORM_KIND = "form"


@dataclass(frozen=True, slots=True)
class ForSites:
    """Where a form may be begun: at all sites (``sites`` is None), at those named, or nowhere any more."""

    sites: tuple[str, ...] | None

    @classmethod
    def of(cls, *sites: str) -> ForSites:
        """At these sites alone."""
        return cls(tuple(sorted(set(sites))))

    def within(self, body: Mapping[str, object]) -> dict[str, object]:
        """The body of an entry, with these sites in place of those that it names."""
        rest = {key: value for key, value in body.items() if key != "sites"}
        return rest if self.sites is None else {**rest, "sites": list(self.sites)}


EVERYWHERE = ForSites(None)


def newest_bodies(connection: Connection, feed: Feed) -> dict[str, dict[str, Any]]:
    """The body of the newest entry of each form, by its id."""
    entries = (parse_canonical(each, "feed.broken") for each in feed.all_of(connection, STUDY_CHAIN, FORM_KIND))
    bodies = (cast("dict[str, Any]", cast("dict[str, Any]", entry)["body"]) for entry in entries)
    return {body["id"]: body for body in bodies}


def sites_of(body: Mapping[str, Any] | None) -> ForSites:
    """Where the form of this body may be begun; everywhere where there is none."""
    return EVERYWHERE if body is None or "sites" not in body else ForSites.of(*body["sites"])


def check_known(connection: Connection, feed: Feed, wanted: ForSites) -> None:
    """Raise ``CodedError`` ``site.unknown`` for a site that the study does not have, ``study.missing``."""
    if wanted.sites:
        study_facts(connection, feed).check_sites(*wanted.sites)


def limit_form(place: Place, feed: Feed, form: str, wanted: ForSites) -> bool:
    """Say anew where a form may be begun: its newest version enters the feed again. Central only.

    Drafts and records of other sites stay what they are. Returns whether that is new. Raises ``CodedError``:
    ``form.unpublished``, ``site.unknown``, ``study.missing``.
    """

    def store(connection: Connection) -> bool:
        check_known(connection, feed, wanted)
        body = newest_bodies(connection, feed).get(form)
        if body is None:
            raise CodedError("form.unpublished", form=form)
        if sites_of(body) == wanted:
            return False
        feed.append(connection, STUDY_CHAIN, FORM_KIND, wanted.within(body))
        return True

    return place.writer.run(store)
