"""The database of a place: made, brought up to date, and compared with what this version of the code needs."""

from __future__ import annotations

import os
from typing import Any

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from server.errors.error import CodedError
from server.storage.shared import is_cut_off


def create_database(app: Flask) -> None:
    """Make the tables of a new place.

    A SQLite file is made readable by its owner alone, before anything is in it.
    """
    with app.app_context():
        url = _migrate(app).db.engine.url
        if url.get_backend_name() == "sqlite" and url.database:
            os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))
    upgrade_database(app)


def upgrade_database(app: Flask) -> None:
    """Bring the tables up to what this version of the code needs, all or nothing; data stay."""
    with app.app_context():
        command.upgrade(_config(app), "head")


def downgrade_database(app: Flask, revision: str) -> None:
    """Take the tables back to a revision (``base``: none at all); what newer tables held is lost."""
    with app.app_context():
        command.downgrade(_config(app), revision)


def check_database(app: Flask) -> None:
    """See that the database is what this version of the code needs. Changes nothing.

    Raises ``CodedError``: ``database.empty``, ``database.behind``, ``database.ahead``, ``database.unreachable``.
    """
    with app.app_context():
        engine: Engine = _migrate(app).db.engine
        script = ScriptDirectory.from_config(_config(app))
        try:
            with engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
        except DBAPIError as error:
            if is_cut_off(error):
                raise CodedError("database.unreachable") from error
            raise
    if current is None:
        raise CodedError("database.empty")
    if current == script.get_current_head():
        return
    known = {each.revision for each in script.walk_revisions()}
    raise CodedError("database.behind" if current in known else "database.ahead", revision=current)


def _migrate(app: Flask) -> Any:  # noqa: ANN401
    return app.extensions["migrate"]


def _config(app: Flask) -> Any:  # noqa: ANN401
    return _migrate(app).migrate.get_config()
