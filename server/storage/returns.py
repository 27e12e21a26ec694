"""What central sent back to tablets, and which version of an instance takes the place of which."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, String, Table, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from server.storage.base import Base, UtcDateTime
from server.storage.checkpoints import is_checkpoint
from server.storage.items import Item
from sync.envelope.cover import RECORD_PART
from sync.envelope.parcel import HAS_ISSUES, UNFINISHED


class RecordReturn(Base):
    """A record, or an unfinished interview, that was sealed for a tablet and put into its feed. Central only."""

    __tablename__ = "record_return"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    """``has_issues`` or ``unfinished``."""
    instance: Mapped[str] = mapped_column(String(128), index=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"))
    interviewer: Mapped[str] = mapped_column(String(128))
    parcel_hash: Mapped[str] = mapped_column(String(64))
    parcel_size: Mapped[int]
    comments: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """Sealed to the study's key: a comment can tell what was answered."""
    after_item: Mapped[int]
    """The newest item at that moment: what was here before is no answer."""
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


RETURNS = cast("Table", RecordReturn.__table__)
_ITEMS = cast("Table", Item.__table__)


def takes_the_place_of(newer: Any, older: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether the item ``newer`` is a later version of the record ``older``; both are (aliases of) the table ``item``.

    Whoever signs a cover may write any instance into ``replaces``. It counts only between records of one signer, in
    the order of its numbers, and where central had sent the older one back to the signer before the newer came. A
    correction that was under way elsewhere and was sent to the signer counts as its checkpoint would have, which
    central held then. Nothing takes its own place.
    """
    copy = _ITEMS.alias()
    taken_up = select(RETURNS.c.id).where(
        RETURNS.c.instance == newer.c.instance,
        RETURNS.c.kind == UNFINISHED,
        RETURNS.c.device == newer.c.signer,
        RETURNS.c.after_item < newer.c.id,
        copy.c.id <= RETURNS.c.after_item,
        copy.c.instance == newer.c.instance,
        copy.c.replaces == older.c.instance,
        copy.c.form == older.c.form,
        copy.c.purpose == older.c.purpose,
        copy.c.state == "held",
        is_checkpoint(copy.c.part),
        _may_replace(copy, older),
    )
    return and_(
        newer.c.replaces == older.c.instance,
        newer.c.instance != older.c.instance,
        newer.c.part == RECORD_PART,
        older.c.part == RECORD_PART,
        newer.c.state == "held",
        older.c.state == "held",
        newer.c.form == older.c.form,
        newer.c.purpose == older.c.purpose,
        or_(_may_replace(newer, older), taken_up.correlate_except(RETURNS, copy).exists()),
    )


def _may_replace(newer: Any, older: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Whether whoever signed ``newer`` may replace ``older``: it is theirs, or was sent back to them before."""
    returns = RETURNS.alias()
    returned = select(returns.c.id).where(
        returns.c.instance == older.c.instance,
        returns.c.kind == HAS_ISSUES,
        returns.c.device == newer.c.signer,
        returns.c.after_item < newer.c.id,
    )
    return or_(
        and_(newer.c.signer == older.c.signer, newer.c.number > older.c.number),
        returned.correlate_except(returns).exists(),
    )
