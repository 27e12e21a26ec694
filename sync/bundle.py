"""The pieces of a bundle, within their age files (deploy/docs/protocol.md, Bundles)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sync.envelope.body import Readable
from sync.envelope.encoding import U32, parse_canonical
from sync.errors import SyncError
from sync.framing import DamageCodes, HandedItem, HashedSource, ItemReader

MAGIC: Final = b"FBX\x01"
ABOUT_AT_MOST: Final = 64 * 1024
ASK, HELLO, ITEM = b"a", b"h", b"i"
"""Frames of a node: what it asks for, its own hello and those of devices, items."""
RECEIPT, MARK, ENTRY, CONTENT = b"r", b"m", b"e", b"c"
"""Frames of central."""
TRAILER: Final = b"."
TRAILER_SIZE: Final = 1 + U32.size + 32
AT_MOST: Final[Mapping[bytes, int]] = {
    ASK: 4 * 1024 * 1024,
    HELLO: 16 * 1024,
    RECEIPT: 4096,
    MARK: 4096,
    ENTRY: 16 * 1024 * 1024,
    CONTENT: 32 * 1024 * 1024,
}
"""The longest frame of each kind, in bytes. An item has the limits of its framing."""

_HEADER = "bundle.header"
_DAMAGE = DamageCodes("bundle.damaged", "bundle.framing", "bundle.framing")


@dataclass(frozen=True, slots=True)
class Frame:
    """A document or a content of a piece, as bytes that nobody has checked."""

    kind: bytes
    data: bytes = field(repr=False)


class PieceFile:
    """Reads the plaintext of a piece from beginning to end; in memory are one frame and what the caller reads."""

    def __init__(self, source: Readable) -> None:
        """Read the header. Raises `SyncError` `bundle.header`, and what the source raises."""
        self._reader = ItemReader(HashedSource(source), _DAMAGE)
        self.about = self._read_about()
        """What the piece says of itself, as a parsed document whose signature nobody has checked."""

    def frames(self) -> Iterator[Frame | HandedItem]:
        """The frames in order; what of an item's body was not read is passed over.

        Raises `SyncError`: `bundle.damaged`, `bundle.framing` (both with `index`, the number of frames before), and
        what the source raises. Frames before it were whole.
        """
        index = 0
        while (kind := self._reader.piece(1, index)) != TRAILER:
            if kind == ITEM:
                item = self._reader.item(self._reader.length(index), index)
                yield item
                item.body.skip()
            else:
                yield Frame(kind, self._document(kind, index))
            index += 1
        self._reader.close(index)

    def _document(self, kind: bytes, index: int) -> bytes:
        size = self._reader.length(index)
        if not 0 < size <= AT_MOST.get(kind, 0):
            raise SyncError(_DAMAGE.framing, index=index)
        return self._reader.piece(size, index)

    def _read_about(self) -> Mapping[str, object]:
        source = self._reader.source
        prefix = source.exactly(len(MAGIC) + U32.size)
        if len(prefix) < len(MAGIC) + U32.size or not prefix.startswith(MAGIC):
            raise SyncError(_HEADER)
        (size,) = U32.unpack(prefix[len(MAGIC) :])
        return parse_canonical(source.exactly(min(size, ABOUT_AT_MOST)), _HEADER)


def write_frame(kind: bytes, data: bytes) -> Iterator[bytes]:
    """The bytes of a frame that is no item."""
    yield kind + U32.pack(len(data))
    yield data


def write_item(cover: bytes, size: int, body: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of an item whose body has `size` bytes."""
    yield ITEM + U32.pack(len(cover)) + cover + U32.pack(size)
    yield from body


def write_piece(about: bytes, frames: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """The plaintext of a piece: header, frames, trailer."""
    digest = hashlib.sha256()
    start = MAGIC + U32.pack(len(about)) + about
    digest.update(start)
    yield start
    count = 0
    for frame in frames:
        count += 1
        for data in frame:
            digest.update(data)
            yield data
    yield TRAILER + U32.pack(count) + digest.digest()
