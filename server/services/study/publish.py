"""Publishing: a checked form becomes an unchangeable version, named by its hash, in the signed feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from forms.check import check_form
from forms.definition import Form
from forms.errors import Finding, FormErrors, Severity
from forms.schema.document import dump_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_xform
from server.place import Place
from server.services.collect.contents import put_content
from server.services.collect.feed import Feed
from server.storage.carriers import FormVersion

DEFINITION_TYPE = "application/vnd.feldbuch.form+json"
XFORM_TYPE = "application/xml"
STUDY_CHAIN = "study"


@dataclass(frozen=True, slots=True)
class Published:
    """A version as it was published. ``new`` is false where exactly this version was published before."""

    form: str
    version: str
    new: bool
    warnings: Sequence[Finding]


class Publishing:
    """Publishes forms and the study's own description. Central only."""

    def __init__(self, place: Place, feed: Feed) -> None:
        self._place = place
        self._feed = feed

    def publish(self, form: Form, by: str) -> Published:
        """Check, compile and publish a form.

        Raises ``FormErrors`` with every finding that blocks; nothing is stored then.
        """
        findings = check_form(form)
        errors = [each for each in findings if each.severity is Severity.ERROR]
        if errors:
            raise FormErrors(errors)
        document = dump_form(form)
        definition, xform = canonical_json(document), compile_xform(form).encode()
        version = version_hash(document)

        def store(connection: Connection) -> bool:
            known = select(FormVersion.version).where(FormVersion.version == version)
            if connection.execute(known).first() is not None:
                return False
            definition_hash = put_content(connection, definition, DEFINITION_TYPE)
            xform_hash = put_content(connection, xform, XFORM_TYPE)
            title = dict(document["title"])
            connection.execute(
                insert(FormVersion).values(
                    version=version,
                    form=form.id,
                    title=title,
                    xform_hash=xform_hash,
                    published_at=self._place.now(),
                    published_by=by,
                )
            )
            body = {
                "id": form.id,
                "version": version,
                "title": title,
                "languages": [each.code for each in form.languages],
                "definition": {"hash": definition_hash, "size": len(definition)},
                "xform": {"hash": xform_hash, "size": len(xform)},
            }
            self._feed.append(connection, STUDY_CHAIN, "form", body)
            return True

        new = self._place.writer.run(store)
        return Published(form.id, version, new, findings)
