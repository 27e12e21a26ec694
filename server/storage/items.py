"""Tables of what is carried: items, their receipts, the uploads under way, marks and epochs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Item(Base):
    """An envelope that this place holds. The cover's fields are copied out so that they can be asked for.

    ``state``: held, waiting, quarantined, conflict, aside (a person decided that it counts for nothing).
    ``forward`` (at a node): queued, sent, receipted, set_aside.
    ``body`` is null where the body lies as a blob named by ``body_hash``, and where it was pruned (``pruned_at``): then
    the row is a tombstone. It counts like any other, ``forward`` included, but there is nothing to read or send.
    """

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    instance: Mapped[str] = mapped_column(String(128))
    part: Mapped[str] = mapped_column(String(8))
    study: Mapped[str] = mapped_column(String(128))
    site: Mapped[str] = mapped_column(String(128))
    device: Mapped[str] = mapped_column(String(128))
    interviewer: Mapped[str] = mapped_column(String(128))
    form: Mapped[str] = mapped_column(String(128))
    form_version: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(8))
    replaces: Mapped[str | None] = mapped_column(String(128))
    content_type: Mapped[str] = mapped_column(String(100))
    signer: Mapped[str] = mapped_column(String(128))
    number: Mapped[int]
    finished_at: Mapped[str] = mapped_column(String(20))
    body_hash: Mapped[str] = mapped_column(String(64))
    body_size: Mapped[int]
    cover: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    carrier: Mapped[str] = mapped_column(String(128))
    """Who delivered it first: the device itself, or a node."""
    forward: Mapped[str | None] = mapped_column(String(12))
    forward_code: Mapped[str | None] = mapped_column(String(64))
    bundled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """At a node: when it was last written to a bundle. A note for people, and what was never written goes first."""
    pruned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_item_name", "instance", "part"),
        Index("ix_item_signer", "signer", "number"),
        Index("ix_item_forward", "forward", "id"),
        Index("ix_item_form", "form", "part", "state"),
        Index(
            "ix_item_forward_hash",
            "forward",
            "hash",
            sqlite_where=text("forward IS NOT NULL"),
            postgresql_where=text("forward IS NOT NULL"),
        ),
        Index(
            "ix_item_unpruned",
            "forward",
            "id",
            "body_size",
            sqlite_where=text("pruned_at IS NULL"),
            postgresql_where=text("pruned_at IS NULL"),
        ),
        Index("ix_item_blob", "body_hash", sqlite_where=text("body IS NULL"), postgresql_where=text("body IS NULL")),
        Index(
            "ix_item_replaces",
            "replaces",
            sqlite_where=text("replaces IS NOT NULL"),
            postgresql_where=text("replaces IS NOT NULL"),
        ),
    )


class Delivery(Base):
    """A node that delivered an item here: it is told of that item's receipts."""

    __tablename__ = "delivery"
    node: Mapped[str] = mapped_column(String(128), primary_key=True)
    item_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class ReceiptRow(Base):
    """A receipt of central, verbatim. ``id`` is the cursor of this place."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_hash: Mapped[str] = mapped_column(String(64), index=True)
    device: Mapped[str] = mapped_column(String(128))
    """The signer of the item's cover: whose receipt this is."""
    state: Mapped[str] = mapped_column(String(12))
    epoch: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int]
    document: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("epoch", "seq"), Index("ix_receipt_device", "device", "id"))


class MarkRow(Base):
    """A durable mark of central, verbatim; the newest row counts."""

    __tablename__ = "mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(String(32))
    durable_seq: Mapped[int]
    document: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Epoch(Base):
    """A life of central's numbering (128 random bits, hex). The newest row is in force. Central only."""

    __tablename__ = "epoch"
    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(String(32), unique=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(64))


class Upload(Base):
    """A tus upload under way. Its bytes lie in the spool; the file's size is the offset."""

    __tablename__ = "upload"
    carrier: Mapped[str] = mapped_column(String(128), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    cover: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Backup(Base):
    """A backup of central, finished or failed. ``durable_seq`` was read from the finished copy."""

    __tablename__ = "backup"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    target: Mapped[str] = mapped_column(String(1024))
    epoch: Mapped[str | None] = mapped_column(String(32))
    durable_seq: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(String(64))


class IntakeKey(Base):
    """A public key that a device seals to, and its private half sealed to the vault. Central only."""

    __tablename__ = "intake_key"
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"))
    period: Mapped[int]
    public: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("device", "period"),)
