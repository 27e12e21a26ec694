"""What has arrived at central, counted by SQL from covers, receipts and the mark: never from content."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, BigInteger, Connection, and_, case, cast, func, select

from server.services.monitor.reports import read_time
from server.storage.carriers import Device
from server.storage.checkpoints import is_checkpoint
from server.storage.items import Item, MarkRow, ReceiptRow

RECORD = "record"
REAL = "real"


@dataclass(frozen=True, slots=True)
class Mark:
    """The durable mark in force: what it covers, and when it came."""

    epoch: str
    durable_seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """Instances of one device at one site that are at central in any state.

    ``central``: held, with a receipt that says so; ``safe`` of them: under the mark with every part.
    ``quarantined`` and ``conflict`` count instances with such a record, also beside a held one. ``aside``: there is
    nothing but a record that a person has set aside. ``waiting``: none of these.
    """

    site: str
    device: str
    instances: int
    central: int
    safe: int
    waiting: int
    quarantined: int
    conflict: int
    aside: int
    training: int
    oldest_unsafe: datetime | None
    last_received_at: datetime
    newest_item: int


def newest_mark(connection: Connection) -> Mark | None:
    """The mark in force, or None before the first verified backup."""
    newest = select(MarkRow.epoch, MarkRow.durable_seq, MarkRow.received_at).order_by(MarkRow.id.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else Mark(row.epoch, row.durable_seq, row.received_at)


def receipts_by_item(mark: Mark | None, signers: Collection[str] | None = None) -> CTE:
    """Items (of these signers) with a receipt ``held``; ``safe`` is 1 where one of them is under the mark."""
    under = and_(ReceiptRow.epoch == mark.epoch, ReceiptRow.seq <= mark.durable_seq) if mark is not None else None
    safe = func.max(case((under, 1), else_=0)) if under is not None else func.min(0)
    return (
        select(ReceiptRow.item_hash, safe.label("safe"))
        .where(ReceiptRow.state == "held", *([] if signers is None else [ReceiptRow.device.in_(signers)]))
        .group_by(ReceiptRow.item_hash)
        .cte("receipted")
    )


def open_instances(receipted: CTE, device: str | None = None, signers: Collection[str] | None = None) -> CTE:
    """Instances (of one device, or of these signers) of which something is not safe: a part here, or one outside.

    A device numbers the parts of an instance one after the other, the record first. Where the number after a part is
    missing, that part may have been followed by another of its instance: a recording that is still on the tablet.
    """
    # The next higher number, not the next row: a number that was given twice follows on nothing.
    following = func.first_value(Item.number).over(partition_by=Item.signer, order_by=Item.number, range_=(1, None))
    of_device = select(Item.signer).where(Item.device == device)
    signed = [] if signers is None else [Item.signer.in_(signers)]
    reported = cast(Device.counts["highest_number"].as_string(), BigInteger)
    numbered = (
        select(
            Item.hash,
            case(
                (following > Item.number + 1, 1),
                (and_(following.is_(None), func.coalesce(reported, 0) > Item.number), 1),
                else_=0,
            ).label("gap"),
        )
        .outerjoin(Device, Device.id == Item.signer)
        .where(*signed, *([] if device is None else [Item.signer.in_(of_device)]))
        .subquery()
    )
    under = and_(Item.state.in_(("held", "aside")), receipted.c.safe == 1)
    parts = (
        select(
            Item.device,
            Item.instance,
            func.max(case((under, 1), else_=0)).label("safe"),
            func.max(numbered.c.gap).label("gap"),
        )
        .join(numbered, numbered.c.hash == Item.hash)
        .outerjoin(receipted, receipted.c.item_hash == Item.hash)
        .where(~is_checkpoint(Item.part), *signed, *([] if device is None else [Item.device == device]))
        .group_by(Item.device, Item.instance, Item.part)
        .subquery()
    )
    return (
        select(parts.c.device, parts.c.instance)
        .group_by(parts.c.device, parts.c.instance)
        .having((func.min(parts.c.safe) == 0) | (func.max(parts.c.gap) == 1))
        .cte("open_instances")
    )


def count_arrivals(connection: Connection, mark: Mark | None, signers: Collection[str] | None = None) -> list[Arrived]:
    """Every (site, device) of which a record arrived, real or training.

    With ``signers`` only what those signed: right for a device whose signers are all among them.
    """
    receipted = receipts_by_item(mark, signers)
    unfinished = open_instances(receipted, signers=signers)
    held = and_(Item.state == "held", receipted.c.item_hash.is_not(None))
    whole = and_(held, unfinished.c.instance.is_(None))
    each = (
        select(
            Item.site,
            Item.device,
            Item.purpose,
            func.max(case((held, 1), else_=0)).label("central"),
            func.max(case((whole, receipted.c.safe), else_=0)).label("safe"),
            func.max(case((Item.state == "quarantined", 1), else_=0)).label("quarantined"),
            func.max(case((Item.state == "conflict", 1), else_=0)).label("conflict"),
            func.max(case((Item.state == "aside", 1), else_=0)).label("aside"),
            func.min(Item.finished_at).label("finished_at"),
            func.max(Item.received_at).label("received_at"),
            func.max(Item.id).label("newest"),
        )
        .outerjoin(receipted, receipted.c.item_hash == Item.hash)
        .outerjoin(unfinished, and_(unfinished.c.device == Item.device, unfinished.c.instance == Item.instance))
        .where(Item.part == RECORD, *([] if signers is None else [Item.signer.in_(signers)]))
        .group_by(Item.site, Item.device, Item.purpose, Item.instance)
        .subquery()
    )
    real = each.c.purpose == REAL
    nothing_else = and_(real, each.c.central + each.c.quarantined + each.c.conflict == 0)
    waiting, aside = and_(nothing_else, each.c.aside == 0), and_(nothing_else, each.c.aside == 1)
    counts = select(
        each.c.site,
        each.c.device,
        func.sum(case((real, 1), else_=0)).label("instances"),
        func.sum(case((real, each.c.central), else_=0)).label("central"),
        func.sum(case((real, each.c.safe), else_=0)).label("safe"),
        func.sum(case((waiting, 1), else_=0)).label("waiting"),
        func.sum(case((real, each.c.quarantined), else_=0)).label("quarantined"),
        func.sum(case((real, each.c.conflict), else_=0)).label("conflict"),
        func.sum(case((aside, 1), else_=0)).label("aside"),
        func.sum(case((real, 0), else_=1)).label("training"),
        func.min(case((and_(real, ~aside, each.c.safe == 0), each.c.finished_at))).label("oldest_unsafe"),
        func.max(each.c.received_at).label("last_received_at"),
        func.max(each.c.newest).label("newest_item"),
    ).group_by(each.c.site, each.c.device)
    rows = []
    for row in connection.execute(counts).mappings():
        values = dict(row)
        values["oldest_unsafe"] = read_time(values["oldest_unsafe"])
        rows.append(Arrived(**values))
    return rows


def oldest(times: Iterable[datetime | None]) -> datetime | None:
    """The earliest of the times that are known."""
    return min((each for each in times if each is not None), default=None)
