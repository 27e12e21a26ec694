"""Tombstones: items whose bytes were pruned. Their rows stay, so that nothing is stored twice or forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from server.services.collect.receipts import ITEMS
from server.storage.blobs import Blobs
from sync.protocol import Offered

GONE_SHOWN = 100
_TO_CONFIRM: Final = ("queued", "sent", "set_aside")


def has_bytes() -> ColumnElement[bool]:
    """Whether the bytes of a row of ``item`` are to be found, in the row or as a blob."""
    return ITEMS.c.pruned_at.is_(None)


def wanted_back() -> ColumnElement[bool]:
    """Whether the bytes of a row are gone and central has not said, in its present epoch, that it holds them.

    Whoever still has them is asked for them: central may have been restored from too old a backup.
    """
    return ~has_bytes() & ITEMS.c.forward.in_(("queued", "set_aside"))


def unconfirmed(connection: Connection, limit: int, after: str) -> Sequence[Offered]:
    """Tombstones of which central, in its present epoch, has not said that it holds them; by hash."""
    query = (
        select(ITEMS.c.instance, ITEMS.c.part, ITEMS.c.hash, ITEMS.c.body_size)
        .where(~has_bytes(), ITEMS.c.forward.in_(_TO_CONFIRM), ITEMS.c.hash > after)
        .order_by(ITEMS.c.hash)
    )
    return [Offered(*row) for row in connection.execute(query.limit(limit))]


def count_unconfirmed(connection: Connection) -> int:
    """How many tombstones there are of which central has not said since its last restore that it holds them."""
    query = select(func.count()).select_from(ITEMS).where(~has_bytes(), ITEMS.c.forward.in_(_TO_CONFIRM))
    return int(connection.execute(query).scalar_one())


def gone(connection: Connection) -> list[str]:
    """What central wants and nobody here has any more, at most ``GONE_SHOWN`` as ``instance/part``."""
    query = select(ITEMS.c.instance, ITEMS.c.part).where(~has_bytes(), ITEMS.c.forward == "set_aside")
    rows = connection.execute(query.order_by(ITEMS.c.id).limit(GONE_SHOWN))
    return [f"{row.instance}/{row.part}" for row in rows]


def remove_unneeded(connection: Connection, blobs: Blobs, names: Collection[str]) -> int:
    """Remove the blobs among these that no row needs; returns how many files went.

    An operation of the writer: intake names a blob in such an operation too, and sees there that it is gone. What is
    removed was committed as a tombstone before, so a crash leaves a file too many and never one too few.
    """
    needs = select(ITEMS.c.body_hash).where(ITEMS.c.body.is_(None), has_bytes(), ITEMS.c.body_hash.in_(names))
    needed = set(connection.execute(needs).scalars())
    unneeded = [name for name in names if name not in needed and blobs.exists(name)]
    for name in unneeded:
        blobs.remove(name)
    return len(unneeded)
