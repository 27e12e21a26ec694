"""Uploads by tus: the sealed body of a large item arrives in pieces, each of them durable before it is answered."""

from __future__ import annotations

import fcntl
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, delete, exists, func, insert, or_, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.decision import Answer, Carrier, store_deliveries
from server.services.collect.expiry import NOTED_EVERY, UPLOADS, expires_at, remove_expired, spool_file
from server.services.collect.intake import IN_ROW_AT_MOST, Intake
from server.services.collect.quotas import Quotas
from server.services.collect.receipts import DELIVERIES
from server.services.collect.space import full_disk_said
from server.services.collect.standing import (
    COVER_ALLOWANCE,
    DEVICES,
    ITEMS,
    NODES,
    Signer,
    known_devices,
    known_nodes,
)
from server.storage.blobs import fsync_folder
from server.storage.items import Item as ItemRow
from server.storage.items import Upload
from sync.envelope.cover import Cover, parse_cover
from sync.errors import EnvelopeError

OPEN_AT_MOST = 100
"""Uploads under way from one carrier."""
LOCKS = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is, in bytes. ``answer`` is there when it has become an item; ``expires`` until then."""

    offset: int
    size: int
    answer: Answer | None = None
    cover: bytes = b""
    expires: datetime | None = None


class Uploads:
    """The uploads of a place. Their bytes lie in the spool; a file's size is the offset."""

    def __init__(self, place: Place, intake: Intake) -> None:
        self._place = place
        self._intake = intake
        self._locks = [threading.Lock() for _ in range(LOCKS)]

    def create(self, carrier: Carrier, encoded: bytes, size: int) -> str:
        """Begin an upload, or find it begun or finished; returns its id, the hash of the cover.

        Raises what ``Intake.check_cover`` raises, ``EnvelopeError`` ``envelope.body.size``, ``CodedError``:
        ``storage.full``, ``upload.too_many``, ``intake.quota.device``, ``intake.quota.waiting``.
        """
        cover = self._intake.check_cover(encoded)
        if cover.body.size != size:
            raise EnvelopeError("envelope.body.size", expected=cover.body.size)
        self._intake.make_space(size)
        with full_disk_said():
            self._place.writer.run(lambda connection: self._begin(connection, carrier, cover))
        return cover.hash

    def progress(self, carrier: Carrier, item_hash: str) -> Progress:
        """How far it is. Of an item that is another's nothing is said. Raises ``CodedError`` ``upload.unknown``."""
        with self._place.engine.connect() as connection:
            row = self._find(connection, carrier, item_hash)
            answer = self._own_answer(connection, carrier, item_hash)
        if row is None:
            if answer is None:
                raise CodedError("upload.unknown")
            held = self._held(item_hash)
            return Progress(held.body_size, held.body_size, answer, held.cover)
        offset = self._offset(carrier, item_hash, row.cover)
        return Progress(offset, row.size, cover=row.cover, expires=expires_at(row.changed_at))

    def append(self, carrier: Carrier, item_hash: str, offset: int, data: bytes | bytearray) -> Progress:
        """Add bytes at the offset; the last ones make it an item. Of two that add at one offset, one is refused.

        Raises ``CodedError``: ``upload.unknown``, ``upload.offset``, ``storage.full``; ``EnvelopeError``
        ``envelope.body.size``, and ``envelope.body.hash`` when the whole has another hash: the upload is gone then.
        """
        with self._locks[hash((carrier.id, item_hash)) % LOCKS]:
            with self._place.engine.connect() as connection:
                row = self._find(connection, carrier, item_hash)
            if row is None:
                raise CodedError("upload.unknown")
            known = self._offset(carrier, item_hash, row.cover)
            if offset != known:
                raise CodedError("upload.offset", offset=known)
            if offset + len(data) > row.size:
                raise EnvelopeError("envelope.body.size", expected=row.size)
            if data:
                self._intake.make_space(len(data))
                with full_disk_said():
                    self._write(self._file(carrier, item_hash), offset, data)
            if offset + len(data) < row.size:
                changed_at = self._note_change(carrier, item_hash, row.changed_at)
                return Progress(offset + len(data), row.size, cover=row.cover, expires=expires_at(changed_at))
            return Progress(row.size, row.size, self._finish(carrier, item_hash, row.cover), row.cover)

    def terminate(self, carrier: Carrier, item_hash: str) -> None:
        """End an upload: its bytes and what it counted go. What has become an item is never deleted by its sender.

        Raises ``CodedError``: ``upload.unknown``, ``upload.held``.
        """
        with self._locks[hash((carrier.id, item_hash)) % LOCKS]:
            with self._place.engine.connect() as connection:
                row = self._find(connection, carrier, item_hash)
                held = self._own_answer(connection, carrier, item_hash) is not None
            if row is None:
                raise CodedError("upload.held" if held else "upload.unknown")
            self._forget(carrier, item_hash)
            self._file(carrier, item_hash).unlink(missing_ok=True)

    def answer(self, carrier: Carrier, item_hash: str) -> Answer:
        """What became of an upload, whose last answer may have been lost on the way.

        Raises ``CodedError``: ``upload.unknown``, ``upload.unfinished``; and as ``append`` for one that is whole.
        """
        progress = self.progress(carrier, item_hash)
        if progress.answer is None and progress.offset == progress.size:
            progress = self.append(carrier, item_hash, progress.offset, b"")
        if progress.answer is None:
            raise CodedError("upload.unfinished", offset=progress.offset)
        return progress.answer

    def _begin(self, connection: Connection, carrier: Carrier, cover: Cover) -> None:
        if self._find(connection, carrier, cover.hash):
            return
        if self._intake.answer_of(connection, cover.hash):
            if carrier.kind == "node":
                store_deliveries(connection, {(carrier.id, cover.hash)})
            return
        remove_expired(connection, self._place)
        self._need_room(connection, carrier, cover)
        now = self._place.now()
        values = {"carrier": carrier.id, "hash": cover.hash, "cover": cover.encoded, "size": cover.body.size}
        connection.execute(insert(UPLOADS).values(**values, created_at=now, changed_at=now))

    def _need_room(self, connection: Connection, carrier: Carrier, cover: Cover) -> None:
        """Raise ``CodedError`` for an upload too many, or for an item that would be refused when it is whole."""
        settings, size = self._place.settings, cover.body.size + COVER_ALLOWANCE
        taken_by_each = func.coalesce(func.sum(UPLOADS.c.size + COVER_ALLOWANCE), 0)
        open_ones = select(func.count(), taken_by_each)
        number, taken = connection.execute(open_ones.where(UPLOADS.c.carrier == carrier.id)).one()
        if number >= OPEN_AT_MOST:
            raise CodedError("upload.too_many", limit=OPEN_AT_MOST)
        ids = {carrier.id, cover.taken_in_by.id}
        known = known_devices(connection, ids) | known_nodes(connection, ids)
        trusted = carrier.id in known and known[carrier.id].standing == "introduced"
        if taken + size > (settings.device_bytes if trusted else settings.unknown_device_bytes):
            raise CodedError("intake.quota.device")
        if not trusted:
            introduced = [select(each.c.id).where(each.c.standing == "introduced") for each in (DEVICES, NODES)]
            strangers = open_ones.where(*(UPLOADS.c.carrier.not_in(each) for each in introduced))
            if connection.execute(strangers).one()[1] + size > settings.unknown_devices_bytes:
                raise CodedError("intake.quota.waiting")
        refused = Quotas(settings).refusal(connection, cover, _likely_state(known.get(cover.taken_in_by.id)))
        if refused is not None:
            raise CodedError(refused)

    def _finish(self, carrier: Carrier, item_hash: str, encoded: bytes) -> Answer:
        file = self._file(carrier, item_hash)
        try:
            answer = self._intake.receive_file(carrier, parse_cover(encoded), file)
        except EnvelopeError:
            self._forget(carrier, item_hash)
            file.unlink(missing_ok=True)
            raise
        except FileNotFoundError:
            # It expired at this very moment; its sender begins it again.
            raise CodedError("upload.unknown") from None
        self._forget(carrier, item_hash)
        file.unlink(missing_ok=True)
        return answer

    def _forget(self, carrier: Carrier, item_hash: str) -> None:
        query = delete(UPLOADS).where(UPLOADS.c.carrier == carrier.id, UPLOADS.c.hash == item_hash)
        self._place.writer.run(lambda connection: connection.execute(query) and None)

    def _own_answer(self, connection: Connection, carrier: Carrier, item_hash: str) -> Answer | None:
        """What became of an item that the carrier signed or delivered."""
        own = or_(
            ITEMS.c.signer == carrier.id,
            ITEMS.c.carrier == carrier.id,
            exists().where(DELIVERIES.c.node == carrier.id, DELIVERIES.c.item_hash == ITEMS.c.hash),
        )
        if connection.execute(select(ITEMS.c.id).where(ITEMS.c.hash == item_hash, own)).first() is None:
            return None
        return self._intake.answer_of(connection, item_hash)

    def _find(self, connection: Connection, carrier: Carrier, item_hash: str) -> Upload | None:
        query = select(UPLOADS).where(UPLOADS.c.carrier == carrier.id, UPLOADS.c.hash == item_hash)
        return cast("Upload | None", connection.execute(query).first())

    def _note_change(self, carrier: Carrier, item_hash: str, changed_at: datetime) -> datetime:
        """Write down now and then that somebody goes on with it: each time would cost a commit a piece."""
        now = self._place.now()
        if now - changed_at < NOTED_EVERY:
            return changed_at
        query = update(UPLOADS).where(UPLOADS.c.carrier == carrier.id, UPLOADS.c.hash == item_hash)
        self._place.writer.run(lambda connection: connection.execute(query.values(changed_at=now)) and None)
        return now

    def _held(self, item_hash: str) -> ItemRow:
        query = select(ITEMS.c.body_size, ITEMS.c.cover).where(ITEMS.c.hash == item_hash)
        with self._place.engine.connect() as connection:
            return cast("ItemRow", connection.execute(query).one())

    def _file(self, carrier: Carrier, item_hash: str) -> Path:
        return spool_file(self._place.settings, carrier.id, item_hash)

    def _offset(self, carrier: Carrier, item_hash: str, encoded: bytes) -> int:
        try:
            return self._file(carrier, item_hash).stat().st_size
        except FileNotFoundError:
            pass
        # The file was moved to the blobs, and the process ended before the item was in the database.
        body = parse_cover(encoded).body
        if body.size <= IN_ROW_AT_MOST or self._place.blobs.size(body.hash) != body.size:
            return 0
        return body.size

    def _write(self, file: Path, offset: int, data: bytes | bytearray) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = not file.exists()
        rest = memoryview(data)
        with file.open("ab", buffering=0) as target:
            # The locks above are those of one process; this one holds between processes too.
            fcntl.flock(target, fcntl.LOCK_EX)
            known = os.fstat(target.fileno()).st_size
            if known != offset:
                raise CodedError("upload.offset", offset=known)
            try:
                while rest:
                    rest = rest[target.write(rest) :]
                os.fsync(target.fileno())
            except OSError:
                os.ftruncate(target.fileno(), offset)
                raise
        if new:
            fsync_folder(file.parent)


def _likely_state(signer: Signer | None) -> str:
    if signer is None:
        return "waiting"
    return "held" if signer.standing == "introduced" else "quarantined"
