"""What a node holds back, and why: for ``feldbuch status``, its page and ``feldbuch uplink``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from server.place import Place
from server.services.collect.feed import wire_time
from server.services.collect.onward import is_media
from server.services.collect.uplink import Source, Why, read_uplink
from server.storage.items import Item


@dataclass(frozen=True, slots=True)
class HeldBack:
    """``why`` is null where nothing is held back. ``rate``: kbit/s, where the rate is capped. ``paused``: media wait.

    ``waiting``, ``waiting_bytes``: media that are queued for central.
    """

    why: Why | None
    source: Source | None
    rate: int | None
    paused: bool
    until: datetime | None
    waiting: int
    waiting_bytes: int

    def json(self) -> dict[str, Any]:
        """As a JSON document; times in UTC."""
        return {**asdict(self), "until": None if self.until is None else wire_time(self.until)}


def read_held_back(place: Place, connection: Connection) -> HeldBack:
    """What a node may send now, and what waits."""
    uplink = read_uplink(place)
    items = size = 0
    if uplink.paused:
        query = select(func.count(), func.coalesce(func.sum(Item.body_size), 0))
        items, size = connection.execute(query.where(Item.forward == "queued", is_media())).one()
    rate = uplink.allowed.rate
    kbit = None if rate is None else rate * 8 // 1000
    return HeldBack(uplink.why, uplink.source, kbit, uplink.paused, uplink.until, items, int(size))
