"""The instances of one device, each with its whereabouts: metadata of the covers, never content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Table, and_, func, select
from sqlalchemy.orm import aliased

from server.place import Place
from server.services.monitor.arrivals import RECORD, newest_mark, open_instances, receipts_by_item
from server.services.monitor.clocks import notable
from server.services.monitor.reports import read_time
from server.storage.checkpoints import is_checkpoint, is_last_checkpoint
from server.storage.items import Item
from server.storage.returns import RETURNS, takes_the_place_of
from sync.envelope.parcel import HAS_ISSUES

Whereabouts = Literal["safe", "central", "waiting", "quarantined", "conflict", "aside"]
PAGE = 100
_ITEMS = cast("Table", Item.__table__)


@dataclass(frozen=True, slots=True)
class InstanceLine:
    """A record that arrived. ``parts``: how many parts of its instance are here, itself included.

    ``review``: ``sent_back`` while a correction is waited for, ``corrected`` once a later version is here, else None.
    ``whereabouts`` is ``safe`` only if every part is under the mark and none is known to be outside.
    """

    item: int
    instance: str
    form: str
    site: str
    interviewer: str
    number: int
    training: bool
    finished_at: datetime | None
    received_at: datetime
    carrier: str
    whereabouts: Whereabouts
    code: str | None
    parts: int
    clock_ahead: int | None
    """Seconds by which the clock was ahead at least, as its own times prove: nothing is finished after it arrived."""
    review: Literal["sent_back", "corrected"] | None


def read_instances(place: Place, device: str, before: int | None = None) -> list[InstanceLine]:
    """At most ``PAGE`` records of a device, newest first; ``before`` is the item where the last page ended."""
    with place.engine.connect() as connection:
        receipted = receipts_by_item(newest_mark(connection))
        unfinished = open_instances(receipted, device)
        other = select(Item.instance, Item.hash).where(Item.device == device, ~is_checkpoint(Item.part)).subquery()
        parts = (
            select(func.count(other.c.hash)).where(other.c.instance == Item.instance).correlate(Item).scalar_subquery()
        )
        newer = aliased(_ITEMS)
        corrected = select(newer.c.id).where(takes_the_place_of(newer, _ITEMS)).correlate(_ITEMS).exists()
        sent = and_(RETURNS.c.instance == _ITEMS.c.instance, RETURNS.c.kind == HAS_ISSUES)
        returned = select(RETURNS.c.id).where(sent).correlate(_ITEMS).exists()
        query = (
            select(
                Item.id, Item.instance, Item.form, Item.site, Item.interviewer, Item.number, Item.purpose,
                Item.finished_at, Item.received_at, Item.carrier, Item.state, Item.code,
                receipted.c.item_hash, receipted.c.safe, unfinished.c.instance.label("unfinished"),
                parts.label("parts"), corrected.label("corrected"), returned.label("returned"),
            )
            .outerjoin(receipted, receipted.c.item_hash == Item.hash)
            .outerjoin(
                unfinished, and_(unfinished.c.device == Item.device, unfinished.c.instance == Item.instance)
            )
            .where(Item.device == device, Item.part == RECORD)
            .order_by(Item.id.desc())
            .limit(PAGE)
        )  # fmt: skip
        if before is not None:
            query = query.where(Item.id < before)
        return [
            InstanceLine(
                item=row.id,
                instance=row.instance,
                form=row.form,
                site=row.site,
                interviewer=row.interviewer,
                number=row.number,
                training=row.purpose != "real",
                finished_at=read_time(row.finished_at),
                received_at=row.received_at,
                carrier=row.carrier,
                whereabouts=_whereabouts(
                    row.state, row.item_hash is not None, bool(row.safe) and row.unfinished is None
                ),
                code=row.code,
                parts=row.parts,
                clock_ahead=_ahead(read_time(row.finished_at), row.received_at),
                review="corrected" if row.corrected else "sent_back" if row.returned else None,
            )
            for row in connection.execute(query)
        ]


@dataclass(frozen=True, slots=True)
class CopyLine:
    """An interview that is known from its last checkpoint alone. ``copied_at`` is by the device's clock."""

    item: int
    instance: str
    form: str
    interviewer: str
    copied_at: datetime | None
    received_at: datetime


def read_copies(place: Place, device: str) -> list[CopyLine]:
    """At most ``PAGE`` interviews of a device that were under way when it was last heard of, newest first."""
    query = (
        select(Item.id, Item.instance, Item.form, Item.interviewer, Item.finished_at, Item.received_at)
        .where(Item.device == device, is_last_checkpoint())
        .order_by(Item.id.desc())
        .limit(PAGE)
    )
    with place.engine.connect() as connection:
        return [
            CopyLine(row.id, row.instance, row.form, row.interviewer, read_time(row.finished_at), row.received_at)
            for row in connection.execute(query)
        ]


def _ahead(finished_at: datetime | None, received_at: datetime) -> int | None:
    return None if finished_at is None else notable(max(0, int((finished_at - received_at).total_seconds())))


def _whereabouts(state: str, receipted: bool, safe: bool) -> Whereabouts:
    if state in ("quarantined", "conflict", "aside"):
        return cast("Whereabouts", state)
    if state == "held" and receipted:
        return "safe" if safe else "central"
    return "waiting"
