"""Real places under whatever happens in a study, in any order: nothing lies nowhere, and all arrives in the end.

Lines break before a call or with the answer on its way, places are killed before or after any commit, backups and
restores come from the newest and from the one before, disks fill up, sticks are carried late or twice or get damaged,
two nodes meet the same tablets, items are set apart and decided upon, a tablet is revoked, files are tidied.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.services.collect import intake, space
from server.services.collect.tombstones import gone
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from tests.examples import SOAK
from tests.server.collect.field_world import BIG, NODES, TABLETS, WELL, Luck, Party, World

tablets = st.integers(0, TABLETS - 1)
nodes = st.integers(0, NODES - 1)
places = st.integers(0, NODES)
sticks = st.integers(0, 1)
sizes = st.lists(st.sampled_from([100, 100, BIG]), min_size=1, max_size=3)
breaks = st.builds(Luck, st.sampled_from(["cut", "answer lost"]), st.integers(0, 8))
kills = st.builds(Luck, st.sampled_from(["carrier killed", "place killed"]), st.integers(0, 6), st.booleans())
luck = st.one_of(st.just(WELL), st.just(WELL), breaks, kills)


class FieldMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.world = World()
        self.free_bytes = space.free_bytes
        for module in (space, intake):
            if hasattr(module, "free_bytes"):
                setattr(module, "free_bytes", self.world.free_bytes)  # noqa: B010
        self.revoked = False

    def party(self, which: int) -> Party:
        return self.world.parties[which]

    @rule(which=tablets, sizes=sizes, name=st.sampled_from([None, None, None, "uuid:same"]))
    def collect(self, which: int, sizes: list[int], name: str | None) -> None:
        self.world.collect(self.world.tablets[which], sizes, name)

    @rule(which=tablets)
    def collect_what_will_be_set_apart(self, which: int) -> None:
        self.world.collect(self.world.tablets[which], [100], interviewer="I-99")

    @rule(which=tablets, place=places, luck=luck)
    def visit(self, which: int, place: int, luck: Luck) -> None:
        self.world.visit(self.world.tablets[which], self.party(place), luck)

    @rule(node=nodes, luck=luck, reconcile=st.sampled_from([False, False, True]))
    def go_round(self, node: int, luck: Luck, reconcile: bool) -> None:
        self.world.round(self.world.nodes[node], luck, reconcile=reconcile)

    @rule(which=tablets, node=nodes, sizes=sizes)
    def days_in_the_field(self, which: int, node: int, sizes: list[int]) -> None:
        """What happens most of the time, so that what goes wrong meets deletions."""
        world = self.world
        tablet, place = world.tablets[which], world.nodes[node]
        world.collect(tablet, sizes)
        world.visit(tablet, place)
        for _ in range(2):
            world.round(place)
            world.back_up()
        world.round(place)
        world.visit(tablet, place)
        world.prune(place)

    @rule(node=nodes, luck=st.one_of(st.just(WELL), kills))
    def prune(self, node: int, luck: Luck) -> None:
        self.world.prune(self.world.nodes[node], luck)

    @rule(place=places)
    def tidy(self, place: int) -> None:
        self.world.tidy(self.party(place))

    @rule()
    def back_up(self) -> None:
        self.world.back_up()

    @rule(back=st.sampled_from([1, 1, 2]))
    def restore(self, back: int) -> None:
        self.world.restore(back)

    @rule(place=places, stick=sticks)
    def write_stick(self, place: int, stick: int) -> None:
        self.world.write_stick(self.party(place), self.world.stick(stick))

    @rule(place=places, stick=sticks)
    def read_stick(self, place: int, stick: int) -> None:
        self.world.read_stick(self.party(place), self.world.stick(stick))

    @rule(stick=sticks, wiped=st.booleans())
    def damage_stick(self, stick: int, wiped: bool) -> None:
        for file in self.world.stick(stick).iterdir():
            if wiped:
                file.unlink()
            else:
                data = file.read_bytes()
                file.write_bytes(data[: len(data) // 2])

    @rule(place=places, full=st.booleans())
    def fill_disk(self, place: int, full: bool) -> None:
        (self.world.full.add if full else self.world.full.discard)(self.party(place))

    @rule(use=st.booleans())
    def decide(self, use: bool) -> None:
        self.world.decide(use)

    @precondition(lambda self: not self.revoked)
    @rule()
    def revoke(self) -> None:
        self.revoked = True
        self.world.central.study.revoke(self.world.tablets[1].device)

    @invariant()
    def nothing_lies_nowhere(self) -> None:
        if hasattr(self, "world"):
            assert self.world.lost() == set()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.settle()
            assert self.world.missing() == set()
            rows = self.world.central.study.rows(ItemRow)
            counting = [(row.instance, row.part) for row in rows if row.state == "held"]
            assert len(counting) == len(set(counting))
            numbers = [(row.epoch, row.seq) for row in self.world.central.study.rows(ReceiptRow)]
            assert len(numbers) == len(set(numbers))
            for node in self.world.nodes:
                with node.study.place.engine.connect() as connection:
                    assert gone(connection) == []
        finally:
            for module in (space, intake):
                if hasattr(module, "free_bytes"):
                    setattr(module, "free_bytes", self.free_bytes)  # noqa: B010
            self.world.close()


TestFieldMachine = FieldMachine.TestCase
TestFieldMachine.settings = settings(
    max_examples=1_500 if SOAK else 6,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
