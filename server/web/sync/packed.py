"""Answers of the protocol in gzip, where the caller takes that: receipts and answers shrink to a third.

Sealed bytes do not compress, so nothing else is packed. What is packed holds no secret of the session: an answer in
which a token stood beside what a caller chose could be guessed by its size (BREACH).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from typing import Any, Final

from werkzeug.http import parse_accept_header

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
PATHS: Final = frozenset(
    {"/sync/offer", "/sync/batch", "/sync/receipts", "/sync/feed", "/sync/reconcile", "/sync/reconcile/names"}
)
LEAST: Final = 512
"""Bytes below which the headers would eat what is saved."""
LEVEL: Final = 5


class Packed:
    """WSGI middleware around the protocol."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] not in PATHS or not _takes_gzip(environ):
            return self._application(environ, start_response)
        begun: list[Any] = []

        def start(*said: Any) -> None:  # noqa: ANN401
            begun[:] = said

        pieces = self._application(environ, start)
        try:
            body = b"".join(pieces)
        finally:
            if (close := getattr(pieces, "close", None)) is not None:
                close()
        status, headers, *rest = begun
        if status.startswith("200 ") and len(body) >= LEAST:
            body = gzip.compress(body, LEVEL, mtime=0)
            kept = [each for each in headers if each[0].lower() != "content-length"]
            headers = [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
        start_response(status, [*headers, ("Vary", "Accept-Encoding")], *rest)
        return [body]


def _takes_gzip(environ: dict[str, Any]) -> bool:
    return parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING")).quality("gzip") > 0
