"""The messages of the sync protocol, version 1, and its limits (deploy/docs/protocol.md is the definition)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

VERSION: Final = 1
BATCH_TYPE: Final = "application/vnd.feldbuch.batch"
STATE_HEADER: Final = "Feldbuch-State"
TUS_VERSION: Final = "1.0.0"
TUS_EXTENSIONS: Final = ("creation", "creation-with-upload", "checksum", "expiration", "termination")
TUS_TYPE: Final = "application/offset+octet-stream"
WRONG_HASH_STATUS: Final = 460
RECONCILE: Final = "reconcile"
CAPABILITIES: Final = ("batch", "tus", RECONCILE)

RELAYED_AT_MOST: Final = 200
RECEIPTS_AT_MOST: Final = 500
FEED_ENTRIES_AT_MOST: Final = 500
FEED_CHAINS_AT_MOST: Final = 20_000
CHALLENGE_SECONDS: Final = 300
SESSION_SECONDS: Final = 3600

TRY_LATER: Final = frozenset(
    {"intake.quota.device", "intake.quota.waiting", "envelope.body.hash", "envelope.item.malformed", "upload.too_many"}
)
"""Codes of a refusal that may pass, or that a fault on the way explains: the item stays queued."""

CarrierKind = Literal["device", "node"]
Standing = Literal["introduced", "unknown", "revoked"]
ItemState = Literal["held", "waiting", "quarantined", "conflict", "refused"]
OfferWord = Literal["want", "have", "conflict"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a place takes in one call, in bytes and in items."""

    batch_bytes: int = 1024 * 1024
    batch_items: int = 500
    offer_items: int = 500
    item_bytes: int = 2 * 1024 * 1024 * 1024
    patch_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Greeting:
    """What `GET /sync/hello` says of a place."""

    role: str
    id: str
    study: str
    challenge: str
    capabilities: tuple[str, ...]
    limits: Limits
    v: int = VERSION


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """What a place answers to a hello; `mark` is central's signed document, not yet checked.

    `epoch` is central's own word, null at a node: it decides nothing but what is offered again.
    """

    session: str
    expires_in: int
    standing: Standing
    pause: int
    mark: Mapping[str, object] | None
    epoch: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An item that a carrier holds for a place: its name, its hash, the body's size; priority 0 goes first.

    ``cover_size`` is 0 where the carrier does not know it; it is not told.
    """

    instance: str
    part: str
    hash: str
    size: int
    priority: int = 0
    cover_size: int = 0


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    """Whether the place wants an item; the receipt is central's signed document, not yet checked."""

    answer: OfferWord
    receipt: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """What became of an item; the receipt is central's signed document, not yet checked."""

    hash: str
    state: ItemState
    code: str | None
    receipt: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Receipts after a cursor of the place that was asked; not yet checked."""

    receipts: Sequence[Mapping[str, object]]
    cursor: int
    more: bool


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Entries of the feed; not yet checked."""

    entries: Sequence[Mapping[str, object]]
    more: bool
