"""The factory: one application with two roles. It starts no job and no process; ``feldbuch serve`` does."""

from __future__ import annotations

from functools import partial

from flask import Flask
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from server.export.package import export_zip
from server.opening import open_place, place_of
from server.settings import Settings
from server.vault.address import SOCKET_FILE
from server.vault.client import VaultClient
from server.web import desk, headers, observed, tablet
from server.web import sync as sync_web
from server.web.desk import node_page
from server.web.statics import statics


def create_app(settings: Settings) -> Flask:
    """Compose a central or a node from its settings.

    Raises ``CodedError`` when a key is missing, and needs a database as ``open_place`` does.
    """
    app = open_place(settings)
    app.config.update(
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
    place = place_of(app)
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
    observed.init_app(app, place)
    return app
