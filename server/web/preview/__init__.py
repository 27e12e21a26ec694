"""A form in the tablet's own renderer, on the computer of whoever writes it: nothing is stored, and nothing is sent.

It answers only to the address that it was started under, so that no other page can reach it through a name of its own
(DNS rebinding), and to no other origin.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Flask, Response, abort, jsonify, request, send_from_directory
from werkzeug.exceptions import HTTPException

from forms.errors import FormError
from server.web import headers
from server.web.preview.told import told_answers, told_findings
from server.web.preview.watched import Reading, WatchedForm
from server.web.tablet import DIST, TYPES

BUILT: Final = DIST / "preview"
"""Built by itself beside the app, so that neither the app's first page nor its worker knows of it."""
PAGE: Final = "preview.html"
ICON: Final = "icon.svg"
WAIT_SECONDS: Final = 20.0
LARGEST: Final = 16 * 1024 * 1024
_COMMON = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
)
OUTER_POLICY: Final = _COMMON + "frame-src 'self'; frame-ancestors 'none'"
FRAME_POLICY: Final = _COMMON + "frame-src 'none'; frame-ancestors 'self'"


def init_app(app: Flask, watched: WatchedForm, port: int, language: str | None, built: Path = BUILT) -> None:
    """Add the pages of the preview, on the loopback address at a port."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    def refuse_strangers() -> None:
        if request.host not in hosts:
            abort(421)
        # A link may lead to the outer page, which holds nothing of the form by itself.
        site = request.headers.get("Sec-Fetch-Site", "none")
        if site not in ("same-origin", "none") and request.endpoint != "pages.outer":
            abort(403)
        if request.method != "GET" and request.headers.get("Origin") not in {f"http://{host}" for host in hosts}:
            abort(403)

    app.before_request(refuse_strangers)
    headers.protect(app, secure=False)
    app.register_blueprint(_pages(built))
    app.register_blueprint(_api(watched, language))

    def plainly(error: HTTPException) -> tuple[str, int, dict[str, str]]:
        return f"{error.code} {error.name}\n", error.code or 500, {"Content-Type": "text/plain; charset=utf-8"}

    app.register_error_handler(HTTPException, plainly)


def _pages(built: Path) -> Blueprint:
    pages = Blueprint("pages", __name__)

    def page(policy: str) -> Response:
        response = send_from_directory(built, PAGE, mimetype=TYPES[".html"], max_age=0)
        response.headers[headers.CSP_HEADER] = policy
        response.headers[headers.SENSORS_HEADER] = headers.TABLET_SENSORS
        return response

    def asset(name: str) -> Response:
        kind = TYPES.get(Path(name).suffix)
        if kind is None or name.startswith("."):
            abort(404)
        return send_from_directory(built / "assets", name, mimetype=kind, max_age=0)

    def icon() -> Response:
        return send_from_directory(built.parent, ICON, mimetype=TYPES[".svg"], max_age=0)

    pages.add_url_rule("/", "outer", lambda: page(OUTER_POLICY))
    pages.add_url_rule("/frame", "frame", lambda: page(FRAME_POLICY))
    pages.add_url_rule("/assets/<name>", "asset", asset)
    pages.add_url_rule(f"/{ICON}", "icon", icon)
    return pages


def _api(watched: WatchedForm, language: str | None) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/api")

    def state() -> Response:
        """What the outer page shows; answered as soon as it is another one than ``seen``."""
        reading = watched.newer_than(request.args.get("seen", -1, int), WAIT_SECONDS)
        return jsonify(
            {
                "number": reading.number,
                "file": watched.file.name,
                "shown": reading.xform is not None,
                "broke": reading.broke,
                "id": reading.form.id if reading.form else None,
                "title": _title(reading),
                "findings": told_findings(reading),
            }
        )

    def form() -> Response:
        """What the renderer needs."""
        reading = watched.reading
        if reading.form is None or reading.xform is None:
            abort(404)
        return jsonify(
            {
                "number": reading.number,
                "id": reading.form.id,
                "title": _title(reading),
                "languages": [each.code for each in reading.form.languages],
                "language": language or reading.form.default_language,
                "xform": reading.xform,
            }
        )

    def answers() -> Response:
        """The tables of a finished record, as they would be exported. The record goes nowhere else."""
        reader = watched.reading.answers
        if reader is None:
            abort(404)
        try:
            return jsonify(told_answers(reader.read(request.get_data())))
        except FormError:
            abort(400)

    def file(name: str) -> Response:
        found = watched.beside(name)
        if found is None:
            # No fault: the renderer shows what is there, and a browser would complain of an error.
            return Response(status=204)
        return send_from_directory(found.parent, found.name, mimetype="application/octet-stream", max_age=0)

    api.add_url_rule("/state", "state", state)
    api.add_url_rule("/form", "form", form)
    api.add_url_rule("/answers", "answers", answers, methods=["POST"])
    api.add_url_rule("/files/<name>", "file", file)
    return api


def _title(reading: Reading) -> dict[str, str]:
    return dict(reading.form.title) if reading.form and reading.form.title else {}
