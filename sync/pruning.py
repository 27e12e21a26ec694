"""The pruning rule: when a carrier may delete the bytes of a delivered item. deploy/docs/protocol.md, "Pruning".

Nothing else in the house may decide this. The rule looks at signed documents alone: no clock, no word of a place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope.signed import CentralDocument, Mark, Receipt
from sync.errors import EnvelopeError
from sync.protocol import CarrierKind

BACKUPS: Final[Mapping[CarrierKind, int]] = {"device": 1, "node": 2}
"""How many verified backups must hold an item before its carrier deletes it: one for each mark that covers it."""

D = TypeVar("D", bound=CentralDocument)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a carrier holds of an item, by its cover."""

    study: str
    instance: str
    part: str
    cover_hash: str
    body_hash: str


def signed_by(key: Ed25519PublicKey, kind: type[D], documents: Iterable[bytes]) -> list[D]:
    """Those of the documents that central signed. Another one says nothing."""
    found = []
    for encoded in documents:
        try:
            found.append(kind.read(encoded, key))
        except EnvelopeError:
            continue
    return found


def may_delete(
    copy: Copy, receipts: Iterable[Receipt], marks: Iterable[Mark], *, epoch: str, carrier: CarrierKind
) -> Receipt | None:
    """The receipt by which this copy may be deleted, or None.

    ``receipts`` and ``marks`` were verified (``signed_by``); ``epoch`` is the one in force as far as the carrier has
    learned.
    """
    receipt = newest_receipt(copy, receipts, epoch)
    if receipt is None:
        return None
    permitting = {
        (mark.durable_seq, mark.at) for mark in marks if receipt.permits_deleting(copy.cover_hash, copy.body_hash, mark)
    }
    return receipt if len(permitting) >= BACKUPS[carrier] else None


def newest_receipt(copy: Copy, receipts: Iterable[Receipt], epoch: str) -> Receipt | None:
    """Central's last word on exactly this copy in an epoch; None where it has said nothing."""
    about = ((each, Copy(each.study, each.instance, each.part, each.cover_hash, each.body_hash)) for each in receipts)
    own = [receipt for receipt, named in about if named == copy and receipt.epoch == epoch]
    return max(own, key=lambda each: each.seq, default=None)
