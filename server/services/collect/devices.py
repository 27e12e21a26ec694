"""Devices: introduced, revoked and listed. What is decided here at central flows down in the signed feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from server.errors.error import CodedError
from server.services.collect.case_lists import forget_lists, publish_lists
from server.services.collect.feed import Feed
from server.services.collect.parcels import forget_parcels
from server.services.collect.receipts import ITEMS, ReceiptBook
from server.services.collect.release import release_waiting
from server.services.collect.standing import DEVICE_INTERVIEWERS, DEVICES, INTAKE_KEYS, add_interviewer
from server.services.collect.vaultkeys import MadeIntakeKey
from sync.envelope.encoding import b64u
from sync.feed import DEVICES_CHAIN, device_chain


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What central certifies of a device. ``encryption_key`` is None for a device that never enrolled by a link.

    ``recovery_key`` is the study's public key, to which the device seals what opens a forgotten PIN.
    """

    id: str
    site: str
    interviewer: str
    name: str
    key: bytes
    encryption_key: bytes | None = None
    recovery_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device in the list: how it stands, who collects with it (by comma), and how many items are kept, by state."""

    id: str
    standing: str
    name: str | None
    site: str | None
    interviewer: str | None
    last_contact_at: datetime | None
    app_version: str | None
    counts: Mapping[str, Any] | None
    items: Mapping[str, int]


def standing_of(connection: Connection, device: str) -> str:
    """``introduced``, ``revoked`` or ``unknown``."""
    return connection.execute(select(DEVICES.c.standing).where(DEVICES.c.id == device)).scalar() or "unknown"


def has_intake_key(connection: Connection, device: str) -> bool:
    """Whether an intake key was made for the device. Central only."""
    return connection.execute(select(INTAKE_KEYS.c.key).where(INTAKE_KEYS.c.device == device)).first() is not None


def introduce(
    connection: Connection,
    feed: Feed,
    book: ReceiptBook,
    facts: DeviceFacts,
    intake_key: MadeIntakeKey | None,
    now: datetime,
) -> int:
    """Introduce a device at central: certificate, intake key and introduction go into the feed, what waited is decided.

    Call it as an operation of the writer; all of it happens or nothing. Returns how many items had waited.
    Raises ``CodedError``: ``device.revoked``, ``device.introduced_already``.
    """
    standing = standing_of(connection, facts.id)
    if standing == "revoked":
        raise CodedError("device.revoked", device=facts.id)
    if standing == "introduced":
        raise CodedError("device.introduced_already", device=facts.id)
    values = {
        "standing": "introduced",
        "key": facts.key,
        "encryption_key": facts.encryption_key,
        "name": facts.name,
        "site": facts.site,
        "interviewer": facts.interviewer,
    }
    if connection.execute(update(DEVICES).where(DEVICES.c.id == facts.id).values(**values)).rowcount == 0:
        connection.execute(insert(DEVICES).values(id=facts.id, first_seen_at=now, **values))
    add_interviewer(connection, facts.id, facts.interviewer, facts.encryption_key, now)
    certificate: dict[str, object] = {
        "device": facts.id,
        "key": b64u(facts.key),
        "encryption_key": b64u(facts.encryption_key) if facts.encryption_key else None,
        "site": facts.site,
        "interviewer": facts.interviewer,
        "name": facts.name,
    }
    if facts.recovery_key is not None:
        certificate["recovery_key"] = b64u(facts.recovery_key)
    feed.append(connection, device_chain(facts.id), "certificate", certificate)
    if intake_key is not None:
        add_intake_key(connection, feed, facts.id, intake_key)
    publish_lists(connection, feed, facts.id)
    introduction = {"device": facts.id, "site": facts.site, "interviewer": facts.interviewer}
    feed.append(connection, DEVICES_CHAIN, "introduction", introduction)
    return release_waiting(connection, facts.id, book, now)


def introduce_further(connection: Connection, feed: Feed, book: ReceiptBook, facts: DeviceFacts, now: datetime) -> int:
    """Introduce a further interviewer of an introduced device, who has an encryption key of their own on it.

    Call it as an operation of the writer. Returns how many items had waited. Raises ``CodedError``:
    ``enrolment.site`` where the device works at another site.
    """
    site = connection.execute(select(DEVICES.c.site).where(DEVICES.c.id == facts.id)).scalar()
    if site != facts.site:
        raise CodedError("enrolment.site", device=facts.id, site=site or "")
    add_interviewer(connection, facts.id, facts.interviewer, facts.encryption_key, now)
    body: dict[str, object] = {
        "device": facts.id,
        "interviewer": facts.interviewer,
        "encryption_key": b64u(facts.encryption_key or b""),
        "recovery_key": b64u(facts.recovery_key or b""),
    }
    feed.append(connection, device_chain(facts.id), "interviewer", body)
    publish_lists(connection, feed, facts.id)
    introduction = {"device": facts.id, "site": facts.site, "interviewer": facts.interviewer}
    feed.append(connection, DEVICES_CHAIN, "introduction", introduction)
    return release_waiting(connection, facts.id, book, now)


def add_intake_key(connection: Connection, feed: Feed, device: str, made: MadeIntakeKey) -> None:
    """Store an intake key of a device as its next period and announce it. Call it as an operation of the writer."""
    highest = connection.execute(select(func.max(INTAKE_KEYS.c.period)).where(INTAKE_KEYS.c.device == device)).scalar()
    period = (highest or 0) + 1
    connection.execute(
        insert(INTAKE_KEYS).values(
            key=made.key, device=device, period=period, public=made.public, sealed_private=made.sealed_private
        )
    )
    body = {"device": device, "key": made.key, "period": period, "public": b64u(made.public)}
    feed.append(connection, device_chain(device), "intake_key", body)


def revoke(connection: Connection, feed: Feed, book: ReceiptBook, device: str, reason: str) -> int:
    """Revoke a device at central: what comes from now on is quarantined, what is held stays.

    Call it as an operation of the writer. Returns how many items had waited. Raises ``CodedError``:
    ``device.unknown``, ``device.revoked``.
    """
    row = connection.execute(select(DEVICES.c.standing).where(DEVICES.c.id == device)).first()
    if row is None:
        raise CodedError("device.unknown", device=device)
    if row.standing == "revoked":
        raise CodedError("device.revoked", device=device)
    connection.execute(update(DEVICES).where(DEVICES.c.id == device).values(standing="revoked"))
    body = {"device": device, "reason": reason}
    feed.append(connection, DEVICES_CHAIN, "revocation", body)
    feed.append(connection, device_chain(device), "revocation", body)
    forget_lists(connection, device)
    forget_parcels(connection, device)
    return release_waiting(connection, device, book, feed.now)


def known_key(connection: Connection, device: str) -> bytes | None:
    """The signing key that a device showed here in a hello or a cover, or None."""
    return connection.execute(select(DEVICES.c.key).where(DEVICES.c.id == device)).scalar()


def list_devices(connection: Connection) -> list[DeviceLine]:
    """All devices of which this place has heard, by site, interviewer and id."""
    counted: dict[str, dict[str, int]] = {}
    query = select(ITEMS.c.signer, ITEMS.c.state, func.count()).group_by(ITEMS.c.signer, ITEMS.c.state)
    for signer, state, number in connection.execute(query):
        counted.setdefault(signer, {})[state] = number
    people: dict[str, list[str]] = {}
    for device, interviewer in connection.execute(
        select(DEVICE_INTERVIEWERS.c.device, DEVICE_INTERVIEWERS.c.interviewer).order_by(DEVICE_INTERVIEWERS.c.since)
    ):
        people.setdefault(device, []).append(interviewer)
    rows = connection.execute(select(DEVICES).order_by(DEVICES.c.site, DEVICES.c.interviewer, DEVICES.c.id))
    return [
        DeviceLine(
            id=row.id,
            standing=row.standing,
            name=row.name,
            site=row.site,
            interviewer=", ".join(people.get(row.id, ())) or row.interviewer,
            last_contact_at=row.last_contact_at,
            app_version=row.app_version,
            counts=row.counts,
            items=counted.get(row.id, {}),
        )
        for row in rows
    ]
