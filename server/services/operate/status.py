"""How a place stands, as ``feldbuch status`` tells it: counts, numbers, times. Nothing that was answered."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import InstrumentedAttribute

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.holdings import newest_result
from server.services.collect.tombstones import count_unconfirmed, gone
from server.services.monitor.arrivals import newest_mark
from server.services.monitor.bundled import Bundled, read_bundled
from server.services.monitor.compared import read_compared
from server.services.monitor.contact import judge_contact
from server.services.monitor.reports import read_report
from server.services.monitor.safety import judge_safety
from server.services.monitor.uplink import read_held_back
from server.storage.carriers import Device, Node, Peer
from server.storage.items import Epoch, Item, ReceiptRow
from server.vault.address import SOCKET_FILE
from server.vault.client import VaultClient
from server.version import __version__
from sync.reconciling import Result

STATES = ("held", "waiting", "quarantined", "conflict", "aside")
FORWARDS = ("queued", "sent", "receipted", "set_aside")
VAULT_SECONDS = 5.0


def read_status(place: Place) -> dict[str, Any]:
    """The status as a document for JSON; deploy/docs/commands.md names its keys. Times are in UTC."""
    settings = place.settings
    with place.engine.connect() as connection:
        own = _central(place, connection) if place.role == "central" else _node(place, connection)
    return {
        "role": place.role,
        "id": place.id,
        "study": settings.study,
        "url": settings.url,
        "version": __version__,
        "at": _time(place.now()),
        "free_bytes": shutil.disk_usage(settings.place).free,
        **own,
    }


def _central(place: Place, connection: Connection) -> dict[str, Any]:
    now = place.now()
    epoch = connection.execute(select(Epoch.epoch).order_by(Epoch.id.desc()).limit(1)).scalar()
    seq = connection.execute(select(func.max(ReceiptRow.seq)).where(ReceiptRow.epoch == epoch)).scalar()
    mark = newest_mark(connection)
    safety = judge_safety(connection, place.settings, now)
    return {
        "items": _counts(connection, Item.state, STATES),
        "epoch": epoch,
        "seq": seq or 0,
        "durable_seq": mark.durable_seq if mark is not None and mark.epoch == epoch else 0,
        "backup": {
            "target": place.settings.backup_target or None,
            "last_finished_at": _time(safety.last_finished_at),
            "worry": safety.worry,
            "problem": safety.problem,
        },
        "vault": vault_state(place),
        "compared": [{**asdict(each), "at": _time(each.at)} for each in read_compared(connection).values()],
        "devices": [
            {
                "id": row.id,
                "name": row.name,
                "site": row.site,
                "standing": row.standing,
                **_contact(row.last_contact_at, now),
                **_told(row),
            }
            for row in connection.execute(
                select(
                    Device.id, Device.name, Device.site, Device.standing, Device.last_contact_at, *_told_by(Device)
                ).order_by(Device.site, Device.id)
            )
        ],
        "nodes": [
            {
                "id": row.id,
                "name": row.name,
                "sites": row.sites,
                "standing": row.standing,
                **_contact(row.last_contact_at, now),
                **_told(row),
            }
            for row in connection.execute(
                select(Node.id, Node.name, Node.sites, Node.standing, Node.last_contact_at, *_told_by(Node)).order_by(
                    Node.name
                )
            )
        ],
    }


def _node(place: Place, connection: Connection) -> dict[str, Any]:
    columns = (Peer.last_contact_at, Peer.last_try_at, Peer.problem, Peer.alarm)
    peer = connection.execute(select(*columns).where(Peer.url == place.settings.central_url)).one_or_none()
    return {
        "items": _counts(connection, Item.state, STATES),
        "forward": _counts(connection, Item.forward, FORWARDS),
        "pruned": connection.execute(select(func.count()).where(Item.pruned_at.is_not(None))).scalar_one(),
        "pruned_unconfirmed": count_unconfirmed(connection),
        "gone": gone(connection),
        "central": {
            "url": place.settings.central_url,
            **_contact(peer.last_contact_at if peer is not None else None, place.now()),
            "last_try_at": _time(peer.last_try_at if peer is not None else None),
            "problem": peer.problem if peer is not None else None,
            "alarm": peer.alarm if peer is not None else None,
        },
        "uplink": read_held_back(place, connection).json(),
        "compared": _compared(newest_result(connection)),
        "bundles": _bundles(read_bundled(connection, place.settings.central_url)),
    }


def _bundles(bundled: Bundled) -> dict[str, Any]:
    return {
        "unconfirmed": bundled.unconfirmed,
        "written_at": _time(bundled.written_at),
        "read_at": _time(bundled.read_at),
    }


def _compared(newest: tuple[datetime, Result] | None) -> dict[str, Any] | None:
    if newest is None:
        return None
    at, result = newest
    return {"at": _time(at), **result.json(), "alarm": result.alarm}


def vault_state(place: Place) -> str:
    """``unlocked``, ``locked``, or ``unreachable`` where no vault answers."""
    try:
        status = VaultClient(place.settings.vault / SOCKET_FILE, VAULT_SECONDS).status()
    except CodedError:
        return "unreachable"
    return "unlocked" if status.unlocked else "locked"


def _counts(connection: Connection, column: Any, names: tuple[str, ...]) -> dict[str, int]:  # noqa: ANN401
    found = {row[0]: int(row[1]) for row in connection.execute(select(column, func.count()).group_by(column))}
    return {name: found.get(name, 0) for name in names}


def _contact(at: datetime | None, now: datetime) -> dict[str, str | None]:
    return {"contact": judge_contact([at], now).state, "last_contact_at": _time(at)}


def _told_by(carrier: type[Device | Node]) -> tuple[InstrumentedAttribute[Any], ...]:
    return carrier.app_version, carrier.clock_ahead, carrier.counts


def _told(row: Any) -> dict[str, Any]:  # noqa: ANN401
    """What a tablet or node said of itself when it was last heard of; null where it said nothing."""
    report = read_report(row.counts)
    told: dict[str, Any] = {"app_version": row.app_version, "clock_ahead": row.clock_ahead, "report": None}
    if report is not None:
        told["report"] = {**asdict(report), "oldest_unsent": _time(report.oldest_unsent)}
    return told


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
