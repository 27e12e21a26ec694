"""A node reads the bundles that central wrote for it: by the rules of a round, and never more than a round permits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, update

from server.place import Place
from server.services.collect.bundles.agefile import opened_age
from server.services.collect.bundles.keys import own_identity
from server.services.collect.bundles.stick import Stick, Told, told_nobody
from server.services.collect.feed import Feed
from server.services.collect.keys import central_public_key, node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.receipts import PEERS
from server.services.collect.rounds import only_round
from server.services.collect.space import full_disk_said
from sync.bundle import CONTENT, ENTRY, MARK, RECEIPT, Frame, PieceFile
from sync.bundle_words import WANTS_AT_MOST, CentralPiece, is_central
from sync.downward import Downward, Tally
from sync.envelope.encoding import canonical, parse_canonical
from sync.errors import SyncError
from sync.feed import Head
from sync.framing import HandedItem

_FORGED: Final = {RECEIPT: "receipt.forged", MARK: "mark.forged", ENTRY: "feed.forged"}
AT_ONCE: Final = 500
AT_ONCE_BYTES: Final = 4 * 1024 * 1024
"""Documents that are kept together."""


@dataclass
class PieceHeard:
    """What became of one file."""

    path: Path
    number: int = 0
    at: str = ""
    problem: str | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass
class StickHeard:
    """What became of a stick."""

    tally: Tally = field(default_factory=Tally)
    pieces: list[PieceHeard] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    """Files that are sealed for somebody else, or damaged where that would stand."""
    missing: list[int] = field(default_factory=list)
    unfinished: bool = False
    new_epoch: bool = False
    """Central was restored: everything that it may have lost is queued again."""


class Hearing:
    """Reads bundles at a node."""

    def __init__(self, place: Place, feed: Feed, told: Told = told_nobody) -> None:
        self._place = place
        self._told = told
        self._identity = own_identity(place.settings)
        self._key = central_public_key(place.settings)
        self._outbox = NodeOutbox(place, feed, node_private_key(place.settings))
        self._down = Downward(self._outbox, place.settings.study, self._key)

    def read(self, stick: Stick) -> StickHeard:
        """Keep what central signed, in the order in which it wrote it. It may be read again: that changes nothing.

        What one piece lacks, those behind it do not make up for: of a set nothing is read behind a gap.
        Raises ``CodedError``: ``sync.running``, ``bundle.folder``, ``storage.full``.
        """
        heard = StickHeard(self._down.tally)
        with only_round(self._place), full_disk_said():
            found = self._found(stick, heard)
            behind: set[str] = set()
            sets: dict[str, set[int]] = {}
            for done, (piece, report) in enumerate(found, start=1):
                read = sets.setdefault(piece.set, set())
                missing = sorted(set(piece.before) - read)
                if missing:
                    heard.missing = sorted({*heard.missing, *missing})
                    behind.add(piece.set)
                if piece.set in behind:
                    report.problem = report.problem or "bundle.gap"
                elif report.problem is None and self._read_piece(piece, report, heard):
                    read.add(piece.number)
                else:
                    behind.add(piece.set)
                self._told("files", done, len(found))
            newest = {piece.set: piece for piece, _ in found}
            heard.unfinished = any(not piece.last for piece in newest.values())
            self._place.writer.run(self._note_read)
        return heard

    def _found(self, stick: Stick, heard: StickHeard) -> list[tuple[CentralPiece, PieceHeard]]:
        """The pieces for this node, by the question that they answer and then by number; each file is begun only."""
        found: list[tuple[CentralPiece, PieceHeard]] = []
        for path in stick.pieces():
            report = PieceHeard(path)
            try:
                with self._opened(path) as (piece, _):
                    if piece is None:
                        continue
                    report.number, report.at = piece.number, piece.at
                    found.append((piece, report))
            except SyncError as error:
                if error.code == "bundle.other_key":
                    heard.others.append(path)
                    continue
                report.problem, report.params = error.code, error.params
            heard.pieces.append(report)
        return sorted(found, key=lambda each: (each[0].answers, each[0].set, each[0].number))

    @contextmanager
    def _opened(
        self, path: Path, expected: CentralPiece | None = None
    ) -> Iterator[tuple[CentralPiece | None, PieceFile]]:
        """A file and what central says of it, the same as before if given; None where this node wrote it itself."""
        with opened_age(path, self._identity) as source:
            file = PieceFile(source)
            if not is_central(file.about):
                yield None, file
                return
            piece = CentralPiece.read(canonical(file.about), self._key)
            if piece.study != self._place.settings.study:
                raise SyncError("bundle.study")
            if piece.node != self._place.settings.node:
                raise SyncError("bundle.other_key")
            if expected not in (None, piece):
                raise SyncError("bundle.damaged")
            yield piece, file

    def _read_piece(self, piece: CentralPiece, report: PieceHeard, heard: StickHeard) -> bool:
        """Read a piece; whether it was whole and its alarms none."""
        known = self._outbox.epoch()
        if not self._outbox.note_answer(piece.answers, piece.epoch):
            report.problem = "bundle.stale"
            # Nothing is wrong with it: those behind it may be newer.
            return True
        heard.new_epoch = heard.new_epoch or known not in (None, piece.epoch)
        try:
            with self._opened(report.path, expected=piece) as (_, file):
                self._keep(file)
        except SyncError as error:
            report.problem, report.params = error.code, error.params
            return False
        if self._down.tally.alarm is not None:
            report.problem = self._down.tally.alarm
            return False
        cursor = self._outbox.receipt_cursor()
        if piece.after <= cursor < piece.cursor:
            self._down.receipts([], piece.cursor)
        elif piece.after > cursor:
            report.problem = "bundle.gap"
        return True

    def _keep(self, file: PieceFile) -> None:
        """Keep the frames of a piece, in order, some at a time; what comes before damage is kept."""
        gathered = _Gathered(self._down, self._outbox)
        try:
            for frame in file.frames():
                gathered.take(frame)
        finally:
            gathered.flush()

    def _note_read(self, connection: Connection) -> None:
        values = {"bundle_read_at": self._place.now()}
        connection.execute(update(PEERS).where(PEERS.c.url == self._place.settings.central_url).values(**values))


class _Gathered:
    """Receipts and entries on their way to the outbox. Contents are kept if the feed names them and they lack."""

    def __init__(self, down: Downward, outbox: NodeOutbox) -> None:
        self._down = down
        self._outbox = outbox
        self._kind = b""
        self._documents: list[Mapping[str, object]] = []
        self._bytes = 0
        self._missing: set[str] | None = None

    def take(self, frame: Frame | HandedItem) -> None:
        if isinstance(frame, HandedItem):
            return
        if frame.kind != self._kind or len(self._documents) >= AT_ONCE or self._bytes > AT_ONCE_BYTES:
            self.flush()
        self._kind = frame.kind
        if frame.kind == CONTENT:
            self._content(frame.data)
        elif frame.kind == MARK:
            for document in self._parsed(frame):
                self._down.mark(document)
        elif frame.kind in (RECEIPT, ENTRY):
            self._documents += self._parsed(frame)
            self._bytes += len(frame.data)

    def flush(self) -> None:
        documents, self._documents, self._bytes = self._documents, [], 0
        if documents and self._kind == RECEIPT:
            self._down.receipts(documents, self._outbox.receipt_cursor())
        elif documents and self._down.tally.alarm is None:
            self._missing = None
            heads = self._outbox.heads()
            self._down.entries([each for each in documents if not _is_known(each, heads)], heads)

    def _content(self, data: bytes) -> None:
        if self._missing is None:
            self._missing = set(self._outbox.missing_contents(WANTS_AT_MOST))
        name = hashlib.sha256(data).hexdigest()
        if name in self._missing:
            self._down.content(name, data)
            self._missing.discard(name)

    def _parsed(self, frame: Frame) -> list[Mapping[str, object]]:
        """The document of a frame, in a list. Central signs nothing that is not canonical."""
        try:
            return [parse_canonical(frame.data, "envelope.document.not_canonical")]
        except SyncError:
            self._down.alarm(_FORGED[frame.kind])
            return []


def _is_known(entry: Mapping[str, object], heads: Mapping[str, Head]) -> bool:
    """Whether an entry lies before the head that this node has followed to: files overlap, unlike answers."""
    chain, number = entry.get("chain"), entry.get("number")
    return isinstance(chain, str) and type(number) is int and chain in heads and number < heads[chain].number
