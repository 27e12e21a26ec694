"""Reading tables in Markdown as pyxform reads them, with the line in which each row stands.

pyxform looks for remarks after a row (`| text | a | # like this`) with an expression that takes an hour for a cell of a
million `#`. The search is needless: what stands after the last `|` of a line is no cell.
"""

from dataclasses import dataclass

from pyxform import constants
from pyxform.xls2json_backends import MD_CELL, MD_COMMENT, MD_PIPE_OR_ESCAPE, MD_SEPARATOR, is_markdown_table

from forms.errors import Code, FormError
from forms.xlsform.book import Place, Table
from forms.xlsform.guard import MAX_COLUMNS, MAX_ROWS
from forms.xlsform.sheets import SURVEY, Row

_Cells = tuple[str | None, ...]


@dataclass(slots=True)
class _Sheet:
    """The line that names the sheet, and its rows with their lines, the header first."""

    line: int
    rows: list[tuple[int, _Cells]]


def markdown_tables(text: str) -> tuple[dict[str, Table], tuple[str, ...]]:
    """The sheets that XLSForm knows (a single one is the survey), and the names of all. Raises FormError."""
    if not is_markdown_table(text):
        raise _broken(1, "there is no table in it")
    sheets = _sheets(text)
    tables: dict[str, Table] = {}
    for name, sheet in sheets.items():
        known = name.lower()
        if known in constants.SUPPORTED_SHEET_NAMES:
            tables[known] = _table(known, sheet)
        elif len(sheets) == 1:
            tables[SURVEY] = _table(SURVEY, sheet)
    return tables, tuple(sheets)


def _sheets(text: str) -> dict[str, _Sheet]:
    """A new sheet begins where the first column holds its name; one of the same name takes the place of the first."""
    sheets: dict[str, _Sheet] = {}
    name, sheet, rows = "", None, 0
    for number, line in enumerate(text.split("\n"), start=1):
        match = None if MD_COMMENT.match(line) else MD_CELL.match(line)
        if match is None:
            continue
        if not MD_SEPARATOR.match(match.group(1)):
            first, *cells = map(_cell, MD_PIPE_OR_ESCAPE.split(match.group(1)))
            if first is not None:
                name, sheet = first, _Sheet(number, [])
            if sheet is not None and any(cell is not None for cell in cells):
                sheet.rows.append((number, tuple(cells)))
                rows += 1
        if sheet is None:
            raise _broken(number, "no sheet is named before the row")
        if rows > MAX_ROWS:
            raise Place(name, number, "type", "A").error(Code.SHEET_TOO_LARGE, {"limit": MAX_ROWS})
        sheets[name] = sheet
    return sheets


def _cell(cell: str) -> str | None:
    return cell.strip().replace(r"\|", "|") or None


def _table(name: str, sheet: _Sheet) -> Table:
    if not sheet.rows:
        raise _broken(sheet.line, "the sheet has no header", name)
    (line, header), *below = sheet.rows
    if sum(cell is not None for cell in header) > MAX_COLUMNS:
        raise Place(name, line, "type", "A").error(Code.SHEET_TOO_LARGE, {"limit": MAX_COLUMNS})
    rows: list[Row] = []
    for number, cells in below:
        if any(cell is not None for cell in cells[len(header) :]):
            raise _broken(number, "the row has more cells than the header", name)
        # Without a header, pyxform refuses the row.
        rows.append({column: cell for column, cell in zip(header, cells, strict=False) if cell is not None})  # type: ignore[misc]
    # The first column holds the names of the sheets.
    columns = {str(column): position for position, column in enumerate(header, start=1)}
    return Table(name, columns, tuple(rows), tuple(number for number, _ in below), line)


def _broken(line: int, message: str, sheet: str = SURVEY) -> FormError:
    return Place(sheet, line, "type", "A").error(Code.SPREADSHEET_BROKEN, {"message": message})
