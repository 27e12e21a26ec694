"""Following a signed chain: numbers from 1 without a gap, each entry naming the hash of the one before."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope.encoding import canonical
from sync.envelope.signed import FeedEntry, document_hash
from sync.errors import SyncError

STUDY_CHAIN = "study"
DEVICES_CHAIN = "devices"
_DEVICE_PREFIX = "device:"


class FeedError(SyncError):
    """A chain is not what central signed, or not the one that was followed so far: an alarm, nothing is taken over."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a reader stands in a chain: number and hash of the last entry; number 0 before the first."""

    number: int = 0
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """A verified entry and its bytes, as they are kept and relayed."""

    entry: FeedEntry
    encoded: bytes
    hash: str


def device_chain(device: str) -> str:
    """The name of the chain that speaks to one device."""
    return _DEVICE_PREFIX + device


def device_of_chain(chain: str) -> str | None:
    """The device that a chain speaks to; None for the chains of all."""
    return chain.removeprefix(_DEVICE_PREFIX) if chain.startswith(_DEVICE_PREFIX) else None


def follow(
    document: Mapping[str, object], study: str, key: Ed25519PublicKey, heads: Mapping[str, Head]
) -> Followed | None:
    """Check the next entry against where the reader stands; None if the reader holds exactly this entry as its last.

    Raises:
        EnvelopeError: `envelope.document.*`, `envelope.signature.wrong`.
        FeedError: `feed.study`, `feed.broken` (with `chain` and `number`).
    """
    encoded = canonical(document)
    entry = FeedEntry.read(encoded, key)
    if entry.study != study:
        raise FeedError("feed.study")
    head = heads.get(entry.chain, Head())
    own_hash = document_hash(encoded)
    if (entry.number, own_hash) == (head.number, head.hash):
        return None
    if (entry.number, entry.previous) != (head.number + 1, head.hash):
        raise FeedError("feed.broken", chain=entry.chain, number=entry.number)
    return Followed(entry, encoded, own_hash)
