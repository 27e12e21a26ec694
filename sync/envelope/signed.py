"""Signed documents: receipts, marks and feed entries of central, and what devices and nodes sign."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sync.envelope.encoding import b64u, canonical, from_b64u, parse_canonical
from sync.envelope.fields import EPOCH, HASH, ID, KIND, PART, Fields
from sync.envelope.keys import (
    SIGNATURE_SIZE,
    device_id,
    sign_p256,
    signer_public_bytes,
    verify_ed25519,
    verify_p256,
    verify_signer,
)
from sync.errors import EnvelopeError

_NOT_CANONICAL = "envelope.document.not_canonical"
_FIELD = "envelope.document.field"
_STATES = frozenset({"held", "quarantined", "conflict"})

SigningKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
VerifyingKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


def _message(label: str, document: Mapping[str, object]) -> bytes:
    rest = {key: value for key, value in document.items() if key != "signature"}
    return label.encode("ascii") + b"\0" + canonical(rest)


def parse_document(encoded: bytes, max_size: int) -> dict[str, object]:
    """A signed document as an object; its signature and its fields are not looked at yet.

    Raises:
        EnvelopeError: `envelope.document.not_canonical`, also when longer than `max_size` bytes.
    """
    if len(encoded) > max_size:
        raise EnvelopeError(_NOT_CANONICAL)
    return parse_canonical(encoded, _NOT_CANONICAL)


def document_hash(encoded: bytes) -> str:
    """SHA-256 of a signed document's bytes, in hex: the `previous` of the next feed entry."""
    return hashlib.sha256(encoded).hexdigest()


def sign_document(label: str, document: Mapping[str, object], key: SigningKey) -> dict[str, object]:
    """The document with its signature: Ed25519 for central, ECDSA P-256 for devices and nodes.

    Raises:
        EnvelopeError: `envelope.document.not_canonical`, if a reader would refuse the document's values.
    """
    unsigned = {name: value for name, value in document.items() if name != "signature"}
    try:
        parse_canonical(canonical(unsigned), _NOT_CANONICAL)
    except ValueError as error:
        raise EnvelopeError(_NOT_CANONICAL) from error
    message = _message(label, unsigned)
    signature = key.sign(message) if isinstance(key, ed25519.Ed25519PrivateKey) else sign_p256(key, message)
    return {**unsigned, "signature": b64u(signature)}


def verify_document(label: str, document: Mapping[str, object], public_key: VerifyingKey) -> None:
    """Check a parsed document's signature by a key that is known beforehand.

    Raises:
        EnvelopeError: `envelope.document.field` (no signature), `envelope.signature.wrong`.
    """
    signature = _signature(document)
    message = _message(label, document)
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        verify_ed25519(public_key, message, signature)
    else:
        verify_p256(signer_public_bytes(public_key), message, signature)


def verify_own_document(label: str, document: Mapping[str, object]) -> str:
    """Check a document that a device or node signed, by the key it names; its id is that key's.

    That the id belongs to the study is not said by this. Returns the id.

    Raises:
        EnvelopeError: `envelope.document.field`, `envelope.signature.wrong`.
    """
    signature = _signature(document)
    own_id = document.get("id")
    if not isinstance(own_id, str):
        raise EnvelopeError(_FIELD, field="id")
    try:
        key = from_b64u(str(document.get("key")))
        device_id(key)
    except ValueError as error:
        raise EnvelopeError(_FIELD, field="key") from error
    verify_signer(key, own_id, _message(label, document), signature)
    return own_id


def _signature(document: Mapping[str, object]) -> bytes:
    value = document.get("signature")
    try:
        signature = from_b64u(value) if isinstance(value, str) else b""
    except ValueError as error:
        raise EnvelopeError(_FIELD, field="signature") from error
    if len(signature) != SIGNATURE_SIZE:
        raise EnvelopeError(_FIELD, field="signature")
    return signature


class CentralDocument:
    """What receipt, mark and feed entry have in common: they are signed by central under a label."""

    __slots__ = ()
    label: ClassVar[str]
    max_size: ClassVar[int]
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def to_document(self) -> dict[str, object]:
        """The document without its signature."""
        return {"v": 1, **{each.name: getattr(self, each.name) for each in fields(self)}}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """The fields of a parsed document; its signature is not checked here.

        Raises:
            EnvelopeError: `envelope.document.field`.
        """
        keys = frozenset({"v", "signature", *(each.name for each in fields(cls))})
        reader = Fields(document, keys, _FIELD)
        reader.version()
        return cls._read(reader)

    @classmethod
    def _read(cls, reader: Fields) -> Self:
        raise NotImplementedError

    def sign(self, key: ed25519.Ed25519PrivateKey) -> bytes:
        """The signed document's bytes. Raises EnvelopeError if a reader would refuse its fields."""
        document = sign_document(self.label, self.to_document(), key)
        self.from_document(document)
        return canonical(document)

    @classmethod
    def read(cls, encoded: bytes, public_key: ed25519.Ed25519PublicKey) -> Self:
        """Parse and verify a signed document's bytes.

        Raises:
            EnvelopeError: `envelope.document.not_canonical`, `.field`, `envelope.signature.wrong`.
        """
        document = parse_document(encoded, cls.max_size)
        parsed = cls.from_document(document)
        verify_document(cls.label, document, public_key)
        return parsed


@dataclass(frozen=True, slots=True)
class Receipt(CentralDocument):
    """Central's word on one item. Only `held`, with a mark of the same epoch, permits deleting a copy."""

    label: ClassVar[str] = "feldbuch/1/receipt"
    max_size: ClassVar[int] = 4096

    study: str
    instance: str
    part: str
    cover_hash: str
    body_hash: str
    state: str
    epoch: str
    seq: int

    @classmethod
    def _read(cls, reader: Fields) -> Self:
        return cls(
            study=reader.text("study", ID),
            instance=reader.text("instance", ID),
            part=reader.text("part", PART),
            cover_hash=reader.text("cover_hash", HASH),
            body_hash=reader.text("body_hash", HASH),
            state=reader.choice("state", _STATES),
            epoch=reader.text("epoch", EPOCH),
            seq=reader.integer("seq"),
        )

    def permits_deleting(self, cover_hash: str, body_hash: str, mark: "Mark") -> bool:
        """The pruning rule, for a receipt and a mark that were both verified."""
        return (
            self.state == "held"
            and (self.cover_hash, self.body_hash) == (cover_hash, body_hash)
            and (self.study, self.epoch) == (mark.study, mark.epoch)
            and self.seq <= mark.durable_seq
        )


@dataclass(frozen=True, slots=True)
class Mark(CentralDocument):
    """Central's durable mark: what has a number up to `durable_seq` in `epoch` is in a verified backup."""

    label: ClassVar[str] = "feldbuch/1/mark"
    max_size: ClassVar[int] = 4096

    study: str
    epoch: str
    durable_seq: int
    at: str

    @classmethod
    def _read(cls, reader: Fields) -> Self:
        return cls(
            study=reader.text("study", ID),
            epoch=reader.text("epoch", EPOCH),
            durable_seq=reader.integer("durable_seq"),
            at=reader.time("at"),
        )


@dataclass(frozen=True, slots=True)
class FeedEntry(CentralDocument):
    """One entry of a chain of what flows down. `body` is for whoever knows the `kind`."""

    label: ClassVar[str] = "feldbuch/1/feed"
    max_size: ClassVar[int] = 16 * 1024 * 1024

    study: str
    chain: str
    number: int
    previous: str | None
    at: str
    kind: str
    body: Mapping[str, object]

    @classmethod
    def _read(cls, reader: Fields) -> Self:
        entry = cls(
            study=reader.text("study", ID),
            chain=reader.text("chain", ID),
            number=reader.integer("number", least=1),
            previous=reader.text_or_null("previous", HASH),
            at=reader.time("at"),
            kind=reader.text("kind", KIND),
            body=reader.mapping("body"),
        )
        if (entry.number == 1) != (entry.previous is None):
            raise reader.wrong("previous")
        return entry
