"""The factory: one application with two roles. It starts no job and no process; ``feldbuch serve`` does."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from flask import Flask
from flask_migrate import Migrate
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from server.export.package import export_zip
from server.place import Place
from server.settings import Settings
from server.storage import carriers, cases, datasets, items, returns  # noqa: F401  the tables must be known before use
from server.storage.base import db, harden_sqlite
from server.storage.blobs import BlobStore
from server.storage.keyfiles import SESSION_KEY, read_key
from server.storage.writer import Writer
from server.vault.address import SOCKET_FILE
from server.vault.client import VaultClient
from server.web import desk, headers, tablet
from server.web import sync as sync_web
from server.web.desk import node_page
from server.web.statics import statics

MIGRATIONS = Path(__file__).parent / "migrations"


def create_app(settings: Settings) -> Flask:
    """Compose a central or a node from its settings.

    Raises ``CodedError`` when a key is missing. The database must be there: ``feldbuch init`` and
    ``feldbuch node join`` make it.
    """
    app = Flask("server", static_folder=None)
    app.config.update(
        SECRET_KEY=read_key(settings.keys, SESSION_KEY),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_NAME="feldbuch",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=settings.url.startswith("https://"),
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        API_TITLE="Feldbuch",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    if settings.proxies:
        # Else all callers would have the proxy's address, and a stranger's failed sign-ins would be everybody's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        engine = db.engine
    harden_sqlite(engine)
    place = Place(settings=settings, engine=engine, writer=Writer(engine), blobs=BlobStore(settings.blobs))
    app.extensions["feldbuch"] = place
    keys = VaultClient(settings.vault / SOCKET_FILE) if place.role == "central" else None
    app.session_interface = sync_web.NoCookieSessions()
    sync_web.register(app, Api(app), place, keys)
    headers.init_app(app, settings)
    app.register_blueprint(statics(place.role))
    if keys is not None:
        desk.init_app(app, place, keys, partial(export_zip, place, keys))
        tablet.init_app(app, settings)
    else:
        node_page.init_app(app, place)
    return app


def place_of(app: Flask) -> Place:
    """The place that an application was composed for."""
    return cast("Place", app.extensions["feldbuch"])
