"""The messages of the sync protocol, version 1, and its limits (deploy/docs/protocol.md is the definition)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final, Literal, Self, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from sync.envelope.encoding import b64u, canonical
from sync.envelope.fields import EPOCH, ID, KEY_ID, Fields
from sync.envelope.keys import device_id, signer_public_bytes
from sync.envelope.signed import sign_document, verify_own_document

VERSION: Final = 1
HELLO_LABEL: Final = "feldbuch/1/hello"
ENROLMENT_LABEL: Final = "feldbuch/1/enrolment"
JOIN_LABEL: Final = "feldbuch/1/join"
BATCH_TYPE: Final = "application/vnd.feldbuch.batch"
STATE_HEADER: Final = "Feldbuch-State"
TUS_VERSION: Final = "1.0.0"
TUS_TYPE: Final = "application/offset+octet-stream"
WRONG_HASH_STATUS: Final = 460
CAPABILITIES: Final = ("batch", "tus")

RELAYED_AT_MOST: Final = 200
RECEIPTS_AT_MOST: Final = 500
FEED_ENTRIES_AT_MOST: Final = 500
FEED_CHAINS_AT_MOST: Final = 20_000
CHALLENGE_SECONDS: Final = 300
SESSION_SECONDS: Final = 3600

TRY_LATER: Final = frozenset({"intake.quota.device", "intake.quota.waiting", "storage.full"})
"""Codes of a refusal that may end by itself: the item stays queued."""

CarrierKind = Literal["device", "node"]
Standing = Literal["introduced", "unknown", "revoked"]
ItemState = Literal["held", "waiting", "quarantined", "conflict", "refused"]
OfferWord = Literal["want", "have", "conflict"]

_FIELD = "hello.field"
_VERSION = re.compile(r"[^\x00-\x1f\x7f]{0,40}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CHALLENGE = re.compile(r"[\x21-\x7e]{1,300}")
_HELLO_KEYS = frozenset(
    {
        *{"v", "study", "kind", "id", "key", "to", "challenge", "sequence", "capabilities", "app_version"},
        *{"highest_receipt", "counts", "signature"},
    }
)
_KINDS = frozenset({"device", "node"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a place takes in one call, in bytes and in items."""

    batch_bytes: int = 1024 * 1024
    batch_items: int = 500
    offer_items: int = 500
    item_bytes: int = 2 * 1024 * 1024 * 1024
    patch_bytes: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceiptPosition:
    """Epoch (hex) and number of a receipt."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a carrier says of the instances in real use that it holds; times by its own clock, storage in bytes."""

    drafts: int = 0
    finished: int = 0
    unsent: int = 0
    sent: int = 0
    receipted: int = 0
    safe: int = 0
    set_aside: int = 0
    highest_number: int = 0
    oldest_unsent: str | None = None
    storage_used: int | None = None
    storage_quota: int | None = None

    @classmethod
    def read(cls, value: object) -> Self:
        """From a parsed document. Raises EnvelopeError `hello.field`."""
        keys = frozenset(each.name for each in fields(cls))
        reader = Fields(value, keys, _FIELD, "counts.")
        given = cast("Mapping[str, object]", value)
        numbers = {
            name: reader.integer(name)
            for name in keys - {"oldest_unsent"}
            if not (name.startswith("storage_") and given[name] is None)
        }
        oldest = None if given["oldest_unsent"] is None else reader.time("oldest_unsent")
        return cls(oldest_unsent=oldest, **numbers)


@dataclass(frozen=True, slots=True)
class Hello:
    """What a carrier says of itself to one place, signed by its own key."""

    study: str
    kind: CarrierKind
    to: str
    challenge: str
    sequence: int
    app_version: str
    counts: Counts
    highest_receipt: ReceiptPosition | None = None
    capabilities: tuple[str, ...] = CAPABILITIES
    id: str = ""
    key: str = ""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` and `key` are those of the key given."""
        public = signer_public_bytes(key)
        values = {**asdict(self), "v": VERSION, "id": device_id(public), "key": b64u(public)}
        values["capabilities"] = list(self.capabilities)
        return canonical(sign_document(HELLO_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check the signature and the fields of a parsed document. To whom and with which challenge is not checked.

        Raises:
            EnvelopeError: `hello.field` (with `field`), `envelope.document.field`, `envelope.signature.wrong`.
        """
        reader = Fields(document, _HELLO_KEYS, _FIELD)
        reader.version()
        words = document["capabilities"]
        if not isinstance(words, list) or len(words) > 20:
            raise reader.wrong("capabilities")
        if not all(isinstance(word, str) and _WORD.fullmatch(word) for word in words):
            raise reader.wrong("capabilities")
        highest = None
        if document["highest_receipt"] is not None:
            inner = reader.inner("highest_receipt", frozenset({"epoch", "seq"}))
            highest = ReceiptPosition(inner.text("epoch", EPOCH), inner.integer("seq"))
        hello = cls(
            study=reader.text("study", ID),
            kind=cast("CarrierKind", reader.choice("kind", _KINDS)),
            id=reader.text("id", KEY_ID),
            key=reader.any_text("key"),
            to=reader.text("to", ID),
            challenge=reader.text("challenge", _CHALLENGE),
            sequence=reader.integer("sequence"),
            capabilities=tuple(words),
            app_version=reader.text("app_version", _VERSION),
            highest_receipt=highest,
            counts=Counts.read(document["counts"]),
        )
        verify_own_document(HELLO_LABEL, document)
        return hello


@dataclass(frozen=True, slots=True)
class Greeting:
    """What `GET /sync/hello` says of a place."""

    role: str
    id: str
    study: str
    challenge: str
    capabilities: tuple[str, ...]
    limits: Limits


@dataclass(frozen=True, slots=True)
class HelloAnswer:
    """What a place answers to a hello; `mark` is central's signed document, not yet checked."""

    session: str
    expires_in: int
    standing: Standing
    pause: int
    mark: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Offered:
    """An item that a carrier holds for a place: its name, its hash, the body's size; priority 0 goes first."""

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
