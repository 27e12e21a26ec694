"""Hand-over files: what a tablet may not yet delete, in one file (deploy/docs/protocol.md, Hand-over file)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sync.envelope.body import Readable
from sync.envelope.encoding import U32, parse_canonical
from sync.envelope.fields import ID, KEY_ID, TIME, Fields
from sync.errors import SyncError
from sync.framing import DamageCodes, HandedItem, HashedSource, ItemReader

MAGIC = b"FBH\x01"
ABOUT_AT_MOST = 1024

_HEADER = "handover.header"
_DAMAGE = DamageCodes("handover.cut", "handover.framing", "handover.differs")
_KEYS = frozenset({"v", "study", "device", "at", "count"})


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself. Nobody signed it, and nothing is decided by it."""

    study: str
    device: str
    at: str
    count: int


class HandoverFile:
    """Reads a hand-over file from its beginning to its end; in memory are one cover and what the caller reads."""

    def __init__(self, source: Readable) -> None:
        """Read the header. Raises `SyncError` `handover.header`."""
        self._reader = ItemReader(HashedSource(source), _DAMAGE)
        self.about = self._read_about()

    def items(self) -> Iterator[HandedItem]:
        """The items in order; what of a body was not read is passed over.

        Raises `SyncError`: `handover.cut`, `handover.framing` (both with `index`, the number of items before),
        `handover.differs`. Items before it were whole, as far as their framing tells.
        """
        index = 0
        while size := self._reader.length(index):
            item = self._reader.item(size, index)
            yield item
            item.body.skip()
            index += 1
        self._reader.close(index, self.about.count)

    def _read_about(self) -> About:
        source = self._reader.source
        prefix = source.exactly(len(MAGIC) + U32.size)
        if len(prefix) < len(MAGIC) + U32.size or not prefix.startswith(MAGIC):
            raise SyncError(_HEADER)
        (size,) = U32.unpack(prefix[len(MAGIC) :])
        # A size that is too large is no JSON when it is cut.
        document = parse_canonical(source.exactly(min(size, ABOUT_AT_MOST)), _HEADER)
        fields = Fields(document, _KEYS, _HEADER)
        fields.version()
        return About(
            fields.text("study", ID), fields.text("device", KEY_ID), fields.text("at", TIME), fields.integer("count")
        )
