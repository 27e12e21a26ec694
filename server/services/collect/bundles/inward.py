"""Central reads the bundles of nodes from a stick: items by the ordinary intake, words as in a round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.agefile import is_recipient, opened_age
from server.services.collect.bundles.keys import own_identity
from server.services.collect.bundles.stick import Stick, Told, told_nobody
from server.services.collect.decision import Carrier
from server.services.collect.intake import Intake
from server.services.collect.intake_files import ItemsTaken, take_items
from server.services.collect.readable import need_introduced
from server.services.collect.reception import Reception
from server.services.collect.standing import NODES
from sync.bundle import ASK, HELLO, Frame, PieceFile
from sync.bundle_words import NodePiece, is_central, read_ask
from sync.envelope.encoding import parse_canonical
from sync.errors import SyncError
from sync.framing import HandedItem

HELLOS_AT_ONCE: Final = 200
HELLOS_AT_MOST: Final = 10_000
"""Hellos of one piece that are looked at."""


@dataclass
class PieceRead:
    """What became of one file."""

    path: Path
    node: str = ""
    number: int = 0
    at: str = ""
    taken: ItemsTaken = field(default_factory=ItemsTaken)
    problem: str | None = None
    """Code of the damage at which reading ended, or of why nothing of it is taken."""
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass
class StickRead:
    """What became of a stick. ``missing``: numbers by node; ``unfinished``: nodes whose writing was broken off."""

    pieces: list[PieceRead] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    """Files that are sealed for somebody else, or damaged where that would stand."""
    missing: dict[str, list[int]] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)


class Inward:
    """Reads bundles at central."""

    def __init__(self, place: Place, intake: Intake, reception: Reception, told: Told = told_nobody) -> None:
        self._place = place
        self._intake = intake
        self._reception = reception
        self._told = told
        self._identity = own_identity(place.settings)

    def read(self, stick: Stick) -> StickRead:
        """Take in everything that stands whole. It may be read again: nothing is kept twice.

        Raises ``CodedError``: ``bundle.folder``, ``storage.full``.
        """
        read = StickRead()
        met: list[NodePiece] = []
        files = stick.pieces()
        for done, path in enumerate(files, start=1):
            piece = self._read_piece(path, read)
            if piece is not None:
                met.append(piece)
            self._told("files", done, len(files))
        _judge(met, read)
        return read

    def _read_piece(self, path: Path, read: StickRead) -> NodePiece | None:
        """Read one file; what it says of itself where it is a node's, also if it is damaged behind that."""
        report = PieceRead(path)
        piece: NodePiece | None = None
        try:
            with opened_age(path, self._identity) as source:
                file = PieceFile(source)
                if is_central(file.about):
                    # This central wrote it, for a node.
                    return None
                piece = self._introduced(file.about)
                report.node, report.number, report.at = piece.id, piece.number, piece.at
                self._take(piece, file, report)
        except (SyncError, CodedError) as error:
            if error.code == "storage.full":
                raise
            report.problem, report.params = error.code, error.params
            if error.code == "bundle.other_key":
                read.others.append(path)
                return None
        read.pieces.append(report)
        return piece

    def _introduced(self, about: Mapping[str, object]) -> NodePiece:
        piece = NodePiece.read(about)
        if piece.study != self._place.settings.study:
            raise SyncError("bundle.study")
        with self._place.engine.connect() as connection:
            need_introduced(connection, self._place, Carrier(piece.id, "node"))
        return piece

    def _take(self, piece: NodePiece, file: PieceFile, report: PieceRead) -> None:
        hellos: list[Mapping[str, object]] = []
        try:
            items = self._items(piece, file, hellos, report)
            take_items(self._place, self._intake, Carrier(piece.id, "node"), items, report.taken)
        finally:
            for first in range(0, len(hellos), HELLOS_AT_ONCE):
                self._reception.carried(piece.id, hellos[first : first + HELLOS_AT_ONCE])

    def _items(
        self, piece: NodePiece, file: PieceFile, hellos: list[Mapping[str, object]], report: PieceRead
    ) -> Iterator[HandedItem]:
        """The items of a piece; what else stands in it is put where it belongs in passing."""
        for frame in file.frames():
            if isinstance(frame, HandedItem):
                yield frame
                continue
            try:
                if frame.kind == ASK:
                    self._keep_ask(piece.id, frame)
                elif frame.kind == HELLO and len(hellos) < HELLOS_AT_MOST:
                    hellos.append(parse_canonical(frame.data, "bundle.field"))
            except SyncError as error:
                # Words that are not as they must be hold up no item.
                report.problem, report.params = error.code, error.params

    def _keep_ask(self, node: str, frame: Frame) -> None:
        """Keep what a node asks for, if it is newer than what it asked for before."""
        ask = read_ask(frame.data)
        if (ask.id, ask.study) != (node, self._place.settings.study):
            raise SyncError("bundle.field", field="id")
        if not is_recipient(ask.recipient):
            # It would end every answer that is written after it.
            raise SyncError("bundle.field", field="recipient")

        def operation(connection: Connection) -> None:
            known = connection.execute(select(NODES.c.bundle_sequence).where(NODES.c.id == node)).scalar()
            if known is not None and ask.sequence > known:
                values = {"bundle_ask": frame.data, "bundle_sequence": ask.sequence}
                connection.execute(update(NODES).where(NODES.c.id == node).values(**values))

        self._place.writer.run(operation)


def _judge(met: list[NodePiece], read: StickRead) -> None:
    """Find what is missing, by the word of the piece with the highest number of each set. Damage is told by itself."""
    sets: dict[tuple[str, str], list[NodePiece]] = {}
    for piece in met:
        sets.setdefault((piece.id, piece.set), []).append(piece)
    for (node, _), pieces in sorted(sets.items()):
        newest = max(pieces, key=lambda each: each.number)
        missing = sorted(set(newest.before) - {each.number for each in pieces})
        if missing:
            read.missing[node] = sorted({*read.missing.get(node, []), *missing})
        if not newest.last:
            read.unfinished.append(node)
