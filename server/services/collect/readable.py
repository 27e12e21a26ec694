"""What a carrier may read: a device its own, a node what it relays to the devices of its sites, strangers nothing."""

from __future__ import annotations

from sqlalchemy import Connection, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.decision import Carrier
from server.services.collect.devices import standing_of
from server.services.collect.standing import DEVICES, known_nodes
from sync.feed import DEVICES_CHAIN, STUDY_CHAIN, device_chain


def need_introduced(connection: Connection, place: Place, carrier: Carrier) -> None:
    """Raise ``CodedError`` (``device.unknown``, ``device.revoked``, ``node.unknown``, ``node.revoked``) for others."""
    if carrier.kind == "node":
        node = known_nodes(connection, [carrier.id]).get(carrier.id) if place.role == "central" else None
        if node is None:
            raise CodedError("node.unknown", node=carrier.id)
        if node.standing != "introduced":
            raise CodedError("node.revoked", node=carrier.id)
        return
    standing = standing_of(connection, carrier.id)
    if standing != "introduced":
        raise CodedError(f"device.{standing}", device=carrier.id)


def readable_chains(connection: Connection, place: Place, carrier: Carrier) -> list[str]:
    """The chains that a carrier may read; a revoked device its own, so that it hears of it in central's signed word.

    Raises as ``need_introduced``.
    """
    if carrier.kind == "device" and standing_of(connection, carrier.id) == "revoked":
        return [device_chain(carrier.id)]
    need_introduced(connection, place, carrier)
    if carrier.kind == "device":
        return [STUDY_CHAIN, device_chain(carrier.id)]
    sites = known_nodes(connection, [carrier.id])[carrier.id].sites
    query = select(DEVICES.c.id).where(DEVICES.c.site.in_(sites), DEVICES.c.standing != "unknown")
    devices = connection.execute(query.order_by(DEVICES.c.id)).scalars()
    return [STUDY_CHAIN, DEVICES_CHAIN, *map(device_chain, devices)]
