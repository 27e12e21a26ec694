"""A shorter way to ``POST /sync/batch``: of the time a small item takes, a third would go into layers it does not use.

It does what the view does and nothing else. Whatever is not a plain, permitted batch goes the long way, and so does
the first one: from its answer the headers are taken that the application gives to every answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, Final

from flask import Response

from server.errors.error import CodedError
from server.services.collect.decision import Carrier
from server.web.observed import CARRIER, ROUTE
from server.web.sync.answers import JSON, Desk, error_answer
from sync.protocol import BATCH_TYPE

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
LOG = logging.getLogger("feldbuch.sync")
PATH: Final = "/sync/batch"
_OF_ONE_ANSWER: Final = frozenset({"content-length", "content-type"})


class Shortcut:
    """WSGI middleware around the application. ``take`` answers the bytes of a batch of a carrier with JSON."""

    def __init__(self, application: Wsgi, desk: Desk, take: Callable[[Carrier, bytes], str]) -> None:
        self._application = application
        self._desk = desk
        self._take = take
        self._origins = (None, desk.place.settings.app_origin)
        self._headers: dict[str | None, list[tuple[str, str]]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._application(environ, start_response)
        origin: str | None = environ.get("HTTP_ORIGIN")
        headers = self._headers.get(origin)
        if headers is None:
            return self._application(environ, self._learning(origin, start_response))
        admitted = self._admit(environ)
        if admitted is None:
            return self._application(environ, start_response)
        environ[ROUTE], environ[CARRIER] = PATH, admitted[0].id
        answer = self._answer(environ, *admitted)
        if isinstance(answer, Response):
            for name, value in headers:
                answer.headers.setdefault(name, value)
            return answer(environ, start_response)
        start_response("200 OK", [("Content-Type", JSON), ("Content-Length", str(len(answer))), *headers])
        return [answer]

    def _learning(self, origin: str | None, start_response: Start) -> Start:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401
            if status.startswith("200 ") and origin in self._origins:
                self._headers[origin] = [each for each in headers if each[0].lower() not in _OF_ONE_ANSWER]
            return start_response(status, headers, *rest)

        return start

    def _admit(self, environ: dict[str, Any]) -> tuple[Carrier, int] | None:
        """Who delivers how much; None where the long way will say what is wrong."""
        kind, _, session = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        length = environ.get("CONTENT_LENGTH") or ""
        if kind != "Bearer" or environ.get("CONTENT_TYPE") != BATCH_TYPE:
            return None
        if not (length.isascii() and length.isdecimal()) or int(length) > self._desk.limits.batch_bytes:
            return None
        try:
            return self._desk.sessions.carrier(session), int(length)
        except CodedError:
            return None

    def _answer(self, environ: dict[str, Any], carrier: Carrier, size: int) -> Response | bytes:
        """The body of a good answer, or the answer that says what is wrong."""
        try:
            with self._desk.slots.taken():
                data = _read(environ["wsgi.input"], size)
                if len(data) != size:
                    return error_answer("request.malformed", {})
                return self._take(carrier, data).encode()
        except CodedError as error:
            return error_answer(error.code, error.params)
        except Exception as error:
            LOG.exception("a fault in %s: %s", PATH, type(error).__name__)
            return error_answer("server.fault", {})


def _read(source: BinaryIO, size: int) -> bytes:
    """So many bytes, or fewer where the connection broke."""
    data = source.read(size)
    while 0 < len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data
