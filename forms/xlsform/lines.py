"""In which line of a CSV file each row of a sheet stands; pyxform's reader does not tell."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO

from forms.errors import Code
from forms.xlsform.book import Place
from forms.xlsform.guard import MAX_COLUMNS, MAX_ROWS
from forms.xlsform.sheets import FIRST_ROW, SURVEY


@dataclass(slots=True)
class Lines:
    """By sheet, in lower case: the lines of its rows, the header's first. `fault` is a line that cannot be read."""

    sheets: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fault: tuple[int, str] | None = None

    def of(self, sheet: str, rows: int) -> tuple[int, tuple[int, ...]]:
        """The line of the header, and those of so many rows."""
        found = self.sheets.get(sheet, [])
        if len(found) != rows + 1:
            # The sheet stands in several pieces, say: rows are counted within it.
            return 1, tuple(range(FIRST_ROW, FIRST_ROW + rows))
        return found[0], tuple(found[1:])


def csv_lines(text: str) -> Lines:
    """The lines of a CSV file: a new sheet begins where the first column holds its name.

    Raises FormError where there are too many rows or columns.
    """
    lines = Lines()
    sheet, rows = "", 0
    reader = csv.reader(StringIO(text, newline=""))
    before = 0
    try:
        for row in reader:
            line, before = before + 1, reader.line_num
            if not row:
                continue
            # A row of one cell names a sheet, whatever stands in it.
            if row[0].strip() or len(row) == 1:
                sheet = row[0].strip().lower()
            filled = sum(not cell.isspace() for cell in row[1:] if cell)
            if filled:
                lines.sheets[sheet].append(line)
                rows += 1
                if not sheet and lines.fault is None:
                    lines.fault = (line, "no sheet is named before the row")
            for number, limit in ((filled, MAX_COLUMNS), (rows, MAX_ROWS)):
                if number > limit:
                    raise Place(sheet or SURVEY, line, "type", "A").error(Code.SHEET_TOO_LARGE, {"limit": limit})
    except csv.Error as error:
        lines.fault = (before + 1, str(error))
    return lines
