"""The contents of LevelDB's files, as Chromium writes them for IndexedDB and Local Storage.

After table_format.md and log_format.md of Google's LevelDB. Values only need to be found, so keys are not rebuilt from
their common prefixes; blocks and records are given as they lie there, joined and decompressed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tests.canary.snappy import SnappyError, decompress, read_varint

TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
_FOOTER = 48
_TRAILER = 5
_LOG_BLOCK = 32768
_LOG_HEADER = 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def is_table(data: bytes) -> bool:
    """Whether a file is a LevelDB table (``.ldb``)."""
    return len(data) >= _FOOTER and data.endswith(TABLE_MAGIC)


def table_blocks(data: bytes) -> Iterator[bytes]:
    """The data blocks of a table, decompressed. A table that is damaged gives what can be read."""
    footer = data[-_FOOTER:]
    try:
        _, at = read_varint(footer, 0)
        _, at = read_varint(footer, at)
        offset, at = read_varint(footer, at)
        size, _ = read_varint(footer, at)
        index = _block(data, offset, size)
    except (IndexError, SnappyError, zlib.error):
        return
    for handle in _values(index):
        try:
            offset, at = read_varint(handle, 0)
            size, _ = read_varint(handle, at)
            yield _block(data, offset, size)
        except (IndexError, SnappyError, zlib.error):
            continue


def log_records(data: bytes) -> Iterator[bytes]:
    """The records of a log (``.log``, ``MANIFEST``), put together where they lie in several blocks."""
    fragments = b""
    for start in range(0, len(data), _LOG_BLOCK):
        block = data[start : start + _LOG_BLOCK]
        at = 0
        while at + _LOG_HEADER <= len(block):
            length = int.from_bytes(block[at + 4 : at + 6], "little")
            kind = block[at + 6]
            fragment = block[at + _LOG_HEADER : at + _LOG_HEADER + length]
            if kind not in (_FULL, _FIRST, _MIDDLE, _LAST):
                break
            fragments = fragment if kind in (_FULL, _FIRST) else fragments + fragment
            if kind in (_FULL, _LAST):
                yield fragments
                fragments = b""
            at += _LOG_HEADER + length
    if fragments:
        yield fragments


def _block(data: bytes, offset: int, size: int) -> bytes:
    content, kind = data[offset : offset + size], data[offset + size]
    if kind == 1:
        return decompress(content)
    return zlib.decompress(content, -15) if kind == 4 else content


def _values(block: bytes) -> Iterator[bytes]:
    """The values of a block's entries."""
    if len(block) < 4:
        return
    restarts = int.from_bytes(block[-4:], "little")
    end, at = len(block) - 4 * (restarts + 1), 0
    while at < end:
        _, at = read_varint(block, at)
        unshared, at = read_varint(block, at)
        length, at = read_varint(block, at)
        yield block[at + unshared : at + unshared + length]
        at += unshared + length
