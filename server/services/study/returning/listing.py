"""What became of records that were sent back: whether a corrected version has arrived. Metadata, and the comments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from server.place import Place
from server.services.collect.standing import ITEMS
from server.services.study.returning.sending import comments_name
from server.storage.returns import RETURNS, takes_the_place_of
from server.vault.client import Grant, VaultClient
from sync.envelope.cover import RECORD_PART
from sync.envelope.parcel import HAS_ISSUES, Comment


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Something that was sent back. ``answered_by``: the instance that settles it, or None while none is here."""

    id: str
    kind: str
    instance: str
    device: str
    interviewer: str
    by: str
    at: datetime
    size: int
    answered_by: str | None


def list_returns(place: Place, instance: str | None = None) -> list[ReturnLine]:
    """All that was sent back, or that of one instance, the newest first."""
    older = ITEMS.alias()
    corrected = (
        select(ITEMS.c.instance)
        .select_from(ITEMS)
        .join(older, takes_the_place_of(ITEMS, older))
        .where(older.c.instance == RETURNS.c.instance)
        .order_by(ITEMS.c.id.desc())
        .limit(1)
        .correlate(RETURNS)
        .scalar_subquery()
    )
    finished = (
        select(ITEMS.c.instance)
        .where(ITEMS.c.instance == RETURNS.c.instance, ITEMS.c.part == RECORD_PART)
        .limit(1)
        .correlate(RETURNS)
        .scalar_subquery()
    )
    query = select(RETURNS, corrected.label("corrected"), finished.label("finished"))
    if instance is not None:
        query = query.where(RETURNS.c.instance == instance)
    with place.engine.connect() as connection:
        return [
            ReturnLine(
                id=row.id,
                kind=row.kind,
                instance=row.instance,
                device=row.device,
                interviewer=row.interviewer,
                by=row.by,
                at=row.at,
                size=row.parcel_size,
                answered_by=row.corrected if row.kind == HAS_ISSUES else row.finished,
            )
            for row in connection.execute(query.order_by(RETURNS.c.at.desc(), RETURNS.c.id))
        ]


def comments_of(place: Place, vault: VaultClient, grant: Grant, return_id: str) -> list[Comment]:
    """The comments of a return, opened by the vault, whose log says so. Raises ``CodedError`` ``vault.*``."""
    with place.engine.connect() as connection:
        sealed = connection.execute(select(RETURNS.c.comments).where(RETURNS.c.id == return_id)).scalar_one()
    said = json.loads(vault.open_secret(grant, comments_name(return_id), bytes(sealed)))
    return [Comment(each["text"], each["path"]) for each in said["comments"]]
