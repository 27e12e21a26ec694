"""Comparing what central's or a node's database says with what lies there: every cover, every body, every receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, func, select

from server.place import Place
from server.services.collect.receipts import ITEMS, RECEIPTS
from sync.envelope.encoding import parse_canonical

Damage = Literal["cover", "body_missing", "body_changed", "item_missing"]
Told = Callable[[int, int], None]
"""Told how many items are checked, and how many there are."""

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Damaged:
    """An item that is not whole. ``item_missing``: central has signed that it holds it, and there is no row of it."""

    what: Damage
    hash: str
    instance: str
    part: str


@dataclass(frozen=True, slots=True)
class BodyCheck:
    """How many items were checked, and what is wrong with which."""

    items: int
    damaged: tuple[Damaged, ...]


def check_bodies(place: Place, told: Told | None = None) -> BodyCheck:
    """Read every item and compare its hashes. Nothing is changed; bodies are read in pieces, however large they are.

    An item whose body was pruned is not asked for one.
    """
    damaged: list[Damaged] = []
    done = 0
    with place.engine.connect() as connection:
        total = int(connection.execute(select(func.count()).select_from(ITEMS)).scalar_one())
    for row in _rows(place):
        what = _damage(place, row)
        if what is not None:
            damaged.append(Damaged(what, row.hash, row.instance, row.part))
        done += 1
        if told is not None:
            told(done, max(done, total))
    with place.engine.connect() as connection:
        damaged += _receipted_in_vain(connection)
    return BodyCheck(done, tuple(damaged))


def _rows(place: Place) -> Iterator[Any]:
    """All items, some at a time, so that no transaction stays open while large files are read."""
    columns = (ITEMS.c.id, ITEMS.c.hash, ITEMS.c.instance, ITEMS.c.part, ITEMS.c.cover, ITEMS.c.body, ITEMS.c.pruned_at)
    after = 0
    while True:
        query = select(*columns, ITEMS.c.body_hash, ITEMS.c.body_size).where(ITEMS.c.id > after)
        with place.engine.connect() as connection:
            rows = connection.execute(query.order_by(ITEMS.c.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def _damage(place: Place, row: Any) -> Damage | None:  # noqa: ANN401
    if hashlib.sha256(row.cover).hexdigest() != row.hash:
        return "cover"
    if row.pruned_at is not None:
        return None
    if row.body is not None:
        return None if hashlib.sha256(row.body).hexdigest() == row.body_hash else "body_changed"
    digest, size = hashlib.sha256(), 0
    try:
        for piece in place.blobs.read(row.body_hash):
            digest.update(piece)
            size += len(piece)
    except OSError:
        return "body_missing"
    return None if (digest.hexdigest(), size) == (row.body_hash, row.body_size) else "body_changed"


def _receipted_in_vain(connection: Connection) -> Iterator[Damaged]:
    """Items that central has given a receipt for and does not hold; the receipt itself says what they are called."""
    newest = select(func.max(RECEIPTS.c.id)).group_by(RECEIPTS.c.item_hash)
    query = (
        select(RECEIPTS.c.item_hash, RECEIPTS.c.document)
        .select_from(RECEIPTS.outerjoin(ITEMS, ITEMS.c.hash == RECEIPTS.c.item_hash))
        .where(ITEMS.c.id.is_(None), RECEIPTS.c.id.in_(newest))
        .order_by(RECEIPTS.c.id)
    )
    for item_hash, document in connection.execute(query):
        said = cast("dict[str, Any]", parse_canonical(document, "envelope.document.field"))
        yield Damaged("item_missing", item_hash, str(said["instance"]), str(said["part"]))
