"""Changes of items after they arrived. Rows are added and never changed; they hold names of states and no content."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import String, Table
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime

Track = Literal["state", "forward", "bytes"]
KEPT: Final = "kept"
PRUNED: Final = "pruned"


class Event(Base):
    """One change of one item, written with it. ``track``: ``state``; at a node also ``forward``, and ``bytes``, which
    are ``KEPT`` or ``PRUNED``.

    How an item arrived stands in its own row, and why a person settled it in ``settlement``.
    """

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_hash: Mapped[str] = mapped_column(String(64), index=True)
    track: Mapped[str] = mapped_column(String(8))
    before: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


EVENTS = cast("Table", Event.__table__)
