"""Settling: a person at central decides of what is kept apart, a quarantine or a conflict. Nothing is deleted.

An item that is **used** is held and counts; whatever counted under its name until then is set aside, and for a record
every file of another tablet's. One that is set **aside** stays as it is, sealed and in every backup, counts for nothing
and is in no export; it can be used later. Files that come after their record was set aside are so too (``siblings``).
Either way central holds it, so its carriers get a receipt that says so, and need not keep it for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from server.errors.error import CodedError
from server.services.collect.changes import change_state
from server.services.collect.receipts import ITEMS, RECEIPTS, ReceiptBook, current_epoch, decided
from server.services.collect.standing import KeyOwners
from server.storage.bulk import insert_rows
from server.storage.settlements import SETTLEMENTS
from sync.envelope.cover import RECORD_PART, holds_record, parse_cover

Decision = Literal["held", "aside"]
APART = ("quarantined", "conflict")
REASON_AT_MOST = 500
BY_AT_MOST = 100
LEAST_LETTERS = 8
"""Of a hash that a person types."""

ItemRow = Row[Any]
_COLUMNS = [ITEMS.c[name] for name in ("id", "hash", "instance", "part", "signer", "state", "cover")]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person decided: the first letters of an item's hash, what is to become of it, why, and who says so."""

    item: str
    decision: Decision
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Hashes of the items that are used or aside by this decision, and of those that had to give way."""

    items: tuple[str, ...]
    gave_way: tuple[str, ...]


def settle(connection: Connection, book: ReceiptBook, wish: Wish, now: datetime) -> Settled:
    """Decide of an item, and of what came with it: the parts of its instance by the same signer in the same state.

    Call it as an operation of the writer. Raises ``CodedError``: ``settling.reason``, ``settling.unknown``,
    ``settling.ambiguous``, ``settling.waiting``, ``settling.settled``, ``settling.unopenable``.
    """
    if not wish.reason.strip() or len(wish.reason) > REASON_AT_MOST or not 0 < len(wish.by) <= BY_AT_MOST:
        raise CodedError("settling.reason", most=str(REASON_AT_MOST))
    named = _named(connection, wish.item)
    if named.state == "waiting":
        raise CodedError("settling.waiting", device=named.signer)
    if named.state == wish.decision or (named.state == "held" and wish.decision == "aside"):
        raise CodedError("settling.settled", item=named.hash[:12])
    group = _together(connection, named)
    if wish.decision == "held":
        _check_openable(connection, group)
    else:
        group = [*group, *_counting_parts(connection, group)]
    giving_way = _giving_way(connection, group) if wish.decision == "held" else []
    _decide(connection, giving_way, "aside", wish, now)
    _decide(connection, group, wish.decision, wish, now)
    _give_receipts(connection, book, [*giving_way, *group])
    return Settled(tuple(each.hash for each in group), tuple(each.hash for each in giving_way))


def _named(connection: Connection, letters: str) -> ItemRow:
    """The one item whose hash begins so."""
    if not LEAST_LETTERS <= len(letters) <= 64 or set(letters) - set("0123456789abcdef"):
        raise CodedError("settling.unknown", item=letters[:64])
    query = select(*_COLUMNS).where(ITEMS.c.hash >= letters, ITEMS.c.hash < letters + "g").limit(2)
    found = connection.execute(query).all()
    if not found:
        raise CodedError("settling.unknown", item=letters)
    if len(found) > 1:
        raise CodedError("settling.ambiguous", item=letters)
    return found[0]


def _together(connection: Connection, named: ItemRow) -> Sequence[ItemRow]:
    """A record without its photos would be half a decision; where it is not clear what belongs to it, it goes alone."""
    query = select(*_COLUMNS).where(
        ITEMS.c.instance == named.instance, ITEMS.c.signer == named.signer, ITEMS.c.state == named.state
    )
    found = connection.execute(query.order_by(ITEMS.c.id)).all()
    return found if len({each.part for each in found}) == len(found) else [named]


def _giving_way(connection: Connection, group: Sequence[ItemRow]) -> list[ItemRow]:
    """What counts under the names of these items as yet; with a record also the files that another signer's had."""
    names = {each.part for each in group}
    return [
        each
        for each in _counting(connection, group)
        if each.part in names
        or (RECORD_PART in names and each.signer != group[0].signer and not holds_record(each.part))
    ]


def _counting_parts(connection: Connection, group: Sequence[ItemRow]) -> list[ItemRow]:
    """The files of a record that count although it does not: under their names there was nothing else.

    Where the signer has another record that counts, they stay: they may be that one's.
    """
    own = [each for each in _counting(connection, group) if each.signer == group[0].signer]
    if all(each.part != RECORD_PART for each in group) or any(each.part == RECORD_PART for each in own):
        return []
    return [each for each in own if not holds_record(each.part)]


def _counting(connection: Connection, group: Sequence[ItemRow]) -> list[ItemRow]:
    """What counts of the instance of these items beside them."""
    own = {each.hash for each in group}
    query = select(*_COLUMNS).where(ITEMS.c.instance == group[0].instance, ITEMS.c.state == "held")
    return [each for each in connection.execute(query.order_by(ITEMS.c.id)) if each.hash not in own]


def _check_openable(connection: Connection, group: Sequence[ItemRow]) -> None:
    """What was sealed to no key of this study can be kept, and never be read."""
    keys = {each.hash: {stanza.key for stanza in parse_cover(each.cover).recipients} for each in group}
    known = KeyOwners().owners(connection, set().union(*keys.values()))
    for item_hash, own in keys.items():
        if not own & known.keys():
            raise CodedError("settling.unopenable", item=item_hash[:12])


def _decide(connection: Connection, rows: Sequence[ItemRow], after: Decision, wish: Wish, now: datetime) -> None:
    if not rows:
        return
    change_state(connection, ITEMS.c.hash.in_([each.hash for each in rows]), after, ITEMS.c.code, now)
    common = {"after": after, "reason": wish.reason.strip(), "by": wish.by, "at": now}
    insert_rows(connection, SETTLEMENTS, [{"item_hash": each.hash, "before": each.state, **common} for each in rows])


def _give_receipts(connection: Connection, book: ReceiptBook, rows: Sequence[ItemRow]) -> None:
    """A receipt ``held`` for each whose last word in the epoch in force was another."""
    epoch = current_epoch(connection)
    said: dict[str, str] = {}
    query = select(RECEIPTS.c.item_hash, RECEIPTS.c.state).where(
        RECEIPTS.c.item_hash.in_([each.hash for each in rows]), RECEIPTS.c.epoch == epoch
    )
    for row in connection.execute(query.order_by(RECEIPTS.c.seq)):
        said[row.item_hash] = row.state
    book.write(connection, [decided(parse_cover(each.cover), "held") for each in rows if said.get(each.hash) != "held"])
