"""Texts and bytes: base64url, hexadecimal lengths, canonical JSON (FORMAT.md, Conventions)."""

import base64
import binascii
import hashlib
import json
import re
import struct
from collections.abc import Mapping
from typing import Never

import rfc8785

from sync.errors import EnvelopeError

MAX_INTEGER = 2**53 - 1
U32 = struct.Struct(">I")

# Four letters hold three bytes; the last letter of a shorter group has trailing bits, which are zero.
_B64U = re.compile("[A-Za-z0-9_-]*")
_LAST_LETTERS = {2: frozenset("AQgw"), 3: frozenset("AEIMQUYcgkosw048")}
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")


_HELD = 2047
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def sha256_hex(data: bytes) -> str:
    """SHA-256 in hex of a few kilobytes.

    From 2048 bytes on, hashlib lets other threads run meanwhile and then waits its turn again; for so little work the
    waiting costs more than the hashing, so it is given less at a time.
    """
    digest = hashlib.sha256()
    for start in range(0, len(data), _HELD):
        digest.update(data[start : start + _HELD])
    return digest.hexdigest()


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """The bytes of a base64url text; ValueError unless it is exactly what `b64u` would write."""
    spare = len(text) % 4
    if spare == 1 or _B64U.fullmatch(text) is None or (spare and text[-1] not in _LAST_LETTERS[spare]):
        raise ValueError("not base64url")
    return binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4))


def canonical(value: Mapping[str, object]) -> bytes:
    """Canonical JSON (RFC 8785) in UTF-8, for texts, integers, booleans, null, lists and objects.

    Within these values the json module writes what RFC 8785 asks for, many times faster than a
    general implementation; only the order of keys differs, and only beyond the basic plane. A test
    holds both against each other. `parse_canonical` is what refuses numbers outside the range.

    Raises:
        ValueError: a text holds a lone surrogate.
    """
    text = _encoder.encode(value)
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
