"""Decompression of Snappy blocks, after format_description.txt of Google's Snappy."""

from __future__ import annotations

LONGEST = 64 * 1024 * 1024
Bytes = bytes | memoryview


class SnappyError(ValueError):
    """The bytes are no Snappy block."""


def decompress(block: Bytes, *, prefix: bool = False) -> bytes:
    """The bytes that a raw Snappy block (without the framing format) stands for.

    With ``prefix`` other bytes may follow the block. Raises ``SnappyError``.
    """
    try:
        size, at = read_varint(block, 0)
        if size > LONGEST:
            raise SnappyError("too long")
        out = bytearray()
        while at < len(block) and not (prefix and len(out) >= size):
            tag = block[at]
            at += 1
            if tag & 3 == 0:
                at = _literal(block, at, tag >> 2, out)
            else:
                at, length, offset = _copy(block, at, tag)
                if not 0 < offset <= len(out):
                    raise SnappyError("a copy from before the beginning")
                start = len(out) - offset
                pattern = bytes(out[start : start + length])
                # A copy may reach into what it writes itself.
                out += (pattern * (length // len(pattern) + 1))[:length]
            if at > len(block):
                raise SnappyError("cut")
            if len(out) > size:
                raise SnappyError("longer than it says")
    except IndexError:
        raise SnappyError("cut") from None
    if len(out) != size:
        raise SnappyError("shorter than it says")
    return bytes(out)


def _literal(block: Bytes, at: int, length: int, out: bytearray) -> int:
    if length >= 60:
        width = length - 59
        length = int.from_bytes(block[at : at + width], "little")
        at += width
    out += block[at : at + length + 1]
    return at + length + 1


def _copy(block: Bytes, at: int, tag: int) -> tuple[int, int, int]:
    """Where the next element begins, and the length and offset of a copy."""
    if tag & 3 == 1:
        return at + 1, (tag >> 2 & 7) + 4, (tag >> 5) << 8 | block[at]
    width = 2 if tag & 3 == 2 else 4
    return at + width, (tag >> 2) + 1, int.from_bytes(block[at : at + width], "little")


def read_varint(data: Bytes, at: int) -> tuple[int, int]:
    """A little-endian base-128 number and where it ends. Raises ``IndexError`` at the end of the data."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80 or shift > 56:
            return value, at
        shift += 7
