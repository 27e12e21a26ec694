"""The built tablet app at ``/tablet/``: central only, since a node is never a source of code."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, abort, redirect, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.errors.error import CodedError
from server.settings import Settings
from server.web import headers
from server.web.desk import errors

DIST = Path(__file__).resolve().parents[2] / "static" / "dist"
INDEX = "index.html"
HASHED = "assets"
"""Files in this folder have the hash of their content in their name."""
WORKER = "sw.js"
PREVIEW = "preview"
"""In this folder lies what ``feldbuch form preview`` shows; it is no part of the app."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def init_app(app: Flask, settings: Settings, dist: Path = DIST) -> None:
    """Serve the files of ``dist`` below ``/tablet/``: no file that starts with a dot, none of an unknown kind."""
    tablet = Blueprint("tablet", __name__, url_prefix="/tablet")
    policy = headers.tablet_policy(settings.node_origins)

    def bare() -> AnyResponse:
        return redirect(url_for("tablet.index"), 308)

    def index() -> Response:
        if not (dist / INDEX).is_file():
            raise CodedError("tablet.not_built")
        return file(INDEX)

    def file(path: str) -> Response:
        parts = path.split("/")
        kind = TYPES.get(Path(path).suffix)
        if kind is None or parts[0] == PREVIEW or any(each.startswith(".") for each in parts):
            abort(404)
        response = send_from_directory(dist, path, mimetype=kind)
        hashed = parts[0] == HASHED and len(parts) > 1
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers[headers.CSP_HEADER] = policy
        response.headers[headers.SENSORS_HEADER] = headers.TABLET_SENSORS
        if path == WORKER:
            response.headers["Service-Worker-Allowed"] = "/tablet/"
        return response

    tablet.add_url_rule("", "bare", bare)
    tablet.add_url_rule("/", "index", index)
    tablet.add_url_rule("/<path:path>", "file", file)
    errors.init_blueprint(tablet)
    app.register_blueprint(tablet)
