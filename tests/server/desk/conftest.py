"""A central with the desk, and a browser without a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.app import create_app
from server.settings import Settings
from tests.server.desk.places import close, make_app, make_settings, sign_in


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A place with its tables and one person, to be copied: making it is slow by intent."""
    settings = make_settings(tmp_path_factory.mktemp("made") / "place")
    close(make_app(settings))
    return settings


@pytest.fixture
def app(made_once: Settings, tmp_path: Path) -> Iterator[Flask]:
    folder = tmp_path / "place"
    shutil.copytree(made_once.place, folder)
    app = create_app(replace(made_once, place=folder))
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def signed_in(client: FlaskClient) -> FlaskClient:
    assert sign_in(client).status_code == 303
    return client
