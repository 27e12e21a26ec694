"""Which items are checkpoints: copies of interviews that were under way."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.storage.items import Item
from sync.envelope.cover import RECORD_PART

_ITEMS = cast("Table", Item.__table__)


def is_checkpoint(part: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an item is a checkpoint, and so no part of an instance."""
    return part.like("c%")


def is_last_checkpoint() -> ColumnElement[bool]:
    """Whether a row of ``item`` is the last checkpoint that is held of an interview of which no record has arrived."""
    record, later = aliased(Item), aliased(Item)
    finished = select(record.id).where(record.instance == _ITEMS.c.instance, record.part == RECORD_PART)
    newer = select(later.id).where(
        later.instance == _ITEMS.c.instance,
        later.signer == _ITEMS.c.signer,
        later.number > _ITEMS.c.number,
        is_checkpoint(later.part),
        later.state == "held",
    )
    return and_(is_checkpoint(_ITEMS.c.part), _ITEMS.c.state == "held", ~finished.exists(), ~newer.exists())
