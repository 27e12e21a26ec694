"""What a node has written to sticks and what has come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from server.storage.carriers import Peer
from server.storage.items import Item


@dataclass(frozen=True, slots=True)
class Bundled:
    """``unconfirmed``: items that were written to a stick and have no receipt; when was written and read last."""

    unconfirmed: int
    written_at: datetime | None
    read_at: datetime | None


def read_bundled(connection: Connection, central_url: str) -> Bundled:
    """How a node stands with bundles."""
    written = select(func.count()).where(Item.bundled_at.is_not(None), Item.forward.in_(("queued", "sent")))
    times = select(Peer.bundle_written_at, Peer.bundle_read_at).where(Peer.url == central_url)
    row = connection.execute(times).first()
    return Bundled(
        connection.execute(written).scalar_one(),
        row.bundle_written_at if row is not None else None,
        row.bundle_read_at if row is not None else None,
    )
