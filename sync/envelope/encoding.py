"""Texts and bytes: base64url, hexadecimal lengths, canonical JSON (FORMAT.md, Conventions)."""

import base64
import binascii
import json
import re
import struct
from collections.abc import Mapping
from typing import Never

import rfc8785

from sync.errors import EnvelopeError

MAX_INTEGER = 2**53 - 1
U32 = struct.Struct(">I")

_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """The bytes of a base64url text; ValueError unless it is exactly what `b64u` would write."""
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise ValueError("not base64url") from error
    if b64u(data) != text:
        raise ValueError("not base64url")
    return data


def canonical(value: Mapping[str, object]) -> bytes:
    """Canonical JSON (RFC 8785) in UTF-8, for texts, integers, booleans, null, lists and objects.

    Within these values the json module writes what RFC 8785 asks for, many times faster than a
    general implementation; only the order of keys differs, and only beyond the basic plane. A test
    holds both against each other. `parse_canonical` is what refuses numbers outside the range.

    Raises:
        ValueError: a text holds a lone surrogate.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if not text.isascii() and _BEYOND_BMP.search(text):
        return rfc8785.dumps(value)  # type: ignore[arg-type]
    return text.encode("utf-8")


def _integer(text: str) -> int:
    if len(text) > 16 or (value := int(text)) > MAX_INTEGER or text[0] == "-":
        raise ValueError("a number out of range")
    return value


def _refuse(_text: str) -> Never:
    raise ValueError("a number that is not an integer")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_refuse, parse_constant=_refuse)


def parse_canonical(data: bytes, code: str) -> dict[str, object]:
    """The object whose canonical JSON is exactly `data`.

    Comparing with the canonical form also refuses duplicate keys, other orders and spaces.

    Raises:
        EnvelopeError: with `code`, for anything else.
    """
    try:
        value = _decoder.decode(data.decode("utf-8"))
        if isinstance(value, dict) and canonical(value) == data:
            return value
    except (ValueError, RecursionError) as error:
        raise EnvelopeError(code) from error
    raise EnvelopeError(code)
