"""What operators see of requests: ``/metrics`` behind a token, and a line of the log for each request, without content.

A request is named by the template of its route, never by its path: paths hold ids.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask, Response, g, request

from server.place import Place
from server.services.monitor.metrics import METHODS, Metrics
from server.services.operate.log import REQUESTS
from server.storage.keyfiles import METRICS_TOKEN, METRICS_TOKEN_SIZE, read_key

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]
ROUTE: Final = "feldbuch.route"
CARRIER: Final = "feldbuch.carrier"
"""Keys of the WSGI environment: the template of the route, and the id of the carrier that proved itself."""
NO_ROUTE: Final = "none"
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
CARRIER_SHOWN: Final = 8
LOG = logging.getLogger(REQUESTS)


def init_app(app: Flask, place: Place) -> None:
    """Add ``/metrics`` where ``keys/metrics.token`` is there, and the log of requests where it is asked for.

    Where neither is wanted nothing is added, and a request costs what it did. Call it last: it measures all that
    was composed before. Raises ``CodedError`` as ``read_key`` does, where the token is damaged or open to others.
    """
    settings = place.settings
    metrics = None
    if (settings.keys / METRICS_TOKEN).exists():
        token = read_key(settings.keys, METRICS_TOKEN, METRICS_TOKEN_SIZE)
        metrics = Metrics(place)
        place.writer.watch(metrics.commit_done)
        _add_page(app, metrics, token)
    if metrics is None and not settings.access_log:
        return
    app.before_request(_name_route)
    app.after_request(_name_carrier)
    app.wsgi_app = Observer(app.wsgi_app, metrics, settings.access_log)  # type: ignore[method-assign]


def _add_page(app: Flask, metrics: Metrics, token: bytes) -> None:
    expected = b"Bearer " + token

    def metrics_page() -> Response:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(metrics.text(), content_type=TEXT)

    app.add_url_rule("/metrics", "metrics", metrics_page)


def _name_route() -> None:
    if request.url_rule is not None:
        request.environ[ROUTE] = request.url_rule.rule


def _name_carrier(response: Response) -> Response:
    carrier = g.get("carrier")
    if carrier is not None:
        request.environ[CARRIER] = carrier.id
    return response


class Observer:
    """WSGI middleware around the application: how each request ended, and how long it took until its answer began."""

    def __init__(self, application: Wsgi, metrics: Metrics | None, log: bool) -> None:
        self._application = application
        self._metrics = metrics
        self._log = log

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request."""
        begun = time.perf_counter()
        status = 500

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:  # noqa: ANN401
            nonlocal status
            status = int(line[:3])
            return start_response(line, headers, *rest)

        try:
            return self._application(environ, start)
        finally:
            self._tell(environ, status, time.perf_counter() - begun)

    def _tell(self, environ: dict[str, Any], status: int, seconds: float) -> None:
        route = environ.get(ROUTE, NO_ROUTE)
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "other"
        if self._metrics is not None:
            self._metrics.request_done(route, method, status, seconds)
        if self._log:
            said = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
            if CARRIER in environ:
                said["carrier"] = environ[CARRIER][:CARRIER_SHOWN]
            LOG.info("request", extra={"fields": said})
