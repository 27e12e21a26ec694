"""An envelope in one piece, for batches and files (FORMAT.md, Item)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.envelope.body import Readable
from sync.envelope.cover import MAX_COVER_SIZE, cover_hash
from sync.envelope.encoding import U32
from sync.errors import EnvelopeError

_MALFORMED = "envelope.item.malformed"


@dataclass(frozen=True, slots=True)
class Item:
    """A cover and its body, as bytes that nobody has looked into yet."""

    cover: bytes = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """The hash of the item: that of its cover, in hex."""
        return cover_hash(self.cover)


def pack_item(cover: bytes, body: bytes) -> bytes:
    """An envelope in one piece."""
    return U32.pack(len(cover)) + cover + U32.pack(len(body)) + body


def read_items(source: bytes | Readable, *, max_items: int, max_body: int) -> Iterator[Item]:
    """The items that follow one another in `source`, one at a time in memory.

    Raises:
        EnvelopeError: `envelope.item.malformed`, when one is cut, its cover is empty or larger than 8192
            bytes, its body is larger than `max_body`, or more than `max_items` follow. Items before it
            were already yielded.
    """
    source = io.BytesIO(source) if isinstance(source, bytes) else source
    count = 0
    while prefix := _read_up_to(source, U32.size):
        count += 1
        if count > max_items or len(prefix) < U32.size:
            raise EnvelopeError(_MALFORMED, index=count - 1)
        cover = _read_piece(source, prefix, MAX_COVER_SIZE, count - 1)
        if not cover:
            raise EnvelopeError(_MALFORMED, index=count - 1)
        body = _read_piece(source, _read_up_to(source, U32.size), max_body, count - 1)
        yield Item(cover, body)


def _read_piece(source: Readable, prefix: bytes, limit: int, index: int) -> bytes:
    if len(prefix) == U32.size:
        (size,) = U32.unpack(prefix)
        if size <= limit:
            data = _read_up_to(source, size)
            if len(data) == size:
                return data
    raise EnvelopeError(_MALFORMED, index=index)


def _read_up_to(source: Readable, size: int) -> bytes:
    pieces = []
    while size > 0 and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
