"""Opening a place from a command, beside a server that may be running."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from server.errors.error import CodedError
from server.opening import open_place, place_of
from server.place import Place
from server.services.operate.database import check_database
from server.settings import Settings


@contextlib.contextmanager
def opened_place(settings: Settings) -> Iterator[Place]:
    """The place with a database that was checked; its writer ends with the block.

    Raises ``CodedError``: ``database.empty``, ``database.behind``, ``database.ahead``, and as ``open_place`` does.
    """
    app = open_place(settings)
    place = place_of(app)
    try:
        check_database(app)
        yield place
    finally:
        place.writer.close()
        place.engine.dispose()


def refuse_node(settings: Settings) -> None:
    """Raise ``CodedError`` ``role.not_central`` for a command that only central has."""
    if settings.role != "central":
        raise CodedError("role.not_central")
