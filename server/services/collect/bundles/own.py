"""What this place wrote to the stick before: read whole, so that nothing is written twice and damage is seen."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from server.services.collect.bundles.agefile import opened_age
from server.services.collect.bundles.stick import Stick, Told
from sync.bundle import Frame, PieceFile
from sync.bundle_words import CentralPiece, NodePiece
from sync.errors import SyncError
from sync.framing import HandedItem

P = TypeVar("P", NodePiece, CentralPiece)
G = TypeVar("G")


@dataclass
class OwnPieces:
    """The pieces of one sender for one receiver that stand whole on a stick, and how the next is numbered."""

    set: str = field(default_factory=lambda: secrets.token_hex(16))
    numbers: list[int] = field(default_factory=list)
    finished: bool = False
    """Whether the one with the highest number said that it was the last."""
    aside: list[Path] = field(default_factory=list)
    """Damaged ones, by the name that they have now."""

    def add(self, piece: NodePiece | CentralPiece) -> None:
        """Count a piece that was read whole, or that was written. Those of another set lie there by themselves."""
        if not self.numbers:
            self.set = piece.set
        if piece.set == self.set:
            if piece.number >= self.next_number:
                self.finished = piece.last
            self.numbers.append(piece.number)

    @property
    def next_number(self) -> int:
        """The number of the next piece."""
        return max(self.numbers, default=0) + 1

    @property
    def before(self) -> tuple[int, ...]:
        """The numbers that stand beside the next piece."""
        return tuple(sorted(self.numbers))


@dataclass(frozen=True)
class OwnReader:
    """How to read what this place wrote: ``prefix`` of the names, the age identity, ``told``."""

    stick: Stick
    prefix: str
    identity: str
    told: Told

    def read(
        self,
        read_about: Callable[[Mapping[str, object]], P | None],
        gather: Callable[[Frame | HandedItem], G],
        whole: Callable[[P, list[G]], None],
    ) -> OwnPieces:
        """Read all pieces, and put aside those that are damaged.

        ``read_about`` gives what a piece says of itself where this place has written it. ``gather`` takes from each
        frame what ``whole`` is given of a piece that was read to its end.
        """
        own = OwnPieces()
        files = [each for each in self.stick.pieces() if each.name.startswith(self.prefix)]
        for done, path in enumerate(files, start=1):
            try:
                with opened_age(path, self.identity) as source:
                    file = PieceFile(source)
                    piece = read_about(file.about)
                    if piece is None:
                        continue
                    gathered = [gather(frame) for frame in file.frames()]
            except SyncError:
                own.aside.append(self.stick.put_aside(path))
                continue
            own.add(piece)
            whole(piece, gathered)
            self.told("checked", done, len(files))
        return own
