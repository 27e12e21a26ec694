"""What carriers said to have found when they compared what they hold with what lies here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, select

from server.storage.reconciled import ReconciledCarrier

CARRIERS = cast("Table", ReconciledCarrier.__table__)
SHOWN = 10


@dataclass(frozen=True, slots=True)
class CarrierCompared:
    """The newest comparison of a carrier. ``found`` items were healed by it, ``lost`` ones nobody there has any more.

    ``lost_names`` and ``found_names``: some of them, as ``instance/part``, or as a hash where the carrier knew no name.
    """

    carrier: str
    at: datetime
    compared: int
    found: int
    lost: int
    complete: bool
    lost_names: tuple[str, ...]
    found_names: tuple[str, ...]


def read_compared(connection: Connection) -> Mapping[str, CarrierCompared]:
    """The newest comparison of each carrier, by its id."""
    return {
        row.carrier: CarrierCompared(
            row.carrier,
            row.at,
            row.compared,
            row.missing + row.surplus + row.again,
            row.lost,
            row.complete,
            tuple(_name(each) for each in row.items if each["kind"] == "lost")[:SHOWN],
            tuple(_name(each) for each in row.items if each["kind"] != "lost")[:SHOWN],
        )
        for row in connection.execute(select(CARRIERS).order_by(CARRIERS.c.carrier))
    }


def _name(item: Mapping[str, str | None]) -> str:
    return f"{item['instance']}/{item['part']}" if item["instance"] and item["part"] else str(item["hash"])
