"""Headers on every route, static files, the tablet app's address, and a node that serves no code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from server.app import create_app
from server.storage.base import db
from server.web import headers, tablet
from tests.server.desk.places import close, make_app, make_settings

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def paths(app: Flask) -> set[str]:
    return {re.sub(r"<[^>]+>", "x", rule.rule) for rule in app.url_map.iter_rules()} | {
        "/nothing",
        "/static/desk/desk.css",
    }


@pytest.mark.parametrize("role", ["central", "node"])
@pytest.mark.parametrize("url", ["http://localhost", "https://localhost"])
def test_every_answer_has_the_headers(tmp_path: Path, role: str, url: str) -> None:
    app = make_app(make_settings(tmp_path, role, url=url))
    client = app.test_client()
    for path in paths(app):
        for method in ("GET", "POST"):
            answer = client.open(path, method=method)
            assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, path
            policy = answer.headers[headers.CSP_HEADER]
            assert policy.startswith("default-src 'none'"), path
            assert "frame-ancestors 'none'" in policy
            assert "base-uri 'none'" in policy
            assert "unsafe-inline" not in policy
            assert ("Strict-Transport-Security" in answer.headers) == url.startswith("https")
            assert headers.SENSORS_HEADER in answer.headers
            answer.close()
    close(app)


def test_pages_have_nothing_inline() -> None:
    for template in (Path(headers.__file__).parents[1] / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text), template.name


def test_a_node_serves_no_code(tmp_path: Path) -> None:
    app = make_app(make_settings(tmp_path, "node"))
    client = app.test_client()
    page = client.get("/")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "script-src" not in page.headers[headers.CSP_HEADER]
    assert not [rule for rule in app.url_map.iter_rules() if "tablet" in rule.rule]
    for path in (
        "/tablet/",
        "/tablet",
        "/tablet/sw.js",
        "/static/desk/live.js",
        "/sign-in",
        "/vault",
        "/static/dist/sw.js",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "<script" not in answer.text
    tokens = client.get("/static/design/tokens.css")
    assert (tokens.status_code, tokens.mimetype) == (200, "text/css")
    tokens.close()
    for path in paths(app):
        answer = client.get(path)
        assert "javascript" not in answer.mimetype
        assert answer.mimetype != "text/html" or "<script" not in answer.text
        answer.close()
    close(app)


def test_static_files_are_only_those_meant(tmp_path: Path) -> None:
    app = make_app(make_settings(tmp_path, "node"))
    client = app.test_client()
    for name in ("../../app.py", "..%2f..%2fapp.py", ".hidden.css", "desk.css/", "desk.py", "x/desk.css", "%00.css"):
        assert client.get(f"/static/desk/{name}").status_code == 404, name
    assert client.get("/static/dist/index.html").status_code == 404
    style = client.get("/static/desk/desk.css")
    assert style.status_code == 200
    style.close()
    close(app)


def test_the_tablet_app_is_served_as_built(tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    for name in (
        "index.html",
        "sw.js",
        "manifest.webmanifest",
        "assets/app-abc123.js",
        ".secret.js",
        "assets/app.js.map",
    ):
        (dist / name).write_text("x")
    settings = make_settings(tmp_path / "place", node_origins=("https://node.example:8443",))
    app = Flask("tablet")
    headers.init_app(app, settings)
    tablet.init_app(app, settings, dist)
    client = app.test_client()

    def get(path: str) -> TestResponse:
        with client.get(path) as answer:
            return answer

    assert client.get("/tablet").location == "/tablet/"
    index = get("/tablet/")
    assert index.headers["Cache-Control"] == "no-cache"
    policy = index.headers[headers.CSP_HEADER]
    assert "connect-src 'self' https://node.example:8443;" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "camera=(self)" in index.headers[headers.SENSORS_HEADER]
    worker = get("/tablet/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/tablet/"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert worker.mimetype == "text/javascript"
    assert "immutable" in get("/tablet/assets/app-abc123.js").headers["Cache-Control"]
    assert get("/tablet/manifest.webmanifest").mimetype == "application/manifest+json"


def test_what_is_not_of_the_app_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    for name in (".secret.js", "assets/app.js.map", "assets/.env.js"):
        (dist / name).write_text("x")
    settings = make_settings(tmp_path / "place")
    monkeypatch.setattr(tablet.init_app, "__defaults__", (dist,))
    app = create_app(settings)
    with app.app_context():
        db.create_all()
    client = app.test_client()
    for name in (".secret.js", "assets/app.js.map", "assets/.env.js", "../place/feldbuch.toml", "nothing.js"):
        assert client.get(f"/tablet/{name}").status_code == 404, name
    missing = client.get("/tablet/", headers={"Accept-Language": "en"})
    assert missing.status_code == 503
    assert "tablet.not_built" in missing.text
    close(app)
