"""Inserting many rows by few statements.

The SQLite driver lets go of the interpreter at each row of ``executemany`` and then waits its turn among all threads
that serve requests. One statement for many rows waits once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

MOST_ROWS = 64


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    if not rows:
        return
    if connection.dialect.paramstyle != "qmark":
        connection.execute(insert(table), [dict(each) for each in rows])
        return
    columns = tuple(rows[0])
    processors = _processors(table, columns, connection.dialect)
    at, size = 0, MOST_ROWS
    while at < len(rows):
        while size > len(rows) - at:
            size //= 2
        values = tuple(_values(rows[at : at + size], columns, processors))
        connection.exec_driver_sql(_statement(table.name, columns, size), values)
        at += size


def _values(
    rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...], processors: Sequence[Callable[[Any], Any] | None]
) -> Iterable[Any]:
    for row in rows:
        for column, process in zip(columns, processors, strict=True):
            yield row[column] if process is None else process(row[column])


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    one = "(" + ", ".join("?" * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {", ".join([one] * rows)}'  # noqa: S608  our own names


@lru_cache(maxsize=16)
def _processors(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
