"""Worlds of devices, items, receipts and marks: written to a database, and recounted plainly in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from sqlalchemy import Engine, insert

from server.storage.base import Base
from server.storage.carriers import Device
from server.storage.items import Item, MarkRow, ReceiptRow

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
SITES = ("duisburg", "dortmund", "plovdiv")
DEVICES = ("tablet-a", "tablet-b", "tablet-c")
EPOCHS = ("0" * 32, "1" * 32)


@dataclass(frozen=True)
class WorldItem:
    instance: str
    part: str
    site: str
    device: str
    purpose: str
    number: int
    state: str
    received_days_ago: int
    finished_days_ago: int
    receipts: tuple[tuple[str, str], ...] = ()
    """(state, epoch); their seq is given in order."""


@dataclass(frozen=True)
class WorldDevice:
    id: str
    site: str | None
    contact_days_ago: int | None
    counts: dict[str, object] | None


@dataclass(frozen=True)
class World:
    devices: tuple[WorldDevice, ...]
    items: tuple[WorldItem, ...]
    mark: tuple[str, int] | None
    seqs: dict[int, list[tuple[str, str, int]]] = field(default_factory=dict)
    """Of each item by its place in ``items``: (state, epoch, seq)."""

    def receipts(self) -> dict[int, list[tuple[str, str, int]]]:
        given: dict[str, int] = {}
        result: dict[int, list[tuple[str, str, int]]] = {}
        for index, item in enumerate(self.items):
            for state, epoch in item.receipts:
                given[epoch] = given.get(epoch, 0) + 1
                result.setdefault(index, []).append((state, epoch, given[epoch]))
        return result


counts = st.none() | st.fixed_dictionaries(
    {
        "finished": st.integers(0, 9),
        "drafts": st.integers(0, 3),
        "unsent": st.integers(0, 4),
        "sent": st.integers(0, 4),
        "set_aside": st.sampled_from([0, 0, 1]),
        "highest_number": st.integers(0, 12),
        "oldest_unsent": st.sampled_from([None, "2026-03-01T08:00:00Z", "not a time", 7]),
    }
)
devices = st.builds(
    WorldDevice,
    id=st.sampled_from(DEVICES),
    site=st.none() | st.sampled_from(SITES),
    contact_days_ago=st.none() | st.sampled_from([0, 2, 4, 400]),
    counts=counts,
)
items = st.builds(
    WorldItem,
    instance=st.sampled_from([f"uuid:{each}" for each in range(5)]),
    part=st.sampled_from(["record", "record", "a1"]),
    site=st.sampled_from(SITES),
    device=st.sampled_from([*DEVICES, "never-seen"]),
    purpose=st.sampled_from(["real", "real", "training"]),
    number=st.integers(1, 8),
    state=st.sampled_from(["held", "held", "held", "waiting", "quarantined", "conflict"]),
    received_days_ago=st.sampled_from([0, 3, 5]),
    finished_days_ago=st.integers(0, 9),
    receipts=st.lists(
        st.tuples(st.sampled_from(["held", "held", "quarantined", "conflict"]), st.sampled_from(EPOCHS)), max_size=2
    ).map(tuple),
)
worlds = st.builds(
    World,
    devices=st.lists(devices, max_size=3, unique_by=lambda each: each.id).map(tuple),
    items=st.lists(items, max_size=12).map(tuple),
    mark=st.none() | st.tuples(st.sampled_from(EPOCHS), st.integers(0, 8)),
)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_world(engine: Engine, world: World) -> None:
    """Put a world into empty tables."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        for device in world.devices:
            ago = device.contact_days_ago
            connection.execute(
                insert(Device).values(
                    id=device.id,
                    standing="introduced",
                    site=device.site,
                    first_seen_at=NOW,
                    last_contact_at=None if ago is None else NOW - timedelta(days=ago),
                    report_sequence=1,
                    counts=device.counts,
                )
            )
        receipts = world.receipts()
        for index, item in enumerate(world.items):
            connection.execute(insert(Item).values(**item_values(index, item)))
            for state, epoch, seq in receipts.get(index, []):
                connection.execute(
                    insert(ReceiptRow).values(
                        item_hash=f"{index:064d}",
                        device=item.device,
                        state=state,
                        epoch=epoch,
                        seq=seq,
                        document=b"{}",
                    )
                )
        if world.mark is not None:
            epoch, seq = world.mark
            connection.execute(insert(MarkRow).values(epoch=epoch, durable_seq=seq, document=b"{}", received_at=NOW))


def item_values(index: int, item: WorldItem) -> dict[str, object]:
    """The row of an item; its id is its place in the world, from 1."""
    return {
        "id": index + 1,
        "hash": f"{index:064d}",
        "instance": item.instance,
        "part": item.part,
        "study": "example",
        "site": item.site,
        "device": item.device,
        "interviewer": "i-07",
        "form": "household_survey",
        "form_version": "f" * 64,
        "purpose": item.purpose,
        "replaces": None,
        "content_type": "application/vnd.feldbuch.record",
        "signer": item.device,
        "number": item.number,
        "finished_at": iso(NOW - timedelta(days=item.finished_days_ago)),
        "body_hash": "b" * 64,
        "body_size": 8192,
        "cover": b"{}",
        "body": b"",
        "state": item.state,
        "code": None,
        "received_at": NOW - timedelta(days=item.received_days_ago),
        "carrier": item.device,
        "forward": None,
        "forward_code": None,
    }
