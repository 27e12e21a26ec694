"""Tokens that enrol tablets or join a node: kept as a hash, limited in uses and in time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, Table, insert, select, update

from server.errors.error import CodedError
from server.storage.carriers import EnrolmentToken

TOKENS = cast("Table", EnrolmentToken.__table__)
TokenKind = Literal["device", "node"]


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for. ``open`` is None while it may be used, else the error code that says why not."""

    hash: str
    site: str
    interviewer: str | None
    details: dict[str, Any]
    closed: str | None


def token_hash(token: str) -> str:
    """SHA-256 of a token, in hex: what is kept, and what a device signs."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def add_token(
    connection: Connection,
    kind: TokenKind,
    *,
    site: str,
    now: datetime,
    interviewer: str | None = None,
    uses: int | None = 1,
    days: int | None = None,
    details: dict[str, Any] | None = None,
) -> str:
    """Make a token and keep its hash; returns the token, which is kept nowhere. An operation of the writer."""
    token = secrets.token_urlsafe(24)
    connection.execute(
        insert(TOKENS).values(
            token_hash=token_hash(token),
            kind=kind,
            site=site,
            interviewer=interviewer,
            uses_left=uses,
            expires_at=now + timedelta(days=days) if days is not None else None,
            created_at=now,
            details=details,
        )
    )
    return token


def find_token(connection: Connection, kind: TokenKind, hash_: str, now: datetime) -> Token:
    """A token by its hash. Raises ``CodedError`` ``enrolment.token.unknown``."""
    row = connection.execute(select(TOKENS).where(TOKENS.c.token_hash == hash_, TOKENS.c.kind == kind)).first()
    if row is None:
        raise CodedError("enrolment.token.unknown")
    closed = None
    if row.uses_left is not None and row.uses_left < 1:
        closed = "enrolment.token.used_up"
    if row.expires_at is not None and row.expires_at < now:
        closed = "enrolment.token.expired"
    return Token(row.token_hash, row.site, row.interviewer, row.details or {}, closed)


def use_token(connection: Connection, token: Token) -> None:
    """Count one use. Raises ``CodedError`` with ``token.closed`` where it may not be used."""
    if token.closed is not None:
        raise CodedError(token.closed)
    rest = update(TOKENS).where(TOKENS.c.token_hash == token.hash, TOKENS.c.uses_left.is_not(None))
    connection.execute(rest.values(uses_left=TOKENS.c.uses_left - 1))
