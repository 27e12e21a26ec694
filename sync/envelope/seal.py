"""Sealing and opening whole parts: body, cover and stanzas together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from sync.envelope.body import BodyWriter, SealedBody, open_body, verify_body
from sync.envelope.cover import (
    Cover,
    FormReference,
    SignerPosition,
    Stanza,
    cover_document,
    parse_cover,
    recipient_info,
    signed_message,
    stanza_document,
)
from sync.envelope.encoding import b64u, canonical
from sync.envelope.keys import (
    ENC_SIZE,
    SUITE,
    device_id,
    key_id,
    recipient_private_key,
    recipient_public_key,
    sign_p256,
    signer_public_bytes,
)
from sync.envelope.record import RecordDocument, pack_record, unpack_record
from sync.errors import EnvelopeError


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What a cover says besides what follows from the body and the keys; FORMAT.md, The cover.

    `taken_in_by` is the kind alone, `device` or `node`: the id is that of the signing key.
    """

    study: str
    site: str
    device: str
    interviewer: str
    instance: str
    form: FormReference
    part: str
    content_type: str
    signer: SignerPosition
    finished_at: str
    replaces: str | None = None
    purpose: str = "real"
    taken_in_by: str = "device"


def seal_body(plaintext: bytes) -> tuple[SealedBody, bytes]:
    """Seal content that is in memory: what the cover needs, and the body's bytes."""
    writer = BodyWriter()
    start = writer.write(plaintext)
    end, sealed = writer.finish()
    return sealed, start + end


def write_cover(
    facts: CoverFacts,
    body: SealedBody,
    recipients: Sequence[bytes],
    signer: ec.EllipticCurvePrivateKey,
) -> bytes:
    """A signed cover for a finished body.

    `recipients` are one to three public keys of 1216 bytes.

    Raises:
        EnvelopeError: `envelope.cover.field` or `envelope.cover.too_large`, if a reader would refuse it.
    """
    public_key = signer_public_bytes(signer)
    document: dict[str, object] = {
        "v": 1,
        "study": facts.study,
        "site": facts.site,
        "device": facts.device,
        "interviewer": facts.interviewer,
        "instance": facts.instance,
        "replaces": facts.replaces,
        "form": {"id": facts.form.id, "version": facts.form.version},
        "part": facts.part,
        "content_type": facts.content_type,
        "purpose": facts.purpose,
        "taken_in_by": {"id": device_id(public_key), "kind": facts.taken_in_by},
        "signer": {"number": facts.signer.number, "previous": facts.signer.previous},
        "finished_at": facts.finished_at,
        "body": {"hash": body.hash, "size": body.size},
        "key_commitment": body.key_commitment,
    }
    info = recipient_info(document)
    document["recipients"] = [
        stanza_document(seal_stanza(body.content_key, recipient, info)) for recipient in recipients
    ]
    value = sign_p256(signer, signed_message(document))
    document["signature"] = {"key": b64u(public_key), "value": b64u(value)}
    encoded = canonical(document)
    parse_cover(encoded)
    return encoded


def seal_part(
    facts: CoverFacts,
    plaintext: bytes,
    recipients: Sequence[bytes],
    signer: ec.EllipticCurvePrivateKey,
) -> tuple[bytes, bytes]:
    """Seal a part that is in memory: (cover, body). Raises as `write_cover`."""
    sealed, body = seal_body(plaintext)
    return write_cover(facts, sealed, recipients, signer), body


def seal_record(
    facts: CoverFacts,
    record: RecordDocument,
    recipients: Sequence[bytes],
    signer: ec.EllipticCurvePrivateKey,
) -> tuple[bytes, bytes]:
    """Seal a record: (cover, body). Raises as `write_cover` and `pack_record`."""
    return seal_part(facts, pack_record(record), recipients, signer)


def seal_stanza(content_key: bytes, recipient: bytes, info: bytes) -> Stanza:
    """Seal a content key to one public key (1216 bytes)."""
    sealed = SUITE.encrypt(content_key, recipient_public_key(recipient), info)
    return Stanza(key_id(recipient), sealed[:ENC_SIZE], sealed[ENC_SIZE:])


def open_content_key(cover: Cover, private_keys: Mapping[str, bytes]) -> bytes:
    """Open a stanza: the content key, by 32-byte seeds under their key ids.

    The commitment is checked by `open_body`, which sees the file id.

    Raises:
        EnvelopeError: `envelope.recipient.missing`, `envelope.recipient.sealed`.
    """
    known = [stanza for stanza in cover.recipients if stanza.key in private_keys]
    if not known:
        raise EnvelopeError("envelope.recipient.missing")
    info = recipient_info(cover_document(cover.encoded))
    for stanza in known:
        private_key = recipient_private_key(private_keys[stanza.key])
        try:
            return SUITE.decrypt(stanza.enc + stanza.sealed_key, private_key, info)
        except (InvalidTag, ValueError):
            continue
    raise EnvelopeError("envelope.recipient.sealed")


def open_part(cover: Cover, body: bytes | BinaryIO, private_keys: Mapping[str, bytes]) -> Iterator[bytes]:
    """Steps 4 to 6 of the order of reading: the content, chunk by chunk, for a cover already verified.

    A file is read twice, so it must be able to seek: first for its hash. Nothing of the content may be
    used before the iterator ended without an error.

    Raises:
        EnvelopeError: any of `envelope.body.*` and `envelope.recipient.*`.
    """
    if isinstance(body, bytes):
        verify_body(body, cover.body)
    else:
        start = body.tell()
        verify_body(body, cover.body)
        body.seek(start)
    content_key = open_content_key(cover, private_keys)
    yield from open_body(body, content_key, cover.key_commitment)


def open_record(cover: Cover, body: bytes | BinaryIO, private_keys: Mapping[str, bytes]) -> RecordDocument:
    """Open and unpack a record whose cover was verified.

    Raises:
        EnvelopeError: as `open_part`, and `envelope.record.malformed`.
    """
    return unpack_record(b"".join(open_part(cover, body, private_keys)))
