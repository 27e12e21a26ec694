"""What was sent back, on its way down: sealed parcels, named in the chain of the device that they are for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, cast

from sqlalchemy import Connection, delete, select

from server.services.collect.contents import CONTENTS
from server.services.collect.feed import ENTRIES
from sync.envelope.encoding import parse_canonical
from sync.feed import device_chain

RETURN_KIND: Final = "return"


def forget_parcels(connection: Connection, device: str) -> None:
    """Forget the parcels of a device that is revoked: from now on nobody is given them."""
    old = named_parcels(connection, [device])
    connection.execute(delete(CONTENTS).where(CONTENTS.c.hash.in_(old)))


def named_parcels(connection: Connection, devices: Collection[str]) -> list[str]:
    """The contents of all parcels that the chains of these devices name, in the order in which they came."""
    chains = {device_chain(device) for device in devices}
    named = (ENTRIES.c.kind == RETURN_KIND, ENTRIES.c.chain.in_(chains))
    bodies = [
        cast("dict[str, Any]", parse_canonical(document, "feed.broken")["body"])
        for document in connection.execute(select(ENTRIES.c.document).where(*named).order_by(ENTRIES.c.id)).scalars()
    ]
    return [body["parcel"]["hash"] for body in bodies]
