"""Comparing two sets of hashes: what is found is exactly the difference, and nobody can make it cost more than that."""

from __future__ import annotations

import hashlib
import json
import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import SyncError
from sync.reconcile import (
    ENTRIES_AT_MOST,
    FOUND_AT_MOST,
    LIST_AT_MOST,
    PREFIXES_AT_MOST,
    QUESTIONS_AT_MOST,
    Comparison,
    Part,
    Scan,
    beyond,
    read_part,
    summarise,
)
from tests.examples import examples
from tests.vectors.make_reconcile_vectors import lines

VECTORS = Path(__file__).parent.parent / "vectors" / "reconcile" / "parts.json"
WIRE_AT_MOST = 64 * 1024


def some_hashes(number: int, seed: int = 0) -> list[str]:
    return sorted(hashlib.sha256(f"{seed} {index}".encode()).hexdigest() for index in range(number))


def scan_of(hashes: Iterable[str]) -> Scan:
    every = sorted(hashes)
    return lambda prefix: every[bisect_left(every, prefix) : bisect_left(every, beyond(prefix))]


Answer = Callable[[Sequence[str]], list[Any]]


def honest(hashes: Iterable[str]) -> Answer:
    scan = scan_of(hashes)
    return lambda prefixes: [summarise(each, scan(each)).json() for each in prefixes]


def compare(own: Iterable[str], answer: Answer) -> tuple[Comparison, int, int]:
    """A whole comparison; how many bytes of JSON went over the wire, and in how many calls."""
    comparison, size, calls = Comparison(scan_of(own)), 0, 0
    while prefixes := comparison.questions():
        assert len(prefixes) <= PREFIXES_AT_MOST
        sent = json.dumps({"prefixes": prefixes})
        came = json.dumps({"parts": answer(prefixes)})
        parts = json.loads(came)["parts"]
        comparison.take([read_part(prefix, part) for prefix, part in zip(prefixes, parts, strict=True)])
        size, calls = size + len(sent) + len(came), calls + 1
        assert comparison.asked <= QUESTIONS_AT_MOST
    return comparison, size, calls


def near(prefix: str) -> st.SearchStrategy[str]:
    """Hashes that crowd into few buckets, so that small sets descend too."""
    return st.integers(0, 2**20).map(lambda number: prefix + hashlib.sha256(str(number).encode()).hexdigest()[:58])


HASHES = st.sets(st.one_of(near("3fa2c0"), near("3fa2c1"), near("00ffee")), max_size=200)


@given(common=HASHES, own=HASHES, theirs=HASHES)
@settings(deadline=None, max_examples=examples(60))
def test_what_is_found_is_exactly_the_difference(common: set[str], own: set[str], theirs: set[str]) -> None:
    mine, yours = common | own, common | theirs
    found, _, _ = compare(mine, honest(yours))
    assert found.complete
    assert not found.unclear
    assert sorted(found.missing) == sorted(mine - yours)
    assert sorted(found.surplus) == sorted(yours - mine)
    # Healed: what is missing was delivered, what is surplus is known. Nothing differs any more, and one call says so.
    both = mine | yours
    again, _, calls = compare(both, honest(both))
    assert (again.missing, again.surplus, calls) == ([], [], 1)


@pytest.mark.parametrize(("missing", "surplus"), [(1, 0), (0, 1), (1, 1)])
def test_one_item_among_a_hundred_thousand_is_found_within_64_kib(missing: int, surplus: int) -> None:
    every = some_hashes(100_001)
    pick = random.Random(5).sample(every, 2)
    own = [each for each in every if not (surplus and each == pick[0])]
    theirs = [each for each in every if not (missing and each == pick[1])]
    found, size, calls = compare(own, honest(theirs))
    assert (found.missing, found.surplus) == (pick[1:] if missing else [], pick[:1] if surplus else [])
    assert size <= WIRE_AT_MOST
    assert calls <= 4


def test_a_comparison_of_equal_sets_is_one_call() -> None:
    every = some_hashes(20_000)
    found, size, calls = compare(every, honest(every))
    assert (found.missing, found.surplus, found.compared, calls) == ([], [], 20_000, 1)
    assert size < 16 * 1024


def test_a_place_that_lost_everything_is_told_so_in_portions() -> None:
    own = some_hashes(5_000)
    found, _, calls = compare(own, honest([]))
    assert (found.missing, found.surplus, found.complete, calls) == (own[:FOUND_AT_MOST], [], False, 1)


def test_a_carrier_that_lost_everything_hears_of_some_and_goes_on_later() -> None:
    theirs = some_hashes(50_000)
    found, _, _ = compare([], honest(theirs))
    assert not found.complete
    assert len(found.surplus) == FOUND_AT_MOST
    assert set(found.surplus) <= set(theirs)
    rest, _, _ = compare(found.surplus, honest(theirs))
    assert not set(rest.surplus) & set(found.surplus)


def flood(prefixes: Sequence[str]) -> list[Any]:
    """Everything differs, without end."""
    return [
        {
            "prefix": each,
            "count": 256 * 10**9,
            "buckets": {f"{number:02x}": [10**9, "0" * 32] for number in range(256)},
        }
        if len(each) < 16
        else {"prefix": each, "count": 0, "hashes": []}
        for each in prefixes
    ]


def test_a_place_whose_digests_never_agree_costs_no_more_than_it_may() -> None:
    found, _, calls = compare(some_hashes(3_000), flood)
    assert (found.complete, found.unclear) == (False, False)
    assert found.entries <= ENTRIES_AT_MOST + PREFIXES_AT_MOST * 256
    assert calls < 20
    assert set(found.missing) <= set(some_hashes(3_000))


def test_a_place_that_contradicts_itself_is_unclear() -> None:
    own = some_hashes(1_000)

    def contradicting(prefixes: Sequence[str]) -> list[Any]:
        parts = honest(own)(prefixes)
        if prefixes == [""]:
            parts[0]["buckets"]["a0"][1] = "f" * 32
        return parts

    found, _, _ = compare(own, contradicting)
    assert (found.missing, found.surplus, found.complete, found.unclear) == ([], [], True, True)


HASH = some_hashes(1)[0]
PART = {"prefix": "", "count": 1, "hashes": [HASH]}
BUCKET = {"prefix": "", "count": 1, "buckets": {"00": [1, "0" * 32]}}


@pytest.mark.parametrize(
    "answer",
    [
        *(
            None,
            5,
            [],
            "x",
            {},
            {**PART, "prefix": "ab"},
            {**PART, "count": 2},
            {**PART, "count": True},
            {**PART, "more": 1},
        ),
        {**PART, "hashes": None},
        {**PART, "hashes": [5]},
        {**PART, "hashes": [HASH.upper()]},
        {**PART, "hashes": [HASH[:-2]]},
        {**PART, "count": 2, "hashes": [HASH, HASH]},
        {**PART, "count": 2, "hashes": some_hashes(2)[::-1]},
        {**PART, "count": LIST_AT_MOST + 1, "hashes": some_hashes(LIST_AT_MOST + 1)},
        {**BUCKET, "hashes": [HASH]},
        {**BUCKET, "count": 2},
        {**BUCKET, "buckets": []},
        {**BUCKET, "buckets": {"0": [1, "0" * 32]}},
        {**BUCKET, "buckets": {"0g": [1, "0" * 32]}},
        {**BUCKET, "buckets": {"00": [0, "0" * 32]}, "count": 0},
        {**BUCKET, "buckets": {"00": [-1, "0" * 32]}, "count": -1},
        {**BUCKET, "buckets": {"00": [2**60, "0" * 32]}, "count": 2**60},
        {**BUCKET, "buckets": {"00": [1, "0" * 31]}},
        {**BUCKET, "buckets": {"00": [1, 5]}},
        {**BUCKET, "buckets": {"00": [1]}},
        {**BUCKET, "buckets": {"00": 1}},
    ],
)
def test_an_answer_of_another_shape_is_refused(answer: object) -> None:
    assert isinstance(read_part("", PART), Part)
    assert isinstance(read_part("", BUCKET), Part)
    with pytest.raises(SyncError, match=r"reconcile\.answer"):
        read_part("", answer)


def test_a_hash_elsewhere_and_buckets_without_end_are_refused() -> None:
    with pytest.raises(SyncError, match=r"reconcile\.answer"):
        read_part("ab", {"prefix": "ab", "count": 1, "hashes": ["ac" + "0" * 62]})
    with pytest.raises(SyncError, match=r"reconcile\.answer"):
        read_part("0" * 16, {**BUCKET, "prefix": "0" * 16})


def test_the_examples_of_the_protocol() -> None:
    """The page may not say what the code would refuse."""
    page = (Path(__file__).parents[2] / "deploy/docs/protocol.md").read_text("utf-8")
    example = page.partition("## Reconciliation")[2].partition("```json")[2].partition("```")[0]
    for part in json.loads(example)["parts"]:
        assert read_part(part["prefix"], part).json() == part


def test_the_vectors() -> None:
    """The same file is read by the tablet's tests: a digest that changes, changes on both sides or on none."""
    for vector in json.loads(VECTORS.read_text("utf-8")):
        hashes = [hashlib.sha256(f"{vector['seed']} {index}".encode()).hexdigest() for index in range(vector["items"])]
        part = summarise(vector["prefix"], scan_of(hashes)(vector["prefix"]))
        said = "\n".join(lines(part.json()))
        assert hashlib.sha256(said.encode()).hexdigest() == vector["sha256"]
        assert part.json() == vector.get("part", part.json())
