"""Migrations: they end at the models, they go up and down with data in the tables, all or nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import JSON, Boolean, DateTime, Integer, LargeBinary, Table, insert, inspect, select
from sqlalchemy.exc import OperationalError

from server.app import create_app
from server.errors.error import CodedError
from server.opening import MIGRATIONS, place_of
from server.place import utc_now
from server.services.operate.database import (
    check_database,
    create_database,
    downgrade_database,
    upgrade_database,
)
from server.settings import Settings
from server.storage.base import UtcDateTime, db
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY, write_key


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """A central with no tables yet."""
    settings = Settings(place=tmp_path, role="central", study="example", url="http://localhost")
    for name in (CENTRAL_KEY, SESSION_KEY):
        write_key(settings.keys, name, os.urandom(32))
    app = create_app(settings)
    yield app
    place_of(app).writer.close()
    with app.app_context():
        db.engine.dispose()


def tables_of(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def some_row(table: Table) -> dict[str, object]:
    """A row with a value in every column that needs one."""
    samples = {Boolean: True, Integer: 7, LargeBinary: b"\x00sealed", JSON: {"de": "Wert"}}
    row: dict[str, object] = {}
    for column in table.columns:
        if isinstance(column.type, (UtcDateTime, DateTime)):
            row[column.name] = utc_now()
        else:
            row[column.name] = next((value for kind, value in samples.items() if isinstance(column.type, kind)), "x")
    return row


def fill(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        for table in db.metadata.sorted_tables:
            connection.execute(insert(table).values(some_row(table)))


def test_the_newest_migration_makes_exactly_the_tables_of_the_models(app: Flask) -> None:
    create_database(app)
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_file_is_for_its_owner_alone(app: Flask) -> None:
    create_database(app)
    with app.app_context():
        assert Path(db.engine.url.database or "").stat().st_mode & 0o077 == 0


def test_down_and_up_with_data_step_by_step(app: Flask) -> None:
    create_database(app)
    fill(app)
    revisions = [each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    for older in [*revisions[1:], "base"]:
        downgrade_database(app, older)
    assert tables_of(app) == set()
    upgrade_database(app)
    assert tables_of(app) == set(db.metadata.tables)
    fill(app)


def test_upgrading_again_keeps_every_row(app: Flask) -> None:
    create_database(app)
    fill(app)
    upgrade_database(app)
    with app.app_context(), db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            assert len(connection.execute(select(table)).all()) == 1, table.name


def test_a_migration_that_fails_in_the_middle_leaves_nothing_behind(app: Flask) -> None:
    with app.app_context():
        path = db.engine.url.database
    last = db.metadata.sorted_tables[-1].name
    with sqlite3.connect(str(path)) as connection:
        connection.execute(f'CREATE TABLE "{last}" (stranger TEXT)')
    connection.close()
    with pytest.raises(OperationalError):
        upgrade_database(app)
    assert tables_of(app) == {last}


def test_the_check_tells_empty_current_and_newer_apart_and_changes_nothing(app: Flask) -> None:
    with pytest.raises(CodedError) as empty:
        check_database(app)
    assert empty.value.code == "database.empty"
    assert tables_of(app) == set()
    create_database(app)
    check_database(app)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CodedError) as ahead:
        check_database(app)
    assert (ahead.value.code, ahead.value.params) == ("database.ahead", {"revision": "9999"})
