"""Hand-over files: what a tablet may not yet delete, in one file (deploy/docs/protocol.md, Hand-over file)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.envelope.body import Readable
from sync.envelope.cover import MAX_COVER_SIZE, parse_cover
from sync.envelope.encoding import U32, parse_canonical
from sync.envelope.fields import ID, KEY_ID, TIME, Fields
from sync.errors import EnvelopeError, SyncError

MAGIC = b"FBH\x01"
ABOUT_AT_MOST = 1024
READ_SIZE = 1024 * 1024

_HEADER = "handover.header"
_CUT = "handover.cut"
_FRAMING = "handover.framing"
_DIFFERS = "handover.differs"
_KEYS = frozenset({"v", "study", "device", "at", "count"})


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself. Nobody signed it, and nothing is decided by it."""

    study: str
    device: str
    at: str
    count: int


class BodyPart:
    """The body of one item while it is read from its file: `size` bytes, each of them once."""

    def __init__(self, source: _Counted, size: int, index: int) -> None:
        self._source = source
        self._index = index
        self.size = size
        self.rest = size

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; b"" behind the last. Raises `SyncError` `handover.cut` when the file ends before."""
        wanted = min(size, self.rest)
        if wanted == 0:
            return b""
        data = self._source.some(wanted)
        if not data:
            raise SyncError(_CUT, index=self._index)
        self.rest -= len(data)
        return data


@dataclass(frozen=True, slots=True)
class HandedItem:
    """An item of a file: its cover as bytes that nobody has checked, and its body still to be read."""

    index: int
    cover: bytes = field(repr=False)
    body: BodyPart = field(repr=False)


class HandoverFile:
    """Reads a hand-over file from its beginning to its end; in memory are one cover and what the caller reads."""

    def __init__(self, source: Readable) -> None:
        """Read the header. Raises `SyncError` `handover.header`."""
        self._source = _Counted(source)
        self.about = self._read_about()

    def items(self) -> Iterator[HandedItem]:
        """The items in order; what of a body was not read is passed over.

        Raises `SyncError`: `handover.cut`, `handover.framing` (both with `index`, the number of items before),
        `handover.differs`. Items before it were whole, as far as their framing tells.
        """
        index = 0
        while size := self._length(index):
            if size > MAX_COVER_SIZE:
                raise SyncError(_FRAMING, index=index)
            cover = self._piece(size, index)
            body = BodyPart(self._source, self._length(index), index)
            if _size_by_cover(cover) not in (None, body.size):
                raise SyncError(_FRAMING, index=index)
            yield HandedItem(index, cover, body)
            while body.read(READ_SIZE):
                pass
            index += 1
        self._close(index)

    def _close(self, index: int) -> None:
        """Check the trailer, whose first four bytes were read as a length."""
        known = self._source.hash_before_last
        trailer = self._piece(U32.size + hashlib.sha256().digest_size, index)
        count, found = U32.unpack(trailer[: U32.size])[0], trailer[U32.size :]
        if found != known or count != index or count != self.about.count or self._source.some(1):
            raise SyncError(_DIFFERS, index=index)

    def _read_about(self) -> About:
        prefix = self._source.exactly(len(MAGIC) + U32.size)
        if len(prefix) < len(MAGIC) + U32.size or not prefix.startswith(MAGIC):
            raise SyncError(_HEADER)
        (size,) = U32.unpack(prefix[len(MAGIC) :])
        # A size that is too large is no JSON when it is cut.
        document = parse_canonical(self._source.exactly(min(size, ABOUT_AT_MOST)), _HEADER)
        fields = Fields(document, _KEYS, _HEADER)
        fields.version()
        return About(
            fields.text("study", ID), fields.text("device", KEY_ID), fields.text("at", TIME), fields.integer("count")
        )

    def _length(self, index: int) -> int:
        (size,) = U32.unpack(self._piece(U32.size, index))
        return int(size)

    def _piece(self, size: int, index: int) -> bytes:
        data = self._source.exactly(size)
        if len(data) < size:
            raise SyncError(_CUT, index=index)
        return data


class _Counted:
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


def _size_by_cover(cover: bytes) -> int | None:
    """The size of the body by its cover, None where that cannot be read."""
    try:
        return parse_cover(cover).body.size
    except EnvelopeError:
        return None
