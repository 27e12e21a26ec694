"""Places with an empty database, and their applications with the desk, for tests of pages."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert

from server.app import create_app
from server.opening import place_of
from server.services.operate.users import add_user
from server.settings import Settings
from server.storage.base import db
from server.storage.carriers import FeedEntryRow
from server.storage.keyfiles import CENTRAL_KEY, NODE_KEY, SESSION_KEY, write_key
from sync.envelope.encoding import b64u

NAME, PASSWORD = "anna.berger", "correct horse battery"
HOSTILE = '<script>alert("1")</script>&\'"'


def make_settings(folder: Path, role: str = "central", **changes: Any) -> Settings:
    """Settings of a new place, with its keys."""
    for name in (SESSION_KEY, CENTRAL_KEY, NODE_KEY):
        write_key(folder / "keys", name, b"\x01" + secrets.token_bytes(31))
    pinned = b64u(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    settings = Settings(place=folder, role="central", study="example", url="http://localhost", central_key=pinned)
    if role == "node":
        settings = replace(settings, role="node", node="n" * 32, sites=("duisburg",), app_origin="http://localhost")
    return replace(settings, **changes)


def make_app(settings: Settings) -> Flask:
    """The application of a new place, with its tables; at central with one data manager."""
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    if settings.role == "central":
        add_user(place_of(app), NAME, PASSWORD)
    return app


def close(app: Flask) -> None:
    """Give back what the application holds."""
    place = place_of(app)
    place.writer.close()
    place.engine.dispose()


def token_of(page: str) -> str:
    """The token against forged requests of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, **more: str) -> Any:
    """Sign in as a person does."""
    token = token_of(client.get("/sign-in").text)
    return client.post("/sign-in", data={"csrf_token": token, "name": name, "password": password, **more})


def write_study(engine: Engine, sites: Iterable[tuple[str, str, str]]) -> None:
    """A study entry in the feed with sites of (id, kind, title)."""
    body = {
        "title": {"de": "Beispiel"},
        "languages": ["de"],
        "sites": [{"id": each, "kind": kind, "title": {"de": title, "en": title}} for each, kind, title in sites],
    }
    document = json.dumps({"body": body}).encode()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        connection.execute(
            insert(FeedEntryRow).values(chain="study", number=1, kind="study", hash="0" * 64, document=document)
        )


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
