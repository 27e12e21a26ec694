"""Uploads that nobody went on with expire: their bytes leave the spool, and what they counted is free again.

No item is lost by it: what was not answered still lies with its sender, who begins it again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection, Table, delete, select

from server.place import Place
from server.settings import Settings
from server.storage.items import Upload

UPLOADS: Final = cast("Table", Upload.__table__)
LIFE: Final = timedelta(days=14)
"""From the last bytes that came. It is written down at most once in ``NOTED_EVERY``, so the end may come that much
before."""
NOTED_EVERY: Final = timedelta(hours=12)


def expires_at(changed_at: datetime) -> datetime:
    """When an upload whose last bytes came then may be taken away."""
    return changed_at + LIFE


def spool_file(settings: Settings, carrier: str, item_hash: str) -> Path:
    """Where the bytes of an upload under way lie."""
    return settings.spool / f"{carrier}.{item_hash}"


def expire_uploads(place: Place) -> int:
    """Take the expired uploads of a place away; returns how many there were. Not for the writer's own thread."""
    return place.writer.run(partial(remove_expired, place=place))


def remove_expired(connection: Connection, place: Place) -> int:
    """An operation of the writer: expired uploads go, row and file; returns how many.

    The files go here, where nobody can begin one of them again in between. Rolled back, such an upload stands at 0.
    """
    expired = UPLOADS.c.changed_at < place.now() - LIFE
    rows = connection.execute(select(UPLOADS.c.carrier, UPLOADS.c.hash).where(expired)).all()
    if rows:
        connection.execute(delete(UPLOADS).where(expired))
    for row in rows:
        spool_file(place.settings, row.carrier, row.hash).unlink(missing_ok=True)
    return len(rows)
