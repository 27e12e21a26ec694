"""The table of leases: which process may do what only one may do, in a database that processes share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime

WRITER = "writer"
"""The row whose lock is the writers' turn. Nobody holds it beyond a transaction."""
JOBS = "jobs"
"""Whose holder does what central does by itself."""


class Lease(Base):
    """What one process holds for a time. ``fence`` grows with each new holder, so that an earlier one is told apart."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(64))
    fence: Mapped[int]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """By the database's clock."""
