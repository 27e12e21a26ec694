"""pyxform decides whether a workbook is a form; what it says against it is told at the cell."""

import re
from collections.abc import Iterator

from forms.errors import Code, Finding, FormErrors, Severity
from forms.xlsform.book import Book, Place, texts_of_row
from forms.xlsform.pyx import Complaint, PyxformRefusedError, Ran, run_rows
from forms.xlsform.same import NotAnXFormError, canonical
from forms.xlsform.search import Rows, Search, header_of
from forms.xlsform.sheets import CHOICES, FIRST_ROW, SETTINGS, SHEETS, SURVEY

_QUOTED = re.compile(r"'([^'\n]{1,200})'|\$\{([^}\n]{1,200})\}|\[([^\]\n]{1,200})\]")
_COLUMN = re.compile(r"'([^'\n]{1,60})' value")
_HEADERS_OF = re.compile(r"headers provided for sheet: '(\w+)'")

# What a message without a column speaks of, by words in it; the first that the sheet has is pointed at.
_ABOUT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("no name", ("name",)),
    ("no type", ("type",)),
    ("trigger", ("trigger",)),
    ("choices sheet", ("type",)),
    ("choices for this", ("type",)),
    ("alculation", ("calculation",)),
    ("big-image", ("media",)),
    ("Media type", ("media",)),
    ("no label or hint", ("label", "hint", "name")),
    ("search()", ("appearance",)),
    ("Choice filter", ("choice_filter",)),
    ("Choice names with spaces", ("name",)),
    ("quality", ("parameters",)),
    ("arameter", ("parameters",)),
    ("randomize", ("parameters",)),
    ("seed", ("parameters",)),
    ("track-changes", ("parameters",)),
    ("identify-user", ("parameters",)),
    ("location-", ("parameters",)),
    ("instanceID", ("omit_instanceID",)),
    ("id_string", ("id_string",)),
)
_SPEAKS_OF_REFERENCE = re.compile(r"There (is|are)|replace|trigger")


def judge(book: Book) -> Ran:
    """What pyxform makes of the workbook.

    Raises FormErrors with sheet, row and column where it refuses or breaks, or where what it makes is no XML.
    """
    try:
        ran = _run(book, _rows_of(book))
        canonical(ran.xml)
    except PyxformRefusedError as error:
        code = Code.PYXFORM_BROKE if error.broke else Code.PYXFORM_REFUSED
        place = _place(book, error)
        raise FormErrors([place.finding(code, {"message": error.complaint.message})]) from error
    except NotAnXFormError as error:
        place = Search(book, _rows_of(book), lambda rows: _broken(book, rows)).place(None) or book.whole()
        raise FormErrors([place.finding(Code.XFORM_BROKEN, {"message": str(error)[:200]})]) from error
    return ran


def remarks(book: Book, ran: Ran) -> Iterator[Finding]:
    """What pyxform remarked, at the cells."""
    for remark in ran.remarks:
        complaint = Complaint.of(remark)
        yield _told(book, complaint).finding(Code.PYXFORM_REMARK, {"message": complaint.message}, Severity.WARNING)


def _rows_of(book: Book) -> Rows:
    return {name: [texts_of_row(row) for row in table.rows] for name, table in book.tables.items()}


def _run(book: Book, rows: Rows) -> Ran:
    headers = {name: tuple(table.columns) for name, table in book.tables.items()}
    more = {"sheet_names": list(book.sheet_names), "fallback_form_name": book.stem, **book.unknown}
    return run_rows(rows, headers, keep_quotes=book.exact, more=more)


def _place(book: Book, error: PyxformRefusedError) -> Place:
    said = error.complaint
    if said.row is not None or _HEADERS_OF.search(said.message):
        return _told(book, said)
    found = _named(book, said.message)
    if found is not None and not error.broke:
        return found
    about = next((columns for words, columns in _ABOUT if words in said.message), None)
    return Search(book, _rows_of(book), lambda rows: _says(book, rows)).place(about) or found or _told(book, said)


def _says(book: Book, rows: Rows) -> str | None:
    """What pyxform has against the rows, but for numbers; None for nothing."""
    try:
        _run(book, rows)
    except PyxformRefusedError as error:
        return re.sub(r"\d+", "0", f"{error.broke} {error.complaint.message}")
    return None


def _broken(book: Book, rows: Rows) -> str | None:
    """Whether the XForm of the rows is no XML, or pyxform refuses them; None where neither is so."""
    try:
        canonical(_run(book, rows).xml)
    except PyxformRefusedError:
        return "refused"
    except NotAnXFormError:
        return "broken"
    return None


def _told(book: Book, said: Complaint) -> Place:
    """The place that a message tells by itself."""
    headers = _HEADERS_OF.search(said.message)
    sheet = said.sheet or (headers.group(1) if headers else None)
    if sheet is None:
        sheet = SETTINGS if "omit instanceID" in said.message or "id_string" in said.message else SURVEY
    if headers is not None:
        quoted = [name for name in _quoted(said.message) if name in book.table(sheet).columns]
        return book.place(sheet, None, quoted[-1] if quoted else None)
    position = None if said.row is None else said.row - FIRST_ROW
    if position is not None and position < 0:
        position = None
    return book.place(sheet, position, _column(book, sheet, said.message))


def _column(book: Book, sheet: str, message: str) -> str | None:
    """The header of the column that a message speaks of."""
    named = _COLUMN.search(message)
    about = next((columns for words, columns in _ABOUT if words in message), ())
    usual = "type" if sheet == SURVEY else "name"
    return header_of(book, sheet, (*([named.group(1)] if named else []), *about, usual))


def _quoted(message: str) -> list[str]:
    return [name for found in _QUOTED.findall(message) for name in found if name]


def _named(book: Book, message: str) -> Place | None:
    """The first cell that holds what the message quotes: as its value, or as a reference `${name}`."""
    names = [name.rsplit("/", 1)[-1] for name in _quoted(message)]
    for sheet in SHEETS:
        for position, row in enumerate(book.table(sheet).rows):
            for column, value in row.items():
                if any(f"${{{name}}}" in str(value) for name in names if _SPEAKS_OF_REFERENCE.search(message)):
                    return book.place(sheet, position, column)
    for name in names:
        for sheet in (SURVEY, CHOICES):
            for position, row in enumerate(book.table(sheet).rows):
                if name in row.values():
                    about = _column(book, sheet, message)
                    column = next(column for column, value in row.items() if value == name)
                    told = about if about is not None and column in ("name", "NAME", "Name") else column
                    return book.place(sheet, position, told)
        if name in book.unknown:
            return Place(name, 1, "", "A")
    return None
