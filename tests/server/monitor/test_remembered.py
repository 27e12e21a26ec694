"""What the ledger remembers is what it would count, after arbitrary histories of a real central."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.errors.error import CodedError
from server.services.collect.epochs import begin_epoch
from server.services.collect.settling import Wish, settle
from server.services.monitor.arrivals import count_arrivals, newest_mark
from server.services.monitor.ledger import read_ledger
from server.services.monitor.numbers import read_numbers
from server.services.monitor.remembered import Remembered
from server.storage.items import Item as ItemRow
from sync.carrier import Counts
from tests.examples import examples
from tests.field import FieldDevice, Study
from tests.server.collect.pruned import backed_up

TABLETS = 3
KINDS = (
    *("record", "record", "media", "copy", "skip", "mark", "mark", "introduce", "revoke", "report", "settle", "epoch"),
    *("training", "ask", "ask"),
)
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, TABLETS - 1), st.integers(0, 5)), max_size=25)


class History:
    """A central with tablets, the first of which is introduced; what they sent is remembered by instance."""

    def __init__(self, folder: Path) -> None:
        self.central = Study.central(folder)
        self.devices = [FieldDevice(self.central) for _ in range(TABLETS)]
        self.central.introduce(self.devices[0])
        self.instances: list[str] = []
        self.known = {self.devices[0].id}
        self.revoked: set[str] = set()
        self.at = 0
        self.remembered = Remembered()

    def do(self, kind: str, device: FieldDevice, number: int) -> None:
        central, instance = self.central, self.instances[number % len(self.instances)] if self.instances else None
        if kind in ("record", "training"):
            purpose = {"purpose": "training"} if kind == "training" else {}
            self.deliver(device, device.seal(**purpose))
        elif kind == "media":
            self.deliver(device, device.seal(instance=instance, part=f"a{number + 1}"))
        elif kind == "copy":
            self.deliver(device, device.seal(b"other answers", instance=instance))
        elif kind == "skip":
            device.seal()
        elif kind == "mark":
            self.at += 1
            backed_up(central, self.at)
        elif kind == "introduce" and device.id not in self.known:
            self.known.add(device.id)
            central.introduce(device)
        elif kind == "revoke" and device.id in self.known - self.revoked:
            self.revoked.add(device.id)
            central.revoke(device)
        elif kind == "report":
            device.open_session(central.client(), Counts(finished=number, highest_number=device.number + number))
        elif kind == "epoch":
            central.run(lambda connection: begin_epoch(connection, central.book, reason="x", now=central.place.now()))
        elif kind == "settle":
            self.settle(number)

    def deliver(self, device: FieldDevice, item: Any) -> None:
        self.central.intake.receive(device.carrier, [item])
        self.instances = list(dict.fromkeys([*self.instances, *(row.instance for row in self.central.rows(ItemRow))]))

    def settle(self, number: int) -> None:
        apart = [row for row in self.central.rows(ItemRow) if row.state in ("quarantined", "conflict", "aside")]
        if apart:
            wish = Wish(apart[number % len(apart)].hash, "held" if number % 2 else "aside", "reason", "manager")
            now = self.central.place.now()
            with contextlib.suppress(CodedError):
                self.central.run(lambda connection: settle(connection, self.central.book, wish, now))

    def ask(self) -> None:
        """Remembered and counted are the same, and so is the ledger that is made of them."""
        with self.remembered.turn(), self.central.place.engine.connect() as connection:
            mark = newest_mark(connection)
            found = self.remembered.count(connection, mark)
            by_name = lambda each: (each.site, each.device)  # noqa: E731
            assert sorted(found.arrivals, key=by_name) == sorted(count_arrivals(connection, mark), key=by_name)
            assert found.numbers == read_numbers(connection)


@given(STEPS)
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_remembered_is_what_would_be_counted(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        history = History(Path(folder) / "central")
        try:
            for kind, device, number in steps:
                history.do(kind, history.devices[device], number)
                if kind == "ask":
                    history.ask()
            history.ask()
            place = history.central.place
            assert read_ledger(place, history.remembered).total == read_ledger(place).total
        finally:
            history.central.close()


EACH = (
    *(("record", 0, 0), ("mark", 0, 0), ("record", 0, 0), ("media", 0, 0), ("mark", 0, 0), ("record", 1, 0)),
    *(("introduce", 1, 0), ("report", 0, 3), ("mark", 0, 0), ("report", 0, 0), ("skip", 1, 0), ("record", 1, 0)),
    *(("copy", 0, 0), ("settle", 0, 1), ("settle", 0, 0), ("revoke", 0, 0), ("record", 0, 0), ("settle", 0, 1)),
    *(("epoch", 0, 0), ("mark", 0, 0), ("training", 1, 0)),
)


def test_each_kind_of_change_is_noticed(tmp_path: Path) -> None:
    history = History(tmp_path / "central")
    try:
        for kind, device, number in EACH:
            history.do(kind, history.devices[device], number)
            history.ask()
    finally:
        history.central.close()
