"""PNG files with at most 256 colours: a picture of a screen is a few hundred times one of few colours."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 256


def with_palette(png: bytes) -> bytes:
    """A PNG of eight bits a channel, not interlaced, as one with a palette: colours hardly told apart become one.

    Raises ValueError for another kind of PNG.
    """
    width, height, channels, data = _read(png)
    pixels = _pixels(width, height, channels, data)
    counts = Counter(pixels)
    nearest = _nearest(counts)
    colours = sorted(set(nearest.values()))
    index = {colour: number for number, colour in enumerate(colours)}
    lookup = {colour: index[nearest[colour]] for colour in counts}
    rows = bytearray()
    for row in range(height):
        rows.append(0)
        rows += bytes(lookup[each] for each in pixels[row * width : (row + 1) * width])
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(each) for each in colours)
    parts = [_chunk(b"IHDR", header), _chunk(b"PLTE", palette), _chunk(b"IDAT", zlib.compress(bytes(rows), 9))]
    return SIGNATURE + b"".join(parts) + _chunk(b"IEND", b"")


Colour = tuple[int, int, int]


def _nearest(counts: Counter[Colour]) -> dict[Colour, Colour]:
    """Each colour with the one that stands for it: the most frequent ones stand for those that are near."""
    for bits in range(9):
        groups: dict[Colour, Colour] = {}
        for colour, _ in counts.most_common():
            groups.setdefault((colour[0] >> bits, colour[1] >> bits, colour[2] >> bits), colour)
        if len(groups) <= MOST:
            return {colour: groups[(colour[0] >> bits, colour[1] >> bits, colour[2] >> bits)] for colour in counts}
    raise AssertionError


def _read(png: bytes) -> tuple[int, int, int, bytes]:
    if png[:8] != SIGNATURE:
        raise ValueError("no PNG")
    at, data = 8, bytearray()
    width = height = channels = 0
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            if depth != 8 or colour not in (2, 6) or interlaced:
                raise ValueError("another kind of PNG")
            channels = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            data += body
        at += 12 + size
    return width, height, channels, zlib.decompress(bytes(data))


def _pixels(width: int, height: int, channels: int, data: bytes) -> list[Colour]:
    """The pixels row by row, the filters of the rows (PNG specification, 9.2) undone."""
    size = width * channels
    before = bytearray(size)
    found: list[Colour] = []
    for row in range(height):
        at = row * (size + 1)
        line = bytearray(data[at + 1 : at + 1 + size])
        _undo(data[at], line, before, channels)
        found += zip(line[0::channels], line[1::channels], line[2::channels], strict=True)
        before = line
    return found


def _undo(kind: int, line: bytearray, before: bytearray, step: int) -> None:
    for at, value in enumerate(line):
        left = line[at - step] if at >= step else 0
        if kind == 1:
            line[at] = (value + left) & 255
        elif kind == 2:
            line[at] = (value + before[at]) & 255
        elif kind == 3:
            line[at] = (value + (left + before[at]) // 2) & 255
        elif kind == 4:
            corner = before[at - step] if at >= step else 0
            line[at] = (value + _paeth(left, before[at], corner)) & 255


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    distances = (abs(guess - left), abs(guess - above), abs(guess - corner))
    return (left, above, corner)[distances.index(min(distances))]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
