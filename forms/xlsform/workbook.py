"""The sheets of an XLSForm as an .xlsx file, and as a workbook in memory."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from forms.definition import Form
from forms.xlsform.book import Book, Table
from forms.xlsform.sheets import FIRST_ROW, OWN_PREFIX, OWN_SHEET, Cell, Row, Sheets, columns_in
from forms.xlsform.write import export_sheets

# The order of columns that readers of XLSForms expect; what is not here keeps the order in which it comes, after these.
_ORDER = (
    "list_name",
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "media",
    "relevant",
    "required",
    "required_message",
    "constraint",
    "constraint_message",
    "read_only",
    "appearance",
    "calculation",
    "trigger",
    "default",
    "choice_filter",
    "repeat_count",
    "parameters",
    "save_to",
    "no_app_error_string",
    "bind",
    "body",
    "instance",
)
_WIDTHS = {"label": 45, "hint": 30, "type": 24, "name": 24, "relevant": 30, "value": 80, "place": 30}
_WIDTH = 16


def write_xlsform(form: Form) -> bytes:
    """The form as an .xlsx file that every program for XLSForms takes, and that is read back as the same form."""
    sheets = export_sheets(form)
    book = Workbook(write_only=True)
    for name, rows in (*sheets.rows().items(), (OWN_SHEET, sheets.own)):
        _write(book.create_sheet(name), columns_of(name, rows), rows)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(sheets: Sheets, stem: str | None = None) -> Book:
    """The workbook that a program would read from these sheets."""
    tables = {name: _table(name, rows) for name, rows in sheets.rows().items()}
    return Book(tables, (*tables, OWN_SHEET), stem, _table(OWN_SHEET, sheets.own) if sheets.own else None)


def columns_of(sheet: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns of a sheet's rows, as they stand in a file: a plain one before those of its languages."""
    found = columns_in(sheet, rows)
    places = {name: place for place, name in enumerate(_ORDER)}

    def rank(column: str) -> tuple[bool, int, str, bool]:
        base, _, rest = column.partition("::")
        kind = rest.partition("::")[0] if base == "media" else ""
        return column.startswith(OWN_PREFIX), places.get(base, len(places)), kind, rest != kind

    return tuple(sorted(found, key=rank))


def _table(name: str, rows: Sequence[Row]) -> Table:
    columns = columns_of(name, rows)
    ordered = tuple({column: row[column] for column in columns if column in row} for row in rows)
    positions = {column: position for position, column in enumerate(columns)}
    return Table(name, positions, ordered, tuple(range(FIRST_ROW, FIRST_ROW + len(rows))))


def _write(sheet: object, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    sheet.freeze_panes = "A2"  # type: ignore[attr-defined]
    for position, column in enumerate(columns, start=1):
        width = _WIDTHS.get(column.partition("::")[0], _WIDTH)
        sheet.column_dimensions[get_column_letter(position)].width = width  # type: ignore[attr-defined]
    heading = [_cell(sheet, column) for column in columns]
    for cell in heading:
        cell.font = Font(bold=True)  # type: ignore[attr-defined]
    sheet.append(heading)  # type: ignore[attr-defined]
    for row in rows:
        sheet.append([_cell(sheet, row[column]) if column in row else None for column in columns])  # type: ignore[attr-defined]


def _cell(sheet: object, value: Cell) -> object:
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet)
    # Given as a value, a text that begins with "=" would become a formula, and "#N/A" an error.
    cell._value = value
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
