"""A carrier's rounds over a way that breaks anywhere: in the end every item has its receipt, and none twice."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from sync.errors import SyncError
from sync.feed import Followed, Head
from sync.ports import Outbox, Transport, Verdict, VerifiedReceipt
from sync.protocol import (
    FeedPage,
    Greeting,
    HelloAnswer,
    ItemAnswer,
    Limits,
    OfferAnswer,
    Offered,
    OfferWord,
    ReceiptPage,
)
from sync.session import Phase, Session
from sync.states import State, step
from tests.examples import examples

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
LIMITS = Limits(batch_bytes=20_000, batch_items=3, offer_items=4, patch_bytes=1_000)
EPOCH = "0" * 32


class Place:
    """Central in memory: what arrived, in order."""

    def __init__(self) -> None:
        self.items: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.covers: dict[str, tuple[bytes, int]] = {}

    def receipt(self, item_hash: str) -> dict[str, object]:
        seq = list(self.items).index(item_hash) + 1
        receipt = Receipt("example", "i", "record", item_hash, "0" * 64, "held", EPOCH, seq)
        document: dict[str, object] = json.loads(receipt.sign(KEY))
        return document

    def take(self, item_hash: str, body: bytes) -> ItemAnswer:
        assert self.items.setdefault(item_hash, body) == body
        return ItemAnswer(item_hash, "held", None, self.receipt(item_hash))


class Breaking:
    """A transport whose calls break as told: before the place heard them, or after it did what they asked."""

    def __init__(self, place: Place, faults: Sequence[str | None]) -> None:
        self._place = place
        self._faults = list(faults)

    def _fault(self, when: str) -> None:
        if self._faults and self._faults[0] == when:
            self._faults.pop(0)
            raise SyncError("sync.unreachable")
        if when == "after" and self._faults:
            self._faults.pop(0)

    def greet(self) -> Greeting:
        return Greeting("central", "central", "example", "c", (), LIMITS)

    def hello(self, hello: bytes, relayed: Sequence[bytes]) -> HelloAnswer:
        return HelloAnswer("s", 3600, "introduced", 0, self.durable())

    def offer(self, items: Sequence[Offered]) -> Sequence[OfferAnswer]:
        self._fault("before")
        held = self._place.items
        answers = []
        for item in items:
            word: OfferWord = "have" if item.hash in held else "want"
            answers.append(OfferAnswer(word, self._place.receipt(item.hash) if word == "have" else None))
        self._fault("after")
        return answers

    def batch(self, items: Sequence[Item]) -> Sequence[ItemAnswer]:
        self._fault("before")
        assert len(items) <= LIMITS.batch_items
        answers = [self._place.take(item.hash, item.body) for item in items]
        self._fault("after")
        return answers

    def upload_offset(self, item_hash: str) -> int | None:
        upload = self._place.uploads.get(item_hash)
        return len(upload) if upload is not None else None

    def create_upload(self, cover: bytes, size: int) -> None:
        item_hash = Item(cover, b"").hash
        self._place.uploads.setdefault(item_hash, b"")
        self._place.covers[item_hash] = (cover, size)

    def upload(self, item_hash: str, offset: int, data: bytes) -> int:
        self._fault("before")
        assert offset == len(self._place.uploads[item_hash])
        assert len(data) <= LIMITS.patch_bytes
        self._place.uploads[item_hash] += data
        self._fault("after")
        return offset + len(data)

    def upload_answer(self, item_hash: str) -> ItemAnswer:
        upload = self._place.uploads[item_hash]
        assert len(upload) == self._place.covers[item_hash][1]
        return self._place.take(item_hash, upload)

    def receipts(self, after: int, limit: int) -> ReceiptPage:
        hashes = list(self._place.items)[after : after + 2]
        cursor = after + len(hashes)
        return ReceiptPage([self._place.receipt(each) for each in hashes], cursor, cursor < len(self._place.items))

    def durable(self) -> Mapping[str, object] | None:
        mark = Mark("example", EPOCH, len(self._place.items), "2026-03-01T10:00:00Z")
        document: dict[str, object] = json.loads(mark.sign(KEY))
        return document

    def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
        return FeedPage([], False)

    def content(self, name: str) -> bytes:
        raise AssertionError("nothing was named")


class Store:
    """A carrier's outbox in memory; every step of an item is one that the states allow."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = {item.hash: item for item in items}
        self.states = dict.fromkeys(self.items, State.QUEUED)
        self.receipts: set[str] = set()
        self.cursor = 0
        self.mark: Mark | None = None

    def hello(self, greeting: Greeting) -> bytes:
        return b"{}"

    def relayed(self) -> Sequence[bytes]:
        return []

    def pending(self, limit: int, excluding: Collection[str], most: int) -> Sequence[Offered]:
        queued = [each for each, state in self.states.items() if state is State.QUEUED and each not in excluding]
        return [Offered("i", "record", each, len(self.items[each].body)) for each in queued[:limit]]

    def unconfirmed(self, limit: int, after: str) -> Sequence[Offered]:
        return []

    def read(self, hashes: Sequence[str]) -> Mapping[str, Item]:
        return {each: self.items[each] for each in hashes}

    def read_cover(self, item_hash: str) -> bytes:
        return self.items[item_hash].cover

    def read_body(self, item_hash: str, offset: int, size: int) -> bytes:
        return self.items[item_hash].body[offset : offset + size]

    def settle(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            self.states[verdict.hash] = step(self.states[verdict.hash], verdict.state)

    def note_epoch(self, epoch: str) -> None:
        raise AssertionError("the place of this test never says its epoch")

    def receipt_cursor(self) -> int:
        return self.cursor

    def keep_receipts(self, receipts: Sequence[VerifiedReceipt], cursor: int) -> None:
        self.receipts |= {each.receipt.cover_hash for each in receipts}
        self.cursor = cursor

    def keep_mark(self, mark: Mark, encoded: bytes) -> None:
        self.mark = mark

    def heads(self) -> Mapping[str, Head]:
        return {}

    def keep_entries(self, entries: Sequence[Followed]) -> None:
        raise AssertionError("there are none")

    def missing_contents(self, limit: int) -> Sequence[str]:
        return []

    def keep_content(self, name: str, data: bytes) -> None:
        raise AssertionError("there is none")

    def alarm(self, code: str) -> None:
        raise AssertionError(code)


FAULTS = st.lists(st.sampled_from([None, None, "before", "after"]), max_size=30)


@given(st.lists(st.integers(0, 15_000), min_size=1, max_size=9), FAULTS)
@settings(deadline=None, max_examples=examples(60))
def test_every_item_arrives_once_over_a_way_that_breaks_anywhere(sizes: list[int], faults: list[str | None]) -> None:
    items = [Item(f"cover {index}".encode(), bytes(size)) for index, size in enumerate(sizes)]
    place, store = Place(), Store(items)
    outbox: Outbox = store
    transport: Transport = Breaking(place, faults)
    for _ in range(len(faults) + 1):
        session = Session(outbox, transport, "example", KEY.public_key())
        try:
            session.run()
        except SyncError as error:
            assert error.code == "sync.unreachable"  # noqa: PT017
            continue
        if session.phase is Phase.DONE and State.QUEUED not in store.states.values():
            break
    assert place.items == {item.hash: item.body for item in items}
    assert set(store.states.values()) == {State.RECEIPTED}
    assert store.receipts == set(store.items)
    assert store.mark is not None
    assert store.mark.durable_seq == len(items)


def test_a_round_that_breaks_soon_has_heard_how_far_central_is_durable() -> None:
    place, store = Place(), Store([Item(b"one", b""), Item(b"two", b"")])
    place.take(Item(b"one", b"").hash, b"")
    with pytest.raises(SyncError, match=r"sync\.unreachable"):
        Session(store, Breaking(place, ["before"]), "example", KEY.public_key()).run()
    assert store.mark is not None
    assert store.mark.durable_seq == 1


def test_another_study_is_not_spoken_to() -> None:
    session = Session(Store([]), Breaking(Place(), []), "another", KEY.public_key())
    with pytest.raises(SyncError, match=r"sync\.other_study"):
        session.run()
    assert session.phase is Phase.GREET
