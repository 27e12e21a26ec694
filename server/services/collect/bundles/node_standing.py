"""Where a node stands once it has read what central wrote for it on a stick."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sync.bundle import CONTENT, ENTRY, MARK, Frame
from sync.bundle_words import CentralPiece
from sync.envelope.encoding import parse_canonical
from sync.framing import HandedItem

Found = tuple[bytes, bytes | str | tuple[str, int]]
"""The kind of a frame and what tells it: a mark, the name of a content, chain and number of an entry."""


@dataclass
class NodeStanding:
    """Cursor of the receipts, number of each chain's head, the mark, and contents that lie on the stick."""

    cursor: int
    heads: dict[str, int]
    mark: bytes | None = None
    contents: set[str] = field(default_factory=set)
    answered: bool = False
    """Whether an answer lies on the stick already."""

    def advance(self, piece: CentralPiece, found: Sequence[Found]) -> None:
        """Take into account what a whole piece brings."""
        self.answered = True
        if piece.after <= self.cursor:
            self.cursor = max(self.cursor, piece.cursor)
        for kind, value in found:
            if kind == MARK and isinstance(value, bytes):
                self.mark = value
            elif kind == CONTENT and isinstance(value, str):
                self.contents.add(value)
            elif kind == ENTRY and isinstance(value, tuple) and self.heads.get(value[0], 0) == value[1] - 1:
                self.heads[value[0]] = value[1]


def gather(frame: Frame | HandedItem) -> Found:
    """What tells a frame that central wrote."""
    if isinstance(frame, HandedItem):
        return (b"", b"")
    if frame.kind == ENTRY:
        entry = parse_canonical(frame.data, "feed.broken")
        return (ENTRY, (str(entry["chain"]), int(str(entry["number"]))))
    if frame.kind == CONTENT:
        return (CONTENT, hashlib.sha256(frame.data).hexdigest())
    return (frame.kind, frame.data if frame.kind == MARK else b"")
