"""Tables of who carries and what flows down to them: devices, nodes, enrolment tokens, the feed, contents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime


class Device(Base):
    """A tablet as this place knows it. ``standing``: unknown, introduced, revoked."""

    __tablename__ = "device"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    standing: Mapped[str] = mapped_column(String(12))
    key: Mapped[bytes | None] = mapped_column(LargeBinary)
    encryption_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[str | None] = mapped_column(String(100))
    site: Mapped[str | None] = mapped_column(String(128))
    interviewer: Mapped[str | None] = mapped_column(String(128))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Last time the device itself, or a node that met it, was heard of here. Null: never."""
    last_place: Mapped[str | None] = mapped_column(String(128))
    app_version: Mapped[str | None] = mapped_column(String(40))
    report_sequence: Mapped[int] = mapped_column(default=0)
    report: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The newest hello that the device signed, verbatim."""
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_ahead: Mapped[int | None]
    """Seconds by which its clock was ahead of this place's, about, when it last told; negative: behind. Shown only."""


class DeviceInterviewer(Base):
    """Somebody who collects with a tablet. One tablet may have several, each with keys of their own on it."""

    __tablename__ = "device_interviewer"
    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    interviewer: Mapped[str] = mapped_column(String(128), primary_key=True)
    encryption_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Central only, like what follows."""
    recovery: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What opens a forgotten PIN, sealed to the study's key: only the vault opens it."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class Node(Base):
    """A field node as central knows it. ``standing``: invited, introduced, revoked."""

    __tablename__ = "node"
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    standing: Mapped[str] = mapped_column(String(12))
    key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(300))
    sites: Mapped[list[str]] = mapped_column(JSON)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    app_version: Mapped[str | None] = mapped_column(String(40))
    report_sequence: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    clock_ahead: Mapped[int | None]
    bundle_ask: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """What it asked for in its newest bundle, signed, verbatim."""
    bundle_sequence: Mapped[int] = mapped_column(default=0, server_default="0")


class EnrolmentToken(Base):
    """A link that enrols tablets or joins a node; kept as the SHA-256 of its token. Central only."""

    __tablename__ = "enrolment_token"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    """``device`` or ``node``."""
    site: Mapped[str] = mapped_column(String(128))
    interviewer: Mapped[str | None] = mapped_column(String(128))
    uses_left: Mapped[int | None]
    """Null: any number of times."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Of a node: name, url, sites and how many devices it may introduce."""


class FeedEntryRow(Base):
    """An entry of the signed feed, verbatim."""

    __tablename__ = "feed_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(150))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (Index("ix_feed_entry_chain", "chain", "number", unique=True),)


class Content(Base):
    """A content that the feed names by its SHA-256: a form definition or an XForm. Public within the study."""

    __tablename__ = "content"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(100))
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FormVersion(Base):
    """A published form version. Central only; nodes and tablets know it from the feed."""

    __tablename__ = "form_version"
    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    form: Mapped[str] = mapped_column(String(128), index=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    xform_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str] = mapped_column(String(100))


class FormOverride(Base):
    """What a version was published over: gaps at the gate that somebody decided to publish with. Central only."""

    __tablename__ = "form_override"
    version: Mapped[str] = mapped_column(ForeignKey("form_version.version"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(1000))
    decided_by: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    """How many findings there were, by code."""
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    """Each of them: ``code``, ``pointer``, ``params``."""


class Peer(Base):
    """The place that a node sends to: where its cursors stand and how the last contact went. Node only."""

    __tablename__ = "peer"
    url: Mapped[str] = mapped_column(String(300), primary_key=True)
    hello_sequence: Mapped[int] = mapped_column(default=0)
    receipt_cursor: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[str | None] = mapped_column(String(32))
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(64))
    alarm: Mapped[str | None] = mapped_column(String(64))
    answered_sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    """The newest hello, or question in a bundle, that the place has answered: an older answer changes no epoch."""
    bundle_written_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bundle_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class User(Base):
    """A person who signs in at the desk. Central only."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    language: Mapped[str | None] = mapped_column(String(5))
    session_key: Mapped[str] = mapped_column(String(64))
    """Changes when all sessions of the person are ended."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
