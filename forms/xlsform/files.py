"""Reading a spreadsheet: .xlsx (and .xlsm), .xls, .csv and Markdown, cell by cell as pyxform reads them.

What pyxform would pass over in silence is told here: formulas that failed, byte order marks. A workbook with a sheet
of our own is read exactly: no white space is taken away, and numbers and truths stay what they are.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import PurePath

import xlrd  # type: ignore[import-untyped]
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from pyxform import constants
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import (
    csv_to_dict,
    get_excel_column_headers,
    get_excel_rows,
    is_empty,
    is_markdown_table,
    md_to_dict,
    xls_value_to_unicode,
    xlsx_value_to_str,
)

from forms.definition import Scalar
from forms.errors import Code, Finding, FormError, FormErrors, Severity
from forms.xlsform.book import Book, FailedCell, Place, Table, letter
from forms.xlsform.guard import MAX_COLUMNS, MAX_ROWS, broken, check_archive, check_size
from forms.xlsform.lines import csv_lines, markdown_lines
from forms.xlsform.sheets import CHOICES, FIRST_ROW, OWN_PREFIX, OWN_SHEET, SURVEY, Cell, Row

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".md")
"""The kinds of file that hold an XLSForm."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Cells of our own workbooks that are numbers or truths, and not texts that look so.
_TYPED = frozenset({"default", "required", "read_only", "repeat_count"})
_WORDS = frozenset({"type", "name", "list_name"})


class _Value:
    """A cell of either library, as the function of pyxform's that collects the rows wants it."""

    __slots__ = ("failed", "value")

    def __init__(self, value: object, *, failed: bool = False) -> None:
        self.value, self.failed = value, failed


def read_book(source: bytes, name: str) -> Book:
    """The workbook in these bytes; the ending of `name` says which kind of file it is.

    Raises FormErrors with sheet, row and column where the file cannot be read.
    """
    try:
        check_size(len(source))
        ending = _ending(source, PurePath(name).suffix.lower())
        stem = PurePath(name).stem or None
        if ending in (".xlsx", ".xlsm"):
            check_archive(source)
            return _guarded(_read_xlsx, source, stem)
        if ending == ".xls":
            return _guarded(_read_xls, source, stem)
        return _read_text(source, ending, stem)
    except FormError as error:
        raise FormErrors([error.finding()]) from error


def _ending(source: bytes, ending: str) -> str:
    if ending in ENDINGS:
        return ending
    if source.startswith(_ZIP):
        return ".xlsx"
    if source.startswith(_OLD_EXCEL):
        return ".xls"
    if not ending or ending == ".txt":
        return ".md" if is_markdown_table(source[:5_000].decode("utf-8", "replace")) else ".csv"
    raise FormError(Code.SPREADSHEET_TYPE, params={"known": ", ".join(ENDINGS)})


def _guarded(read: Callable[[bytes, str | None], Book], source: bytes, stem: str | None) -> Book:
    try:
        with warnings.catch_warnings():
            # The libraries warn of decorations that they do not know.
            warnings.simplefilter("ignore")
            return read(source, stem)
    except (FormError, FormErrors, MemoryError):
        raise
    except Exception as error:
        # Both libraries answer damaged files with whatever error comes of it.
        raise broken(error) from error


def _read_xlsx(source: bytes, stem: str | None) -> Book:
    reader = ExcelReader(BytesIO(source), read_only=True, data_only=True)
    reader.read()
    try:
        book = reader.wb
        names = tuple(book.sheetnames)
        own = _own(book[OWN_SHEET].rows) if OWN_SHEET in names and len(names) > 1 else None
        failed: list[FailedCell] = []
        tables = {}
        for name, known in _known(names):
            rows = ([_xlsx_cell(each) for each in row[: MAX_COLUMNS + 1]] for row in book[name].rows)
            tables[known] = _table(name, known, rows, failed, exact=own is not None)
    finally:
        reader.wb.close()
        reader.archive.close()
    return Book(tables, names, stem, own, failed=tuple(failed))


def _xlsx_cell(cell: object) -> _Value:
    return _Value(getattr(cell, "value", None), failed=getattr(cell, "data_type", "n") == "e")


def _read_xls(source: bytes, stem: str | None) -> Book:
    with xlrd.open_workbook(file_contents=source, logfile=_Silence(), on_demand=True) as book:
        names = tuple(book.sheet_names())
        failed: list[FailedCell] = []
        tables = {}
        for name, known in _known(names):
            sheet = book.sheet_by_name(name)
            rows = ([_xls_cell(each, book.datemode) for each in sheet.row(row)] for row in range(sheet.nrows))
            tables[known] = _table(name, known, rows, failed, exact=False)
            book.unload_sheet(name)
    return Book(tables, names, stem, failed=tuple(failed))


class _Silence:
    """Where xlrd writes its remarks on damaged files."""

    def write(self, _: str) -> None:
        """Nothing."""


def _xls_cell(cell: xlrd.sheet.Cell, datemode: int) -> _Value:
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return _Value(xlrd.error_text_from_code.get(cell.value, "#ERR!"), failed=True)
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return _Value(None)
    value = cell.value.strip() if isinstance(cell.value, str) else cell.value
    return _Value(value if is_empty(value) else xls_value_to_unicode(value, cell.ctype, datemode))


def _known(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The sheets of a workbook that XLSForm knows: of one with a single sheet, this is the survey."""
    for name in names:
        known = name.lower()
        if known in constants.SUPPORTED_SHEET_NAMES:
            yield name, known
        elif len(names) == 1:
            yield name, SURVEY


def _table(name: str, known: str, rows: Iterator[list[_Value]], failed: list[FailedCell], *, exact: bool) -> Table:
    header = _header(name, next(rows, []))

    def clean(cell: _Value, row: int, column: str) -> Cell:
        if cell.failed:
            place = Place(name, row + FIRST_ROW, column, letter(header.index(column)))
            failed.append(FailedCell(known, place, str(cell.value)))
        return _cell(cell.value, known, column, exact)

    found = get_excel_rows(header, _bounded(name, rows), clean)
    columns = {column: position for position, column in enumerate(header) if column is not None}
    return Table(name, columns, tuple(found), tuple(range(FIRST_ROW, FIRST_ROW + len(found))))


def _header(name: str, first: list[_Value]) -> list[str | None]:
    for position, cell in enumerate(first[: MAX_COLUMNS + 1]):
        place = Place(name, 1, as_header(cell.value), letter(position))
        if cell.failed:
            raise place.error(Code.CELL_ERROR, {"value": str(cell.value)})
        if not isinstance(cell.value, str | None):
            raise place.error(Code.HEADER_NOT_TEXT, {"value": as_header(cell.value)})
        if position == MAX_COLUMNS and not all(is_empty(each.value) for each in first[MAX_COLUMNS:]):
            raise place.error(Code.SHEET_TOO_LARGE, {"limit": MAX_COLUMNS})
    values = [cell.value for cell in first[:MAX_COLUMNS]]
    try:
        header: list[str | None] = get_excel_column_headers(values)
    except PyXFormError as error:
        twice = next(each for each in values if isinstance(each, str) and values.count(each) > 1)
        position = len(values) - 1 - values[::-1].index(twice)
        message = str(error)
        raise Place(name, 1, twice, letter(position)).error(Code.PYXFORM_REFUSED, {"message": message}) from error
    return header


def as_header(value: object) -> str:
    """A header as it is told: short, and a text."""
    return "" if value is None else str(value)[:80]


def _bounded(name: str, rows: Iterable[list[_Value]]) -> Iterator[list[_Value]]:
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            raise Place(name, number + FIRST_ROW, "", "A").error(Code.SHEET_TOO_LARGE, {"limit": MAX_ROWS})
        yield row


def _cell(value: object, known: str, column: str, exact: bool) -> Cell:
    if not exact:
        text: str = xlsx_value_to_str(value.strip() if isinstance(value, str) else value)
        return text
    own = column.startswith(OWN_PREFIX)
    if isinstance(value, bool):
        return value if own or column in ("required", "read_only") else str(value).upper()
    if isinstance(value, Scalar) and not isinstance(value, str) and _is_typed(known, column):
        return value
    text = value if isinstance(value, str) else xlsx_value_to_str(value)
    return " ".join(text.split()) if column in _WORDS and not (known == CHOICES and column == "name") else text


def _is_typed(known: str, column: str) -> bool:
    if known == SURVEY:
        return column in _TYPED
    return known in (CHOICES, "external_choices", "osm") and column not in _WORDS and not column.startswith("label")


def _own(rows: Iterator[Iterable[object]]) -> Table | None:
    """Our own sheet, where it is ours."""
    header = tuple(getattr(cell, "value", None) for cell in next(rows, ()))
    if header[:3] != ("place", "key", "value"):
        return None
    found: list[Row] = []
    for row in rows:
        place, key, value = [getattr(cell, "value", None) for cell in row][:3]
        if len(found) >= MAX_ROWS:
            break
        found.append({"place": str(place or ""), "key": str(key or ""), "value": str(value or "")})
    lines = tuple(range(FIRST_ROW, FIRST_ROW + len(found)))
    return Table(OWN_SHEET, {"place": 0, "key": 1, "value": 2}, tuple(found), lines)


def _read_text(source: bytes, ending: str, stem: str | None) -> Book:
    marked = source.startswith(_BYTE_ORDER_MARK)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise Place(SURVEY, line, "type", "A").error(Code.NOT_UTF8) from error
    read, count = (csv_to_dict, csv_lines) if ending == ".csv" else (md_to_dict, markdown_lines)
    try:
        # pyxform decodes it again.
        found = read(text.encode())
    except MemoryError:
        raise
    except Exception as error:
        # Besides its own error, pyxform's readers let through what rows of unequal length and the like lead to.
        row, reason = count(text).fault or (1, str(error) or type(error).__name__)
        message = reason[:200]
        raise Place(SURVEY, row, "type", "A").error(Code.SPREADSHEET_BROKEN, {"message": message}) from error
    places = count(text)
    tables: dict[str, Table] = {}
    for known in constants.SUPPORTED_SHEET_NAMES & found.keys():
        header = found.get(f"{known}_header") or [{}]
        rows = tuple(found[known])
        heading, lines = places.of(known, len(rows))
        # The first column holds the names of the sheets.
        columns = {str(column): position + 1 for position, column in enumerate(header[0] if header else ())}
        tables[known] = Table(known, columns, rows, lines, heading)
    names = tuple(found["sheet_names"])
    known_keys = {"sheet_names", *tables, *(f"{name}_header" for name in tables)}
    unknown = {str(key): value for key, value in found.items() if key not in known_keys}
    remarks: tuple[Finding, ...] = ()
    if marked:
        remarks = (Place(SURVEY, 1, "type", "A").finding(Code.BYTE_ORDER_MARK, severity=Severity.NOTE),)
    return Book(tables, names, stem, None, unknown, remarks)
