"""The tables of an export: the columns of all versions side by side, and the rows of each instance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forms.answers import Row
from forms.answers.versions import SideBySide
from forms.definition import Form
from forms.errors import Code, FormError
from forms.schema import read_form
from forms.tables import ColumnKind
from forms.values import Value
from server.export.records import OpenedRecord
from server.export.report import Report
from server.place import Place
from server.storage.carriers import Content
from sync.envelope.record import COMPLETE, RecordDocument

INSTANCE_COLUMNS = (
    "__site", "__interviewer", "__device", "__finished_at", "__received_at", "__language", "__purpose", "__state",
    "__replaces", "__replaced_by", "__outcome", "__outcome_reason", "__case",
)  # fmt: skip
"""What central knows of an instance besides its answers. No question can be called so: ``__`` is reserved."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table of the export: its name and its columns in order."""

    name: str
    columns: tuple[str, ...]


def read_definitions(place: Place, versions: Sequence[str]) -> dict[str, Form]:
    """The definitions of these versions, as far as central has them, in the same order."""
    forms: dict[str, Form] = {}
    with place.engine.connect() as connection:
        for version in versions:
            data = connection.execute(select(Content.data).where(Content.hash == version)).scalar()
            if data is not None:
                forms[version] = read_form(data)
    return forms


def columns_of(forms: SideBySide) -> list[Columns]:
    """The tables of all versions with their columns, and what central knows of an instance in the form's own."""
    found: list[Columns] = []
    for layout in forms.layouts:
        keys = [each.name for each in layout.columns if each.kind is ColumnKind.KEY]
        more = INSTANCE_COLUMNS if layout.parent is None else ()
        answers = [each.name for each in layout.columns if each.kind is not ColumnKind.KEY]
        found.append(Columns(layout.name, (*keys, *more, *answers)))
    return found


def can_be_read(document: RecordDocument, version: str, forms: SideBySide) -> bool:
    """Whether ``rows_of`` would give the rows of this record."""
    try:
        for _ in forms.rows(forms.read(document.instance_xml.encode("utf-8"), version), version):
            pass
    except FormError:
        return False
    return True


def rows_of(record: OpenedRecord, forms: SideBySide, report: Report) -> Iterator[tuple[str, Row]]:
    """The rows of an instance with the names of their tables; findings go to the report.

    Raises ``FormError`` where its XML cannot be read, also because its version is not published here.
    """
    row = record.row
    answers = forms.read(record.document.instance_xml.encode("utf-8"), row.form_version)
    outcome = record.outcome
    # Who was allowed to stop owes no answers.
    owed = [each for each in answers.findings if outcome == COMPLETE or each.code is not Code.ANSWER_REQUIRED]
    report.tell(row.instance, owed, answers.leftovers)
    if answers.instance_id != row.instance:
        report.unlisted.append({"instance": row.instance, "code": "export.instance.differs"})
    facts: dict[str, Value] = {
        "__site": row.site,
        "__interviewer": row.interviewer,
        "__device": row.device,
        "__finished_at": row.finished_at,
        "__received_at": f"{row.received_at:%Y-%m-%dT%H:%M:%SZ}",
        "__language": record.document.language,
        "__purpose": row.purpose,
        "__state": row.state,
        "__replaces": row.replaces,
        "__replaced_by": record.replaced_by,
        "__outcome": outcome.kind,
        "__outcome_reason": outcome.reason,
        "__case": record.document.case,
        "form_version": row.form_version,
    }
    own = forms.layouts[0].name
    for table, answered in forms.rows(answers, row.form_version):
        more = facts if table == own else {}
        # What the cover says is signed, and it is what the files of the attachments are found by.
        yield table, {**answered, **more, "instance_id": row.instance}
