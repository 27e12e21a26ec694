"""In which line of a text file each row of a sheet stands; pyxform's readers of CSV and Markdown do not tell."""

import csv
import re
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO

from pyxform.xls2json_backends import MD_CELL, MD_COMMENT, MD_COMMENT_INLINE, MD_PIPE_OR_ESCAPE, MD_SEPARATOR

from forms.xlsform.sheets import FIRST_ROW


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
    """The lines of a CSV file: a new sheet begins where the first column holds its name."""
    lines = Lines()
    sheet = ""
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
            if any(cell.strip() for cell in row[1:]):
                lines.sheets[sheet].append(line)
    except csv.Error as error:
        lines.fault = (before + 1, str(error))
    return lines


def markdown_lines(text: str) -> Lines:
    """The lines of tables in Markdown: a new sheet begins where the first column holds its name."""
    lines = Lines()
    sheet, width = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        if MD_COMMENT.match(line):
            continue
        inline = MD_COMMENT_INLINE.match(line)
        match = MD_CELL.match(inline.group(1) if inline else line)
        if match is None or MD_SEPARATOR.match(match.group(1)):
            continue
        first, *cells = re.split(MD_PIPE_OR_ESCAPE, match.group(1))
        if first.strip():
            sheet, width = first.strip().lower(), 0
        if sheet and any(cell.strip() for cell in cells):
            if lines.sheets[sheet] and lines.fault is None and any(cell.strip() for cell in cells[width:]):
                lines.fault = (number, "the row has more cells than the header")
            width = width or len(cells)
            lines.sheets[sheet].append(number)
    return lines
