"""What comes down from central, however it travels: checked against central's key, and only then kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope.encoding import canonical
from sync.envelope.signed import Mark, Receipt
from sync.errors import SyncError
from sync.feed import FeedError, Followed, Head, follow
from sync.ports import Outbox, VerifiedReceipt
from sync.states import State

_UNSIGNED = (SyncError, ValueError, TypeError, RecursionError)
"""What reading a document raises that central never signed: some have no canonical form at all."""

Document = Mapping[str, object]
CHECKED_AT_MOST = 50_000
"""Receipts of a round that are remembered as checked; more are checked again."""


@dataclass(slots=True)
class Tally:
    """What a round did: items by the state that followed, receipts, entries and contents that came.

    ``held_back``: the pace let no more items go.
    """

    states: dict[State, int] = field(default_factory=dict)
    receipts: int = 0
    entries: int = 0
    contents: int = 0
    alarm: str | None = None
    held_back: bool = False


class Downward:
    """Keeps what central signed; anything else is an alarm and is not kept. The tally counts both."""

    def __init__(self, outbox: Outbox, study: str, central_key: Ed25519PublicKey) -> None:
        self._outbox = outbox
        self._study = study
        self._key = central_key
        self._checked: set[bytes] = set()
        self.tally = Tally()

    def verified(self, document: Document) -> VerifiedReceipt | None:
        """A receipt that central signed for this study, or None."""
        try:
            encoded = canonical(document)
            receipt = self._read(document, encoded)
        except _UNSIGNED:
            self.alarm("receipt.forged")
            return None
        if receipt.study != self._study:
            self.alarm("receipt.forged")
            return None
        return VerifiedReceipt(receipt, encoded)

    def _read(self, document: Document, encoded: bytes) -> Receipt:
        """A receipt whose signature is checked once a round: who delivers in batches hears each of them twice."""
        digest = hashlib.sha256(encoded).digest()
        if digest in self._checked:
            return Receipt.from_document(document)
        receipt = Receipt.read(encoded, self._key)
        if len(self._checked) < CHECKED_AT_MOST:
            self._checked.add(digest)
        return receipt

    def receipts(self, documents: Iterable[Document], cursor: int) -> None:
        """Keep receipts, and the cursor behind them."""
        receipts = [receipt for receipt in map(self.verified, documents) if receipt is not None]
        self._outbox.keep_receipts(receipts, cursor)
        self.tally.receipts += len(receipts)

    def mark(self, document: Document) -> None:
        """Keep central's durable mark."""
        try:
            encoded = canonical(document)
            mark = Mark.read(encoded, self._key)
            if mark.study == self._study:
                self._outbox.keep_mark(mark, encoded)
        except _UNSIGNED:
            self.alarm("mark.forged")

    def entries(self, documents: Iterable[Document], heads: Mapping[str, Head]) -> int:
        """Keep the entries that go on where the heads are, up to the first that does not; returns how many."""
        reached: dict[str, Head] = dict(heads)
        good: list[Followed] = []
        try:
            for document in documents:
                followed = follow(document, self._study, self._key, reached)
                if followed is not None:
                    good.append(followed)
                    reached[followed.entry.chain] = Head(followed.entry.number, followed.hash)
        except FeedError as error:
            self.alarm(error.code)
        except _UNSIGNED:
            self.alarm("feed.forged")
        if good:
            self._outbox.keep_entries(good)
            self.tally.entries += len(good)
        return len(good)

    def content(self, name: str, data: bytes) -> None:
        """Keep a content that the feed names."""
        if hashlib.sha256(data).hexdigest() != name:
            self.alarm("content.forged")
            return
        self._outbox.keep_content(name, data)
        self.tally.contents += 1

    def alarm(self, code: str) -> None:
        """Note that something was not central's."""
        self.tally.alarm = code
        self._outbox.alarm(code)
