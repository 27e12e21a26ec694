"""The case list: the cases of one interviewer on one device, sealed for them (FORMAT.md)."""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import cast

from cryptography.exceptions import InvalidTag

from sync.envelope.encoding import U32, canonical, parse_canonical
from sync.envelope.fields import CASE, ID, Fields
from sync.envelope.keys import SUITE, recipient_private_key, recipient_public_key
from sync.envelope.record import MIN_PLAINTEXT_SIZE, inflate, padded_size
from sync.errors import EnvelopeError

MOST_CASES = 5000
MAX_DOCUMENT_SIZE = 4 * 1024 * 1024
MOST_FORMS = 20
MOST_PROPERTIES = 50
CASE_ID = CASE
LABEL = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
NOTE = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f]{1,500}")
PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
VALUE = re.compile(r"[^\x00-\x1f\x7f]{0,500}")
DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")

_SEALED, _MALFORMED = "envelope.cases.sealed", "envelope.cases.malformed"
_KEYS = frozenset({"cases", "v"})
_CASE_KEYS = frozenset({"due", "forms", "id", "label", "note", "properties"})
_LABEL = b"feldbuch/1/cases\0"


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case as its interviewer sees it. `due` is `YYYY-MM-DD` or None; `forms` are the ids of those that are due."""

    id: str
    label: str
    due: str | None = None
    forms: tuple[str, ...] = ()
    note: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def write_cases(cases: Sequence[ListedCase]) -> bytes:
    """The document of a list.

    Raises:
        EnvelopeError: `envelope.cases.malformed`, if a reader would refuse it.
    """
    entries = [{**asdict(each), "forms": list(each.forms), "properties": dict(each.properties)} for each in cases]
    try:
        document = canonical({"v": 1, "cases": entries})
    except ValueError as error:
        raise EnvelopeError(_MALFORMED) from error
    read_cases(document)
    return document


def read_cases(document: bytes) -> list[ListedCase]:
    """The cases of a document.

    Raises:
        EnvelopeError: `envelope.cases.malformed`.
    """
    if len(document) > MAX_DOCUMENT_SIZE:
        raise EnvelopeError(_MALFORMED)
    fields = Fields(parse_canonical(document, _MALFORMED), _KEYS, _MALFORMED)
    fields.version()
    found = [_case(inner) for inner in fields.inner_list("cases", _CASE_KEYS, 0, MOST_CASES)]
    if len({each.id for each in found}) != len(found):
        raise fields.wrong("cases")
    return found


def seal_cases(document: bytes, study: str, device: str, interviewer: str, recipient: bytes) -> bytes:
    """A list's document, sealed to the public key (1216 bytes) of whom it is for."""
    compressed = zlib.compress(document, 9)
    plaintext = (U32.pack(len(compressed)) + compressed).ljust(padded_size(len(compressed)), b"\0")
    return SUITE.encrypt(plaintext, recipient_public_key(recipient), _info(study, device, interviewer))


def open_cases(sealed: bytes, study: str, device: str, interviewer: str, seed: bytes) -> list[ListedCase]:
    """The cases of a sealed list, by the private key (32 bytes).

    Raises:
        EnvelopeError: `envelope.cases.sealed`, `envelope.cases.malformed`.
    """
    try:
        plaintext = SUITE.decrypt(sealed, recipient_private_key(seed), _info(study, device, interviewer))
    except (InvalidTag, ValueError) as error:
        raise EnvelopeError(_SEALED) from error
    return unpack_cases(plaintext)


def unpack_cases(plaintext: bytes) -> list[ListedCase]:
    """The cases of a list's plaintext.

    Raises:
        EnvelopeError: `envelope.cases.malformed`.
    """
    if len(plaintext) < MIN_PLAINTEXT_SIZE:
        raise EnvelopeError(_MALFORMED)
    (size,) = U32.unpack_from(plaintext)
    end = U32.size + size
    if end > len(plaintext) or padded_size(size) != len(plaintext) or plaintext[end:].strip(b"\0"):
        raise EnvelopeError(_MALFORMED)
    return read_cases(inflate(plaintext[U32.size : end], _MALFORMED))


def is_day(text: str) -> bool:
    """Whether a text is a day as lists write it, one that the calendar has."""
    if DAY.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _case(fields: Fields) -> ListedCase:
    due = fields.text_or_null("due", DAY)
    if due is not None and not is_day(due):
        raise fields.wrong("due")
    forms = fields.texts("forms", MOST_FORMS)
    if len(set(forms)) != len(forms) or not all(ID.fullmatch(each) for each in forms):
        raise fields.wrong("forms")
    properties = fields.mapping("properties")
    fit = all(
        PROPERTY.fullmatch(name) and isinstance(value, str) and VALUE.fullmatch(value)
        for name, value in properties.items()
    )
    if len(properties) > MOST_PROPERTIES or not fit:
        raise fields.wrong("properties")
    label, note = fields.text("label", LABEL), fields.text_or_null("note", NOTE)
    return ListedCase(fields.text("id", CASE_ID), label, due, tuple(forms), note, cast("dict[str, str]", properties))


def _info(study: str, device: str, interviewer: str) -> bytes:
    return _LABEL + canonical({"study": study, "device": device, "interviewer": interviewer})
