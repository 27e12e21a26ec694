"""Copying all tables of a place from one kind of database to another, as they are at one moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, NullPool, Table, create_engine, func, insert, inspect, select

from server.storage.base import db
from server.storage.leases import Lease
from server.storage.spent import Spent

Told = Callable[[int, int], None]
"""Told how many rows are copied, and how many there are."""
_AT_ONCE: Final = 200
_OF_PROCESSES: Final = frozenset({Lease.__tablename__, Spent.__tablename__})
"""What processes tell one another is of no use elsewhere; the row of the writers' turn is made by the migration."""


def copy_rows(source: Connection, target: Connection, told: Told) -> int:
    """Copy every row into tables that are there and empty; returns how many. One transaction reads: one moment."""
    tables = [each for each in db.metadata.sorted_tables if each.name not in _OF_PROCESSES]
    total = sum(_count(source, each) for each in tables)
    done = 0
    for table in tables:
        rows = source.execution_options(yield_per=_AT_ONCE).execute(select(table).order_by(*table.primary_key.columns))
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(each) for each in some])
            done += len(some)
            told(done, total)
    return done


def copy_to_file(engine: Engine, file: Path, told: Told) -> None:
    """Copy a database into the empty file, as SQLite: what a backup of it is, whatever kind it is itself."""
    target = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.connect() as source, target.begin() as made:
        db.metadata.create_all(made)
        revision = MigrationContext.configure(source).get_current_revision()
        _stamp(made, revision)
        copy_rows(source, made, told)
    target.dispose()


def tables_of(connection: Connection) -> set[str]:
    """The names of the tables that are there."""
    return set(inspect(connection).get_table_names())


def _stamp(connection: Connection, revision: str | None) -> None:
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (revision,))


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
