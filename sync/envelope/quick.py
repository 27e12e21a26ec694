"""The common cover, read at one go.

Reading a cover field by field takes longer than checking its signature. A cover that is in order matches one regular
expression, made of the patterns of its fields in their canonical order; a match of the whole therefore also says that
the form is canonical. Where nothing matches nothing is said: reading field by field then names what is wrong.
"""

import re
from dataclasses import dataclass, field
from re import Pattern

from sync.envelope.fields import HASH, ID, KEY_ID, PART, TIME

_NUMBER = "0|[1-9][0-9]{0,15}"


def _text(key: str, pattern: Pattern[str] | str, name: str = "") -> str:
    source = pattern if isinstance(pattern, str) else pattern.pattern
    return f'"{key}":"(?P<{name or key}>{source})"'


def _number(key: str) -> str:
    return f'"{key}":(?P<{key}>{_NUMBER})'


def _text_or_null(key: str, pattern: Pattern[str]) -> str:
    return f'"{key}":(?:null|"(?P<{key}>{pattern.pattern})")'


def _object(*members: str) -> str:
    return r"\{" + ",".join(members) + r"\}"


_ENC, _SEALED_KEY, _SIGNATURE_KEY, _SIGNATURE = 1494, 64, 87, 86
"""Letters of base64url that the bytes of a stanza and of a signature take."""

_STANZA = re.compile(
    _object(
        _text("enc", f'[^"]{{{_ENC}}}'),
        _text("key", KEY_ID),
        _text("sealed_key", f'[^"]{{{_SEALED_KEY}}}'),
        _text("suite", r"[a-z0-9-]+"),
    )
)
_COVER = re.compile(
    _object(
        '"body":' + _object(_text("hash", HASH), _number("size")),
        _text("content_type", r"[a-z]+/[a-z0-9.+-]+"),
        _text("device", ID),
        _text("finished_at", TIME),
        '"form":' + _object(_text("id", ID, "form"), _text("version", HASH)),
        _text("instance", ID),
        _text("interviewer", ID),
        _text("key_commitment", HASH),
        _text("part", PART),
        _text("purpose", "real|training"),
        r'"recipients":\[(?P<recipients>[^\]]+)\]',
        _text_or_null("replaces", ID)
        + '(?P<signed>,"signature":'
        + _object(
            _text("key", f'[^"]{{{_SIGNATURE_KEY}}}', "signature_key"),
            _text("value", f'[^"]{{{_SIGNATURE}}}', "signature"),
        )
        + ")",
        '"signer":' + _object(_number("number"), _text_or_null("previous", HASH)),
        _text("site", ID),
        _text("study", ID),
        '"taken_in_by":' + _object(_text("id", KEY_ID, "taken_id"), _text("kind", "device|node", "taken_kind")),
        '"v":1',
    )
)


@dataclass(frozen=True, slots=True)
class PlainCover:
    """The texts of a cover by name (`None` for null), those of its stanzas, and what its signature is made over."""

    texts: dict[str, str]
    stanzas: list[tuple[str, str, str, str]]
    """`enc`, `key`, `sealed_key`, `suite`."""
    rest: bytes = field(repr=False)
    """The cover without its signature."""


def read_plain(encoded: bytes) -> PlainCover | None:
    """The parts of a cover whose texts all match their patterns; None for any other.

    What a pattern cannot say is still to be asked: the size of numbers, the days of the calendar, whether base64url
    is whole, and what fields have to do with one another.
    """
    if not encoded.isascii():
        return None
    match = _COVER.fullmatch(encoded.decode("ascii"))
    if match is None:
        return None
    stanzas = _read_stanzas(match["recipients"])
    if stanzas is None:
        return None
    start, end = match.span("signed")
    return PlainCover(match.groupdict(), stanzas, encoded[:start] + encoded[end:])


def _read_stanzas(text: str) -> list[tuple[str, str, str, str]] | None:
    stanzas = []
    at = 0
    while (match := _STANZA.match(text, at)) is not None:
        stanzas.append((match["enc"], match["key"], match["sealed_key"], match["suite"]))
        at = match.end()
        if at == len(text):
            return stanzas
        if text[at] != ",":
            break
        at += 1
    return None
