"""Alembic's environment: runs migrations with the engine of the application, in one transaction.

Either all of a migration is in the database afterwards or nothing of it, also with SQLite. Run inside an
application context, as ``server.services.operate.database`` does.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, text

from server.storage.base import UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own types as the database knows them, so that a migration never changes with the code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def _set_foreign_keys(connection: Connection, state: str) -> None:
    """SQLite checks foreign keys while a table is made anew, unless it is told not to, outside a transaction."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys = {state}")


def _run() -> None:
    migrate = current_app.extensions["migrate"]
    engine: Engine = migrate.db.engine
    with engine.execution_options(immediate=True).connect() as connection:
        _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                context.configure(
                    connection=connection,
                    target_metadata=migrate.db.metadata,
                    render_item=render_item,
                    transactional_ddl=True,
                    **migrate.configure_args,
                )
                with context.begin_transaction():
                    context.run_migrations()
                if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).all():
                    raise RuntimeError("a migration left rows that point nowhere; nothing was changed")
        finally:
            _set_foreign_keys(connection, "ON")


_run()
