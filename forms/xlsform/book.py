"""A spreadsheet that was read, with the place of each cell in its file."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.definition import Scalar
from forms.errors import Code, Finding, FormError, Params, Severity
from forms.names import pointer
from forms.xlsform.sheets import CHOICES, SETTINGS, SURVEY, Cell, Row, cell_text

# What the first column of a sheet is called where it has none.
_FIRST = {SURVEY: "type", CHOICES: "list_name", SETTINGS: "form_id"}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Place:
    """A cell: the sheet as the file calls it, the row as the file counts it, the column's header and its letter."""

    sheet: str
    row: int
    column: str
    letter: str

    @property
    def pointer(self) -> str:
        """`/survey/7/type`: sheet, row and header, as tokens of a JSON pointer."""
        return pointer(self.sheet, self.row, self.column)

    @property
    def params(self) -> dict[str, str | int]:
        """Sheet, row, column, and the cell as spreadsheet programs call it."""
        cell = f"{self.sheet}!{self.letter}{self.row}"
        return {"sheet": self.sheet, "row": self.row, "column": self.column, "cell": cell}

    def finding(self, code: Code, params: Params | None = None, severity: Severity = Severity.ERROR) -> Finding:
        """A finding at this cell."""
        return Finding(code, self.pointer, {**self.params, **(params or {})}, severity)

    def error(self, code: Code, params: Params | None = None) -> FormError:
        """An error at this cell."""
        return FormError(code, self.pointer, {**self.params, **(params or {})})


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name in the file, the headers with the position of each column, its rows and where they stand."""

    name: str
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    header_line: int = 1

    def place(self, position: int | None, column: str | None = None) -> Place:
        """The cell of a row, counted from 0 (None for the header), under a column (None for the first)."""
        if position is None:
            row = self.header_line
        elif position < len(self.lines):
            row = self.lines[position]
        else:
            row = (self.lines[-1] if self.lines else self.header_line) + position - len(self.lines) + 1
        name = column if column is not None else next(iter(self.columns), _FIRST.get(self.name.lower(), "name"))
        return Place(self.name, row, name, letter(self.columns.get(name, 0)))


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell whose formula failed: the sheet by XLSForm's name, the place, and what stands there, such as #REF!."""

    sheet: str
    place: Place
    value: str


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook that XLSForm knows, by XLSForm's names, and our own if it is there.

    `stem` is the file's name without its ending, by which pyxform calls a form that does not name itself. `unknown`
    are sheets of a CSV file of which XLSForm knows nothing. `failed` are the cells whose formula failed.
    """

    tables: Mapping[str, Table]
    sheet_names: tuple[str, ...]
    stem: str | None = None
    own: Table | None = None
    unknown: Mapping[str, object] = field(default_factory=dict)
    remarks: tuple[Finding, ...] = ()
    failed: tuple["FailedCell", ...] = ()

    @property
    def exact(self) -> bool:
        """Whether texts are taken exactly as they stand: we wrote the workbook."""
        return self.own is not None

    def table(self, name: str) -> Table:
        """The sheet of that name; an empty one where there is none."""
        return self.tables.get(name) or Table(name, {}, (), ())

    def place(self, sheet: str, position: int | None = None, column: str | None = None) -> Place:
        """The cell of a sheet, as `Table.place` has it."""
        return self.table(sheet).place(position, column)

    def whole(self) -> Place:
        """Where something is told that has no better place."""
        return self.place(SURVEY if SURVEY in self.tables else next(iter(self.tables), SURVEY))


def letter(position: int) -> str:
    """The letters of a column, counted from 0: A, B, ... Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters


def texts_of_row(row: Row) -> dict[str, str]:
    """A row as pyxform takes it."""
    return {column: cell_text(value) for column, value in row.items()}


def as_text(cell: Cell | Scalar) -> str:
    """A cell as the text that stands in it."""
    return str(cell).upper() if isinstance(cell, bool) else cell_text(cell)
