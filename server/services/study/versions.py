"""The published versions of the study's forms: listed, found by what a person writes, read again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forms.definition import Form
from forms.schema.document import read_form
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.contents import get_content
from server.storage.carriers import FormOverride, FormVersion

PREFIX_AT_LEAST = 4
_PREFIX = re.compile(rf"[0-9a-f]{{{PREFIX_AT_LEAST},64}}\Z")


@dataclass(frozen=True, slots=True)
class OverrideLine:
    """What a version was published over: how many findings by code, who decided it, and why."""

    reason: str
    by: str
    at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A published version. ``override`` is None where nothing was missing at the gate."""

    form: str
    version: str
    title: Mapping[str, str]
    at: datetime
    by: str
    override: OverrideLine | None


class Versions:
    """The versions that central published."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def lines(self, form: str | None = None) -> list[VersionLine]:
        """All versions, or those of one form, the newest first."""
        order = (FormVersion.published_at.desc(), FormVersion.version)
        columns = (FormOverride.reason, FormOverride.decided_by, FormOverride.decided_at, FormOverride.counts)
        query = (
            select(
                FormVersion.form,
                FormVersion.version,
                FormVersion.title,
                FormVersion.published_at,
                FormVersion.published_by,
                *columns,
            )
            .outerjoin(FormOverride, FormOverride.version == FormVersion.version)
            .order_by(*order)
        )
        if form is not None:
            query = query.where(FormVersion.form == form)
        with self._place.engine.connect() as connection:
            return [
                VersionLine(*row[:5], None if row.reason is None else OverrideLine(*row[5:]))
                for row in connection.execute(query)
            ]

    def newest(self, form: str) -> VersionLine | None:
        """The newest version of a form, or None where none is published."""
        return next(iter(self.lines(form)), None)

    def find(self, reference: str) -> VersionLine:
        """The version that is meant by ``FORM`` (its newest), ``FORM@PREFIX`` or ``PREFIX``, the beginning of a hash.

        Raises ``CodedError``: ``version.unknown``, ``version.ambiguous``.
        """
        form, at, prefix = reference.partition("@")
        if not at:
            newest = self.newest(form)
            if newest is not None:
                return newest
            form, prefix = "", reference
        if not _PREFIX.match(prefix):
            raise CodedError("version.unknown", reference=reference)
        found = [each for each in self.lines(form or None) if each.version.startswith(prefix)]
        if not found:
            raise CodedError("version.unknown", reference=reference)
        if len(found) > 1:
            raise CodedError("version.ambiguous", reference=reference, count=len(found))
        return found[0]

    def definition(self, version: str) -> Form:
        """The form as it was published. Raises ``CodedError`` ``version.unknown``."""
        with self._place.engine.connect() as connection:
            content = get_content(connection, version)
        if content is None:
            raise CodedError("version.unknown", reference=version)
        return read_form(content[1])
