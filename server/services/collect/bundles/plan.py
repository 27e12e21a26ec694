"""What goes into which file: arithmetic over numbers, so that a million items take some megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.bundle_words import PIECES_AT_MOST

FRAMING = 9
"""Bytes that the framing of an item adds to cover and body."""
SEALING = 64 * 1024
"""Clear text of a chunk of an age file, to which it adds 16 bytes."""
FILE_OVERHEAD = 4096
"""The age header, what the piece says of itself and the trailer, and the rest of the last block of the stick."""
LEAST = 1024 * 1024
"""The smallest size of a piece that may be asked for by people."""


@dataclass
class Plan:
    """Pieces as ids of items. ``bytes`` is what they take on the stick, ``left`` the items that have no room."""

    pieces: list[array[int]] = field(default_factory=list)
    bytes: int = 0
    left: int = 0


def sealed_size(clear: int) -> int:
    """Bytes that clear text takes in an age file, with all that a piece adds."""
    return clear + (clear // SEALING + 1) * 16 + FILE_OVERHEAD


def make_plan(items: Iterable[tuple[int, int]], *, most: int, room: int, words: int = 0) -> Plan:
    """Share items (id, bytes), in their order, out to pieces of at most ``most`` bytes that fit into ``room`` bytes.

    ``words`` are bytes that stand in the first piece before any item. An item that alone is larger than ``most`` has a
    piece of its own. One that does not fit any more is left; smaller ones behind it may still fit.
    """
    plan = Plan()
    now, clear = array("q"), words

    def close() -> None:
        nonlocal now, clear
        if now:
            plan.pieces.append(now)
            plan.bytes += sealed_size(clear)
        now, clear = array("q"), 0

    for id_, size in items:
        framed = size + FRAMING
        begin = bool(now) and sealed_size(clear + framed) > most
        needed = (sealed_size(clear) if begin else 0) + sealed_size(framed if begin else clear + framed)
        if plan.bytes + needed > room or len(plan.pieces) + begin >= PIECES_AT_MOST:
            plan.left += 1
            continue
        if begin:
            close()
        now.append(id_)
        clear += framed
    close()
    return plan
