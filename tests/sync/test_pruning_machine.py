"""The pruning rule in a study where everything happens in any order: nothing lies nowhere, and all arrives in the end.

Restores come from the newest backup and from the one before; answers are lost; marks come late, twice and through
nodes; two nodes meet the same tablets.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.envelope.signed import Mark
from tests.examples import SOAK
from tests.sync.pruning_world import Carrier, World

TABLETS, NODES = 2, 2
tablets = st.integers(0, TABLETS - 1)
nodes = st.integers(0, NODES - 1)
carriers = st.integers(0, TABLETS + NODES - 1)
mostly = st.sampled_from([True, True, True, False])


class PruningMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.world = World(tablets=TABLETS, nodes=NODES)
        self.marks: list[Mark] = []

    def carrier(self, which: int) -> Carrier:
        return self.world.carriers[which]

    @rule(which=tablets, name=st.sampled_from([None, None, None, "uuid:same"]))
    def collect(self, which: int, name: str | None) -> None:
        self.world.collect(self.carrier(which), name)

    @rule(which=tablets, node=nodes, answered=mostly)
    def hand_on(self, which: int, node: int, answered: bool) -> None:
        self.world.hand_on(self.world.tablets[which], self.world.nodes[node], answered)

    @rule(which=carriers, answered=mostly)
    def deliver(self, which: int, answered: bool) -> None:
        self.world.deliver(self.carrier(which), answered)

    @rule(which=carriers)
    def whole_round(self, which: int) -> None:
        self.world.deliver(self.carrier(which))
        self.world.fetch_mark(self.carrier(which))
        self.world.prune(self.carrier(which))

    @rule(which=tablets, node=nodes, new=mostly)
    def a_day_in_the_field(self, which: int, node: int, new: bool) -> None:
        """What happens most of the time, so that what goes wrong meets deletions."""
        tablet, place = self.world.tablets[which], self.world.nodes[node]
        if new:
            self.world.collect(tablet)
        self.world.hand_on(tablet, place)
        self.world.deliver(place)
        self.back_up()
        for _ in range(2):
            self.world.fetch_mark(place)
        self.world.hand_on(tablet, place)
        self.world.prune(tablet)
        self.world.prune(place)

    @rule(which=carriers)
    def follow(self, which: int) -> None:
        self.world.follow(self.carrier(which))

    @rule(which=carriers)
    def fetch_mark(self, which: int) -> None:
        self.world.fetch_mark(self.carrier(which))

    @rule(which=carriers, data=st.data())
    def hear_an_old_mark(self, which: int, data: st.DataObject) -> None:
        if self.marks:
            self.carrier(which).marks.append(data.draw(st.sampled_from(self.marks)))

    @rule()
    def back_up(self) -> None:
        self.marks.append(self.world.back_up())

    @rule(back=st.sampled_from([1, 1, 2]))
    def restore(self, back: int) -> None:
        # The target keeps them all: the one before the newest may be of a course of events that was given up.
        self.world.restore(back)

    @rule(which=carriers)
    def prune(self, which: int) -> None:
        self.world.prune(self.carrier(which))

    @invariant()
    def nothing_lies_nowhere(self) -> None:
        if hasattr(self, "world"):
            assert self.world.lost() == set()

    @invariant()
    def what_a_tablet_has_deleted_is_in_the_newest_backup(self) -> None:
        if not hasattr(self, "world") or not self.world.backups:
            return
        newest = self.world.backups[-1]
        there = {
            name for each in self.world.carriers for name, held in each.items.items() if not held.pruned
        } | newest.fates.keys()
        gone = {name for each in self.world.carriers for name, held in each.items.items() if held.pruned}
        assert gone - there - self.world.forgiven == set()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle()
            assert self.world.missing() == set()


TestPruningMachine = PruningMachine.TestCase
TestPruningMachine.settings = settings(
    max_examples=20_000 if SOAK else 80,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
