"""Running pyxform on rows: its XForm, its remarks, and where in the rows its refusals point."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from forms.xlsform.quotes import hide_quotes
from forms.xlsform.sheets import Row, Sheets, cell_text, columns_in

_ROW = re.compile(r"\[row\s*:\s*(\d+|unknown)\]\s*")
_SHEET = re.compile(r"'(survey|choices|settings|entities|external_choices|osm)' sheet")
MAX_MESSAGE = 600


@dataclass(frozen=True, slots=True)
class Ran:
    """An XForm, the external choices that belong to it (as CSV), and what pyxform remarked."""

    xml: str
    remarks: tuple[str, ...]
    itemsets: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What pyxform says: the message without its row, and the sheet and row (as in a spreadsheet) where it is told."""

    message: str
    sheet: str | None
    row: int | None

    @classmethod
    def of(cls, message: str) -> "Complaint":
        """What a message of pyxform's says, and where."""
        row, sheet = _ROW.search(message), _SHEET.search(message)
        told = _ROW.sub("", message)[:MAX_MESSAGE]
        return cls(
            told, sheet.group(1) if sheet else None, int(row.group(1)) if row and row.group(1).isdecimal() else None
        )


class PyxformRefusedError(Exception):
    """pyxform refuses a form, or (`broke`) fails on it in another way."""

    def __init__(self, complaint: Complaint, *, broke: bool) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint
        self.broke = broke


def run(sheets: Sheets) -> Ran:
    """Run pyxform on our own sheets, with every text as it is. Raises PyxformRefusedError."""
    rows = {name: [_texts(row) for row in rows] for name, rows in sheets.rows().items()}
    headers = {name: columns_in(name, rows[name]) for name in rows}
    return run_rows(rows, headers, keep_quotes=True)


def run_rows(
    rows: Mapping[str, list[dict[str, str]]],
    headers: Mapping[str, Sequence[str]],
    *,
    keep_quotes: bool,
    more: Mapping[str, object] | None = None,
) -> Ran:
    """Run pyxform on rows of texts, which it may change. `more` are further fields of pyxform's own workbook.

    Raises PyxformRefusedError.
    """
    quotes = hide_quotes(rows) if keep_quotes else None
    workbook: dict[str, object] = {**(more or {}), **rows}
    workbook.update({f"{name}_header": [dict.fromkeys(columns)] for name, columns in headers.items()})
    remarks: list[str] = []
    try:
        result = convert(workbook, warnings=remarks)
    except PyXFormError as error:
        message = str(error)
        raise PyxformRefusedError(Complaint.of(quotes.show(message) if quotes else message), broke=False) from error
    except (OSError, MemoryError):
        # The machine's fault, not the form's.
        raise
    except Exception as error:
        # pyxform lets errors of Python and of its XML writer through; for the author they are refusals as well.
        message = f"{type(error).__name__}: {error}"
        raise PyxformRefusedError(Complaint.of(message), broke=True) from error
    if quotes is None:
        return Ran(result.xform, tuple(remarks), result.itemsets)
    itemsets = None if result.itemsets is None else quotes.show(result.itemsets)
    return Ran(quotes.show(result.xform), tuple(quotes.show(remark) for remark in remarks), itemsets)


def _texts(row: Row) -> dict[str, str]:
    return {column: value if isinstance(value, str) else cell_text(value) for column, value in row.items()}
