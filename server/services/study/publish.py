"""Publishing: a checked form becomes an unchangeable version, named by its hash, in the signed feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from forms.check import GATE, Examination, Validator, blocking, examine, odk_validate
from forms.definition import Form
from forms.errors import Finding, FormErrors, Severity
from forms.files import unbound_sources
from forms.schema.document import dump_form
from forms.version import canonical_json, version_hash
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.contents import put_content
from server.services.collect.feed import Feed
from server.services.study.describe import study_languages
from server.services.study.form_files import BoundForm, bind_form
from server.services.study.form_sites import EVERYWHERE, ForSites, check_known, limit_form, newest_bodies, sites_of
from server.storage.carriers import FormOverride, FormVersion

DEFINITION_TYPE = "application/vnd.feldbuch.form+json"
XFORM_TYPE = "application/xml"
STUDY_CHAIN = "study"
REASON_AT_MOST = 1000
_SPACE = "form."


@dataclass(frozen=True, slots=True)
class Override:
    """A decision to publish although something at the gate is missing: the codes of what, and why."""

    codes: frozenset[str]
    reason: str

    @classmethod
    def of(cls, codes: Collection[str], reason: str) -> Override:
        """The decision, its codes with or without ``form.`` before them.

        Raises ``CodedError``: ``publish.reason.missing``, ``publish.reason.long``, ``publish.override.impossible``.
        """
        full = frozenset(each if each.startswith(_SPACE) else _SPACE + each for each in codes)
        known = {code.value for code in GATE}
        for code in sorted(full - known):
            possible = ", ".join(sorted(each.removeprefix(_SPACE) for each in known))
            raise CodedError("publish.override.impossible", given=code, known=possible)
        if not reason.strip():
            raise CodedError("publish.reason.missing")
        if len(reason) > REASON_AT_MOST:
            raise CodedError("publish.reason.long", limit=REASON_AT_MOST)
        return cls(full, reason.strip())


@dataclass(frozen=True, slots=True)
class Published:
    """A version as it was published. ``new`` is false where exactly this version was published before.

    ``findings`` are those that did not block it, notes included; ``overridden`` those of the gate. ``sites_changed``
    where it was known and is for other sites now.
    """

    form: str
    version: str
    new: bool
    findings: Sequence[Finding] = ()
    overridden: Sequence[Finding] = ()
    sites_changed: bool = False


class Publishing:
    """Publishes forms. Central only. ``validator`` loads the XForm with another engine; None asks none."""

    def __init__(self, place: Place, feed: Feed, validator: Validator | None = odk_validate) -> None:
        self._place = place
        self._feed = feed
        self._validator = validator

    def publish(
        self,
        form: Form,
        by: str,
        override: Override | None = None,
        folder: Path | None = None,
        sites: ForSites | None = None,
    ) -> Published:
        """Check, compile and publish a form; nothing happens where exactly this version is published already.

        ``sites`` says where it may be begun; with None that stays what it was, and a first version is for all. The form
        is bound to the bytes that its files have now, in ``folder`` or among the datasets of central. Raises
        ``FormErrors`` with every finding that blocks: errors, and what the gate holds back and the override does not
        name; ``DatasetErrors`` for files that cannot be used; ``CodedError`` ``site.unknown``. Nothing is stored then.
        """
        with self._place.engine.connect() as connection:
            check_known(connection, self._feed, sites or EVERYWHERE)
            bound = bind_form(connection, form, folder)
            document = dump_form(bound.form)
            version = version_hash(document)
            is_known = _is_known(connection, version)
            languages = study_languages(connection, self._feed)
        if is_known:
            changed = sites is not None and limit_form(self._place, self._feed, form.id, sites)
            return Published(form.id, version, new=False, sites_changed=changed)
        examination = examine_bound(bound, languages, self._validator)
        blocked = blocking(examination.findings, override.codes if override is not None else ())
        if blocked or examination.xform is None:
            raise FormErrors(blocked)
        overridden = [each for each in examination.findings if each.severity is Severity.GATE]
        title = dict(document["title"])
        definition, xform = canonical_json(document), examination.xform.encode()
        at = self._place.now()

        def store(connection: Connection) -> bool:
            if _is_known(connection, version):
                return False
            files = bound.store(connection)
            definition_hash = put_content(connection, definition, DEFINITION_TYPE)
            xform_hash = put_content(connection, xform, XFORM_TYPE)
            connection.execute(
                insert(FormVersion).values(
                    version=version,
                    form=form.id,
                    title=title,
                    xform_hash=xform_hash,
                    published_at=at,
                    published_by=by,
                )
            )
            if override is not None and overridden:
                _record(connection, version, override, overridden, by, at)
            body = {
                "id": form.id,
                "version": version,
                "title": title,
                "languages": [each.code for each in form.languages],
                "definition": {"hash": definition_hash, "size": len(definition)},
                "xform": {"hash": xform_hash, "size": len(xform)},
            }
            wanted = sites_of(newest_bodies(connection, self._feed).get(form.id)) if sites is None else sites
            whole = wanted.within({**body, "files": files} if files else body)
            self._feed.append(connection, STUDY_CHAIN, "form", whole)
            return True

        new = self._place.writer.run(store)
        rest = [each for each in examination.findings if each.severity is not Severity.GATE]
        return Published(form.id, version, new, rest, overridden)


def examine_bound(
    bound: BoundForm, languages: Collection[str], validator: Validator | None = odk_validate
) -> Examination:
    """Everything there is to say about a form and its files; see ``forms.check.examine``."""
    examination = examine(bound.form, languages, validator)
    unbound = () if examination.xform is None else unbound_sources(examination.xform, bound.form.files or {})
    told = {each.params.get("file") for each in bound.findings}
    further = [each for each in unbound if each.params.get("file") not in told]
    return examination.with_more([*bound.findings, *further])


def _is_known(connection: Connection, version: str) -> bool:
    return connection.execute(select(FormVersion.version).where(FormVersion.version == version)).first() is not None


def _record(
    connection: Connection, version: str, override: Override, findings: Sequence[Finding], by: str, at: datetime
) -> None:
    connection.execute(
        insert(FormOverride).values(
            version=version,
            reason=override.reason,
            decided_by=by,
            decided_at=at,
            counts=dict(Counter(each.code.value for each in findings)),
            findings=[
                {"code": each.code.value, "pointer": each.pointer, "params": dict(each.params)} for each in findings
            ],
        )
    )
