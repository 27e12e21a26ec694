"""What a carrier signs of itself: its hello, its enrolment as a tablet, what opens it again, its joining as a node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final, Self, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from sync.envelope.encoding import b64u, canonical, parse_canonical
from sync.envelope.fields import EPOCH, HASH, ID, KEY_ID, Fields
from sync.envelope.keys import ENC_SIZE, RECIPIENT_PUBLIC_SIZE, SIGNER_PUBLIC_SIZE, device_id, signer_public_bytes
from sync.envelope.signed import sign_document, verify_own_document
from sync.errors import EnvelopeError
from sync.protocol import CAPABILITIES, VERSION, CarrierKind

HELLO_LABEL: Final = "feldbuch/1/hello"
ENROLMENT_LABEL: Final = "feldbuch/1/enrolment"
RECOVERY_LABEL: Final = "feldbuch/1/recovery"
JOIN_LABEL: Final = "feldbuch/1/join"

_FIELD = "hello.field"
_VERSION = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{0,40}")
_WORD = re.compile(r"[a-z][a-z0-9-]{0,39}")
_CHALLENGE = re.compile(r"[\x21-\x7e]{1,300}")
_HELLO_KEYS = frozenset(
    {
        *{"v", "study", "kind", "id", "key", "to", "challenge", "sequence", "capabilities", "app_version"},
        *{"highest_receipt", "counts", "signature"},
    }
)
_ENROLMENT_FIELD = "enrolment.field"
_NAME = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")
_ENROLMENT_KEYS = frozenset({"v", "study", "id", "key", "encryption_key", "name", "token_hash", "signature"})
_JOIN_KEYS = frozenset({"v", "study", "id", "key", "token_hash", "signature"})
_RECOVERY_KEYS = frozenset({"v", "study", "id", "key", "interviewer", "encryption_key_hash", "sealed", "signature"})
_SEALED_RECOVERY_SIZE: Final = ENC_SIZE + 32 + 16
_KINDS = frozenset({"device", "node"})
HELLO_AT_MOST: Final = 8192
"""Bytes of a hello: so many as are relayed in one call fit into it, whatever else they say."""


@dataclass(frozen=True, slots=True)
class ReceiptPosition:
    """Epoch (hex) and the highest number that central is known to have given in it.

    ``receipt``: the highest receipt of that epoch itself, as central signed it, not checked; a mark may cover more.
    """

    epoch: str
    seq: int
    receipt: Mapping[str, object] | None = None

    def json(self) -> dict[str, object]:
        """As a hello says it."""
        said: dict[str, object] = {"epoch": self.epoch, "seq": self.seq}
        return said if self.receipt is None else {**said, "receipt": dict(self.receipt)}

    @classmethod
    def read(cls, value: object) -> Self:
        """From a parsed document. Raises EnvelopeError `hello.field`."""
        keys = frozenset({"epoch", "seq"})
        inner = Fields(value, keys, _FIELD, "highest_receipt.", further=True)
        receipt = inner.mapping("receipt") if inner.has("receipt") else None
        return cls(inner.text("epoch", EPOCH), inner.integer("seq"), receipt)


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
    checkpoints: int = 0
    """Sealed copies of drafts that central has not confirmed; left out by those who make none."""
    clock: str | None = None
    """The time by the carrier's clock when it said so; left out by those who do not tell."""

    @classmethod
    def read(cls, value: object) -> Self:
        """From a parsed document. Raises EnvelopeError `hello.field`."""
        optional = frozenset({"checkpoints", "clock"})
        keys = frozenset(each.name for each in fields(cls))
        reader = Fields(value, keys - optional, _FIELD, "counts.", optional, further=True)
        given = cast("Mapping[str, object]", value)
        numbers = {
            name: reader.integer(name)
            for name in (keys & given.keys()) - {"oldest_unsent", "clock"}
            if not (name.startswith("storage_") and given[name] is None)
        }
        oldest = None if given["oldest_unsent"] is None else reader.time("oldest_unsent")
        clock = None if given.get("clock") is None else reader.time("clock")
        return cls(oldest_unsent=oldest, clock=clock, **numbers)


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
        values["highest_receipt"] = None if self.highest_receipt is None else self.highest_receipt.json()
        return canonical(sign_document(HELLO_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check the signature and the fields of a parsed document. To whom and with which challenge is not checked.

        Fields that are not known here are passed over: a later version may say more. They are signed like the others.

        Raises:
            EnvelopeError: `hello.field` (with `field`), `envelope.document.field`, `envelope.signature.wrong`.
        """
        reader = Fields(document, _HELLO_KEYS, _FIELD, further=True)
        reader.version()
        _bounded(document)
        words = document["capabilities"]
        if not isinstance(words, list) or len(words) > 20:
            raise reader.wrong("capabilities")
        if not all(isinstance(word, str) and _WORD.fullmatch(word) for word in words):
            raise reader.wrong("capabilities")
        said = document["highest_receipt"]
        highest = None if said is None else ReceiptPosition.read(said)
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
class Enrolment:
    """What a tablet signs to enrol: its keys (65 and 1216 bytes), a name, the hash of the token it was given."""

    study: str
    name: str
    token_hash: str
    encryption_key: bytes
    id: str = ""
    key: bytes = b""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` and `key` are those of the key given."""
        values = {**_own(key), "study": self.study, "name": self.name, "token_hash": self.token_hash}
        values["encryption_key"] = b64u(self.encryption_key)
        return canonical(sign_document(ENROLMENT_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check signature and fields of a parsed document.

        Raises:
            EnvelopeError: `enrolment.field` (with `field`), `envelope.document.field`, `envelope.signature.wrong`.
        """
        reader = Fields(document, _ENROLMENT_KEYS, _ENROLMENT_FIELD)
        reader.version()
        enrolment = cls(
            study=reader.text("study", ID),
            id=reader.text("id", KEY_ID),
            key=reader.data("key", SIGNER_PUBLIC_SIZE),
            encryption_key=reader.data("encryption_key", RECIPIENT_PUBLIC_SIZE),
            name=reader.text("name", _NAME),
            token_hash=reader.text("token_hash", HASH),
        )
        verify_own_document(ENROLMENT_LABEL, document)
        return enrolment


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a tablet signs so that a forgotten PIN can be opened: a secret sealed to the study's key (1168 bytes).

    ``encryption_key_hash`` is the SHA-256 of the encryption key that was certified for this interviewer.
    """

    study: str
    interviewer: str
    encryption_key_hash: str
    sealed: bytes
    id: str = ""
    key: bytes = b""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` and `key` are those of the key given."""
        values = {**_own(key), "study": self.study, "interviewer": self.interviewer}
        values |= {"encryption_key_hash": self.encryption_key_hash, "sealed": b64u(self.sealed)}
        return canonical(sign_document(RECOVERY_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check signature and fields of a parsed document. Raises as `Enrolment.read`."""
        reader = Fields(document, _RECOVERY_KEYS, _ENROLMENT_FIELD)
        reader.version()
        recovery = cls(
            study=reader.text("study", ID),
            id=reader.text("id", KEY_ID),
            key=reader.data("key", SIGNER_PUBLIC_SIZE),
            interviewer=reader.text("interviewer", ID),
            encryption_key_hash=reader.text("encryption_key_hash", HASH),
            sealed=reader.data("sealed", _SEALED_RECOVERY_SIZE),
        )
        verify_own_document(RECOVERY_LABEL, document)
        return recovery


@dataclass(frozen=True, slots=True)
class Join:
    """What a node signs to join: its key, and the hash of the token that it was invited with."""

    study: str
    token_hash: str
    id: str = ""
    key: bytes = b""

    def sign(self, key: EllipticCurvePrivateKey) -> bytes:
        """The signed document's bytes; `id` and `key` are those of the key given."""
        values = {**_own(key), "study": self.study, "token_hash": self.token_hash}
        return canonical(sign_document(JOIN_LABEL, values, key))

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Self:
        """Check signature and fields of a parsed document. Raises as `Enrolment.read`."""
        reader = Fields(document, _JOIN_KEYS, _ENROLMENT_FIELD)
        reader.version()
        join = cls(
            study=reader.text("study", ID),
            id=reader.text("id", KEY_ID),
            key=reader.data("key", SIGNER_PUBLIC_SIZE),
            token_hash=reader.text("token_hash", HASH),
        )
        verify_own_document(JOIN_LABEL, document)
        return join


def _bounded(document: Mapping[str, object]) -> None:
    """Refuse a hello that is too large, or that has no canonical form, before it is kept and relayed."""
    try:
        encoded = canonical(document)
    except (ValueError, TypeError, RecursionError):
        encoded = b""
    if not 0 < len(encoded) <= HELLO_AT_MOST:
        raise EnvelopeError(_FIELD, field="?")
    try:
        parse_canonical(encoded, _FIELD)
    except EnvelopeError:
        raise EnvelopeError(_FIELD, field="?") from None


def _own(key: EllipticCurvePrivateKey) -> dict[str, object]:
    public = signer_public_bytes(key)
    return {"v": VERSION, "id": device_id(public), "key": b64u(public)}
