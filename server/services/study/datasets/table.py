"""A table that was read and checked, and its one spelling as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
"""Letters of a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, and whether all its values are numbers."""

    name: str
    numeric: bool


@dataclass(frozen=True)
class Table:
    """Columns and rows; every row has a cell for each column, an empty one where there is no value."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]

    @cached_property
    def canonical(self) -> bytes:
        """The table as CSV in UTF-8 without byte order mark: commas, LF, quotation marks only where needed.

        Texts stand as they were given, also one that begins with ``=``: nothing here is ever executed.
        """
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([each.name for each in self.columns])
        writer.writerows(self.rows)
        return text.getvalue().encode("utf-8")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical CSV in hex: what the table is named by."""
        return hashlib.sha256(self.canonical).hexdigest()
