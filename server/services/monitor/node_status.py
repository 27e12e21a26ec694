"""What a node says of itself on its own page: counts and times, nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from server.place import Place
from server.services.collect.holdings import newest_result
from server.services.monitor.bundled import Bundled, read_bundled
from server.services.monitor.compared import CarrierCompared, read_compared
from server.services.monitor.contact import Contact, judge_contact
from server.services.monitor.study import Site, read_study
from server.services.monitor.uplink import HeldBack, read_held_back
from server.storage.carriers import Device, Peer
from server.storage.items import Item
from sync.reconciling import Found, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """``held``: items whose bytes are kept here; ``forwarded`` of them: central has given a receipt; ``pruned``: items
    whose bytes went because central holds them durably. ``free``: bytes on the disk.
    """

    node: str
    study: str
    sites: tuple[Site, ...]
    held: int
    forwarded: int
    pruned: int
    set_aside: int
    devices: int
    contact: Contact
    problem: str | None
    alarm: str | None
    compared_at: datetime | None
    """When this node and central compared last what they hold; null before the first time."""
    compared: Result | None
    bundled: Bundled
    alarming: tuple[Found, ...]
    """What that comparison found and could not heal."""
    tablets: tuple[CarrierCompared, ...]
    """What tablets found that this node lacks, or has and they do not know."""
    healed: tuple[Found, ...]
    """What central lacked and was delivered again."""
    uplink: HeldBack
    free: int
    free_kept: int
    at: datetime


def read_node_status(place: Place) -> NodeStatus:
    """Count what this node holds and read how its last contact with central went."""
    with place.engine.connect() as connection:
        kept = select(Item.forward, func.count().label("items")).where(Item.pruned_at.is_(None))
        rows = connection.execute(kept.group_by(Item.forward))
        forward = {row.forward: int(row.items) for row in rows}
        every = connection.execute(select(func.count()).select_from(Item)).scalar_one()
        devices = connection.execute(select(func.count()).select_from(Device)).scalar_one()
        peer = connection.execute(
            select(Peer.last_contact_at, Peer.problem, Peer.alarm)
            .order_by(Peer.last_contact_at.desc().nulls_last())
            .limit(1)
        ).one_or_none()
        bundled = read_bundled(connection, place.settings.central_url)
        uplink = read_held_back(place, connection)
        tablets = tuple(read_compared(connection).values())
        compared_at, compared = newest_result(connection) or (None, None)
    found = compared.found if compared is not None else ()
    now = place.now()
    titles = {each.id: each for each in read_study(place).sites}
    return NodeStatus(
        node=place.settings.node,
        study=place.settings.study,
        sites=tuple(titles.get(each) or Site(each, "unlisted", {}) for each in place.settings.sites),
        held=sum(forward.values()),
        forwarded=forward.get("receipted", 0),
        pruned=every - sum(forward.values()),
        set_aside=forward.get("set_aside", 0),
        devices=devices,
        contact=judge_contact([peer.last_contact_at if peer is not None else None], now),
        problem=peer.problem if peer is not None else None,
        alarm=peer.alarm if peer is not None else None,
        compared_at=compared_at,
        compared=compared,
        bundled=bundled,
        alarming=tuple(each for each in found if each.kind in ("lost", "surplus")),
        tablets=tuple(each for each in tablets if each.found or each.lost),
        healed=tuple(each for each in found if each.kind in ("missing", "again")),
        uplink=uplink,
        free=shutil.disk_usage(place.settings.place).free,
        free_kept=place.settings.free_space_kept,
        at=now,
    )
