"""The address of a database, as the setting names it, and what kind it is."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.errors.error import CodedError

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def read_address(address: str) -> URL:
    """The address with its driver named. Raises ``CodedError``: ``settings.wrong``, ``settings.secret``.

    A password does not stand among the settings: PostgreSQL's own ways bring it (PGPASSFILE, PGPASSWORD, a service).
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise CodedError("settings.wrong", name="database", expected="an address", path="feldbuch.toml") from None
    if url.password is not None or "password" in url.query:
        raise CodedError("settings.secret", name="database")
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def is_shared(address: str) -> bool:
    """Whether several processes may serve one place on this database: it is a server's, not a file."""
    return bool(address) and read_address(address).get_backend_name() != "sqlite"
