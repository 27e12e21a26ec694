"""Cases as central keeps them: imported, assigned, closed; each change seals the lists anew that it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.case_lists import CASES, document_of, publish_lists
from server.services.collect.feed import Feed
from server.services.collect.standing import DEVICE_INTERVIEWERS, DEVICES
from server.services.collect.study import study_facts
from server.services.study.cases.reading import CaseRow
from server.services.study.datasets.problems import Problems, shown
from server.services.study.form_sites import newest_bodies, sites_of
from sync.envelope.cases import MOST_PROPERTIES
from sync.envelope.fields import ID

OPEN, CLOSED = "open", "closed"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as central holds it. ``interviewer`` None: it is for all of its site."""

    id: str
    label: str
    site: str
    status: str
    interviewer: str | None
    forms: Sequence[str]
    due: str | None
    note: str | None
    properties: Mapping[str, str]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change did: how many cases are new, changed or as before, and how many lists were sealed anew.

    ``absent`` are pairs of interviewer and site who have cases and no tablet that could show them.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    lists: int = 0
    absent: Sequence[tuple[str, str]] = field(default_factory=tuple)


class Cases:
    """The cases of a study. Central only: raises ``CodedError`` ``role.not_central``."""

    def __init__(self, place: Place, feed: Feed) -> None:
        if place.role != "central":
            raise CodedError("role.not_central")
        self._place = place
        self._feed = feed

    def take(self, rows: Sequence[CaseRow], by: str) -> Changed:
        """Take in the rows of a file; all of them or none. A case that is known is changed where a column says so.

        Raises ``DatasetErrors`` with each row that cannot be taken, ``CodedError`` ``cases.too_many``.
        """

        def store(connection: Connection) -> Changed:
            known = {row.id: row._mapping for row in connection.execute(select(CASES))}
            self._check(connection, rows, known)
            counts = {"new": 0, "changed": 0, "same": 0}
            for row in rows:
                counts[self._put(connection, row, known.get(row.id), by)] += 1
            return self._published(connection, Changed(counts["new"], counts["changed"], counts["same"]))

        return self._place.writer.run(store)

    def change(self, ids: Sequence[str], by: str, **values: str | None) -> Changed:
        """Give cases another ``interviewer`` (None: all of the site) or ``status``; all of them or none.

        Raises ``CodedError``: ``cases.unknown``, ``cases.pseudonym``, ``cases.too_many``.
        """
        interviewer = values.get("interviewer")
        if interviewer is not None and ID.fullmatch(interviewer) is None:
            raise CodedError("cases.pseudonym", value=shown(interviewer))

        def store(connection: Connection) -> Changed:
            counts = {"changed": 0, "same": 0}
            for each in dict.fromkeys(ids):
                before = connection.execute(select(CASES).where(CASES.c.id == each)).first()
                if before is None:
                    raise CodedError("cases.unknown", case=shown(each))
                same = all(before._mapping[name] == value for name, value in values.items())
                counts["same" if same else "changed"] += 1
                if not same:
                    self._update(connection, each, values, by)
            return self._published(connection, Changed(0, counts["changed"], counts["same"]))

        return self._place.writer.run(store)

    def lines(
        self, site: str | None = None, interviewer: str | None = None, status: str | None = None
    ) -> list[CaseLine]:
        """The cases, those of a site, an interviewer or a status where given, by site and id."""
        query = select(CASES).order_by(CASES.c.site, CASES.c.id)
        for column, value in ((CASES.c.site, site), (CASES.c.interviewer, interviewer), (CASES.c.status, status)):
            if value is not None:
                query = query.where(column == value)
        with self._place.engine.connect() as connection:
            return [CaseLine(**row._mapping) for row in connection.execute(query)]

    def _check(self, connection: Connection, rows: Sequence[CaseRow], known: Mapping[str, Mapping[Any, Any]]) -> None:
        problems = Problems()
        sites = study_facts(connection, self._feed).sites
        forms = {form: sites_of(body) for form, body in newest_bodies(connection, self._feed).items()}
        for row in rows:
            site = row.values.get("site") or (known[row.id]["site"] if row.id in known else None)
            if site is None:
                problems.add(CodedError("cases.site_missing", row=row.row, case=row.id))
            elif site not in sites:
                problems.add(CodedError("cases.site_unknown", row=row.row, site=shown(site), known=_listed(sites)))
            if (found := len(_merged(row, known.get(row.id)))) > MOST_PROPERTIES:
                params: dict[str, str | int] = {"row": row.row, "case": row.id, "found": found}
                problems.add(CodedError("cases.case_properties", **params, limit=MOST_PROPERTIES))
            for form in row.values.get("forms", ()):
                wanted = forms.get(form)
                if wanted is None:
                    problems.add(CodedError("cases.form_unknown", row=row.row, form=form, known=_listed(forms)))
                elif wanted.sites is not None and site is not None and site not in wanted.sites:
                    problems.add(CodedError("cases.form_elsewhere", row=row.row, form=form, site=shown(site)))
        problems.raise_any()

    def _put(self, connection: Connection, row: CaseRow, before: Mapping[Any, Any] | None, by: str) -> str:
        # A site is never taken away, and what shows no label shows its id.
        values = {name: value for name, value in row.values.items() if name != "site" or value is not None}
        if "label" in values or before is None:
            values["label"] = values.get("label") or row.id
        if row.properties:
            values["properties"] = _merged(row, before)
        if before is None:
            empty: dict[str, Any] = {
                "status": OPEN,
                "interviewer": None,
                "forms": [],
                "due": None,
                "note": None,
                "properties": {},
            }
            stamp = {"changed_at": self._place.now(), "changed_by": by}
            connection.execute(insert(CASES).values(id=row.id, **{**empty, **values}, **stamp))
            return "new"
        if all(before[name] == value for name, value in values.items()):
            return "same"
        self._update(connection, row.id, values, by)
        return "changed"

    def _update(self, connection: Connection, case: str, values: Mapping[str, Any], by: str) -> None:
        stamp = {"changed_at": self._place.now(), "changed_by": by}
        connection.execute(update(CASES).where(CASES.c.id == case).values(**values, **stamp))

    def _published(self, connection: Connection, changed: Changed) -> Changed:
        people = select(CASES.c.site, CASES.c.interviewer).where(CASES.c.status == OPEN).distinct()
        assigned = {(site, interviewer) for site, interviewer in connection.execute(people)}
        enrolled = (
            select(DEVICES.c.site, DEVICE_INTERVIEWERS.c.interviewer)
            .join(DEVICE_INTERVIEWERS, DEVICE_INTERVIEWERS.c.device == DEVICES.c.id)
            .where(DEVICES.c.standing == "introduced", DEVICE_INTERVIEWERS.c.encryption_key.is_not(None))
        )
        present = {(site, interviewer) for site, interviewer in connection.execute(enrolled)}
        for site, interviewer in assigned - present:
            # Of those who have no tablet yet: a list that is too long must not stop their enrolment.
            document_of(connection, site, interviewer)
        absent = sorted((who, site) for site, who in assigned - present if who is not None)
        lists = publish_lists(connection, self._feed)
        return Changed(changed.new, changed.changed, changed.same, lists, absent)


def _merged(row: CaseRow, before: Mapping[Any, Any] | None) -> dict[str, str]:
    """The properties of a case after a row of a file: those that the file has no column for stay."""
    merged = {**(before["properties"] if before is not None else {}), **row.properties}
    return {name: value for name, value in merged.items() if value}


def _listed(known: Mapping[str, object]) -> str:
    return ", ".join(sorted(known)[:20])
