"""A node's own page: counts for whoever stands before it. No script, no sign-in, nothing secret."""

from __future__ import annotations

from flask import Blueprint, Flask, make_response, render_template
from werkzeug.wrappers import Response

from server.errors.catalogue import explain
from server.place import Place
from server.services.monitor.node_status import read_node_status
from server.web import headers
from server.web.desk import errors, language


def init_app(app: Flask, place: Place) -> None:
    """Add the status page at ``/`` to a node's application."""
    language.init_app(app, place)
    node = Blueprint("node_page", __name__)

    def status() -> Response:
        seen = read_node_status(place)
        problem = explain(seen.problem, {}, language.locale()) if seen.problem else None
        alarm = explain(seen.alarm, {}, language.locale()) if seen.alarm else None
        # What the last comparison found stays until the next one, also when the round's own alarm has gone.
        worry = seen.compared.alarm if seen.compared is not None and seen.compared.alarm != seen.alarm else None
        compared = explain(worry, {}, language.locale()) if worry else None
        page = render_template("node.html", status=seen, problem=problem, alarm=alarm, compared=compared)
        response = make_response(page)
        response.headers[headers.CSP_HEADER] = headers.NODE_PAGE
        response.headers["Cache-Control"] = "no-store"
        return response

    node.add_url_rule("/", "status", status)
    node.context_processor(lambda: {"language": language.locale()})
    errors.init_blueprint(node)
    errors.init_app(app)
    app.register_blueprint(node)
