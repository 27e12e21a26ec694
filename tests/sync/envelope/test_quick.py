"""Reading a cover at one go says what reading it field by field says, for whatever is read."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.envelope import cover
from sync.envelope.encoding import canonical, parse_canonical
from sync.envelope.quick import read_plain
from sync.envelope.seal import seal_part
from sync.errors import EnvelopeError
from tests.examples import examples
from tests.sync.envelope import vectors
from tests.sync.envelope.world import DEVICE, PUBLIC, facts, record_facts

COVERS = vectors.load("covers")
WHOLE = [
    *(case["cover"].encode() for case in COVERS["whole"]),
    *(envelope["cover"].encode() for envelope in vectors.load("parts")["envelopes"].values()),
    *(seal_part(facts(), b"", PUBLIC[:number], DEVICE)[0] for number in (1, 2, 3)),
    seal_part(record_facts(), b"", PUBLIC[:1], DEVICE)[0],
]
NUMBERS = [0, 1, 2, 10**15, 2**53 - 1, 2**53, 10**16]
VALUES = st.none() | st.sampled_from(
    [*NUMBERS, "", "a0", "a1", "record", "node", "device", "0" * 64, "ü", 'a"b', [], {}]
)


def slowly(encoded: bytes) -> cover.Cover:
    return cover._read_fields(cover.cover_document(encoded), encoded)


def outcome(read: Callable[[bytes], cover.Cover], encoded: bytes) -> object:
    try:
        return read(encoded)
    except EnvelopeError as error:
        return error.code, error.params


def paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([at] if at else []), *(path for key, each in inner for path in paths(each, (*at, key)))]


@pytest.mark.parametrize("encoded", WHOLE)
def test_a_whole_cover_is_read_at_one_go(encoded: bytes) -> None:
    plain = read_plain(encoded)
    assert plain is not None
    assert cover._from_plain(plain, encoded) == slowly(encoded)
    document = parse_canonical(encoded, "code")
    del document["signature"]
    assert plain.rest == canonical(document)


@settings(max_examples=examples(300))
@given(st.data())
def test_another_value_is_judged_alike(data: st.DataObject) -> None:
    document = json.loads(data.draw(st.sampled_from(WHOLE)))
    *above, last = data.draw(st.sampled_from(paths(document)))
    inner = document
    for key in above:
        inner = inner[key]
    old = inner[last]
    letters = st.text(max_size=3).map(lambda more: old + more) if isinstance(old, str) else st.nothing()
    inner[last] = data.draw(VALUES | letters | st.just([old, old]))
    encoded = canonical(document)
    assert outcome(cover.parse_cover, encoded) == outcome(slowly, encoded)


@settings(max_examples=examples(300))
@given(st.sampled_from(WHOLE), st.data(), st.binary(max_size=3))
def test_other_bytes_are_judged_alike(encoded: bytes, data: st.DataObject, other: bytes) -> None:
    start = data.draw(st.integers(0, len(encoded)))
    changed = encoded[:start] + other + encoded[start + data.draw(st.integers(0, 3)) :]
    assert outcome(cover.parse_cover, changed) == outcome(slowly, changed)


def test_what_is_too_large_is_not_read() -> None:
    long = {"content_type": "a/" + "b" * cover.MAX_COVER_SIZE, "part": "a1"}
    encoded = canonical({**json.loads(WHOLE[0]), **long})
    assert outcome(cover.parse_cover, encoded) == outcome(slowly, encoded)
