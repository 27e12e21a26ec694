"""The course of a trial: everybody works while things are done to them; then all reconnect, drain, and are compared."""

from __future__ import annotations

import heapq
import itertools
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.trial.comparing import Found, compare, held, pruned
from tests.trial.founding import PASSPHRASE, Founded, backups, found
from tests.trial.place import Party, Served, feldbuch, small_disk
from tests.trial.plan import CENTRAL, LATE_SECONDS, Event, Plan, line
from tests.trial.proxy import Line, Lines, Traffic
from tests.trial.store import Mutant
from tests.trial.watching import Sample, Watch

LOOK_EVERY = 1.0
TELL_EVERY = 10.0
FALL_SECONDS = 2.0
LOOKS, WAITS = 0.3, 60.0
"""A restore waits until it takes something away, a node is lost when something lies there alone; so long at most."""

Tell = Callable[[str], None]


@dataclass
class Outcome:
    """What a trial came to. ``deeds``: what was done when, in words."""

    plan: Plan
    found: Found = field(default_factory=Found)
    samples: list[Sample] = field(default_factory=list)
    deeds: list[tuple[float, str]] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    traffic: dict[str, Traffic] = field(default_factory=dict)
    deleted: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    set_back: int = 0
    """Items that central had lost by being brought back."""
    deleted_before: int = 0
    """Copies that tablets and nodes had deleted before that."""
    seconds: float = 0.0


class Course:
    """One trial in a folder. ``environment`` is for the nodes."""

    def __init__(
        self, folder: Path, plan: Plan, tell: Tell, mutant: Mutant = "", environment: Mapping[str, str] | None = None
    ) -> None:
        self.folder, self.plan, self.tell = folder, plan, tell
        self.outcome = Outcome(plan)
        self.lines = Lines([Line(name, f"{plan.seed}/{name}", each) for name, each in plan.weather.items()])
        self.founded: Founded = found(folder, plan, self.lines.lines, mutant)
        library = small_disk(folder)
        self.parties: dict[str, Party] = {
            name: Served.at(name, folder / name, port, library, {} if name == CENTRAL else environment or {})
            for name, port in self.founded.ports.items()
        }
        for name in plan.tablets:
            command = [sys.executable, "-m", "tests.trial.tablet", str(folder / name)]
            self.parties[name] = Party(name, command, folder / f"{name}.log")
        self.watch = Watch(folder, plan)
        self.drowned: set[str] = set()
        self.begun = 0.0
        self._count = itertools.count()
        self._events = [(each.at, next(self._count), each) for each in plan.events]
        heapq.heapify(self._events)
        self._told = 0.0

    def run(self) -> Outcome:
        """All of it. Every process has ended when this returns or raises."""
        started = time.monotonic()
        try:
            self._open()
            self._storm()
            self._drain()
        finally:
            (self.folder / "end").touch()
            for each in self.parties.values():
                each.stop()
            self.lines.close()
        outcome = self.outcome
        looked = self.watch.tablets()
        outcome.found = compare(self.folder / CENTRAL, [note for each in looked.values() for note in each.notes])
        outcome.parties = list(self.parties.values())
        outcome.traffic = {name: each.traffic for name, each in self.lines.lines.items()}
        outcome.deleted = {name: len(each.pruned) for name, each in looked.items()}
        outcome.deleted |= {each: pruned(self.folder / each) for each in self.plan.nodes}
        outcome.alarms = [
            f"{name}: {said}" for name, each in looked.items() for said in (each.alarm, each.aside) if said
        ]
        outcome.seconds = time.monotonic() - started
        return outcome

    def _open(self) -> None:
        self.lines.open()
        places = [each for each in self.parties.values() if isinstance(each, Served)]
        for each in places:
            each.start()
        for each in places:
            each.wait_until_ready()
        self.begun = time.time()
        (self.folder / "start").write_text(str(self.begun))
        for name in self.plan.tablets:
            self.parties[name].start()
        self.lines.begin(self.begun)

    def _now(self) -> float:
        return time.time() - self.begun

    def _storm(self) -> None:
        looked = 0.0
        end = self.plan.size.storm
        # Who is down at its end comes back, and a restore that still waits is made.
        while self._now() < end or (self._events and self._now() < end + LATE_SECONDS):
            self._do_what_is_due()
            if self._now() - looked >= LOOK_EVERY:
                looked = self._now()
                self._sample()
            time.sleep(0.05)

    def _drain(self) -> None:
        """The weather is calm, everybody is up: until central holds everything, what it lacks lies nowhere any more, or
        the time is over."""
        self._note("calm weather, all reconnect")
        self.lines.calm()
        for each in self.parties.values():
            if each.name not in self.drowned:
                each.start()
        (self.folder / "drain").touch()
        end = time.monotonic() + self.plan.size.drain
        while time.monotonic() < end:
            self._do_what_is_due()
            sample = self._sample()
            if sample.collected == self.plan.size.instances:
                if sample.at_central == sample.noted:
                    self._note("drained")
                    return
                if gone := self.watch.gone(self.drowned):
                    self._note(f"{gone} items lie nowhere any more")
                    return
            time.sleep(0.5)
        self._note("not drained in time")

    def _do_what_is_due(self) -> None:
        self._look_after()
        while self._events and self._events[0][0] <= self._now():
            self._do(heapq.heappop(self._events)[2])

    def _do(self, event: Event) -> None:
        if event.who in self.drowned:
            return
        getattr(self, f"_{event.what.replace(' ', '_')}")(event)

    def _later(self, event: Event) -> None:
        heapq.heappush(self._events, (event.at, next(self._count), event))

    def _kill(self, event: Event) -> None:
        if self.parties[event.who].kill():
            self._later(Event(self._now() + event.seconds, "start", event.who))

    def _look_after(self) -> None:
        """What has ended by itself is started again, as a service manager does."""
        for each in self.parties.values():
            if each.fell():
                self._note(f"{each.name} has ended by itself")
                self._later(Event(self._now() + FALL_SECONDS, "start", each.name))

    def _start(self, event: Event) -> None:
        self.parties[event.who].start()

    def _full_disk(self, event: Event) -> None:
        self._place(event.who).fill_disk(True)
        self._note(f"the disk of {event.who} is full for {event.seconds:.0f} s")
        self._later(Event(self._now() + event.seconds, "free disk", event.who))

    def _free_disk(self, event: Event) -> None:
        self._place(event.who).fill_disk(False)

    def _alone(self, event: Event) -> None:
        self.lines.block(line(event.who, CENTRAL), True)
        self._note(f"{event.who} reaches central no more")

    def _drown(self, event: Event) -> None:
        alone = self.watch.only_at(event.who)
        if self._put_off(event, alone > 0):
            return
        self.parties[event.who].kill()
        self.drowned.add(event.who)
        self._note(f"{event.who} is lost for good, with {alone} items that central lacks")

    def _put_off(self, event: Event, ready: bool) -> bool:
        """Whether something is put off, for a while at most, until it does harm; however slow the machine is."""
        waited = event.seconds + self._now() - event.at
        if ready or waited > WAITS:
            return False
        self._later(replace(event, at=self._now() + LOOKS, seconds=waited + LOOKS))
        return True

    def _revoke(self, event: Event) -> None:
        device = self.founded.devices[event.who]
        self._command("device", "revoke", device, "--reason", "lost", at=CENTRAL)
        self._note(f"{event.who} is revoked, and goes on delivering")

    def _usb(self, event: Event) -> None:
        stick = self.folder / "stick"
        stick.mkdir(exist_ok=True)
        before = len(held(self.folder / CENTRAL) or ())
        for place in (event.who, CENTRAL):
            self._command("bundle", "write", stick, at=place)
            self._command("bundle", "read", stick, at=CENTRAL if place == event.who else event.who)
        more = len(held(self.folder / CENTRAL) or ()) - before
        self._note(f"a USB stick goes from {event.who} to central and back; {more} items more at central")

    def _restore(self, event: Event) -> None:
        back = self.plan.size.back
        central = self._place(CENTRAL)
        central.start()
        if self._put_off(event, self.watch.bites(back)):
            return
        central.kill()
        before = held(central.folder) or set()
        target = backups(self.folder)
        snapshot = target.snapshots()[-back]
        source = target.folder if back == 1 else snapshot
        began = self._now()
        code, said = self._run("restore", source, central.folder, "--put-aside")
        if code:
            raise RuntimeError(f"restore: {said}")
        gone = before - (held(central.folder) or set())
        on_tablets, at_nodes = self.watch.deleted()
        self.outcome.set_back = len(gone)
        self.outcome.deleted_before = len(on_tablets) + at_nodes
        self._note(
            f"central is brought back from backup {snapshot.name.split('-')[0]}, the newest is "
            f"{target.snapshots()[-1].name.split('-')[0]}: {len(gone)} of {len(before)} items are gone, tablets had "
            f"deleted {len(gone & on_tablets)} of those; in all {len(on_tablets)} copies were deleted on tablets, "
            f"{at_nodes} at nodes; it took {self._now() - began:.0f} s"
        )
        central.start()

    def _command(self, *words: str | Path, at: str) -> None:
        code, said = self._run(*words, "--place", self.folder / at)
        if code:
            last = said.strip().splitlines()[-1:] or [""]
            self._note(f"feldbuch {words[0]} {words[1]} at {at} ended with {code}: {last[0]}")

    def _run(self, *words: str | Path) -> tuple[int, str]:
        return feldbuch(*words, passphrase=PASSPHRASE, apart=self.plan.size.apart)

    def _place(self, name: str) -> Served:
        found = self.parties[name]
        assert isinstance(found, Served)
        return found

    def _sample(self) -> Sample:
        sample = self.watch.sample(self._now(), self.outcome.samples[-1].at_central if self.outcome.samples else 0)
        self.outcome.samples.append(sample)
        if sample.at - self._told >= TELL_EVERY:
            self._told = sample.at
            down = [each.name for each in self.parties.values() if not each.runs()]
            self.tell(
                f"{sample.at:6.0f} s  collected {sample.collected:5} interviews, {sample.noted:5} parts; "
                f"{sample.at_central:5} at central; down: {', '.join(down) or 'nobody'}"
            )
        return sample

    def _note(self, words: str) -> None:
        self.outcome.deeds.append((self._now(), words))
        self.tell(f"{self._now():6.0f} s  {words}")
