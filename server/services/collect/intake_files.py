"""Items that come in files: small ones are gathered and decided upon together, large ones go through the spool."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
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
from sync.framing import READ_SIZE, BodyPart, HandedItem

BATCH_BYTES = 1024 * 1024
"""Items up to so many bytes are gathered in memory and decided upon together; larger bodies go through the spool."""
BATCH_ITEMS = 500
KNOWN = "known"
"""Counted for an item that was here already, instead of its state."""


@dataclass
class ItemsTaken:
    """What became of items. ``states`` counts them by their state, ``refused`` those not kept by their code."""

    states: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        """How many items were read whole."""
        return sum(self.states.values())


def take_items(place: Place, intake: Intake, carrier: Carrier, items: Iterable[HandedItem], taken: ItemsTaken) -> None:
    """Take in items from a file and count them in ``taken``; those that came whole before an error are kept.

    Raises what ``items`` raises, and ``CodedError`` ``storage.full``.
    """
    taking = _Taking(place, intake, carrier, taken)
    try:
        for each in items:
            taking.take(each)
    except SyncError:
        taking.flush()
        raise
    taking.flush()


class _Taking:
    def __init__(self, place: Place, intake: Intake, carrier: Carrier, taken: ItemsTaken) -> None:
        self._place = place
        self._intake = intake
        self._carrier = carrier
        self._taken = taken
        self._batch: list[Item] = []
        self._size = 0

    def take(self, item: HandedItem) -> None:
        size = len(item.cover) + item.body.size
        large = size > BATCH_BYTES
        if large or len(self._batch) == BATCH_ITEMS or self._size + size > BATCH_BYTES:
            self.flush()
        if large:
            self._count(*self._large(item.cover, item.body))
        else:
            self._batch.append(Item(item.cover, _whole(item.body)))
            self._size += size

    def flush(self) -> None:
        batch, self._batch, self._size = self._batch, [], 0
        if not batch:
            return
        with self._place.engine.connect() as connection:
            known = self._intake.answers_of(connection, [item.hash for item in batch])
        for answer in self._intake.receive(self._carrier, batch):
            self._count(answer, answer.hash in known)

    def _large(self, encoded: bytes, body: BodyPart) -> tuple[Answer, bool]:
        """The answer for an item whose body is not held in memory, and whether it was here already."""
        try:
            cover = self._intake.check_cover(encoded)
        except SyncError as error:
            return refusal(encoded, error.code), False
        known = self._answer(cover.hash)
        if known is not None:
            self._intake.note_delivery(self._carrier, cover.hash)
            return known, True
        with self._spooled(cover, body) as file:
            try:
                return self._intake.receive_file(self._carrier, cover, file), False
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

    def _count(self, answer: Answer, known: bool) -> None:
        self._taken.states[KNOWN if known else answer.state] += 1
        if answer.state == "refused":
            self._taken.refused[answer.code or ""] += 1


def _whole(body: BodyPart) -> bytes:
    pieces = []
    while data := body.read(READ_SIZE):
        pieces.append(data)
    return b"".join(pieces)
