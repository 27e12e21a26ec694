"""What is sent back, and to whom: the newest version of a record, and an encryption key that central certified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from server.errors.error import CodedError
from server.services.collect.devices import standing_of
from server.services.collect.standing import DEVICE_INTERVIEWERS, ITEMS, interviewer_key
from server.storage.checkpoints import is_last_checkpoint
from server.storage.returns import takes_the_place_of
from sync.envelope.cover import RECORD_PART

MOST_VERSIONS = 1000
_COLUMNS = [
    ITEMS.c[name]
    for name in ("id", "instance", "part", "device", "signer", "interviewer", "form", "form_version", "purpose")
]


@dataclass(frozen=True, slots=True)
class Recipient:
    """An interviewer on a device, with the public encryption key that central certified."""

    device: str
    interviewer: str
    key: bytes


def newest_version(connection: Connection, instance: str) -> Row[Any]:
    """The held record that is the newest version of an instance, which may be any of its versions.

    Raises ``CodedError``: ``return.unknown``; ``return.unfinished`` where only a checkpoint is here.
    """
    query = select(*_COLUMNS).where(ITEMS.c.part == RECORD_PART, ITEMS.c.state == "held")
    found = connection.execute(query.where(ITEMS.c.instance == instance)).first()
    if found is None:
        code = "return.unknown" if last_checkpoint(connection, instance) is None else "return.unfinished"
        raise CodedError(code, instance=instance)
    older = ITEMS.alias()
    for _ in range(MOST_VERSIONS):
        later = (
            select(*_COLUMNS)
            .select_from(ITEMS)
            .join(older, takes_the_place_of(ITEMS, older))
            .where(older.c.id == found.id)
            .order_by(ITEMS.c.id.desc())
        )
        newer = connection.execute(later.limit(1)).first()
        if newer is None:
            break
        found = newer
    return found


def last_checkpoint(connection: Connection, instance: str) -> Row[Any] | None:
    """The last checkpoint of an interview whose record is not here."""
    query = select(*_COLUMNS).where(ITEMS.c.instance == instance, is_last_checkpoint())
    return connection.execute(query.order_by(ITEMS.c.id.desc()).limit(1)).first()


def recipient_of(connection: Connection, made: Row[Any], device: str | None, interviewer: str | None) -> Recipient:
    """Who gets it: whoever made it, or somebody else, who is named, on this tablet or another one of the study.

    Raises ``CodedError``: ``device.unknown``, ``return.device.revoked``, ``return.interviewer`` where whoever made it
    is not on that tablet and nobody is named, ``return.key.missing`` where the person has no encryption key there.
    """
    chosen = device or made.device
    standing = standing_of(connection, chosen)
    if standing == "unknown":
        raise CodedError("device.unknown", device=chosen)
    if standing == "revoked":
        raise CodedError("return.device.revoked", device=chosen)
    query = select(DEVICE_INTERVIEWERS.c.interviewer).where(DEVICE_INTERVIEWERS.c.device == chosen)
    people = sorted(connection.execute(query).scalars())
    person = interviewer or (made.interviewer if made.interviewer in people else None)
    if person is None:
        # Also where one person alone works on it: answers are shown to nobody else unasked.
        raise CodedError("return.interviewer", device=chosen, made=made.interviewer, known=", ".join(people))
    key = interviewer_key(connection, chosen, person)
    if key is None:
        raise CodedError("return.key.missing", device=chosen, interviewer=person)
    return Recipient(chosen, person, key)
