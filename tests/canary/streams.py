"""Compressed contents inside bytes: zlib, gzip, members of zip files, Snappy values of Chromium's IndexedDB."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.canary.snappy import SnappyError, decompress

LONGEST = 64 * 1024 * 1024
"""Bytes of a stream that are decompressed."""
SHORTEST = 16
"""What decompresses to fewer bytes is chance."""
_PIECE = 16 * 1024
_HEADER = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|PK\x03\x04|\xff\x11\x02")
_RAW, _ZLIB, _GZIP = -15, 15, 31


@dataclass(frozen=True, slots=True)
class Stream:
    """What a compressed stream stands for; ``offset`` is where it begins."""

    kind: str
    offset: int
    content: bytes


def streams_in(data: bytes) -> Iterator[Stream]:
    """Every stream that begins with a header that is known, and a raw deflate stream at the beginning.

    A stream that breaks off gives what came before.
    """
    content, _ = _inflate(data, 0, _RAW)
    if len(content) >= SHORTEST:
        yield Stream("raw deflate", 0, content)
    at = 0
    while (match := _HEADER.search(data, at)) is not None:
        at = match.start() + 1
        stream, end = _open(data, match.start(), match[0])
        if stream is not None and len(stream.content) >= SHORTEST:
            yield stream
            at = max(at, end)


def _open(data: bytes, start: int, header: bytes) -> tuple[Stream | None, int]:
    """The stream at a header, and where it ends if it is whole, else 0."""
    if header == b"\xff\x11\x02":
        try:
            return Stream("Snappy", start, decompress(memoryview(data)[start + 3 :], prefix=True)), 0
        except SnappyError:
            return None, 0
    if header == b"PK\x03\x04":
        method = int.from_bytes(data[start + 8 : start + 10], "little")
        names = int.from_bytes(data[start + 26 : start + 28], "little")
        extra = int.from_bytes(data[start + 28 : start + 30], "little")
        if method != 8:
            return None, 0
        content, end = _inflate(data, start + 30 + names + extra, _RAW)
        return Stream("zip member", start, content), end
    gzip = header[0] == 0x1F
    content, end = _inflate(data, start, _GZIP if gzip else _ZLIB)
    return Stream("gzip" if gzip else "zlib", start, content), end


def _inflate(data: bytes, start: int, window: int) -> tuple[bytes, int]:
    """What a deflate stream stands for, as far as it can be read, and where it ends if it is whole, else 0."""
    reader = zlib.decompressobj(window)
    pieces: list[bytes] = []
    size, at = 0, start
    step = 64
    while at < len(data) and size < LONGEST:
        try:
            pieces.append(reader.decompress(data[at : at + step], LONGEST - size))
        except zlib.error:
            break
        size += len(pieces[-1])
        at += step
        if reader.eof:
            return b"".join(pieces), min(at, len(data)) - len(reader.unused_data)
        step = _PIECE
    return b"".join(pieces), 0
