"""What the ledger counts, remembered: only what has changed since it was last asked is counted again.

Every change of an item leaves a row with a higher id: an item, a receipt or an event (``collect.changes``). Whose
items these are is counted anew; so is who is not wholly safe, when the mark has moved. Nothing is written, and a
process that starts counts everything once. A test holds it against counting everything, after arbitrary histories.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Connection, cast, func, select

from server.services.monitor.arrivals import Arrived, Mark, count_arrivals
from server.services.monitor.numbers import Numbered, read_numbers
from server.storage.carriers import Device
from server.storage.events import Event
from server.storage.items import Item, ReceiptRow

AT_ONCE = 200
"""Signers that one statement names."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the tables were read: the highest ids, and the mark (epoch and number) that was counted by."""

    item: int
    receipt: int
    event: int
    mark: tuple[str, int] | None


@dataclass(slots=True)
class Counted:
    """By device what has arrived of it, by signer its numbers."""

    arrived: dict[str, list[Arrived]] = field(default_factory=dict)
    numbers: dict[str, Numbered] = field(default_factory=dict)

    @property
    def arrivals(self) -> list[Arrived]:
        """All of it."""
        return [each for found in self.arrived.values() for each in found]


class Remembered:
    """Of one place. Ask within ``turn``, with a connection that was opened in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reached: Reached | None = None
        self._counted = Counted()
        self._reported: Mapping[str, int | None] = {}
        self._devices: dict[str, set[str]] = {}
        """By signer, whose items it has signed: its own, or for a node those of many."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time, so that nobody remembers what is older than what is remembered already."""
        with self._lock:
            yield

    def count(self, connection: Connection, mark: Mark | None) -> Counted:
        """As of now."""
        reached = _reached(connection, mark)
        reported = {
            row[0]: row[1]
            for row in connection.execute(
                select(Device.id, cast(Device.counts["highest_number"].as_string(), BigInteger))
            )
        }
        known = self._reached
        # Not remembered before it is done: whoever breaks off in between counts all of it again.
        self._reached = None
        if known is None or _went_back(known, reached):
            self._count_all(connection, mark)
        else:
            signers = self._changed(connection, known)
            signers |= {
                each
                for each in reported.keys() | self._reported.keys()
                if reported.get(each) != self._reported.get(each)
            }
            if known.mark != reached.mark:
                signers |= self._movable(known.mark, reached.mark)
            self._count_again(connection, mark, signers)
        self._reached, self._reported = reached, reported
        return self._counted

    def _count_all(self, connection: Connection, mark: Mark | None) -> None:
        self._devices = {}
        for signer, device in connection.execute(select(Item.signer, Item.device).distinct()):
            self._devices.setdefault(signer, set()).add(device)
        self._counted = Counted(_by_device(count_arrivals(connection, mark)), read_numbers(connection))

    def _changed(self, connection: Connection, known: Reached) -> set[str]:
        """The signers of items that are new, or that have a new receipt or event."""
        found: set[str] = set()
        new = select(Item.signer, Item.device).where(Item.id > known.item).distinct()
        for signer, device in connection.execute(new):
            self._devices.setdefault(signer, set()).add(device)
            found.add(signer)
        receipts = select(Item.signer).join(ReceiptRow, ReceiptRow.item_hash == Item.hash)
        events = select(Item.signer).join(Event, Event.item_hash == Item.hash)
        for query in (receipts.where(ReceiptRow.id > known.receipt), events.where(Event.id > known.event)):
            found.update(connection.execute(query.distinct()).scalars())
        return found

    def _movable(self, before: tuple[str, int] | None, after: tuple[str, int] | None) -> set[str]:
        """Who is counted otherwise by another mark: with a higher one of the same epoch, who is not wholly safe."""
        grew = before is not None and after is not None and before[0] == after[0] and before[1] < after[1]
        return {
            signer
            for signer, devices in self._devices.items()
            if not grew or any(each.safe < each.instances for device in devices for each in self._of(device))
        }

    def _of(self, device: str) -> list[Arrived]:
        return self._counted.arrived.get(device, [])

    def _count_again(self, connection: Connection, mark: Mark | None, signers: set[str]) -> None:
        """Count the devices anew whose items any of these signed; with all that is signed for them."""
        devices = {device for each in signers for device in self._devices.get(each, ())}
        together = [signer for signer, own in self._devices.items() if own & devices]
        for some in _parts(together, self._devices):
            whose = {device for each in some for device in self._devices[each]} & devices
            fresh = _by_device(count_arrivals(connection, mark, some))
            for device in whose:
                self._counted.arrived.pop(device, None)
                if device in fresh:
                    self._counted.arrived[device] = fresh[device]
            self._counted.numbers.update(read_numbers(connection, some))


def _reached(connection: Connection, mark: Mark | None) -> Reached:
    item, receipt, event = (
        connection.execute(select(func.max(each))).scalar() or 0 for each in (Item.id, ReceiptRow.id, Event.id)
    )
    return Reached(item, receipt, event, None if mark is None else (mark.epoch, mark.durable_seq))


def _went_back(known: Reached, now: Reached) -> bool:
    """Another database lies there."""
    return now.item < known.item or now.receipt < known.receipt or now.event < known.event


def _by_device(arrivals: Iterable[Arrived]) -> dict[str, list[Arrived]]:
    found: dict[str, list[Arrived]] = {}
    for each in arrivals:
        found.setdefault(each.device, []).append(each)
    return found


def _parts(signers: list[str], devices: dict[str, set[str]]) -> Iterator[list[str]]:
    """Signers in parts; those that signed for a device of another one stay together."""
    shared = [each for each in signers if devices[each] != {each}]
    alone = [each for each in signers if devices[each] == {each}]
    involved = {device for each in shared for device in devices[each]}
    together = [*shared, *(each for each in alone if each in involved)]
    if together:
        yield together
    rest = [each for each in alone if each not in involved]
    for first in range(0, len(rest), AT_ONCE):
        yield rest[first : first + AT_ONCE]
