"""The cover: its fields, its canonical form, its signature (FORMAT.md, The cover)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.envelope.encoding import MAX_INTEGER, b64u, canonical, from_b64u, parse_canonical, sha256_hex
from sync.envelope.fields import CONTENT_TYPE, HASH, ID, KEY_ID, PART, Fields
from sync.envelope.keys import ENC_SIZE, SIGNATURE_SIZE, SIGNER_PUBLIC_SIZE, SUITE_NAME, verify_signer
from sync.envelope.quick import PlainCover, read_plain
from sync.errors import EnvelopeError

MAX_COVER_SIZE = 8192
MAX_RECIPIENTS = 3
CONTENT_TYPE_AT_MOST = 100
SEALED_KEY_SIZE = 48
RECORD_PART = "record"
RECORD_TYPE = "application/vnd.feldbuch.record"

_SIGNATURE_LABEL = b"feldbuch/1/cover\0"
_FIELD = "envelope.cover.field"
_WHOSE_KEYS = {"v", "study", "site", "device", "interviewer", "instance", "replaces", "form"}
_WHAT_KEYS = {"part", "content_type", "purpose", "finished_at", "body", "key_commitment"}
_BARE_KEYS = frozenset({*_WHOSE_KEYS, *_WHAT_KEYS, "taken_in_by", "signer"})
_KEYS = _BARE_KEYS | {"recipients", "signature"}
_FORM_KEYS = frozenset({"id", "version"})
_TAKEN_KEYS = frozenset({"id", "kind"})
_SIGNER_KEYS = frozenset({"number", "previous"})
_BODY_KEYS = frozenset({"hash", "size"})
_STANZA_KEYS = frozenset({"enc", "key", "sealed_key", "suite"})
_SIGNATURE_KEYS = frozenset({"key", "value"})
_PURPOSES = frozenset({"real", "training"})
_TAKEN_KINDS = frozenset({"device", "node"})
_SUITES = frozenset({SUITE_NAME})


def holds_record(part: str) -> bool:
    """Whether a part's body holds a record document: the record itself and checkpoints do, attachments do not."""
    return not part.startswith("a")


@dataclass(frozen=True, slots=True)
class FormReference:
    """A form version: the form's id and the hash of its canonical JSON, in hex."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class TakenInBy:
    """Who took the instance in and signs: kind `device` or `node`, and its id."""

    id: str
    kind: str


@dataclass(frozen=True, slots=True)
class SignerPosition:
    """The place in the signer's chain: its number from 1, and the hash of its previous cover or None."""

    number: int
    previous: str | None


@dataclass(frozen=True, slots=True)
class BodyReference:
    """SHA-256 (hex) and size in bytes of the whole body."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class Stanza:
    """The content key, sealed to one recipient: `enc` has 1120 bytes, `sealed_key` 48."""

    key: str
    enc: bytes = field(repr=False)
    sealed_key: bytes = field(repr=False)
    suite: str = SUITE_NAME


@dataclass(frozen=True, slots=True)
class Cover:
    """A parsed cover. `encoded` are the bytes it was read from, `hash` their SHA-256 in hex."""

    study: str
    site: str
    device: str
    interviewer: str
    instance: str
    replaces: str | None
    form: FormReference
    part: str
    content_type: str
    purpose: str
    taken_in_by: TakenInBy
    signer: SignerPosition
    finished_at: str
    body: BodyReference
    key_commitment: str
    recipients: tuple[Stanza, ...]
    signature_key: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    encoded: bytes = field(repr=False)
    hash: str


def cover_hash(encoded: bytes) -> str:
    """SHA-256 of a cover's bytes, in hex: the hash of the item, and `signer.previous` of the next."""
    return sha256_hex(encoded)


def recipient_info(document: Mapping[str, object]) -> bytes:
    """The HPKE `info` that binds a stanza to the cover it was made for (FORMAT.md, Stanzas)."""
    bare = {key: value for key, value in document.items() if key in _BARE_KEYS}
    return b"feldbuch/1/recipient\0" + hashlib.sha256(canonical(bare)).digest()


def signed_message(document: Mapping[str, object]) -> bytes:
    """What a cover's signature is made over (FORMAT.md, Signature)."""
    rest = {key: value for key, value in document.items() if key != "signature"}
    return _SIGNATURE_LABEL + canonical(rest)


def cover_document(encoded: bytes) -> dict[str, object]:
    """The cover as a JSON object, after its size and canonical form were checked.

    Raises:
        EnvelopeError: `envelope.cover.too_large`, `envelope.cover.not_canonical`.
    """
    if len(encoded) > MAX_COVER_SIZE:
        raise EnvelopeError("envelope.cover.too_large", size=len(encoded), limit=MAX_COVER_SIZE)
    return parse_canonical(encoded, "envelope.cover.not_canonical")


def parse_cover(encoded: bytes) -> Cover:
    """Step 1 of the order of reading: size, canonical form, fields.

    Raises:
        EnvelopeError: `envelope.cover.too_large`, `.not_canonical` or `.field` (with `field`).
    """
    plain = read_plain(encoded)
    quick = _from_plain(plain, encoded) if plain else None
    return quick or _read_fields(cover_document(encoded), encoded)


def verify_cover(encoded: bytes) -> Cover:
    """Steps 1 and 2 of the order of reading: what `parse_cover` does, the signature, the signer's id.

    Raises:
        EnvelopeError: as `parse_cover`, and `envelope.signature.wrong`.
    """
    if (plain := read_plain(encoded)) is not None and (quick := _from_plain(plain, encoded)) is not None:
        cover, message = quick, _SIGNATURE_LABEL + plain.rest
    else:
        document = cover_document(encoded)
        cover, message = _read_fields(document, encoded), signed_message(document)
    verify_signer(cover.signature_key, cover.taken_in_by.id, message, cover.signature)
    return cover


def stanza_document(stanza: Stanza) -> dict[str, object]:
    """A stanza as it stands in the cover."""
    return {
        "enc": b64u(stanza.enc),
        "key": stanza.key,
        "sealed_key": b64u(stanza.sealed_key),
        "suite": stanza.suite,
    }


def _from_plain(plain: PlainCover, encoded: bytes) -> Cover | None:
    """The cover, or None where anything is not as it should be: `_read_fields` then says what."""
    texts = plain.texts
    size, number, previous = int(texts["size"]), int(texts["number"]), texts["previous"]
    device, part, content_type = texts["device"], texts["part"], texts["content_type"]
    taken_in_by = TakenInBy(texts["taken_id"], texts["taken_kind"])
    in_order = (
        len(encoded) <= MAX_COVER_SIZE
        and size <= MAX_INTEGER
        and 1 <= number <= MAX_INTEGER
        and (number == 1) == (previous is None)
        and holds_record(part) == (content_type == RECORD_TYPE)
        and len(content_type) <= CONTENT_TYPE_AT_MOST
        and (taken_in_by.kind == "node" or taken_in_by.id == device)
        and len(plain.stanzas) <= MAX_RECIPIENTS
        and len({key for _, key, _, _ in plain.stanzas}) == len(plain.stanzas)
        and {suite for _, _, _, suite in plain.stanzas} <= _SUITES
    )
    if not in_order:
        return None
    try:
        datetime.fromisoformat(texts["finished_at"])
        return Cover(
            study=texts["study"],
            site=texts["site"],
            device=device,
            interviewer=texts["interviewer"],
            instance=texts["instance"],
            replaces=texts["replaces"],
            form=FormReference(texts["form"], texts["version"]),
            part=part,
            content_type=content_type,
            purpose=texts["purpose"],
            taken_in_by=taken_in_by,
            signer=SignerPosition(number, previous),
            finished_at=texts["finished_at"],
            body=BodyReference(texts["hash"], size),
            key_commitment=texts["key_commitment"],
            recipients=tuple(
                Stanza(key, from_b64u(enc), from_b64u(sealed_key), suite)
                for enc, key, sealed_key, suite in plain.stanzas
            ),
            signature_key=from_b64u(texts["signature_key"]),
            signature=from_b64u(texts["signature"]),
            encoded=encoded,
            hash=cover_hash(encoded),
        )
    except ValueError:
        return None


def _read_fields(document: dict[str, object], encoded: bytes) -> Cover:
    fields = Fields(document, _KEYS, _FIELD)
    fields.version()
    form = fields.inner("form", _FORM_KEYS)
    body = fields.inner("body", _BODY_KEYS)
    signature = fields.inner("signature", _SIGNATURE_KEYS)
    part = fields.text("part", PART)
    content_type = fields.text("content_type", CONTENT_TYPE)
    if holds_record(part) != (content_type == RECORD_TYPE):
        raise fields.wrong("content_type")
    device = fields.text("device", ID)
    return Cover(
        study=fields.text("study", ID),
        site=fields.text("site", ID),
        device=device,
        interviewer=fields.text("interviewer", ID),
        instance=fields.text("instance", ID),
        replaces=fields.text_or_null("replaces", ID),
        form=FormReference(form.text("id", ID), form.text("version", HASH)),
        part=part,
        content_type=content_type,
        purpose=fields.choice("purpose", _PURPOSES),
        taken_in_by=_read_taken_in_by(fields, device),
        signer=_read_signer(fields),
        finished_at=fields.time("finished_at"),
        body=BodyReference(body.text("hash", HASH), body.integer("size")),
        key_commitment=fields.text("key_commitment", HASH),
        recipients=_read_recipients(fields),
        signature_key=signature.data("key", SIGNER_PUBLIC_SIZE),
        signature=signature.data("value", SIGNATURE_SIZE),
        encoded=encoded,
        hash=cover_hash(encoded),
    )


def _read_taken_in_by(fields: Fields, device: str) -> TakenInBy:
    inner = fields.inner("taken_in_by", _TAKEN_KEYS)
    taken = TakenInBy(inner.text("id", KEY_ID), inner.choice("kind", _TAKEN_KINDS))
    if taken.kind == "device" and taken.id != device:
        raise inner.wrong("id")
    return taken


def _read_signer(fields: Fields) -> SignerPosition:
    inner = fields.inner("signer", _SIGNER_KEYS)
    position = SignerPosition(inner.integer("number", least=1), inner.text_or_null("previous", HASH))
    if (position.number == 1) != (position.previous is None):
        raise inner.wrong("previous")
    return position


def _read_recipients(fields: Fields) -> tuple[Stanza, ...]:
    stanzas = tuple(
        Stanza(
            key=inner.text("key", KEY_ID),
            enc=inner.data("enc", ENC_SIZE),
            sealed_key=inner.data("sealed_key", SEALED_KEY_SIZE),
            suite=inner.choice("suite", _SUITES),
        )
        for inner in fields.inner_list("recipients", _STANZA_KEYS, 1, MAX_RECIPIENTS)
    )
    if len({stanza.key for stanza in stanzas}) != len(stanzas):
        raise fields.wrong("recipients")
    return stanzas
