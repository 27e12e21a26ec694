"""The figures of a place for monitoring by machines, counted from indexes alone: a million items are no burden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, exists, func, select

from server.place import Place
from server.services.collect.space import free_bytes
from server.services.monitor.compared import read_compared
from server.services.monitor.contact import judge_contact
from server.services.monitor.safety import judge_safety
from server.storage.carriers import Device, FeedEntryRow, Node, Peer
from server.storage.items import Epoch, Item, MarkRow, ReceiptRow, Upload

ITEMS, RECEIPTS, MARKS, EPOCHS, UPLOADS, DEVICES, NODES, PEERS, ENTRIES = (
    cast("Table", each.__table__)
    for each in (Item, ReceiptRow, MarkRow, Epoch, Upload, Device, Node, Peer, FeedEntryRow)
)
STATES = ("held", "waiting", "quarantined", "conflict", "aside")
FORWARDS = ("queued", "sent", "receipted", "set_aside")
BEYOND_READ = 1000
"""Receipts beyond the mark that are looked at. Numbers follow the arrival but for what waited or was settled first."""
CONTACTS = ("recent", "long_ago", "never")
ALARMS = (
    "no_target", "no_backup", "backup_failed", "backup_late", "epoch",
    "gone", "differed", "conflict", "quarantined", "waiting", "silent_tablets", "silent_nodes", "set_aside", "central",
)  # fmt: skip
"""All that a place may raise, so that a series is there, at 0, before it is needed. ``central``: the last contact with
central ended with an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A place at one moment: items, not instances; ages in seconds by this machine's clock; None where there is none.

    ``tablets``: how many by (site, contact), revoked ones apart. ``contact_age``: of the nodes at central, and of
    ``central`` at a node. ``oldest_age``: since the oldest item arrived that central has not receipted (at a node), or
    that no verified backup holds (at central).
    """

    items: Mapping[str, int]
    forward: Mapping[str, int]
    pruned: int
    item_bytes: int
    oldest_age: float | None
    receipt_seq: int
    durable_seq: int
    backup_age: float | None
    uploads: int
    upload_bytes: int
    disk_free: int
    disk_kept: int
    feed_entries: int
    contact_age: Mapping[str, float]
    tablets: Mapping[tuple[str, str], int]
    alarms: Mapping[str, int] = field(default_factory=dict)


def read_figures(place: Place) -> Figures:
    """Count in one read transaction."""
    now = place.now()
    with place.engine.connect() as connection:
        counted = connection.execute(select(ITEMS.c.state, func.count()).group_by(ITEMS.c.state))
        items = {**dict.fromkeys(STATES, 0), **{row[0]: int(row[1]) for row in counted}}
        kept = (
            select(ITEMS.c.forward, func.count(), func.sum(ITEMS.c.body_size))
            .where(ITEMS.c.pruned_at.is_(None))
            .group_by(ITEMS.c.forward)
        )
        rows = connection.execute(kept).all()
        uploads = connection.execute(select(func.count(), func.coalesce(func.sum(UPLOADS.c.size), 0))).one()
        tablets = _tablets(connection, now)
        contacts = _contacts(connection, place)
        at_node = place.role == "node"
        seq, durable, oldest = (0, 0, _oldest_queued(connection)) if at_node else _numbers(connection)
        safety = None if at_node else judge_safety(connection, place.settings, now)
        forward = dict.fromkeys(FORWARDS, 0) if at_node else {}
        if at_node:
            every = connection.execute(select(ITEMS.c.forward, func.count()).group_by(ITEMS.c.forward))
            forward |= {row[0]: int(row[1]) for row in every if row[0] is not None}
        return Figures(
            items=items,
            forward=forward,
            pruned=sum(items.values()) - sum(int(row[1]) for row in rows),
            item_bytes=sum(int(row[2] or 0) for row in rows),
            oldest_age=_age(oldest, now),
            receipt_seq=seq,
            durable_seq=durable,
            backup_age=_age(safety.last_finished_at if safety is not None else None, now),
            uploads=int(uploads[0]),
            upload_bytes=int(uploads[1]),
            disk_free=free_bytes(place.settings.place),
            disk_kept=place.settings.free_space_kept,
            feed_entries=connection.execute(select(func.count()).select_from(ENTRIES)).scalar_one(),
            contact_age={name: max(0.0, (now - at).total_seconds()) for name, at in contacts.items() if at is not None},
            tablets=tablets,
            alarms={
                **_alarms(connection, place, items, forward, tablets),
                "silent_nodes": 0 if at_node else _silent(contacts.values(), now),
                **({safety.worry: 1} if safety is not None and safety.worry is not None else {}),
            },
        )


def _numbers(connection: Connection) -> tuple[int, int, datetime | None]:
    """Central's highest receipt, the mark that covers it, and when the oldest item beyond the mark arrived."""
    epoch = connection.execute(select(EPOCHS.c.epoch).order_by(EPOCHS.c.id.desc()).limit(1)).scalar()
    seq = connection.execute(select(func.max(RECEIPTS.c.seq)).where(RECEIPTS.c.epoch == epoch)).scalar() or 0
    mark = connection.execute(select(MARKS.c.epoch, MARKS.c.durable_seq).order_by(MARKS.c.id.desc()).limit(1)).first()
    durable = mark.durable_seq if mark is not None and mark.epoch == epoch else 0
    # What a person settled has a further receipt beyond the mark, and is safe all the same by its first one.
    earlier = RECEIPTS.alias()
    safe = exists().where(
        earlier.c.item_hash == RECEIPTS.c.item_hash, earlier.c.epoch == epoch, earlier.c.seq <= durable
    )
    beyond = (
        select(ITEMS.c.received_at)
        .join(RECEIPTS, RECEIPTS.c.item_hash == ITEMS.c.hash)
        .where(RECEIPTS.c.epoch == epoch, RECEIPTS.c.seq > durable, ~safe)
        .order_by(RECEIPTS.c.seq)
        .limit(BEYOND_READ)
        .subquery()
    )
    return seq, durable, connection.execute(select(func.min(beyond.c.received_at))).scalar()


def _oldest_queued(connection: Connection) -> datetime | None:
    """When the oldest item arrived at this node that central has not receipted."""
    times = []
    for state in ("queued", "sent"):
        first = select(ITEMS.c.received_at).where(ITEMS.c.forward == state).order_by(ITEMS.c.id).limit(1)
        times.append(connection.execute(first).scalar())
    return min((each for each in times if each is not None), default=None)


def _tablets(connection: Connection, now: datetime) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    query = select(DEVICES.c.site, DEVICES.c.last_contact_at).where(DEVICES.c.standing != "revoked")
    for site, at in connection.execute(query):
        for state in CONTACTS:
            counts.setdefault((site or "", state), 0)
        counts[site or "", judge_contact([at], now).state] += 1
    return counts


def _contacts(connection: Connection, place: Place) -> dict[str, datetime | None]:
    """When the nodes, or central, were heard of last."""
    if place.role == "node":
        query = select(PEERS.c.last_contact_at).where(PEERS.c.url == place.settings.central_url)
        return {"central": connection.execute(query).scalar()}
    rows = connection.execute(select(NODES.c.id, NODES.c.last_contact_at).where(NODES.c.standing != "revoked"))
    return {row.id: row.last_contact_at for row in rows}


def _alarms(
    connection: Connection,
    place: Place,
    items: Mapping[str, int],
    forward: Mapping[str, int],
    tablets: Mapping[tuple[str, str], int],
) -> dict[str, int]:
    """What needs a person: 1, or of how many."""
    compared = read_compared(connection).values()
    peer = select(PEERS.c.alarm).where(PEERS.c.url == place.settings.central_url)
    return {
        **dict.fromkeys(ALARMS, 0),
        **{state: items[state] for state in ("conflict", "quarantined", "waiting")},
        "gone": sum(each.lost for each in compared),
        "differed": sum(each.found for each in compared),
        "silent_tablets": sum(count for (_, state), count in tablets.items() if state != "recent"),
        "set_aside": forward.get("set_aside", 0),
        "central": int(connection.execute(peer).scalar() is not None),
    }


def _silent(times: Iterable[datetime | None], now: datetime) -> int:
    return sum(judge_contact([at], now).state != "recent" for at in times)


def _age(at: datetime | None, now: datetime) -> float | None:
    """Seconds since; a time in the future is now."""
    return None if at is None else max(0.0, (now - at).total_seconds())
