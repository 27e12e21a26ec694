"""Case lists: the shared vectors, and that writing refuses what reading would."""

from __future__ import annotations

from typing import Any

import pytest

from sync.envelope import cases, encoding, keys
from sync.errors import EnvelopeError
from tests.sync.envelope import vectors
from tests.sync.envelope.test_vectors import named, plaintext_of, refused

CASES = vectors.load("cases")
SEALED = encoding.from_b64u(CASES["sealed"]["list"])
SEEDS = vectors.seeds(CASES["seeds"])


def as_json(found: list[cases.ListedCase]) -> dict[str, Any]:
    names = ("id", "label", "due", "note", "properties")
    entries = [{**{name: getattr(each, name) for name in names}, "forms": list(each.forms)} for each in found]
    return {"v": 1, "cases": entries}


def test_a_sealed_list_opens_for_whom_it_is() -> None:
    opened = cases.open_cases(SEALED, seed=SEEDS[CASES["key"]], **CASES["addressee"])
    assert as_json(opened) == CASES["sealed"]["document"]


@named(CASES["not_opened"])
def test_not_opened(case: dict[str, Any]) -> None:
    seed = SEEDS[case.get("key", CASES["key"])]
    addressee = {**CASES["addressee"], **case.get("addressee", {})}
    refused(case, lambda: cases.open_cases(vectors.changed(SEALED, case), seed=seed, **addressee))


def test_whole_lists() -> None:
    for case in CASES["whole"]:
        opened = cases.unpack_cases(plaintext_of(case))
        assert as_json(opened) == case["document"]
        assert cases.read_cases(cases.write_cases(opened)) == opened


@named(CASES["broken"])
def test_broken_list(case: dict[str, Any]) -> None:
    refused(case, lambda: cases.unpack_cases(plaintext_of(case)))


def test_what_is_sealed_anew_opens_and_shows_no_size() -> None:
    seed = SEEDS[CASES["key"]]
    public = keys.recipient_public_bytes(seed)
    few = cases.seal_cases(cases.write_cases([]), recipient=public, **CASES["addressee"])
    one = cases.seal_cases(cases.write_cases([cases.ListedCase("a", "Haus")]), recipient=public, **CASES["addressee"])
    assert len(few) == len(one)
    assert cases.open_cases(one, seed=seed, **CASES["addressee"]) == [cases.ListedCase("a", "Haus")]


def test_a_list_that_a_reader_would_refuse_is_not_written() -> None:
    with pytest.raises(EnvelopeError) as caught:
        cases.write_cases([cases.ListedCase("a", "Haus", due="2026-02-30")])
    assert caught.value.params == {"field": "cases.0.due"}
    with pytest.raises(EnvelopeError):
        cases.write_cases([cases.ListedCase("a", "\ud800")])
