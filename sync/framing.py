"""Items one after the other in a file: read from beginning to end, hashed on the way, a piece at a time in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sync.envelope.body import Readable
from sync.envelope.cover import MAX_COVER_SIZE, parse_cover
from sync.envelope.encoding import U32
from sync.errors import EnvelopeError, SyncError

READ_SIZE = 1024 * 1024
HASH_SIZE = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class DamageCodes:
    """What damage of one kind of file is called. Each is raised with `index`, the number of items before."""

    cut: str
    framing: str
    differs: str


class HashedSource:
    """A source whose bytes are hashed as they are read."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._hash = hashlib.sha256()
        self.hash_before_last = b""
        """The hash of everything before the piece that `exactly` gave last."""

    def some(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end."""
        data = self._source.read(min(size, READ_SIZE))
        self._hash.update(data)
        return data

    def exactly(self, size: int) -> bytes:
        """`size` bytes, or fewer at the end of the source. For short pieces: they are joined in memory."""
        self.hash_before_last = self._hash.copy().digest()
        pieces = []
        while size > 0 and (data := self.some(size)):
            pieces.append(data)
            size -= len(data)
        return b"".join(pieces)


class BodyPart:
    """The body of one item while it is read from its file: `size` bytes, each of them once."""

    def __init__(self, source: HashedSource, size: int, index: int, cut: str) -> None:
        self._source = source
        self._index = index
        self._cut = cut
        self.size = size
        self.rest = size

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; b"" behind the last. Raises `SyncError` (`cut`) when the file ends before."""
        wanted = min(size, self.rest)
        if wanted == 0:
            return b""
        data = self._source.some(wanted)
        if not data:
            raise SyncError(self._cut, index=self._index)
        self.rest -= len(data)
        return data

    def skip(self) -> None:
        """Pass over what was not read. Raises as `read`."""
        while self.read(READ_SIZE):
            pass


@dataclass(frozen=True, slots=True)
class HandedItem:
    """An item of a file: its cover as bytes that nobody has checked, and its body still to be read."""

    index: int
    cover: bytes = field(repr=False)
    body: BodyPart = field(repr=False)


class ItemReader:
    """Reads the framing of FORMAT.md from a source, whose damage is called by `codes`."""

    def __init__(self, source: HashedSource, codes: DamageCodes) -> None:
        self.source = source
        self.codes = codes

    def piece(self, size: int, index: int) -> bytes:
        """Exactly `size` bytes, in memory. Raises `SyncError` `codes.cut`."""
        data = self.source.exactly(size)
        if len(data) < size:
            raise SyncError(self.codes.cut, index=index)
        return data

    def length(self, index: int) -> int:
        """A length. Raises as `piece`."""
        (size,) = U32.unpack(self.piece(U32.size, index))
        return int(size)

    def item(self, cover_size: int, index: int) -> HandedItem:
        """The item whose cover has this size. Raises `SyncError`: `codes.cut`, `codes.framing`."""
        if cover_size > MAX_COVER_SIZE:
            raise SyncError(self.codes.framing, index=index)
        cover = self.piece(cover_size, index)
        body = BodyPart(self.source, self.length(index), index, self.codes.cut)
        if _size_by_cover(cover) not in (None, body.size):
            raise SyncError(self.codes.framing, index=index)
        return HandedItem(index, cover, body)

    def close(self, index: int, promised: int | None = None) -> None:
        """Check the trailer, whose first four bytes were read as a length. Raises `codes.cut`, `codes.differs`.

        `promised` is the number of items that the file announced, where it did.
        """
        known = self.source.hash_before_last
        trailer = self.piece(U32.size + HASH_SIZE, index)
        count, found = U32.unpack(trailer[: U32.size])[0], trailer[U32.size :]
        if found != known or count != index or promised not in (None, index) or self.source.some(1):
            raise SyncError(self.codes.differs, index=index)


def _size_by_cover(cover: bytes) -> int | None:
    """The size of the body by its cover, None where that cannot be read."""
    try:
        return parse_cover(cover).body.size
    except EnvelopeError:
        return None
