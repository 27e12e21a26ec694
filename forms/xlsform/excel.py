"""Reading .xlsx and .xls, cell by cell as pyxform reads them, with the cells whose formula failed.

A workbook with a sheet of our own is read exactly: no white space is taken away, and numbers and truths stay what
they are.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

import xlrd  # type: ignore[import-untyped]
from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]
from pyxform import constants
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import (
    get_excel_column_headers,
    get_excel_rows,
    is_empty,
    xls_value_to_unicode,
    xlsx_value_to_str,
)

from forms.definition import Scalar
from forms.errors import Code, FormError, FormErrors
from forms.xlsform.book import Book, FailedCell, Place, Table, letter
from forms.xlsform.guard import MAX_COLUMNS, MAX_ROWS, broken
from forms.xlsform.sheets import CHOICES, EXTERNAL_CHOICES, FIRST_ROW, OSM, OWN_PREFIX, OWN_SHEET, SURVEY, Cell, Row

# Cells of our own workbooks that are numbers or truths, and not texts that look so.
_TYPED = frozenset({"default", "required", "read_only", "repeat_count"})
_WORDS = frozenset({"type", "name", "list_name"})
_MAX_SHOWN = 80


class _Value:
    """A cell of either library, as the function of pyxform's that collects the rows wants it."""

    __slots__ = ("failed", "value")

    def __init__(self, value: object, *, failed: bool = False) -> None:
        self.value, self.failed = value, failed


def read_xlsx(source: bytes, stem: str | None) -> Book:
    """The workbook in an .xlsx file that `guard` has looked at. Raises FormError and FormErrors."""
    return _guarded(_read_xlsx, source, stem)


def read_xls(source: bytes, stem: str | None) -> Book:
    """The workbook in an .xls file. Raises FormError and FormErrors."""
    return _guarded(_read_xls, source, stem)


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
        place = Place(name, 1, _shown(cell.value), letter(position))
        if cell.failed:
            raise place.error(Code.CELL_ERROR, {"value": str(cell.value)})
        if not isinstance(cell.value, str | None):
            raise place.error(Code.HEADER_NOT_TEXT, {"value": _shown(cell.value)})
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


def _shown(value: object) -> str:
    return "" if value is None else str(value)[:_MAX_SHOWN]


def _bounded(name: str, rows: Iterable[list[_Value]]) -> Iterator[list[_Value]]:
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            raise Place(name, number + FIRST_ROW, "type", "A").error(Code.SHEET_TOO_LARGE, {"limit": MAX_ROWS})
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
    if column not in _WORDS:
        return text
    return " ".join(text.split()) if known == SURVEY else text.strip()


def _is_typed(known: str, column: str) -> bool:
    if known == SURVEY:
        return column in _TYPED
    return known in (CHOICES, EXTERNAL_CHOICES, OSM) and column not in _WORDS and not column.startswith("label")


def _own(rows: Iterator[Iterable[object]]) -> Table | None:
    """Our own sheet, where it is ours."""
    header = tuple(getattr(cell, "value", None) for cell in next(rows, ()))
    if header[:3] != ("place", "key", "value"):
        return None
    found: list[Row] = []
    for row in rows:
        place, key, value, *_ = (*(getattr(cell, "value", None) for cell in row), None, None, None)
        if len(found) >= MAX_ROWS:
            break
        found.append({"place": str(place or ""), "key": str(key or ""), "value": str(value or "")})
    lines = tuple(range(FIRST_ROW, FIRST_ROW + len(found)))
    return Table(OWN_SHEET, {"place": 0, "key": 1, "value": 2}, tuple(found), lines)
