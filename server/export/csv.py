"""Tables as CSV: RFC 4180, UTF-8 without byte order mark, a line of column names first.

Values stand as they were given: an empty cell is an empty or an unasked answer, several choices are separated by
blanks (and stand in columns of 0 and 1 besides), numbers have a point, dates and times are ISO 8601. A number that is
whole has no point: ``31`` stands for ``31`` and for ``31.0``. A missing answer is its user-missing code, such as
``-98``, and its column ``_missing`` names the kind. Nothing is changed for the sake of spreadsheets: a text
that begins with ``=`` stays what a person wrote, so such a file is imported into a spreadsheet as text, never opened by
a double click.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

from forms.answers import Row
from forms.values import Missing, Value
from server.export.tables import Columns


class CsvTable:
    """A CSV file that grows in memory, compressed, until it is read once."""

    def __init__(self, table: Columns) -> None:
        self.name = table.name
        self.size = 0
        self._columns = table.columns
        self._line = io.StringIO(newline="")
        self._writer = csv.writer(self._line, lineterminator="\r\n")
        self._packer = zlib.compressobj(1)
        self._packed: list[bytes] = []
        self._write(self._columns)

    def add(self, row: Row) -> None:
        """Add a row. What is no column of the table would be lost: ``KeyError``."""
        strange = row.keys() - set(self._columns)
        if strange:
            raise KeyError(sorted(strange)[0])
        self._write(tuple(cell(row.get(name)) for name in self._columns))

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes; the table is used up then."""
        self._packed.append(self._packer.flush())
        opener = zlib.decompressobj()
        for packed in self._packed:
            if data := opener.decompress(packed):
                yield data

    def _write(self, cells: tuple[str, ...]) -> None:
        self._writer.writerow(cells)
        data = self._line.getvalue().encode("utf-8", "surrogatepass")
        self._line.seek(0)
        self._line.truncate()
        self.size += len(data)
        self._packed.append(self._packer.compress(data))


def cell(value: Value) -> str:
    """A value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, Missing):
        return str(value.code)
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, Decimal):
        # The tablet's engine writes a whole number in a decimal question as 1800.0: the cell shows what was typed.
        return format(value.to_integral_value() if value == value.to_integral_value() else value, "f")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
