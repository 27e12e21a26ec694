"""Hand-over files: what a tablet wrote when nothing else helped is taken in by the ordinary intake."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.place import Place
from server.services.collect.decision import Answer, Carrier
from server.services.collect.intake import Intake, refusal
from server.services.collect.space import full_disk_said
from server.storage.blobs import fsync_folder
from sync.envelope.cover import Cover
from sync.envelope.item import Item
from sync.errors import SyncError
from sync.handover import READ_SIZE, About, BodyPart, HandoverFile

BY_FILE = Carrier("file", "device")
"""Who delivered what came in a file. The file names a device, but nobody signed that."""
BATCH_BYTES = 1024 * 1024
"""Items up to so many bytes are gathered in memory and decided upon together; larger bodies go through the spool."""
BATCH_ITEMS = 500
KNOWN = "known"
"""Counted for an item that was here already, instead of its state."""


@dataclass
class HandoverReport:
    """What became of a file. ``states`` counts the items by their state, ``refused`` those not kept by their code."""

    about: About
    states: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    problem: str | None = None
    """Code of the damage at which reading ended, or that the trailer told, or None."""
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """How many items were read whole."""
        return sum(self.states.values())

    @property
    def missing(self) -> int:
        """How many items the file should have held beyond those, by its own word."""
        return max(0, self.about.count - self.read)


class Handover:
    """Takes hand-over files in at a place."""

    def __init__(self, place: Place, intake: Intake) -> None:
        self._place = place
        self._intake = intake

    def take_in(self, path: Path) -> HandoverReport:
        """Take in every item that stands whole in a file; damage is told in the report.

        What was read before an error is kept, and the file may be taken in again: nothing is kept twice.
        Raises ``SyncError`` ``handover.header``, ``OSError`` of the file, ``CodedError`` ``storage.full``.
        """
        with path.open("rb") as source:
            file = HandoverFile(source)
            report = HandoverReport(file.about)
            batch: list[Item] = []
            try:
                for each in file.items():
                    large = len(each.cover) + each.body.size > BATCH_BYTES
                    if large or len(batch) == BATCH_ITEMS or _bytes(batch) + each.body.size > BATCH_BYTES:
                        self._small(report, batch)
                        batch = []
                    if large:
                        _count(report, *self._large(each.cover, each.body))
                    else:
                        batch.append(Item(each.cover, _whole(each.body)))
            except SyncError as error:
                report.problem, report.params = error.code, error.params
            self._small(report, batch)
        return report

    def _small(self, report: HandoverReport, batch: list[Item]) -> None:
        known = {item.hash for item in batch if self._answer(item.hash) is not None}
        for answer in self._intake.receive(BY_FILE, batch) if batch else ():
            _count(report, answer, answer.hash in known)

    def _large(self, encoded: bytes, body: BodyPart) -> tuple[Answer, bool]:
        """The answer for an item whose body is not held in memory, and whether it was here already."""
        try:
            cover = self._intake.check_cover(encoded)
        except SyncError as error:
            return refusal(encoded, error.code), False
        known = self._answer(cover.hash)
        if known is not None:
            return known, True
        with self._spooled(cover, body) as file:
            try:
                return self._intake.receive_file(BY_FILE, cover, file), False
            except SyncError as error:
                return refusal(encoded, error.code), False

    @contextmanager
    def _spooled(self, cover: Cover, body: BodyPart) -> Iterator[Path]:
        """The body as a finished file of the spool, gone afterwards unless it was moved."""
        self._intake.need_space(body.size)
        spool = self._place.settings.spool
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = spool / f"file.{cover.hash}.{secrets.token_hex(8)}"
        try:
            with full_disk_said(), file.open("xb") as target:
                while data := body.read(READ_SIZE):
                    target.write(data)
                target.flush()
                os.fsync(target.fileno())
            fsync_folder(spool)
            yield file
        finally:
            file.unlink(missing_ok=True)

    def _answer(self, item_hash: str) -> Answer | None:
        with self._place.engine.connect() as connection:
            return self._intake.answer_of(connection, item_hash)


def _count(report: HandoverReport, answer: Answer, known: bool) -> None:
    report.states[KNOWN if known else answer.state] += 1
    if answer.state == "refused":
        report.refused[answer.code or ""] += 1


def _whole(body: BodyPart) -> bytes:
    pieces = []
    while data := body.read(READ_SIZE):
        pieces.append(data)
    return b"".join(pieces)


def _bytes(batch: list[Item]) -> int:
    return sum(len(item.cover) + len(item.body) for item in batch)
