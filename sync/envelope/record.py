"""What a record's body holds: the record document, compressed and padded (FORMAT.md)."""

import re
import zlib
from dataclasses import dataclass
from itertools import pairwise

from sync.envelope.card import is_card_code
from sync.envelope.encoding import U32, canonical, parse_canonical
from sync.envelope.fields import ATTACHMENT_PART, CASE, CONTENT_TYPE, HASH, ID, LANGUAGE, Fields
from sync.errors import EnvelopeError

MIN_PLAINTEXT_SIZE = 8192
MAX_DOCUMENT_SIZE = 16 * 1024 * 1024
MAX_PLAINTEXT_SIZE = 17 * 1024 * 1024
MAX_ATTACHMENTS = 9999

_MALFORMED = "envelope.record.malformed"
_KEYS = frozenset({"attachments", "instance_xml", "language", "v"})
_OPTIONAL = frozenset({"card", "case", "kept", "outcome"})
_OUTCOME_KEYS = frozenset({"kind", "reason"})
REASONS = ("no_time", "tired", "disturbed", "refused_further", "other")
"""Why an interview was broken off."""
_ATTACHMENT_KEYS = frozenset({"content_type", "name", "part", "sha256", "size"})
_KEPT_KEYS = _ATTACHMENT_KEYS | {"instance"}
# No separators, no control characters, and not a folder: a name never leads out of the folder it is put in.
_NAME = re.compile(r"(?!\.{1,2}\Z)[^/\\\x00-\x1f\x7f]{1,255}")


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment in the manifest: `name` as in the instance, `sha256` (hex) and `size` of it in clear."""

    content_type: str
    name: str
    part: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that stands in the instance and lies with an earlier version of it: `attachment.part` of `instance`."""

    attachment: Attachment
    instance: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an interview ended: `complete`, `partial` (broken off, with one of `REASONS`), `refused`."""

    kind: str
    reason: str | None = None


COMPLETE = Outcome("complete")


@dataclass(frozen=True, slots=True)
class RecordDocument:
    """The record in clear: the instance's XML, the form's language at finishing, the attachments.

    `card` is the code of the card that the respondent was given, or None; `case` the case that it was begun for; `kept`
    are files of earlier versions.
    """

    instance_xml: str
    language: str | None
    attachments: tuple[Attachment, ...] = ()
    outcome: Outcome = COMPLETE
    card: str | None = None
    case: str | None = None
    kept: tuple[Kept, ...] = ()


def padme(length: int) -> int:
    """The padded length of `length` (at least 2) bytes (Padmé, PURBs 2019)."""
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def padded_size(compressed_size: int) -> int:
    """The size of a record's plaintext."""
    return max(MIN_PLAINTEXT_SIZE, padme(U32.size + compressed_size))


def pack_record(record: RecordDocument) -> bytes:
    """The plaintext of a record's body.

    Raises:
        EnvelopeError: `envelope.record.malformed`, if a reader would refuse it.
    """
    try:
        document = canonical(record_document(record))
    except ValueError as error:
        raise EnvelopeError(_MALFORMED) from error
    _parse(document)
    compressed = zlib.compress(document, 9)
    plaintext = U32.pack(len(compressed)) + compressed
    return plaintext.ljust(padded_size(len(compressed)), b"\0")


def unpack_record(plaintext: bytes) -> RecordDocument:
    """The record of a body's plaintext.

    Raises:
        EnvelopeError: `envelope.record.malformed`.
    """
    if not MIN_PLAINTEXT_SIZE <= len(plaintext) <= MAX_PLAINTEXT_SIZE:
        raise EnvelopeError(_MALFORMED)
    (size,) = U32.unpack_from(plaintext)
    end = U32.size + size
    if end > len(plaintext) or padded_size(size) != len(plaintext) or plaintext[end:].strip(b"\0"):
        raise EnvelopeError(_MALFORMED)
    return _parse(inflate(plaintext[U32.size : end], _MALFORMED))


def check_attachment(expected: Attachment, size: int, sha256: str) -> None:
    """Compare an opened attachment with the manifest (step 6 of the order of reading).

    Raises:
        EnvelopeError: `envelope.attachment.differs`, with `part`.
    """
    if (size, sha256) != (expected.size, expected.sha256):
        raise EnvelopeError("envelope.attachment.differs", part=expected.part)


def record_document(record: RecordDocument) -> dict[str, object]:
    """The record document as a JSON object."""
    return {
        "v": 1,
        "instance_xml": record.instance_xml,
        "language": record.language,
        "attachments": [_entry(attachment) for attachment in record.attachments],
        **_optional(record),
    }


def read_record(value: object, code: str = _MALFORMED, path: str = "") -> RecordDocument:
    """A record document from a JSON object that stands at `path`.

    Raises:
        EnvelopeError: with `code`.
    """
    fields = Fields(value, _KEYS, code, path, _OPTIONAL)
    fields.version()
    attachments = tuple(
        _attachment(inner) for inner in fields.inner_list("attachments", _ATTACHMENT_KEYS, 0, MAX_ATTACHMENTS)
    )
    numbers = [int(attachment.part[1:]) for attachment in attachments]
    names = {attachment.name for attachment in attachments}
    if any(a >= b for a, b in pairwise(numbers)) or len(names) != len(numbers):
        raise fields.wrong("attachments")
    kept = _kept(fields)
    if len(names | {each.attachment.name for each in kept}) != len(names) + len(kept):
        raise fields.wrong("kept")
    xml, language = fields.any_text("instance_xml"), fields.text_or_null("language", LANGUAGE)
    case = fields.text("case", CASE) if fields.has("case") else None
    return RecordDocument(xml, language, attachments, _outcome(fields), _card(fields), case, kept)


def _entry(attachment: Attachment) -> dict[str, object]:
    return {
        "content_type": attachment.content_type,
        "name": attachment.name,
        "part": attachment.part,
        "sha256": attachment.sha256,
        "size": attachment.size,
    }


def _attachment(fields: Fields) -> Attachment:
    return Attachment(
        content_type=fields.text("content_type", CONTENT_TYPE),
        name=fields.text("name", _NAME),
        part=fields.text("part", ATTACHMENT_PART),
        sha256=fields.text("sha256", HASH),
        size=fields.integer("size"),
    )


def _optional(record: RecordDocument) -> dict[str, object]:
    found: dict[str, object] = {}
    if record.kept:
        found["kept"] = [{**_entry(each.attachment), "instance": each.instance} for each in record.kept]
    if record.outcome != COMPLETE:
        found["outcome"] = {"kind": record.outcome.kind, "reason": record.outcome.reason}
    if record.card is not None:
        found["card"] = record.card
    if record.case is not None:
        found["case"] = record.case
    return found


def inflate(compressed: bytes, code: str) -> bytes:
    """A document out of one whole zlib stream, of at most `MAX_DOCUMENT_SIZE` bytes.

    Raises:
        EnvelopeError: with `code`.
    """
    inflater = zlib.decompressobj()
    try:
        document = inflater.decompress(compressed, MAX_DOCUMENT_SIZE + 1)
    except zlib.error as error:
        raise EnvelopeError(code) from error
    if len(document) > MAX_DOCUMENT_SIZE or not inflater.eof or inflater.unused_data:
        raise EnvelopeError(code)
    return document


def _parse(document: bytes) -> RecordDocument:
    if len(document) > MAX_DOCUMENT_SIZE:
        raise EnvelopeError(_MALFORMED)
    return read_record(parse_canonical(document, _MALFORMED))


def _kept(fields: Fields) -> tuple[Kept, ...]:
    if not fields.has("kept"):
        return ()
    entries = fields.inner_list("kept", _KEPT_KEYS, 1, MAX_ATTACHMENTS)
    return tuple(Kept(_attachment(inner), inner.text("instance", ID)) for inner in entries)


def _outcome(fields: Fields) -> Outcome:
    if not fields.has("outcome"):
        return COMPLETE
    inner = fields.inner("outcome", _OUTCOME_KEYS)
    kind = inner.choice("kind", frozenset({"partial", "refused"}))
    reason = None if inner.is_null("reason") else inner.choice("reason", frozenset(REASONS))
    if (kind == "partial") != (reason is not None):
        raise inner.wrong("reason")
    return Outcome(kind, reason)


def _card(fields: Fields) -> str | None:
    if not fields.has("card"):
        return None
    code = fields.any_text("card")
    if not is_card_code(code):
        raise fields.wrong("card")
    return code
