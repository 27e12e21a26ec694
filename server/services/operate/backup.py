"""Backups of central while it serves: a snapshot of the database, every blob it names, and the mark that follows.

The order is what the durable mark rests on. The database is copied first, in one read transaction, so that writers are
not held up; a blob is durable before any row names it, so every blob of that copy is there to be copied next. The copy
is then checked, made durable and given its name; the mark is read from it, signed, and stored. A failure at any step
leaves no snapshot under a final name and the mark where it was.

Central's signing key lies in a backup sealed to the study's key, whose wrapped form lies beside it: a backup and the
passphrase bring everything back. The session key is left out: a restored central makes a new one.
"""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from server.errors.error import CodedError
from server.place import Place
from server.services.operate.backup_check import (
    Progress,
    Standing,
    check_integrity,
    check_items,
    open_copy,
    read_standing,
)
from server.services.operate.backup_copy import Copying
from server.services.operate.backup_target import (
    DATABASE,
    MANIFEST,
    BackupTarget,
    read_blob_list,
    read_manifest,
    sha256_of,
)
from server.services.operate.retention import KeepRule, drop_backups
from server.storage.bulk import insert_row
from server.storage.carriers import FeedEntryRow
from server.storage.items import Backup, Epoch, MarkRow
from server.storage.keyfiles import CENTRAL_KEY, read_key
from sync.envelope.signed import Mark

_BACKUPS = cast("Table", Backup.__table__)
_FEED = cast("Table", FeedEntryRow.__table__)
_MARKS = cast("Table", MarkRow.__table__)
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """A finished, checked backup. ``bytes``: of its database and all blobs that it names."""

    snapshot: Path
    epoch: str
    durable_seq: int
    items: int
    blobs: int
    new_blobs: int
    bytes: int
    seconds: float
    same_file_system: bool
    """The target lies on the same file system as the place: one broken disk would take both."""
    marked: bool = False
    """The mark was moved. Not by a copy to another folder than the backup target: nobody minds that one."""
    alone: int = 0
    """How many items and keys an earlier backup holds that this one does not: central has lost them."""


def make_backup(
    place: Place, target: Path, *, progress: Progress | None = None, verify: Literal["new", "all"] = "new"
) -> BackupReport:
    """Back up a central to ``target`` and move the durable mark, unless the place has another backup target.

    ``verify``: ``new`` compares blobs of earlier backups by their size, ``all`` reads every one of them again.

    Raises ``CodedError``, after it was noted as the problem of this backup: ``backup.role``,
    ``backup.target.*``, ``backup.running`` (not noted), ``backup.blob.*``,
    ``backup.item.*``, ``backup.database.damaged``, ``backup.epoch.changed``, ``backup.mark.backwards``,
    ``backup.failed``, and what reading the keys raises.
    """
    if place.role != "central":
        raise CodedError("backup.role")
    started = place.now()
    try:
        with _plain_errors(target):
            goal = BackupTarget(target)
            goal.prepare(place.settings)
            with goal.locked():
                return _Run(place, goal, progress or _silent, verify == "all", started).make()
    except BaseException as error:
        code = error.code if isinstance(error, CodedError) else "backup.interrupted"
        if code != "backup.running":
            with contextlib.suppress(SQLAlchemyError):
                _note(place, started, target, problem=code)
        raise


def verify_backup(path: Path, *, progress: Progress | None = None) -> BackupReport:
    """Read a snapshot, or the newest one of a target, and everything it names again. Changes nothing.

    Raises ``CodedError``: ``backup.none``, ``backup.file.damaged``, ``backup.database.damaged``, ``backup.item.*``,
    ``backup.blob.*``.
    """
    started = time.monotonic()
    snapshot = path if (path / MANIFEST).is_file() else BackupTarget(path).newest()
    if snapshot is None:
        raise CodedError("backup.none", path=str(path))
    with _plain_errors(path):
        for name, expected in read_manifest(snapshot)["files"].items():
            file = snapshot / name
            if not file.is_file() or list(sha256_of(file)) != [expected["sha256"], expected["size"]]:
                raise CodedError("backup.file.damaged", path=str(file))
        store = BackupTarget(snapshot.resolve().parent.parent).blobs
        sizes: dict[str, int] = {}
        named = read_blob_list(snapshot)
        for name in named:
            if not store.exists(name):
                raise CodedError("backup.blob.missing", blob=name)
            digest, sizes[name] = sha256_of(store.path(name))
            if digest != name:
                raise CodedError("backup.blob.damaged", blob=name)
            (progress or _silent)("blobs", len(sizes), len(named))
        with open_copy(snapshot / DATABASE) as copy:
            check_integrity(copy)
            items = check_items(copy, sizes, progress or _silent)
            standing = read_standing(copy)
    return BackupReport(
        snapshot=snapshot,
        epoch=standing.epoch,
        durable_seq=standing.durable_seq,
        items=items,
        blobs=len(sizes),
        new_blobs=0,
        bytes=(snapshot / DATABASE).stat().st_size + sum(sizes.values()),
        seconds=time.monotonic() - started,
        same_file_system=False,
    )


def has_unsaved_feed(place: Place, target: Path) -> bool:
    """Whether the feed says something that the newest backup does not hold, and the last backup did not fail.

    Nobody could bring that again: a tablet that enrolled since seals to a key whose private half lies here alone.

    Raises ``CodedError`` ``backup.file.damaged``.
    """
    newest = BackupTarget(target).newest()
    saved = 0 if newest is None else int(read_manifest(newest).get("feed", 0))
    with place.engine.connect() as connection:
        last = connection.execute(select(_BACKUPS.c.problem).order_by(_BACKUPS.c.id.desc()).limit(1)).first()
        there = connection.execute(select(func.max(_FEED.c.id))).scalar() or 0
    return there > saved and (last is None or last.problem is None)


class _Run:
    """One backup under way."""

    def __init__(self, place: Place, goal: BackupTarget, progress: Progress, all_blobs: bool, at: datetime) -> None:
        self._place, self._goal, self._at = place, goal, at
        self._copying = Copying(place, goal, progress, all_blobs=all_blobs)

    def make(self) -> BackupReport:
        begun = time.monotonic()
        signing_key = Ed25519PrivateKey.from_private_bytes(read_key(self._place.settings.keys, CENTRAL_KEY))
        with self._goal.workshop() as made:
            copied = self._copying.fill(made, self._at)
            snapshot = self._goal.finish(made, self._at)
        with open_copy(snapshot / DATABASE) as copy:
            standing = read_standing(copy)
        marked = self._rests_here()
        if marked:
            self._mark(standing, signing_key)
        alone = 0
        with contextlib.suppress(OSError):
            judged = drop_backups(self._goal, KeepRule.of(self._place.settings))
            alone = max((each.alone for each in judged), default=0)
        return BackupReport(
            snapshot=snapshot,
            epoch=standing.epoch,
            durable_seq=standing.durable_seq,
            items=copied.items,
            blobs=copied.blobs,
            new_blobs=copied.new_blobs,
            bytes=(snapshot / DATABASE).stat().st_size + copied.blob_bytes,
            seconds=time.monotonic() - begun,
            same_file_system=self._place.settings.place.stat().st_dev == self._goal.folder.stat().st_dev,
            marked=marked,
            alone=alone,
        )

    def _rests_here(self) -> bool:
        target = self._place.settings.backup_target
        return not target or Path(target).resolve() == self._goal.folder.resolve()

    def _mark(self, standing: Standing, key: Ed25519PrivateKey) -> None:
        now = self._place.now()
        mark = Mark(
            study=self._place.settings.study,
            epoch=standing.epoch,
            durable_seq=standing.durable_seq,
            at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        )
        document = mark.sign(key)

        def store(connection: Connection) -> None:
            epoch = connection.execute(select(Epoch.epoch).order_by(Epoch.id.desc()).limit(1)).scalar()
            if epoch != standing.epoch:
                raise CodedError("backup.epoch.changed")
            query = select(func.max(MarkRow.durable_seq)).where(MarkRow.epoch == epoch)
            if (connection.execute(query).scalar() or 0) > standing.durable_seq:
                raise CodedError("backup.mark.backwards")
            row = {"epoch": epoch, "durable_seq": standing.durable_seq, "document": document, "received_at": now}
            insert_row(connection, _MARKS, row)
            _insert_note(connection, self._at, self._goal.folder, now, standing=standing)

        self._place.writer.run(store)


def _note(place: Place, started: datetime, target: Path, problem: str) -> None:
    now = place.now()
    place.writer.run(lambda connection: _insert_note(connection, started, target, now, problem=problem))


def _insert_note(
    connection: Connection,
    started: datetime,
    target: Path,
    finished: datetime,
    *,
    standing: Standing | None = None,
    problem: str | None = None,
) -> None:
    values = {
        "started_at": started,
        "finished_at": finished,
        "target": str(target)[:1024],
        "epoch": standing.epoch if standing else None,
        "durable_seq": standing.durable_seq if standing else None,
        "problem": problem,
    }
    insert_row(connection, _BACKUPS, values)


@contextlib.contextmanager
def _plain_errors(target: Path) -> Iterator[None]:
    """What the file system refuses, as a code of the catalogue."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise CodedError("backup.target.full", path=str(target)) from None
        raise CodedError("backup.failed", path=str(target), detail=error.strerror or "") from None


def _silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""
