"""The database: naming convention, types that all tables share, and SQLite's settings for durability."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Engine, Integer, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WHOLE = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere. In SQLite ``INTEGER`` has them, and only a key of that type is the row's own number."""
BUSY_TIMEOUT_MS = 15_000
CHECKPOINT_PAGES = 16_384
"""The log may grow to 64 MiB before it is copied into the database: a copy costs two more fsyncs."""


class Base(DeclarativeBase):
    """The base of all tables."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={int: WHOLE})


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC, aware in Python, naive in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002, D102
        return value.replace(tzinfo=UTC) if value is not None else None


db = SQLAlchemy(model_class=Base)


def harden_sqlite(engine: Engine) -> None:
    """Make every connection of a SQLite engine durable, patient and strict; nothing for other databases.

    WAL with ``synchronous=FULL``: a commit is on the disk before it returns. Transactions are begun by us
    (``BEGIN IMMEDIATE`` by the writer), not by the driver.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA trusted_schema = OFF")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:  # noqa: ANN401
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
