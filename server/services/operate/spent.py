"""What holds no more, told among the processes of a place: a challenge that was used, a sign-in that was ended."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial
from typing import Final, Literal, cast

from sqlalchemy import Connection, Table, delete, insert, select

from server.place import Place
from server.storage.spent import Spent

Kind = Literal["challenge", "sign-in"]
SPENT: Final = cast("Table", Spent.__table__)
CLOCKS_DIFFER: Final = timedelta(hours=1)
"""By so much the clocks of two machines that serve one place may differ."""


def spend(place: Place, kind: Kind, name: str, lasts: timedelta) -> bool:
    """Note that a name holds no more; whether it held until now. ``lasts``: so long it would have, at most."""
    return place.writer.run(partial(_spend, place=place, name=_name(kind, name), lasts=lasts + CLOCKS_DIFFER))


def is_spent(place: Place, kind: Kind, name: str) -> bool:
    """Whether a name holds no more."""
    with place.engine.connect() as connection:
        return _is_there(connection, _name(kind, name))


def _spend(connection: Connection, place: Place, name: str, lasts: timedelta) -> bool:
    now = place.now()
    connection.execute(delete(SPENT).where(SPENT.c.until < now))
    if _is_there(connection, name):
        return False
    connection.execute(insert(SPENT).values(hash=name, until=now + lasts))
    return True


def _is_there(connection: Connection, name: str) -> bool:
    return connection.execute(select(SPENT.c.hash).where(SPENT.c.hash == name)).first() is not None


def _name(kind: Kind, name: str) -> str:
    return hashlib.sha256(f"{kind} {name}".encode()).hexdigest()
