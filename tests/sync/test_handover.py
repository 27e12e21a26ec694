"""Hand-over files: what stands whole comes out as it went in, damage is met and told, and memory holds pieces only."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.envelope.encoding import from_b64u
from sync.errors import SyncError
from sync.framing import READ_SIZE
from sync.handover import HandoverFile

FOLDER = Path(__file__).resolve().parents[1] / "vectors" / "handover"
VECTOR: dict[str, Any] = json.loads((FOLDER / "files.json").read_text("utf-8"))
WHOLE = from_b64u(VECTOR["file"])
ITEMS = [(each["cover"].encode(), from_b64u(each["body"])) for each in VECTOR["items"]]


def read(data: bytes) -> tuple[list[tuple[bytes, bytes]], str | None]:
    """The items that came out whole, and the code of the damage."""
    found = []
    try:
        for each in HandoverFile(io.BytesIO(data)).items():
            body = b""
            while piece := each.body.read(READ_SIZE):
                body += piece
            found.append((each.cover, body))
    except SyncError as error:
        return found, error.code
    return found, None


def damaged(case: dict[str, Any]) -> bytes:
    if "ranges" in case:
        return b"".join(WHOLE[start:end] for start, end in case["ranges"])
    at, bit = case["flip"]
    return WHOLE[:at] + bytes([WHOLE[at] ^ 1 << bit]) + WHOLE[at + 1 :]


def ends() -> list[int]:
    """Where each item ends in the whole file."""
    at = len(WHOLE) - 40 - sum(8 + len(cover) + len(body) for cover, body in ITEMS)
    found = []
    for cover, body in ITEMS:
        at += 8 + len(cover) + len(body)
        found.append(at)
    return found


def test_a_whole_file_gives_its_items_and_what_it_says() -> None:
    assert read(WHOLE) == (ITEMS, None)
    about = HandoverFile(io.BytesIO(WHOLE)).about
    assert {"v": 1, **{name: getattr(about, name) for name in about.__slots__}} == VECTOR["about"]


def test_bodies_that_nobody_reads_are_passed_over() -> None:
    assert [each.cover for each in HandoverFile(io.BytesIO(WHOLE)).items()] == [cover for cover, _ in ITEMS]


@pytest.mark.parametrize("case", VECTOR["broken"], ids=lambda case: cast("str", case["name"]))
def test_damage_is_met_where_it_is(case: dict[str, Any]) -> None:
    found, code = read(damaged(case))
    assert (len(found), code) == (case["items"], case["code"])


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_anywhere_gives_every_whole_item_and_says_that_it_was_cut(at: int) -> None:
    found, code = read(WHOLE[:at])
    assert found == ITEMS[: sum(end <= at for end in ends())]
    assert code in ("handover.header", "handover.cut")


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 7))
def test_a_flipped_bit_never_goes_unnoticed_and_never_touches_what_stands_before(at: int, bit: int) -> None:
    found, code = read(WHOLE[:at] + bytes([WHOLE[at] ^ 1 << bit]) + WHOLE[at + 1 :])
    before = sum(end <= at for end in ends())
    assert found[:before] == ITEMS[:before] or code == "handover.header"
    assert code is not None


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_code(data: bytes) -> None:
    assert read(data) == ([], "handover.header")
    assert read(WHOLE[: ends()[0]] + data)[1] is not None


class Endless:
    """A source that claims a body of 4 GiB and counts what is asked of it at once."""

    def __init__(self) -> None:
        self._start = io.BytesIO(
            WHOLE[: len(WHOLE) - 40 - sum(8 + len(c) + len(b) for c, b in ITEMS)] + b"\0\0\0\1{\xff\xff\xff\xff"
        )
        self.most = 0

    def read(self, size: int, /) -> bytes:
        self.most = max(self.most, size)
        return self._start.read(size)


def test_a_size_that_is_claimed_takes_no_memory() -> None:
    source = Endless()
    with pytest.raises(SyncError, match=r"handover\.cut"):
        list(HandoverFile(source).items())
    assert source.most <= READ_SIZE
