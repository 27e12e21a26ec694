"""Finding an interview again by the code on the respondent's card: for questions, withdrawal or erasure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Table, func, or_, select

from server.errors.error import CodedError
from server.export.records import PAGE, UNFINISHED, Opener, raise_if_fatal
from server.place import Place
from server.storage.checkpoints import is_last_checkpoint
from server.storage.items import Item
from server.vault.client import Grant, VaultClient
from sync.envelope.card import read_card_code
from sync.envelope.cover import RECORD_PART
from sync.errors import EnvelopeError

_ITEMS = cast("Table", Item.__table__)
_COLUMNS = ("instance", "form", "site", "device", "interviewer", "finished_at", "purpose", "state", "replaces")


@dataclass(frozen=True, slots=True)
class Found:
    """An interview whose record names the code. Nothing of what was answered."""

    instance: str
    form: str
    site: str
    device: str
    interviewer: str
    finished_at: str
    purpose: str
    state: str
    outcome: str
    """``complete``, ``partial``, ``refused``; ``unfinished``: known from a checkpoint alone."""
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """What a search gave: in the order of arrival; ``unreadable`` records may hold the code as well."""

    found: tuple[Found, ...]
    opened: int
    unreadable: int


def find_card(place: Place, vault: VaultClient, grant: Grant, typed: str) -> Search:
    """All interviews with the code, as a person typed it. Opens every record, one at a time; each opening is audited.

    The code stands in the sealed record and nowhere else, so there is no quicker way that would not tell more.
    Raises ``CodedError``: ``card.malformed``, ``export.role``, ``vault.*``.
    """
    code = read_card_code(typed)
    if code is None:
        raise CodedError("card.malformed")
    if place.role != "central":
        raise CodedError("export.role")
    opener = Opener(place, vault, grant)
    found: list[Found] = []
    opened = unreadable = 0
    for row in _rows(place):
        try:
            document = opener.record(row.id)
        except (CodedError, EnvelopeError) as error:
            raise_if_fatal(error)
            unreadable += 1
            continue
        opened += 1
        if document.card == code:
            outcome = document.outcome if row.part == RECORD_PART else UNFINISHED
            values = {name: getattr(row, name) for name in _COLUMNS}
            found.append(Found(**values, outcome=outcome.kind))
    return Search(tuple(found), opened, unreadable)


def _rows(place: Place) -> Iterator[Row[Any]]:
    """Records in whatever state, and the last checkpoints of interviews without one, in the order of their arrival."""
    chosen = or_(_ITEMS.c.part == RECORD_PART, is_last_checkpoint())
    columns = [_ITEMS.c[name] for name in ("id", "part", *_COLUMNS)]
    with place.engine.connect() as connection:
        highest = connection.execute(select(func.max(_ITEMS.c.id)).where(chosen)).scalar() or 0
    last = 0
    while last < highest:
        query = select(*columns).where(chosen, _ITEMS.c.id > last, _ITEMS.c.id <= highest)
        with place.engine.connect() as connection:
            rows = connection.execute(query.order_by(_ITEMS.c.id).limit(PAGE)).all()
        yield from rows
        last = rows[-1].id if rows else highest
