"""What a person decided of items that were kept apart. Rows are added and never changed. Central only."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import String, Table
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Settlement(Base):
    """One item, one decision: from which state to which, why, by whom."""

    __tablename__ = "settlement"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_hash: Mapped[str] = mapped_column(String(64), index=True)
    before: Mapped[str] = mapped_column(String(12))
    after: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


SETTLEMENTS = cast("Table", Settlement.__table__)
