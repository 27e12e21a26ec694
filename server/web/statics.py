"""Static files of the desk: only what lies in ``static/desk`` and ``static/design``, only of known kinds."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

STATIC = Path(__file__).resolve().parents[1] / "static"
FOLDERS = frozenset({"desk", "design"})
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
"""At central. A node serves no code: only what cannot run."""
TYPES_WITHOUT_CODE = {suffix: kind for suffix, kind in TYPES.items() if suffix != ".js"}


def statics(role: str) -> Blueprint:
    """``/static/desk/NAME`` and ``/static/design/NAME``, revalidated on each use."""
    blueprint = Blueprint("statics", __name__)
    types = TYPES if role == "central" else TYPES_WITHOUT_CODE

    def static(folder: str, name: str) -> Response:
        suffix = Path(name).suffix
        if folder not in FOLDERS or suffix not in types or name.startswith("."):
            abort(404)
        response = send_from_directory(STATIC / folder, name, mimetype=types[suffix], max_age=0)
        response.headers["Cache-Control"] = "no-cache"
        return response

    blueprint.add_url_rule("/static/<folder>/<name>", "static", static)
    return blueprint
