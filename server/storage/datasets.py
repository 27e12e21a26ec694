"""The table of secondary data: tables of public statistics with where they come from. Central only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Dataset(Base):
    """One import. The newest row of a name is the dataset as it is now, older ones stay; its bytes are a content."""

    __tablename__ = "dataset"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the canonical CSV."""
    size: Mapped[int]
    rows: Mapped[int]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """In order: ``name`` and ``numeric``."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Where the table comes from: ``source``, ``licence``, ``retrieved``, and ``title`` where given."""
    reading: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How the file was read, in the words of a sidecar."""
    file_name: Mapped[str] = mapped_column(String(255))
    file_hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the file as it came."""
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[str] = mapped_column(String(100))
