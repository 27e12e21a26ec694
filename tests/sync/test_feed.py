"""Following a chain: only central's entries, each once, in order, without a gap."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.envelope.signed import FeedEntry, document_hash
from sync.errors import SyncError
from sync.feed import FeedError, Head, device_chain, device_of_chain, follow

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LENGTH = 6


def chain(name: str = "study", key: Ed25519PrivateKey = KEY, study: str = "example") -> list[Mapping[str, object]]:
    entries: list[Mapping[str, object]] = []
    previous = None
    for number in range(1, LENGTH + 1):
        entry = FeedEntry(study, name, number, previous, "2026-03-01T10:00:00Z", "form", {"n": number})
        encoded = entry.sign(key)
        previous = document_hash(encoded)
        entries.append(json.loads(encoded))
    return entries


ENTRIES = chain()


@given(st.lists(st.integers(0, LENGTH - 1), max_size=20))
def test_whatever_arrives_the_reader_holds_a_beginning_of_the_chain(arrivals: list[int]) -> None:
    heads: dict[str, Head] = {}
    held: list[int] = []
    for index in arrivals:
        if index not in (len(held), len(held) - 1):
            with pytest.raises(FeedError, match=r"feed\.broken"):
                follow(ENTRIES[index], "example", KEY.public_key(), heads)
            continue
        followed = follow(ENTRIES[index], "example", KEY.public_key(), heads)
        if followed is None:
            assert index == len(held) - 1
            continue
        assert index == len(held)
        held.append(index)
        heads["study"] = Head(followed.entry.number, followed.hash)
    assert held == list(range(len(held)))


def test_another_key_another_study_and_another_history_are_refused() -> None:
    with pytest.raises(SyncError, match=r"envelope\.signature\.wrong"):
        follow(chain(key=Ed25519PrivateKey.generate())[0], "example", KEY.public_key(), {})
    with pytest.raises(FeedError, match=r"feed\.study"):
        follow(chain(study="another")[0], "example", KEY.public_key(), {})
    with pytest.raises(FeedError, match=r"feed\.broken"):
        follow(ENTRIES[1], "example", KEY.public_key(), {"study": Head(1, "0" * 64)})


def test_the_chain_of_a_device() -> None:
    assert device_of_chain(device_chain("abc")) == "abc"
    assert device_of_chain("devices") is None
