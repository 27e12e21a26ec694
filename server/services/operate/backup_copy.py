"""Filling a folder with a checked copy of central: database, blobs, sealed secrets, manifest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from server.errors.error import CodedError
from server.place import Place
from server.services.operate.backup_check import (
    Progress,
    Standing,
    blobs_named,
    check_integrity,
    check_items,
    newest_feed_entry,
    open_copy,
    read_standing,
)
from server.services.operate.backup_target import BLOB_LIST, DATABASE, MANIFEST, BackupTarget, sha256_of, write_file
from server.services.operate.tables import copy_to_file
from server.settings import SETTINGS_FILE
from server.storage.blobs import fsync_folder
from server.storage.keyfiles import SESSION_KEY
from server.vault.audit import AUDIT_FILE
from server.vault.keyfile import KEY_FILE, read_key_file
from server.vault.sealing import seal_secret
from server.version import __version__

PAGES_AT_ONCE = 2048


@dataclass(frozen=True, slots=True)
class Copied:
    """What a checked copy holds. ``blob_bytes``: of all blobs that it names."""

    items: int
    blobs: int
    new_blobs: int
    blob_bytes: int


class Copying:
    """Copies a central. ``all_blobs``: read the blobs of earlier backups again, else compare their sizes."""

    def __init__(self, place: Place, goal: BackupTarget, progress: Progress, *, all_blobs: bool) -> None:
        self._place, self._goal, self._progress = place, goal, progress
        self._all_blobs = all_blobs
        self._new_blobs = 0

    def fill(self, made: Path, at: datetime) -> Copied:
        """Fill the empty folder ``made``; every file in it is durable then, and its blobs are in the target.

        Raises ``CodedError``: ``backup.database.damaged``, ``backup.item.*``, ``backup.blob.*``, ``epoch.missing``,
        ``backup.target.full``, and what reading the vault's key file raises; ``OSError``.
        """
        self._copy_database(made / DATABASE)
        with open_copy(made / DATABASE) as copy:
            named = blobs_named(copy)
            self._copy_blobs(named, made)
            self._copy_secrets(made)
            check_integrity(copy)
            items = check_items(copy, named, self._progress)
            standing = read_standing(copy)
            feed = newest_feed_entry(copy)
        write_file(made / BLOB_LIST, "".join(f"{name}\n" for name in named).encode("ascii"))
        self._write_manifest(made, standing, at, items=items, blobs=len(named), feed=feed)
        return Copied(items, len(named), self._new_blobs, sum(named.values()))

    def _copy_database(self, destination: Path) -> None:
        write_file(destination, b"")
        if self._place.shared:
            self._copy_tables(destination)
        else:
            self._copy_pages(destination)
        with destination.open("rb") as file:
            os.fsync(file.fileno())

    def _copy_tables(self, destination: Path) -> None:
        """A SQLite file of one moment of another kind of database: it is checked, kept and restored like any other."""
        try:
            copy_to_file(self._place.engine, destination, partial(self._progress, "database"))
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise CodedError("backup.target.full", path=str(self._goal.folder)) from None
            raise CodedError("backup.database.damaged", detail=str(error.orig)) from None

    def _copy_pages(self, destination: Path) -> None:
        source = Path(str(self._place.engine.url.database)).resolve()
        try:
            with (
                contextlib.closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as reader,
                contextlib.closing(sqlite3.connect(destination)) as copy,
            ):
                reader.isolation_level = None
                # A transaction held from the first page to the last: what is committed meanwhile neither comes in
                # nor makes the copy begin again.
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                reader.backup(copy, pages=PAGES_AT_ONCE, progress=self._told_pages)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise CodedError("backup.target.full", path=str(self._goal.folder)) from None
            raise CodedError("backup.database.damaged", detail=str(error)) from None

    def _told_pages(self, _status: int, remaining: int, total: int) -> None:
        self._progress("database", total - remaining, total)

    def _copy_blobs(self, named: dict[str, int], made: Path) -> None:
        found: set[Path] = set()
        for done, (name, size) in enumerate(named.items(), start=1):
            there = self._goal.blobs.path(name)
            whole = there.is_file() and there.stat().st_size == size
            if whole and self._all_blobs:
                whole = sha256_of(there)[0] == name
            if not whole:
                self._copy_blob(name, size, made / "blob")
                self._new_blobs += 1
            else:
                found.add(there.parent)
            self._progress("blobs", done, len(named))

        # A backup that was killed may have named a blob and not yet made that durable.
        for folder in sorted(found):
            fsync_folder(folder)
        if found:
            fsync_folder(self._goal.folder / "blobs")

    def _copy_blob(self, name: str, size: int, temporary: Path) -> None:
        digest, copied = hashlib.sha256(), 0
        with temporary.open("xb") as copy:
            try:
                for chunk in self._place.blobs.read(name):
                    digest.update(chunk)
                    copied += len(chunk)
                    copy.write(chunk)
            except FileNotFoundError:
                raise CodedError("backup.blob.missing", blob=name) from None
            copy.flush()
            os.fsync(copy.fileno())
        if (digest.hexdigest(), copied) != (name, size):
            raise CodedError("backup.blob.damaged", blob=name)
        temporary.chmod(0o600)
        self._goal.blobs.adopt(name, temporary)

    def _copy_secrets(self, made: Path) -> None:
        settings = self._place.settings
        study_key = read_key_file(settings.vault)
        for path in sorted(settings.keys.iterdir()):
            if path.is_file() and path.name != SESSION_KEY:
                write_file(made / f"{path.name}.sealed", seal_secret(study_key.public, path.name, path.read_bytes()))
        write_file(made / KEY_FILE, (settings.vault / KEY_FILE).read_bytes())
        write_file(made / SETTINGS_FILE, (settings.place / SETTINGS_FILE).read_bytes())
        log = settings.vault / AUDIT_FILE
        if log.is_file():
            whole_lines, _, _ = log.read_bytes().rpartition(b"\n")
            write_file(made / AUDIT_FILE, whole_lines + b"\n")

    def _write_manifest(self, made: Path, standing: Standing, at: datetime, **counts: int) -> None:
        files = {each.name: sha256_of(each) for each in sorted(made.iterdir())}
        document = {
            "v": 1,
            "study": self._place.settings.study,
            "at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "app_version": __version__,
            "epoch": standing.epoch,
            "durable_seq": standing.durable_seq,
            "full": self._all_blobs or self._new_blobs == counts["blobs"],
            **counts,
            "files": {name: {"sha256": digest, "size": size} for name, (digest, size) in files.items()},
        }
        write_file(made / MANIFEST, json.dumps(document, indent=1).encode("utf-8") + b"\n")
