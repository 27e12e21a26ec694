"""A place with its database and nothing of the web: what a command needs, and what the application is built upon."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Flask
from flask_migrate import Migrate

from server.place import Place
from server.settings import Settings
from server.storage import carriers, cases, datasets, items, returns, settlements  # noqa: F401  the tables must be known before use
from server.storage.base import db, harden_sqlite
from server.storage.blobs import BlobStore
from server.storage.keyfiles import SESSION_KEY, read_key
from server.storage.writer import Writer

MIGRATIONS = Path(__file__).parent / "migrations"


def open_place(settings: Settings) -> Flask:
    """An application that has a database and a place, and answers no request.

    Raises ``CodedError`` when a key is missing. The database must be there: ``feldbuch init`` and
    ``feldbuch node join`` make it.
    """
    app = Flask("server", static_folder=None)
    app.config.update(
        SECRET_KEY=read_key(settings.keys, SESSION_KEY),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
    )
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        engine = db.engine
    harden_sqlite(engine)
    place = Place(settings=settings, engine=engine, writer=Writer(engine), blobs=BlobStore(settings.blobs))
    app.extensions["feldbuch"] = place
    return app


def place_of(app: Flask) -> Place:
    """The place that an application was composed for."""
    return cast("Place", app.extensions["feldbuch"])
