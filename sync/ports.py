"""What the carrier's side of the protocol needs of others: a store of its own, a way to a place, a clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from sync.feed import Followed, Head
from sync.protocol import FeedPage, Greeting, HelloAnswer, ItemAnswer, OfferAnswer, Offered, ReceiptPage
from sync.states import State

GONE: Final = "item.gone"
"""The code of a tombstone that central wants: it has lost what it said it held durably."""
UNREADABLE: Final = "outbox.unreadable"
"""The bytes of an item are not where the outbox kept them: the disk failed, or somebody took them away."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt whose signature and study were checked, and its bytes."""

    receipt: Receipt
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a place said of an item: the state that follows, an error code, and central's receipt if it came along."""

    hash: str
    state: State
    code: str | None = None
    receipt: VerifiedReceipt | None = None


class Outbox(Protocol):
    """What a carrier stores. Everything is durable when a method returns."""

    def hello(self, greeting: Greeting) -> bytes:
        """The carrier's signed hello for this place; its sequence grows with each."""

    def relayed(self) -> Sequence[bytes]:
        """The newest hellos of devices that this carrier met, verbatim; a tablet has none."""

    def pending(self, limit: int, excluding: Collection[str], most: int) -> Sequence[Offered]:
        """Items in QUEUED, the most urgent first, without those whose hashes are excluded.

        None that is less urgent than the priority ``most``.
        """

    def unconfirmed(self, limit: int, after: str) -> Sequence[Offered]:
        """Tombstones that no receipt of the epoch in force speaks of, by their hashes, beginning after ``after``.

        Their bytes were pruned, so they are asked about and never sent.
        """

    def read(self, hashes: Sequence[str]) -> Mapping[str, Item]:
        """Whole items by their hashes; asked for small ones only. One whose bytes are not there is left out."""

    def read_cover(self, item_hash: str) -> bytes:
        """The cover of an item."""

    def read_body(self, item_hash: str, offset: int, size: int) -> bytes:
        """A slice of an item's body, empty only beyond its end. Raises SyncError `outbox.unreadable`."""

    def settle(self, verdicts: Sequence[Verdict]) -> None:
        """Keep what a place said of items."""

    def note_epoch(self, epoch: str) -> None:
        """Central's epoch as it says itself.

        With a new one its receipts are numbered anew, and it may have lost what it once confirmed: the cursor goes back
        to 0, and everything that was sent or receipted is in QUEUED again.
        """

    def receipt_cursor(self) -> int:
        """Where the carrier stands with the receipts of this place."""

    def keep_receipts(self, receipts: Sequence[VerifiedReceipt], cursor: int) -> None:
        """Keep receipts, also of items that this carrier never had, and the new cursor."""

    def keep_mark(self, mark: Mark, encoded: bytes) -> None:
        """Keep central's durable mark."""

    def heads(self) -> Mapping[str, Head]:
        """Where the carrier stands in each chain of the feed."""

    def keep_entries(self, entries: Sequence[Followed]) -> None:
        """Keep entries that were checked, and do what they say."""

    def missing_contents(self, limit: int) -> Sequence[str]:
        """Contents that the feed names and the carrier does not hold, by SHA-256."""

    def keep_content(self, name: str, data: bytes) -> None:
        """Keep a content whose hash was checked."""

    def alarm(self, code: str) -> None:
        """Note that something was not signed by central, or not what was followed so far."""


class Transport(Protocol):
    """The way to a place. Raises SyncError with the place's code, or `sync.unreachable`."""

    def greet(self) -> Greeting:
        """Ask who is there."""

    def hello(self, hello: bytes, relayed: Sequence[bytes]) -> HelloAnswer:
        """Say who comes; the session that is answered goes with every later call."""

    def offer(self, items: Sequence[Offered]) -> Sequence[OfferAnswer]:
        """Offer items; as many answers, in order."""

    def batch(self, items: Sequence[Item]) -> Sequence[ItemAnswer]:
        """Deliver small items; the answers in order."""

    def upload_offset(self, item_hash: str) -> int | None:
        """How far an upload is, None where there is none."""

    def create_upload(self, cover: bytes, size: int) -> None:
        """Begin an upload."""

    def upload(self, item_hash: str, offset: int, data: bytes) -> int:
        """Add bytes to an upload; the new offset."""

    def upload_answer(self, item_hash: str) -> ItemAnswer:
        """What became of a finished upload."""

    def receipts(self, after: int, limit: int) -> ReceiptPage:
        """Receipts after a cursor."""

    def durable(self) -> Mapping[str, object] | None:
        """The place's newest mark."""

    def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
        """Entries after these numbers."""

    def content(self, name: str) -> bytes:
        """A content by its SHA-256."""


class Clock(Protocol):
    """The time, to be shown and to wait by; nothing is decided by it."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
