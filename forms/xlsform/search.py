"""The search for the culprit: the cell without which a workbook would not be wrong in the way that it is."""

import re
from collections.abc import Callable

from pyxform import aliases

from forms.xlsform.book import Book, Place
from forms.xlsform.grouping import headers_of
from forms.xlsform.sheets import SURVEY

Rows = dict[str, list[dict[str, str]]]

# pyxform runs again and again: this is for forms of some size only.
_MAX_RUNS = 60
_MAX_ROWS = 3_000

_BEGIN = re.compile(r"begin[ _](" + "|".join(map(re.escape, aliases.control)) + r")\b")
_END = re.compile(r"end[ _](" + "|".join(map(re.escape, aliases.control)) + r")$")
_NEEDED = ("type", "name", "list_name")
_TOKENS = {
    "calculation": ("bind", "calculate"),
    "appearance": ("control", "appearance"),
    "save_to": ("bind", "entities:saveto"),
    "list_name": ("list name",),
}


def header_of(book: Book, sheet: str, names: tuple[str, ...]) -> str | None:
    """The header of the first of these columns that the sheet has."""
    known = headers_of(book, sheet)
    for name in names:
        if name in book.table(sheet).columns:
            return name
        tokens = _TOKENS.get(name, (name,))
        for each, header in known.items():
            if each[: len(tokens)] == tokens:
                return header
    return None


class Search:
    """Looks for the row, and in it the cell, without which a workbook would not be wrong in the way that it is.

    `fault` says what is wrong with some rows, or None.
    """

    def __init__(self, book: Book, rows: Rows, fault: Callable[[Rows], str | None]) -> None:
        self.book, self.fault = book, fault
        self.rows = rows
        self.runs = 0
        self.wrong = self._fault(self.rows)

    def place(self, about: tuple[str, ...] | None) -> Place | None:
        """The culprit, in the column that it is about where that is known; None where it takes too many runs."""
        if sum(map(len, self.rows.values())) > _MAX_ROWS:
            return None
        for sheet in [SURVEY, *(name for name in self.rows if name != SURVEY)]:
            if self._fault({**self.rows, sheet: []}) != self.wrong:
                row = self._row(sheet)
                if row is None:
                    return None
                column = header_of(self.book, sheet, about) if about else None
                return self.book.place(sheet, row, column or self._cell(sheet, row))
        return None

    def _row(self, sheet: str) -> int | None:
        """The last row of the shortest beginning of a sheet that is wrong in the same way."""
        rows = self.rows[sheet]
        whole = _closed if sheet == SURVEY else _as_it_is
        least, most = 0, len(rows)
        while least + 1 < most:
            middle = (least + most) // 2
            if self._fault({**self.rows, sheet: whole(rows[:middle])}) == self.wrong:
                most = middle
            else:
                least = middle
        return most - 1 if self._fault({**self.rows, sheet: whole(rows[:most])}) == self.wrong else None

    def _cell(self, sheet: str, position: int) -> str | None:
        """The cell of a row without which nothing is wrong, else one without which something else is."""
        rows = self.rows[sheet]
        row = rows[position]
        otherwise: str | None = None
        for column in sorted(row, key=lambda column: column.lower() in _NEEDED):
            without = {each: value for each, value in row.items() if each != column}
            fault = self._fault({**self.rows, sheet: [*rows[:position], without, *rows[position + 1 :]]})
            if fault is None:
                return column
            if fault != self.wrong:
                otherwise = otherwise or column
        return otherwise or next(iter(row), None)

    def _fault(self, rows: Rows) -> str | None:
        self.runs += 1
        if self.runs > _MAX_RUNS:
            return self.wrong
        return self.fault({name: [dict(row) for row in each] for name, each in rows.items()})


def _closed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of a survey, with the ends of what they begin."""
    still_open: list[str] = []
    for row in rows:
        word = next((value for column, value in row.items() if column.lower() in ("type", "command")), "")
        if begin := _BEGIN.match(word):
            still_open.append(begin.group(1))
        elif _END.match(word) and still_open:
            still_open.pop()
    column = next((column for row in rows for column in row if column.lower() in ("type", "command")), "type")
    return [*rows, *({column: f"end {word}"} for word in reversed(still_open))]


def _as_it_is(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return rows
