"""What a place knows of those who sign: read in the writer's transaction, where an item's fate is decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, case, func, insert, select, update

from server.storage.carriers import Device, DeviceInterviewer, Node
from server.storage.items import IntakeKey, Item
from sync.envelope.cover import Cover

DEVICES = cast("Table", Device.__table__)
DEVICE_INTERVIEWERS = cast("Table", DeviceInterviewer.__table__)
NODES = cast("Table", Node.__table__)
INTAKE_KEYS = cast("Table", IntakeKey.__table__)
ITEMS = cast("Table", Item.__table__)

COVER_ALLOWANCE = 4096
"""What an item costs beside its body, in bytes, when quotas are counted."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A device or node that signs covers. ``standing``: introduced or revoked; an unknown one is not known here."""

    standing: str
    sites: tuple[str, ...]
    interviewers: frozenset[str]


_DEVICES = (
    select(DEVICES.c.id, DEVICES.c.standing, DEVICES.c.site, DEVICES.c.interviewer, DEVICE_INTERVIEWERS.c.interviewer)
    .outerjoin(DEVICE_INTERVIEWERS, DEVICE_INTERVIEWERS.c.device == DEVICES.c.id)
    .where(DEVICES.c.id.in_(bindparam("ids", expanding=True)), DEVICES.c.standing != "unknown")
)
_KEYS = select(INTAKE_KEYS.c.key, INTAKE_KEYS.c.device).where(INTAKE_KEYS.c.key.in_(bindparam("keys", expanding=True)))
KEYS_REMEMBERED = 10_000


def known_devices(connection: Connection, ids: Collection[str]) -> dict[str, Signer]:
    """The introduced and the revoked among these devices."""
    known: dict[str, Signer] = {}
    people: dict[str, set[str]] = {}
    for id_, standing, site, *interviewers in connection.execute(_DEVICES, {"ids": list(ids)}):
        people.setdefault(id_, set()).update(each for each in interviewers if each is not None)
        known[id_] = Signer(standing, (site,), frozenset(people[id_]))
    return known


def add_interviewer(
    connection: Connection, device: str, interviewer: str, encryption_key: bytes | None, now: datetime
) -> None:
    """Note that somebody collects with a device. New keys make what was kept for older ones worthless."""
    row = (DEVICE_INTERVIEWERS.c.device == device) & (DEVICE_INTERVIEWERS.c.interviewer == interviewer)
    known = connection.execute(select(DEVICE_INTERVIEWERS.c.encryption_key).where(row)).first()
    values: dict[str, object] = {"encryption_key": encryption_key, "recovery": None}
    if known is None:
        values |= {"device": device, "interviewer": interviewer, "since": now}
        connection.execute(insert(DEVICE_INTERVIEWERS).values(values))
    elif encryption_key is not None and known.encryption_key != encryption_key:
        connection.execute(update(DEVICE_INTERVIEWERS).where(row).values(values))


def interviewer_key(connection: Connection, device: str, interviewer: str) -> bytes | None:
    """The public encryption key that an interviewer has on a device; None where nothing is known of one."""
    row = (DEVICE_INTERVIEWERS.c.device == device) & (DEVICE_INTERVIEWERS.c.interviewer == interviewer)
    return connection.execute(select(DEVICE_INTERVIEWERS.c.encryption_key).where(row)).scalar()


def known_nodes(connection: Connection, ids: Collection[str]) -> dict[str, Signer]:
    """The introduced and the revoked among these nodes."""
    query = select(NODES.c.id, NODES.c.standing, NODES.c.sites).where(NODES.c.id.in_(ids))
    return {id_: Signer(standing, tuple(sites), frozenset()) for id_, standing, sites in connection.execute(query)}


class KeyOwners:
    """The device that each intake key was made for, remembered: that never changes. Central only; one thread."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def owners(self, connection: Connection, keys: Collection[str]) -> dict[str, str]:
        """The owners of these keys; unknown keys are left out, and asked for again the next time."""
        missing = [key for key in keys if key not in self._known]
        if missing:
            if len(self._known) > KEYS_REMEMBERED:
                self._known.clear()
                missing = list(keys)
            self._known.update((row.key, row.device) for row in connection.execute(_KEYS, {"keys": missing}))
        return {key: self._known[key] for key in keys if key in self._known}


def note_unknown_devices(connection: Connection, covers: Mapping[str, Cover], now: datetime) -> None:
    """List devices that are met for the first time, by one of their covers, so that a person can introduce them."""
    known = set(connection.execute(select(DEVICES.c.id).where(DEVICES.c.id.in_(covers))).scalars())
    rows = [
        {
            "id": id_,
            "standing": "unknown",
            "key": cover.signature_key,
            "site": cover.site,
            "interviewer": cover.interviewer,
            "first_seen_at": now,
        }
        for id_, cover in covers.items()
        if id_ not in known and cover.taken_in_by.kind == "device"
    ]
    if rows:
        connection.execute(insert(DEVICES), rows)


def judge(cover: Cover, signer: Signer | None, key_owners: dict[str, str] | None) -> str | None:
    """Why an item of a known signer is kept apart: an error code, or None where nothing is against it.

    ``key_owners`` is None at a node, which does not judge keys. For an unknown signer (None) there is no code:
    its items wait.
    """
    if signer is None:
        return None
    by_node = cover.taken_in_by.kind == "node"
    if signer.standing != "introduced":
        return "node.revoked" if by_node else "device.revoked"
    if cover.site not in signer.sites:
        return "node.site_differs" if by_node else "device.site_differs"
    if not by_node and cover.interviewer not in signer.interviewers:
        return "device.interviewer_differs"
    if key_owners is not None:
        owners = {key_owners.get(stanza.key) for stanza in cover.recipients} - {None}
        if not owners or (not by_node and cover.device not in owners):
            return "envelope.recipient.unknown_key"
    return None


def kept_bytes(connection: Connection, state: str | None, signer: str | None) -> int:
    """Bytes that items take, of one state and of one signer where given, counted for quotas."""
    body = case((ITEMS.c.pruned_at.is_(None), ITEMS.c.body_size), else_=0)
    query = select(func.coalesce(func.sum(body + COVER_ALLOWANCE), 0))
    if state is not None:
        query = query.where(ITEMS.c.state == state)
    if signer is not None:
        query = query.where(ITEMS.c.signer == signer)
    return int(connection.execute(query).scalar_one())
