"""A carrier's reconciliation over a way that breaks anywhere: in the end both sets agree, and nothing was deleted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import SyncError
from sync.reconcile import beyond, summarise
from sync.reconciling import By, Compared, Found, Holdings, Kind, Mirror, Named, Reconciliation, Result
from tests.examples import examples

WIRE_AT_MOST = 64 * 1024


def name_of(item_hash: str) -> Named:
    return Named(item_hash, f"uuid:{item_hash[:8]}", "record", "device", 1, 10)


@dataclass
class Store:
    """A carrier in memory: what it believes delivered, whole or pruned; what is queued; what it heard of."""

    whole: set[str]
    pruned: set[str]
    queued: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    wanted: bool = True
    results: list[Result] = field(default_factory=list)
    is_told: bool = True

    def due(self) -> By | None:
        return "schedule" if self.wanted else None

    def believed(self, prefix: str) -> Iterable[str]:
        every = (self.whole - self.queued) | self.pruned | self.heard
        return sorted(each for each in every if prefix <= each < beyond(prefix))

    def unknown(self, hashes: Collection[str]) -> Collection[str]:
        return set(hashes) - self.whole - self.pruned

    def settle(self, by: By, compared: Compared) -> Result:
        found: list[Found] = []
        for each in compared.missing:
            kind: Kind = "missing" if each in self.whole else "lost"
            found.append(Found(kind, each, name_of(each)))
            if kind == "missing":
                self.queued.add(each)
        for each in self.unknown(compared.surplus):
            assert compared.names[each] == name_of(each)
            found.append(Found("surplus", each, compared.names[each]))
            self.heard.add(each)
        self.wanted, self.is_told = False, False
        self.results.append(Result(by, compared.compared, found, compared.complete, compared.alarm))
        return self.results[-1]

    def untold(self) -> Result | None:
        return None if self.is_told else self.results[-1]

    def told(self) -> None:
        self.is_told = True


@dataclass
class Place:
    """A place in memory, and a way to it that breaks at the calls that are named; before or after they were heard."""

    items: set[str]
    breaks: dict[int, bool] = field(default_factory=dict)
    calls: int = 0
    bytes: int = 0
    told: list[Result] = field(default_factory=list)

    def _call(self, sent: object, came: object, heard: bool = True) -> None:
        self.bytes += len(json.dumps(sent)) + len(json.dumps(came))
        if self.breaks.get(self.calls) is heard:
            self.calls += 1
            raise SyncError("sync.unreachable")
        self.calls += heard

    def reconcile(self, prefixes: Sequence[str]) -> Sequence[object]:
        self._call(prefixes, None, heard=False)
        parts = [
            summarise(prefix, sorted(each for each in self.items if each.startswith(prefix))).json()
            for prefix in prefixes
        ]
        self._call(None, parts)
        return parts

    def names(self, hashes: Sequence[str]) -> Sequence[Named | None]:
        self._call(hashes, None, heard=False)
        self._call(None, [[each] * 3 for each in hashes])
        return [name_of(each) if each in self.items else None for each in hashes]

    def found(self, result: Result) -> None:
        self._call(result.json(), None, heard=False)
        self.told.append(result)
        self._call(None, None)


def run(store: Store, place: Place) -> None:
    holdings: Holdings = store
    mirror: Mirror = place
    reconciliation = Reconciliation(holdings, mirror)
    while reconciliation.step():
        pass


NUMBERS = st.sets(st.integers(0, 600), max_size=20)


@given(
    number=st.integers(0, 600),
    lost_there=NUMBERS,
    lost_here=NUMBERS,
    pruned=NUMBERS,
    breaks=st.dictionaries(st.integers(0, 12), st.booleans(), max_size=6),
)
@settings(deadline=None, max_examples=examples(60))
def test_whatever_breaks_both_sets_agree_in_the_end(
    number: int, lost_there: set[int], lost_here: set[int], pruned: set[int], breaks: dict[int, bool]
) -> None:
    every = [hashlib.sha256(str(index).encode()).hexdigest() for index in range(number)]
    there = {each for index, each in enumerate(every) if index not in lost_there}
    here = {each for index, each in enumerate(every) if index not in lost_here}
    stones = {each for index, each in enumerate(every) if index in pruned} & here
    store, place = Store(here - stones, set(stones)), Place(set(there), dict(breaks))
    while store.wanted or not store.is_told:
        try:
            run(store, place)
        except SyncError as error:
            assert error.code == "sync.unreachable"  # noqa: PT017
        assert place.calls < 100
    kinds = {
        kind: {each.hash for each in store.results[0].found if each.kind == kind}
        for kind in ("missing", "lost", "surplus")
    }
    assert kinds == {"missing": here - stones - there, "lost": stones - there, "surplus": there - here}
    assert store.queued == kinds["missing"]
    assert {each.json()["missing"] for each in place.told} == {len(kinds["missing"])}
    assert len(store.results) == 1
    # What was queued again is delivered: only what nobody has differs still.
    place.items |= store.queued
    store.queued.clear()
    store.wanted = True
    place.breaks.clear()
    run(store, place)
    assert {each.hash for each in store.results[1].found} == kinds["lost"]
    # Nothing was deleted on either side.
    assert (store.whole | store.pruned, place.items) == (here, there | kinds["missing"])


def test_nothing_is_asked_when_nothing_is_due_and_told() -> None:
    store, place = Store(set(), set(), wanted=False), Place(set())
    run(store, place)
    assert place.calls == 0


def test_one_difference_among_many_is_cheap_from_end_to_end() -> None:
    every = {hashlib.sha256(str(index).encode()).hexdigest() for index in range(30_000)}
    missing, surplus = sorted(every)[77], sorted(every)[-5]
    store, place = Store(every - {surplus}, set()), Place(every - {missing})
    run(store, place)
    assert [(each.kind, each.hash) for each in store.results[0].found] == [("missing", missing), ("surplus", surplus)]
    assert place.bytes <= WIRE_AT_MOST
