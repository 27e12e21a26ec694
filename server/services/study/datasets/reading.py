"""From the bytes of a CSV file to a table. Whatever is wrong is told with row and column, and nothing is guessed.

Rows are counted as a spreadsheet shows them: the line of names is row 1. Blanks around a cell, rows without any value
and a last column that is empty throughout are no data and are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from forms.names import ILLEGAL, MAX_NAME, NAME
from server.errors.error import CodedError
from server.services.study.datasets.columns import Numbered, typed
from server.services.study.datasets.options import DELIMITERS, Reading
from server.services.study.datasets.problems import DatasetErrors, Problems, shown
from server.services.study.datasets.table import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Table

SAMPLE = 500
"""Rows that are looked at to find the delimiter."""
MEBIBYTE = 1024 * 1024
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_CONTROL = re.compile("[\x7f-\x9f]")


def read_table(data: bytes, reading: Reading) -> Table:
    """The table in a file. Raises ``DatasetErrors`` with everything that is wrong."""
    problems = Problems()
    names, body = read_cells(data, reading)
    columns = typed(names, body, reading, problems)
    problems.raise_any()
    table = Table(columns, [tuple(row) for _, row in body])
    if len(table.canonical) > MAX_BYTES:
        raise DatasetErrors([_too_large()])
    return table


def read_cells(data: bytes, reading: Reading) -> tuple[list[str], Numbered]:
    """The names of the columns and the rows below with their numbers. Raises ``DatasetErrors``."""
    text = _text(data, reading.encoding)
    delimiter = DELIMITERS[reading.delimiter] if reading.delimiter else find_delimiter(text, reading.point)
    rows = _rows(text, delimiter)
    if not rows:
        raise DatasetErrors([CodedError("dataset.empty")])
    problems = Problems()
    _clean(rows, reading, problems)
    header, body = rows[0][1], rows[1:]
    _cut_last(header, body)
    names = _names(header, reading, problems)
    body = [(number, row) for number, row in body if any(row)]
    for number, row in body:
        if len(row) != len(names):
            problems.add(CodedError("dataset.ragged", row=number, found=len(row), expected=len(names)))
    if not body:
        problems.add(CodedError("dataset.no_rows"))
    if len(body) > MAX_ROWS:
        problems.add(CodedError("dataset.too_many_rows", found=len(body), limit=MAX_ROWS))
    problems.raise_any()
    return names, body


def find_delimiter(text: str, decimal: str) -> str:
    """The delimiter under which the first rows have most evenly as many cells as the first; comma for one column.

    Raises ``DatasetErrors`` ``dataset.delimiter`` where two fit alike.
    """
    found: list[tuple[float, int, str]] = []
    for delimiter in DELIMITERS.values():
        try:
            sample = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE)
            widths = [len(row) for row in sample if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            found.append((widths.count(widths[0]) / len(widths), widths[0], delimiter))
    found.sort(reverse=True)
    if decimal == "," and len(found) > 1 and found[0][0] == found[1][0]:
        # Between equals, the mark within numbers is the worse delimiter.
        found = [each for each in found if each[2] != ","]
    if len(found) > 1 and found[0][:2] == found[1][:2]:
        raise DatasetErrors([CodedError("dataset.delimiter")])
    return found[0][2] if found else ","


def _too_large() -> CodedError:
    return CodedError("dataset.too_large", limit=MAX_BYTES // MEBIBYTE)


def _text(data: bytes, encoding: str) -> str:
    if len(data) > MAX_BYTES:
        raise DatasetErrors([_too_large()])
    if data.startswith(_SPREADSHEETS):
        raise DatasetErrors([CodedError("dataset.spreadsheet")])
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        code = "dataset.not_utf8" if encoding == "utf-8" else "dataset.encoding"
        raise DatasetErrors([CodedError(code, encoding=encoding, line=line)]) from None
    if not text.strip():
        raise DatasetErrors([CodedError("dataset.empty")])
    return text


def _rows(text: str, delimiter: str) -> Numbered:
    """All rows that hold anything. Raises ``DatasetErrors`` ``dataset.quotes`` where quotation marks do not fit."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Numbered = []
    line = 0
    try:
        for number, row in enumerate(reader, start=1):
            line = reader.line_num
            if row:
                rows.append((number, row))
    except csv.Error:
        raise DatasetErrors([CodedError("dataset.quotes", line=line + 1)]) from None
    return rows


def _clean(rows: Numbered, reading: Reading, problems: Problems) -> None:
    """Make every cell what is kept of it: one kind of line end, no blanks around it, no mark for a missing value."""
    missing = {mark.strip() for mark in reading.missing}
    for position, (number, row) in enumerate(rows):
        for place, cell in enumerate(row):
            if found := ILLEGAL.search(cell) or _CONTROL.search(cell):
                character = f"U+{ord(found.group()):04X}"
                problems.add(CodedError("dataset.character", row=number, column=place + 1, character=character))
            if len(cell) > MAX_CELL:
                problems.add(CodedError("dataset.cell_long", row=number, column=place + 1, limit=MAX_CELL))
            value = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
            row[place] = "" if position and value in missing else value


def _cut_last(header: list[str], body: Numbered) -> None:
    """Take away the empty cells that delimiters at the end of lines leave."""
    width = len(header)
    while width and not header[width - 1] and not any(any(row[width - 1 :]) for _, row in body):
        width -= 1
    del header[width:]
    for _, row in body:
        while len(row) > width and not row[-1]:
            row.pop()


def _names(header: list[str], reading: Reading, problems: Problems) -> list[str]:
    """The names of the columns. Raises nothing: what is wrong goes to the problems."""
    rename = dict(reading.rename)
    for old in sorted(rename.keys() - set(header)):
        problems.add(CodedError("dataset.column_unknown", column=shown(old), known=_listed(header)))
    names = [rename.get(name, name) for name in header]
    if len(names) > MAX_COLUMNS:
        problems.add(CodedError("dataset.too_many_columns", found=len(names), limit=MAX_COLUMNS))
    seen: dict[str, int] = {}
    for place, name in enumerate(names, start=1):
        if len(name) > MAX_NAME or not NAME.fullmatch(name):
            problems.add(CodedError("dataset.header", column=place, name=shown(name)))
        elif name.casefold() in seen:
            problems.add(
                CodedError("dataset.header_twice", column=place, name=shown(name), other=seen[name.casefold()])
            )
        seen.setdefault(name.casefold(), place)
    for name in _unknown((*reading.key, *reading.text), names):
        problems.add(CodedError("dataset.column_unknown", column=shown(name), known=_listed(names)))
    return names


def _unknown(wanted: tuple[str, ...], names: list[str]) -> Iterator[str]:
    yield from (name for name in dict.fromkeys(wanted) if name not in names)


def _listed(names: list[str]) -> str:
    return ", ".join(shown(name) for name in names[:20])
