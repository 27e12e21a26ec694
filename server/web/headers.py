"""Security headers, on every answer of every route: deny by default, each page names what it needs."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request

from server.settings import Settings

NOTHING: Final = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For answers that are no page: JSON, downloads, static files."""
DESK: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
NODE_PAGE: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""A node's page has no script, so none may run."""
NO_SENSORS: Final = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
TABLET_SENSORS: Final = "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()"
HSTS: Final = "max-age=31536000"
CSP_HEADER: Final = "Content-Security-Policy"
SENSORS_HEADER: Final = "Permissions-Policy"


def tablet_policy(node_origins: tuple[str, ...]) -> str:
    """The content security policy of the tablet app. ``wasm-unsafe-eval`` is what its form engine needs."""
    connect = " ".join(("'self'", *node_origins))
    return (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
        f"media-src 'self' blob:; font-src 'self'; connect-src {connect}; worker-src 'self'; manifest-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Add the headers to every answer of a place."""
    protect(app, secure=settings.url.startswith("https://"))


def protect(app: Flask, secure: bool) -> None:
    """Add the headers to every answer. A page's own policy stands; where there is none, nothing is allowed."""

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault(CSP_HEADER, NOTHING)
        headers.setdefault(SENSORS_HEADER, NO_SENSORS)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if secure:
            headers["Strict-Transport-Security"] = HSTS
        if "Cache-Control" not in headers and request.endpoint is not None:
            headers["Cache-Control"] = "no-store"
        return response

    app.after_request(add)
