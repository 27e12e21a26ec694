"""What every route of the protocol shares: who calls, how it is answered, how errors are said."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from flask import Response, current_app, g, request
from flask_smorest import Blueprint
from werkzeug.exceptions import HTTPException

from server.errors.catalogue import explain, http_status
from server.errors.error import CodedError
from server.place import CENTRAL, Place
from server.services.collect.decision import Answer, Carrier
from server.services.collect.sessions import Sessions
from server.services.collect.space import FULL, is_full_disk
from server.storage.shared import is_cut_off
from sync.errors import SyncError
from sync.protocol import Limits

JSON = "application/json"
RETRY_SECONDS = "2"
_HTTP_CODES = {
    400: "request.malformed",
    404: "request.unknown",
    405: "request.method",
    411: "request.length",
    413: "request.too_large",
    415: "request.content_type",
    422: "request.malformed",
}
_OPEN = "feldbuch_open"


class Slots:
    """How many uploads may be at work at once; the others are asked to come back.

    One carrier holds a quarter of them at most, or ``of_one``: its broken connections must not keep the others waiting.
    """

    def __init__(self, number: int, of_one: int | None = None) -> None:
        self._free = threading.BoundedSemaphore(number)
        self._of_one = of_one or max(4, number // 4)
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def taken(self, carrier_id: str | None = None) -> Iterator[None]:
        """Hold a slot, one of a carrier's if it is named. Raises ``CodedError`` ``server.busy`` where none is free."""
        with self._share(carrier_id) if carrier_id else contextlib.nullcontext():
            if not self._free.acquire(blocking=False):
                raise CodedError("server.busy")
            try:
                yield
            finally:
                self._free.release()

    @contextlib.contextmanager
    def _share(self, carrier_id: str) -> Iterator[None]:
        with self._lock:
            if self._held[carrier_id] >= self._of_one:
                raise CodedError("server.busy")
            self._held[carrier_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[carrier_id] -= 1
                if not self._held[carrier_id]:
                    del self._held[carrier_id]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes of the protocol work with."""

    place: Place
    sessions: Sessions
    slots: Slots
    limits: Limits


def carrier() -> Carrier:
    """Who calls; known on every route that is not open."""
    found: Carrier = g.carrier
    return found


def json_answer(body: str | bytes, status: int = 200) -> Response:
    """An answer of ready JSON."""
    return Response(body, status, content_type=JSON)


def as_json(values: Mapping[str, object]) -> Response:
    """An answer of values that JSON knows."""
    return json_answer(json.dumps(values, ensure_ascii=False))


def signed_json(document: bytes | None) -> str:
    """A signed document as it stands in an answer, verbatim."""
    return document.decode("utf-8") if document is not None else "null"


def signed_list(documents: Iterable[bytes]) -> str:
    """Signed documents as a list, verbatim."""
    return "[" + ",".join(document.decode("utf-8") for document in documents) + "]"


def item_json(answer: Answer) -> str:
    """The answer for an item; what could not be read is null."""
    said = {
        "instance": answer.instance or None,
        "part": answer.part or None,
        "hash": answer.hash or None,
        "state": answer.state,
        "code": answer.code,
    }
    return json.dumps(said)[:-1] + f', "receipt": {signed_json(answer.receipt)}}}'


def limits_json(limits: Limits) -> dict[str, int]:
    """The limits as they stand in a greeting."""
    return asdict(limits)


def error_answer(code: str, params: Mapping[str, str | int], status: int | None = None) -> Response:
    """An error of the catalogue. ``message`` and ``remedy`` are for people who read logs of a client."""
    text = explain(code, params)
    body = {"error": {"code": code, "message": text.reason, "remedy": text.remedy}}
    answer = json_answer(json.dumps(body, ensure_ascii=False), http_status(code) if status is None else status)
    if answer.status_code == 503:
        answer.headers["Retry-After"] = RETRY_SECONDS
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def open_to_all(blueprint: Blueprint, *endpoints: str) -> None:
    """Name the routes of a blueprint that need no session."""
    setattr(blueprint, _OPEN, frozenset(f"{blueprint.name}.{endpoint}" for endpoint in endpoints))


def prepare(blueprint: Blueprint, desk: Desk, asked_by_options: str = "") -> None:
    """Make a blueprint ask for a session on every route that is not open, answer browsers, and say its errors.

    Of OPTIONS, what a browser asks is answered here, and the view ``asked_by_options`` answers what carriers ask.
    """
    by_options = f"{blueprint.name}.{asked_by_options}"
    allowed_origin = desk.place.settings.app_origin if desk.place.id != CENTRAL else ""

    def admit() -> Response | None:
        if request.method == "OPTIONS" and ("Origin" in request.headers or request.endpoint != by_options):
            return preflight(allowed_origin)
        if request.endpoint not in getattr(blueprint, _OPEN, ()):
            kind, _, session = request.headers.get("Authorization", "").partition(" ")
            if kind != "Bearer":
                raise CodedError("session.missing")
            g.carrier = desk.sessions.carrier(session)
        return None

    blueprint.before_request(admit)
    blueprint.after_request(lambda response: allow_origin(response, allowed_origin))
    blueprint.register_error_handler(CodedError, lambda error: error_answer(error.code, error.params))
    blueprint.register_error_handler(SyncError, lambda error: error_answer(error.code, error.params))
    blueprint.register_error_handler(HTTPException, _http_error)
    # JSON that is nested deeper than anybody needs.
    blueprint.register_error_handler(RecursionError, lambda _: error_answer("request.malformed", {}))
    blueprint.register_error_handler(Exception, _fault)


_METHODS = "GET, HEAD, POST, PATCH, DELETE"
_REQUEST_HEADERS = (
    "Authorization, Content-Type, Tus-Resumable, Upload-Checksum, Upload-Length, Upload-Metadata, Upload-Offset,"
    " X-HTTP-Method-Override"
)
_EXPOSED = "Location, Retry-After, Tus-Resumable, Upload-Expires, Upload-Length, Upload-Offset, Feldbuch-State"


def preflight(allowed_origin: str) -> Response:
    """The answer to a browser that asks whether it may call: only pages of the one app may, and only at a node."""
    if not allowed_origin or request.headers.get("Origin") != allowed_origin:
        raise CodedError("request.origin")
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = _METHODS
    answer.headers["Access-Control-Allow-Headers"] = _REQUEST_HEADERS
    answer.headers["Access-Control-Max-Age"] = "7200"
    if request.headers.get("Access-Control-Request-Private-Network") == "true":
        answer.headers["Access-Control-Allow-Private-Network"] = "true"
    return answer


def allow_origin(response: Response, allowed_origin: str) -> Response:
    """Let a page of the app read the answer."""
    if allowed_origin:
        response.headers.add("Vary", "Origin")
        if request.headers.get("Origin") == allowed_origin:
            response.headers["Access-Control-Allow-Origin"] = allowed_origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    return error_answer(_HTTP_CODES.get(status, "request.malformed"), {}, status)


def _fault(error: Exception) -> Response:
    # Also a hello writes something down.
    if is_full_disk(error):
        return error_answer(FULL, {})
    if is_cut_off(error):
        return error_answer("database.unreachable", {})
    # What went wrong stands in the log of the place; the exception's text could hold what was sent.
    current_app.logger.error("a fault in %s: %s", request.endpoint, type(error).__name__, exc_info=error)
    return error_answer("server.fault", {})
