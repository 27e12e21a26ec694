"""The table of what holds no more, where several processes serve a place: no process takes it that knows of another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Spent(Base):
    """A challenge that was used, or a sign-in that was ended, as a SHA-256, until it would be too old anyway."""

    __tablename__ = "spent"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
