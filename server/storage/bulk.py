"""Inserting many rows by few statements.

The SQLite driver lets go of the interpreter at each row of ``executemany`` and then waits its turn among all threads
that serve requests. One statement for many rows waits once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Dialect, Integer, LargeBinary, Table, func, insert, select

MOST_ROWS = 64


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns. Values that SQLAlchemy converts, times for one, must be hashable.

    An operation of the writer: rows of a table with an ``id`` are numbered on from the highest. SQLite does so by
    itself. Elsewhere a column that numbers itself gives numbers out of the order of commits, or leaves some out.
    """
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), _numbered(connection, table, rows))
        return
    columns = tuple(rows[0])
    processors = _processors(table, columns, connection.dialect)
    for at in range(0, len(rows), MOST_ROWS):
        some = rows[at : at + MOST_ROWS]
        by_column = [_column(some, *each) for each in zip(columns, processors, strict=True)]
        values = tuple(chain.from_iterable(zip(*by_column, strict=True)))
        connection.exec_driver_sql(_statement(table.name, columns, len(some)), values)


def insert_row(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert one row, as ``insert_rows`` does, with values of any kind. An operation of the writer."""
    (numbered,) = [dict(row)] if connection.dialect.name == "sqlite" else _numbered(connection, table, [row])
    connection.execute(insert(table).values(numbered))


def _numbered(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    key = table.c.get("id")
    if key is None or not isinstance(key.type, Integer) or "id" in rows[0]:
        return [dict(each) for each in rows]
    first = connection.execute(select(func.coalesce(func.max(key), 0) + 1)).scalar_one()
    return [{"id": number, **each} for number, each in enumerate(rows, start=first)]


def _column(rows: Sequence[Mapping[str, Any]], name: str, process: Callable[[Any], Any] | None) -> list[Any]:
    values = [row[name] for row in rows]
    if process is None:
        return values
    made = {each: process(each) for each in set(values)}
    return [made[each] for each in values]


@lru_cache(maxsize=2 * MOST_ROWS)
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    one = "(" + ", ".join("?" * len(columns)) + ")"
    return f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {", ".join([one] * rows)}'  # noqa: S608  our own names


@lru_cache(maxsize=16)
def _processors(table: Table, columns: tuple[str, ...], dialect: Dialect) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(
        # The driver takes bytes as they are, many times faster than wrapped as SQLAlchemy would.
        None
        if isinstance(table.c[name].type, LargeBinary)
        else table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        for name in columns
    )
