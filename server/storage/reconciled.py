"""Tables of reconciliation: what a node found when it compared its set with central's, and what carriers told here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Reconciliation(Base):
    """A finished comparison of this node with the place that it sends to. Node only; rows are only added.

    ``by``: schedule, hand. ``compared``: how many items the place says to have.
    """

    __tablename__ = "reconciliation"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(8))
    compared: Mapped[int]
    missing: Mapped[int]
    surplus: Mapped[int]
    lost: Mapped[int]
    again: Mapped[int]
    complete: Mapped[bool]
    alarm: Mapped[str | None] = mapped_column(String(64))
    told: Mapped[bool]
    """Whether the place has heard of it."""


class ReconciledItem(Base):
    """A difference that a comparison found. A ``surplus`` one is also the word that such an item exists. Node only.

    ``kind``: missing, again, lost, surplus. The names are null where neither side knew them.
    """

    __tablename__ = "reconciled_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation: Mapped[int] = mapped_column(ForeignKey("reconciliation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    hash: Mapped[str] = mapped_column(String(64))
    instance: Mapped[str | None] = mapped_column(String(128))
    part: Mapped[str | None] = mapped_column(String(8))
    device: Mapped[str | None] = mapped_column(String(128))
    number: Mapped[int | None]
    size: Mapped[int | None]

    __table_args__ = (Index("ix_reconciled_item_kind", "kind", "hash"),)


class ReconciledCarrier(Base):
    """The newest word of a carrier on what it found when it compared its set with the one here. Nobody signed it."""

    __tablename__ = "reconciled_carrier"
    carrier: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """``device`` or ``node``."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(8))
    compared: Mapped[int]
    missing: Mapped[int]
    surplus: Mapped[int]
    lost: Mapped[int]
    again: Mapped[int]
    complete: Mapped[bool]
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """``kind``, ``hash``, ``instance``, ``part`` of at most 50, the gravest first."""
