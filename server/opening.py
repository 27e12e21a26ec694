"""A place with its database and nothing of the web: what a command needs, and what the application is built upon."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import cast

from flask import Flask
from flask_migrate import Migrate
from sqlalchemy.exc import NoSuchModuleError

from server.errors.error import CodedError
from server.place import Place
from server.settings import Settings
from server.storage import carriers, cases, datasets, events, items, leases, returns, settlements, spent  # noqa: F401  the tables must be known before use
from server.storage.addresses import is_shared, read_address
from server.storage.base import db, harden_sqlite
from server.storage.blobs import Blobs, BlobStore
from server.storage.keyfiles import SESSION_KEY, read_key
from server.storage.shared import engine_options, harden_shared
from server.storage.writer import Writer

MIGRATIONS = Path(__file__).parent / "migrations"


def open_place(settings: Settings) -> Flask:
    """An application that has a database and a place, and answers no request.

    Raises ``CodedError`` when a key is missing, ``database.driver``, ``blobs.driver``, ``settings.*``. The database
    must be there: ``feldbuch init`` and ``feldbuch node join`` make it.
    """
    app = Flask("server", static_folder=None)
    shared = is_shared(settings.database)
    app.config.update(
        SECRET_KEY=read_key(settings.keys, SESSION_KEY),
        SQLALCHEMY_DATABASE_URI=read_address(settings.database) if shared else settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options() if shared else {},
    )
    try:
        db.init_app(app)
        with app.app_context():
            engine = db.engine
    except (ModuleNotFoundError, NoSuchModuleError):
        raise CodedError("database.driver") from None
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=not shared)
    if shared:
        harden_shared(engine)
    else:
        harden_sqlite(engine)
    place = Place(settings=settings, engine=engine, writer=Writer(engine), blobs=_blobs(settings))
    app.extensions["feldbuch"] = place
    return app


def _blobs(settings: Settings) -> Blobs:
    if not settings.blob_store:
        return BlobStore(settings.blobs)
    try:
        module = importlib.import_module("server.storage.objects")
    except ModuleNotFoundError:
        raise CodedError("blobs.driver") from None
    return cast("Blobs", module.ObjectBlobs.of(settings.blob_store))


def place_of(app: Flask) -> Place:
    """The place that an application was composed for."""
    return cast("Place", app.extensions["feldbuch"])
