"""What a node does when the feed says something: who is introduced, who is revoked, which nodes there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from server.services.collect.case_lists import CASES_KIND, forget_replaced, named_list
from server.services.collect.parcels import forget_parcels
from server.services.collect.release import release_waiting
from server.services.collect.standing import DEVICES, NODES, add_interviewer
from sync.envelope.encoding import from_b64u
from sync.feed import DEVICES_CHAIN, STUDY_CHAIN, Followed, device_of_chain

Body = Mapping[str, Any]


def apply_entry(connection: Connection, followed: Followed, now: datetime) -> None:
    """Do what a verified entry says. An entry of a kind that is not known here, or in a foreign chain, is only kept."""
    entry = followed.entry
    action = _ACTIONS.get((STUDY_CHAIN if entry.chain == STUDY_CHAIN else DEVICES_CHAIN, entry.kind))
    if entry.chain in (STUDY_CHAIN, DEVICES_CHAIN):
        if action is not None:
            action(connection, entry.body, now)
    elif entry.kind == "certificate" and entry.body.get("device") == device_of_chain(entry.chain):
        _certificate(connection, entry.body, now)
    elif entry.kind == CASES_KIND and (named := named_list(entry.body)) is not None:
        forget_replaced(connection, device_of_chain(entry.chain) or "", keep=named[1])


def _put_device(connection: Connection, device: str, now: datetime, **values: object) -> None:
    if connection.execute(update(DEVICES).where(DEVICES.c.id == device).values(**values)).rowcount == 0:
        connection.execute(
            insert(DEVICES).values(**{"standing": "unknown", "id": device, "first_seen_at": now, **values})
        )


def _introduction(connection: Connection, body: Body, now: datetime) -> None:
    device = body["device"]
    _put_device(connection, device, now, standing="introduced", site=body["site"], interviewer=body["interviewer"])
    add_interviewer(connection, device, body["interviewer"], None, now)
    release_waiting(connection, device, None, now)


def _device_revocation(connection: Connection, body: Body, now: datetime) -> None:
    device = body.get("device")
    if device is not None:
        _put_device(connection, device, now, standing="revoked")
        forget_replaced(connection, device)
        forget_parcels(connection, device)
        release_waiting(connection, device, None, now)


def _certificate(connection: Connection, body: Body, now: datetime) -> None:
    encryption_key = body["encryption_key"]
    _put_device(
        connection,
        body["device"],
        now,
        key=from_b64u(body["key"]),
        encryption_key=from_b64u(encryption_key) if encryption_key else None,
        name=body["name"],
    )


def _node(connection: Connection, body: Body, now: datetime) -> None:
    values = {"standing": "introduced", "key": from_b64u(body["key"]), "url": body["url"], "sites": body["sites"]}
    known = connection.execute(select(NODES.c.id).where(NODES.c.id == body["id"])).first()
    if known is None:
        connection.execute(insert(NODES).values(id=body["id"], name=body["url"], joined_at=now, **values))
    else:
        connection.execute(update(NODES).where(NODES.c.id == body["id"]).values(**values))


def _node_revocation(connection: Connection, body: Body, _now: datetime) -> None:
    node = body.get("node")
    if node is not None:
        connection.execute(update(NODES).where(NODES.c.id == node).values(standing="revoked"))


_ACTIONS: Final[Mapping[tuple[str, str], Callable[[Connection, Body, datetime], None]]] = {
    (DEVICES_CHAIN, "introduction"): _introduction,
    (DEVICES_CHAIN, "revocation"): _device_revocation,
    (STUDY_CHAIN, "node"): _node,
    (STUDY_CHAIN, "revocation"): _node_revocation,
}
