"""The parcel: a record with comments, or an unfinished interview, sealed for one interviewer (FORMAT.md)."""

import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from sync.envelope.cover import FormReference
from sync.envelope.encoding import U32, canonical, parse_canonical
from sync.envelope.fields import HASH, ID, Fields
from sync.envelope.keys import SUITE, recipient_private_key, recipient_public_key
from sync.envelope.record import (
    MIN_PLAINTEXT_SIZE,
    Attachment,
    RecordDocument,
    inflate,
    padme,
    read_record,
    record_document,
)
from sync.errors import EnvelopeError

MAX_FILES_SIZE = 8 * 1024 * 1024
MAX_PARCEL_PLAINTEXT = 26 * 1024 * 1024
MOST_COMMENTS = 200
HAS_ISSUES, UNFINISHED = "has_issues", "unfinished"
PARCEL_ID = re.compile(r"[0-9a-f]{32}")
PATH = re.compile(r"(?=.{1,500}\Z)(/[^/\x00-\x1f]+)+")
COMMENT = re.compile(r"(?=[\s\S]*[^ \t\r\n])[\s\S]{1,2000}")
BY = re.compile(r"[\s\S]{1,100}")

_MALFORMED, _SEALED = "envelope.parcel.malformed", "envelope.parcel.sealed"
_KEYS = frozenset({"at", "by", "comments", "files", "form", "id", "instance", "kind", "purpose", "record", "v"})
_LABEL = b"feldbuch/1/parcel\0"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a parcel is for: an interviewer on a device of a study."""

    study: str
    device: str
    interviewer: str


@dataclass(frozen=True, slots=True)
class Comment:
    """What is said of a question, by its path in the instance, or with None of the whole."""

    text: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a parcel holds. `files` are the bytes of attachments by name; all others stay at central."""

    id: str
    kind: str
    by: str
    at: str
    comments: tuple[Comment, ...]
    instance: str
    form: FormReference
    purpose: str
    record: RecordDocument
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def seal_parcel(parcel: Parcel, addressee: Addressee, recipient: bytes) -> bytes:
    """A parcel sealed to the public key (1216 bytes) of whom it is for.

    Raises:
        EnvelopeError: `envelope.parcel.malformed`, if a reader would refuse it.
    """
    return SUITE.encrypt(pack_parcel(parcel), recipient_public_key(recipient), _info(parcel.id, addressee))


def open_parcel(sealed: bytes, parcel_id: str, addressee: Addressee, seed: bytes) -> Parcel:
    """What `seal_parcel` sealed, by the private key (32 bytes).

    Raises:
        EnvelopeError: `envelope.parcel.sealed`, `envelope.parcel.malformed`.
    """
    try:
        plaintext = SUITE.decrypt(sealed, recipient_private_key(seed), _info(parcel_id, addressee))
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError(_SEALED) from error
    parcel = unpack_parcel(plaintext)
    if parcel.id != parcel_id:
        raise EnvelopeError(_MALFORMED, field="id")
    return parcel


def pack_parcel(parcel: Parcel) -> bytes:
    """The plaintext of a parcel.

    Raises:
        EnvelopeError: `envelope.parcel.malformed`, if a reader would refuse it.
    """
    document = {
        "v": 1,
        "id": parcel.id,
        "kind": parcel.kind,
        "by": parcel.by,
        "at": parcel.at,
        "comments": [{"path": each.path, "text": each.text} for each in parcel.comments],
        "instance": parcel.instance,
        "form": {"id": parcel.form.id, "version": parcel.form.version},
        "purpose": parcel.purpose,
        "record": record_document(parcel.record),
        "files": list(parcel.files),
    }
    try:
        compressed = zlib.compress(canonical(document), 9)
    except ValueError as error:
        raise EnvelopeError(_MALFORMED) from error
    plaintext = U32.pack(len(compressed)) + compressed + b"".join(parcel.files.values())
    plaintext = plaintext.ljust(_padded(len(plaintext)), b"\0")
    unpack_parcel(plaintext)
    return plaintext


def unpack_parcel(plaintext: bytes) -> Parcel:
    """What the plaintext of a parcel holds.

    Raises:
        EnvelopeError: `envelope.parcel.malformed`.
    """
    if not MIN_PLAINTEXT_SIZE <= len(plaintext) <= MAX_PARCEL_PLAINTEXT:
        raise EnvelopeError(_MALFORMED)
    (size,) = U32.unpack_from(plaintext)
    at = U32.size + size
    if at > len(plaintext):
        raise EnvelopeError(_MALFORMED)
    fields = Fields(parse_canonical(inflate(plaintext[U32.size : at], _MALFORMED), _MALFORMED), _KEYS, _MALFORMED)
    fields.version()
    record = read_record(fields.mapping("record"), _MALFORMED, "record.")
    named = _named(fields, record)
    end = at + sum(each.size for each in named)
    if end - at > MAX_FILES_SIZE:
        raise fields.wrong("files")
    if end > len(plaintext) or _padded(end) != len(plaintext) or plaintext[end:].strip(b"\0"):
        raise EnvelopeError(_MALFORMED)
    files: dict[str, bytes] = {}
    for each in named:
        files[each.name] = plaintext[at : at + each.size]
        at += each.size
        if hashlib.sha256(files[each.name]).hexdigest() != each.sha256:
            raise fields.wrong("files")
    form = fields.inner("form", frozenset({"id", "version"}))
    kind = fields.choice("kind", frozenset({HAS_ISSUES, UNFINISHED}))
    return Parcel(
        id=fields.text("id", PARCEL_ID),
        kind=kind,
        by=fields.text("by", BY),
        at=fields.time("at"),
        comments=tuple(
            Comment(inner.text("text", COMMENT), inner.text_or_null("path", PATH))
            for inner in fields.inner_list(
                "comments", frozenset({"path", "text"}), 1 if kind == HAS_ISSUES else 0, MOST_COMMENTS
            )
        ),
        instance=fields.text("instance", ID),
        form=FormReference(form.text("id", ID), form.text("version", HASH)),
        purpose=fields.choice("purpose", frozenset({"real", "training"})),
        record=record,
        files=files,
    )


def files_of(record: RecordDocument) -> dict[str, Attachment]:
    """All files that a record names, its own and those of earlier versions, by name."""
    return {each.name: each for each in (*record.attachments, *(kept.attachment for kept in record.kept))}


def _named(fields: Fields, record: RecordDocument) -> list[Attachment]:
    known = files_of(record)
    names = fields.texts("files", len(known))
    if len(set(names)) != len(names) or not known.keys() >= set(names):
        raise fields.wrong("files")
    return [known[name] for name in names]


def _padded(size: int) -> int:
    return max(MIN_PLAINTEXT_SIZE, padme(size))


def _info(parcel_id: str, addressee: Addressee) -> bytes:
    return _LABEL + canonical(
        {
            "study": addressee.study,
            "device": addressee.device,
            "interviewer": addressee.interviewer,
            "id": parcel_id,
        }
    )
