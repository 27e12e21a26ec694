"""From the bytes of a CSV file to cases. Whatever is wrong is told with row and column, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from forms.names import FORM_ID
from server.errors.error import CodedError
from server.services.study.cases.personal import leads_to_somebody, looks_personal
from server.services.study.datasets.options import Reading
from server.services.study.datasets.problems import DatasetErrors, Problems, shown
from server.services.study.datasets.reading import read_cells
from sync.envelope.cases import CASE_ID, LABEL, MOST_FORMS, MOST_PROPERTIES, NOTE, PROPERTY, VALUE, is_day
from sync.envelope.fields import ID

ID_COLUMN: Final = "case"
STATES: Final = ("open", "closed")
_RESERVED: Final = frozenset({"name", "label", "id"})
_GERMAN_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_BETWEEN: Final = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A row of the file: its number, the case's id, what its columns say. A column that is not there says nothing.

    ``properties``: what the further columns hold. An empty cell is no property: it takes the one of this name away.
    """

    row: int
    id: str
    values: Mapping[str, Any]
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseTable:
    """The cases of a file. ``warnings`` tell what looks as if it led to somebody."""

    rows: Sequence[CaseRow]
    warnings: Sequence[CodedError] = field(default_factory=tuple)


def read_cases(data: bytes, reading: Reading) -> CaseTable:
    """The cases in a file. Raises ``DatasetErrors`` with everything that is wrong.

    The column ``case`` holds the ids; ``label``, ``site``, ``interviewer``, ``forms``, ``due``, ``note`` and ``status``
    may stand beside it. Each further column is a property of the cases.
    """
    names, body = read_cells(data, reading)
    problems = Problems()
    if ID_COLUMN not in names:
        raise DatasetErrors([CodedError("cases.column_missing", column=ID_COLUMN)])
    further = [name for name in names if name != ID_COLUMN and name not in _READERS]
    for name in further:
        if PROPERTY.fullmatch(name) is None or name.startswith("__") or name.casefold() in _RESERVED:
            problems.add(CodedError("cases.property", column=shown(name)))
    if len(further) > MOST_PROPERTIES:
        problems.add(CodedError("cases.too_many_properties", found=len(further), limit=MOST_PROPERTIES))
    problems.raise_any()
    rows: list[CaseRow] = []
    seen: dict[str, int] = {}
    warnings = [CodedError("cases.personal_column", column=shown(name)) for name in names if looks_personal(name)]
    for number, cells in body:
        given = dict(zip(names, cells, strict=True))
        case = given[ID_COLUMN]
        values = _values(number, given, further, problems)
        if CASE_ID.fullmatch(case) is None:
            problems.add(CodedError("cases.identifier", row=number, value=shown(case)))
        elif case in seen:
            problems.add(CodedError("cases.twice", row=number, case=shown(case), other=seen[case]))
        else:
            rows.append(CaseRow(number, case, *values))
        seen.setdefault(case, number)
        warnings += (
            CodedError("cases.personal_value", row=number, column=shown(name))
            for name, cell in given.items()
            if name != ID_COLUMN and leads_to_somebody(cell)
        )
    problems.raise_any()
    return CaseTable(rows, warnings)


def _values(
    number: int, given: Mapping[str, str], further: Sequence[str], problems: Problems
) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    for name, (code, read) in _READERS.items():
        if name in given:
            try:
                values[name] = read(given[name])
            except ValueError:
                problems.add(CodedError(code, row=number, column=name, value=shown(given[name])))
    for name in further:
        if VALUE.fullmatch(given[name]) is None:
            problems.add(CodedError("cases.value", row=number, column=shown(name)))
    return values, {name: given[name] for name in further}


def _matching(pattern: re.Pattern[str]) -> Callable[[str], str | None]:
    def read(cell: str) -> str | None:
        if cell and pattern.fullmatch(cell) is None:
            raise ValueError(cell)
        return cell or None

    return read


def _forms(cell: str) -> list[str]:
    forms = list(dict.fromkeys(_split(cell)))
    if len(forms) > MOST_FORMS or not all(FORM_ID.fullmatch(each) for each in forms):
        raise ValueError(cell)
    return forms


def _split(cell: str) -> Iterator[str]:
    return (each for each in _BETWEEN.split(cell) if each)


def _due(cell: str) -> str | None:
    german = _GERMAN_DAY.fullmatch(cell)
    day = date(*(int(german[part]) for part in (3, 2, 1))).isoformat() if german else cell
    if day and not is_day(day):
        raise ValueError(cell)
    return day or None


def _status(cell: str) -> str:
    if cell and cell not in STATES:
        raise ValueError(cell)
    return cell or STATES[0]


_READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "label": ("cases.label", _matching(LABEL)),
    "site": ("cases.site", _matching(ID)),
    "interviewer": ("cases.interviewer", _matching(ID)),
    "forms": ("cases.forms", _forms),
    "due": ("cases.due", _due),
    "note": ("cases.note", _matching(NOTE)),
    "status": ("cases.status", _status),
}
