"""Errors as pages: the reason and the remedy in the person's language, the right status, never a traceback."""

from __future__ import annotations

import logging
import traceback

from flask import Blueprint, Flask, jsonify, redirect, request, url_for
from flask import Response as FlaskResponse
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from server.errors.catalogue import Text, explain, http_status
from server.errors.error import CodedError
from server.storage.shared import is_cut_off
from server.web.desk.language import locale
from server.web.desk.tools import page

log = logging.getLogger(__name__)
CODES = {
    400: "page.bad_request",
    403: "page.forbidden",
    404: "page.not_found",
    405: "page.method",
    413: "page.too_large",
}
FAULT = "page.fault"
API_PATHS = ("/sync/", "/api/")
NEEDS_VAULT = frozenset({"vault.locked"})


def explained(error: CodedError) -> tuple[Text, int]:
    """The text of an error in the language of this request, and its HTTP status."""
    return explain(error.code, error.params, locale()), http_status(error.code)


def init_blueprint(blueprint: Blueprint) -> None:
    """Turn every error of a blueprint's pages into a page."""
    blueprint.register_error_handler(CodedError, _coded)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(Exception, _fault)


def init_app(app: Flask) -> None:
    """Answer addresses that no route knows: with a page, and with the protocol's JSON below ``/sync`` and ``/api``.

    To be called after flask-smorest, which registers a handler of its own for the same errors.
    """
    app.register_error_handler(HTTPException, _http)


def _coded(error: CodedError) -> Response:
    if error.code == "signin.needed":
        target = request.full_path.rstrip("?") if request.method == "GET" else url_for("desk.ledger")
        return redirect(url_for("desk.sign_in", next=target), 303)
    if error.code in NEEDS_VAULT:
        return redirect(url_for("desk.vault", next=url_for("desk.exports")), 303)
    text, status = explained(error)
    if status >= 500:
        log.error("%s", error.code)
    return page("error.html", status=status, text=text, code=error.code)


def _http(error: HTTPException) -> Response:
    code, status = CODES.get(error.code or 500, FAULT), error.code or 500
    if request.path.startswith(API_PATHS):
        return _as_json(code, status)
    if code == FAULT and error.response is not None:
        return error.get_response()
    return page("error.html", status=status, text=explain(code, {}, locale()), code=code)


def _fault(error: Exception) -> Response:
    if is_cut_off(error):
        return _coded(CodedError("database.unreachable"))
    # The error's own words stay out of the log: they may hold what a person typed.
    steps = "".join(traceback.format_tb(error.__traceback__))
    log.error("a page failed: %s at %s\n%s", type(error).__name__, request.endpoint, steps)
    return page("error.html", status=500, text=explain(FAULT, {}, locale()), code=FAULT)


def _as_json(code: str, status: int) -> FlaskResponse:
    text = explain(code, {}, "en")
    response = jsonify({"error": {"code": code, "message": text.reason, "remedy": text.remedy}})
    response.status_code = status
    return response
