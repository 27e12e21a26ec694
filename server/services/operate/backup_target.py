"""The folder that backups go to: ``snapshots/NUMBER-TIME/`` each whole, ``blobs/`` shared among them.

Snapshots are numbered; the time in their names is only shown. What is under way has a name that begins with a dot, and
is cleared away by the next backup if the computer stopped in the middle.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from server.settings import Settings
from server.storage.blobs import READ_SIZE, BlobStore, fsync_folder

LOCK_FILE = ".feldbuch-backup.lock"
MANIFEST = "manifest.json"
BLOB_LIST = "blobs.txt"
DATABASE = "feldbuch.db"
_NAME = re.compile(r"(\d{6,12})-\d{8}T\d{6}Z")


class BackupTarget:
    """The layout of a backup folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = BlobStore(folder / "blobs")

    def prepare(self, settings: Settings) -> None:
        """See that backups of this place may go here; make the folder if its parent is there.

        Raises ``CodedError``: ``backup.target.inside``, ``.missing``, ``.unwritable``, ``.other_study``.
        """
        target, place = self.folder.resolve(), settings.place.resolve()
        if target.is_relative_to(place) or place.is_relative_to(target):
            raise CodedError("backup.target.inside", path=str(self.folder))
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            for name in ("blobs", "snapshots"):
                (self.folder / name).mkdir(mode=0o700, exist_ok=True)
            probe = self.folder / f".{secrets.token_hex(8)}"
            probe.touch(0o600, exist_ok=False)
            probe.unlink()
        except FileNotFoundError:
            raise CodedError("backup.target.missing", path=str(self.folder)) from None
        except OSError:
            raise CodedError("backup.target.unwritable", path=str(self.folder)) from None
        newest = self.newest()
        if newest is not None and read_manifest(newest)["study"] != settings.study:
            raise CodedError("backup.target.other_study", path=str(self.folder))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One backup at a time. Raises ``CodedError`` ``backup.running``."""
        descriptor = os.open(self.folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CodedError("backup.running", path=str(self.folder)) from None
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def workshop(self) -> Iterator[Path]:
        """A folder for what is under way; what is left in it goes when the block ends."""
        self._clear()
        folder = self._snapshots / f".{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def finish(self, made: Path, now: datetime) -> Path:
        """Give a whole, fsynced snapshot the next number and its name, durably."""
        numbers = [int(each.name.split("-")[0]) for each in self.snapshots()]
        final = self._snapshots / f"{max(numbers, default=0) + 1:06d}-{now:%Y%m%dT%H%M%SZ}"
        fsync_folder(made)
        made.rename(final)
        fsync_folder(self._snapshots)
        fsync_folder(self.folder)
        return final

    def snapshots(self) -> list[Path]:
        """The finished snapshots, the oldest first."""
        if not self._snapshots.is_dir():
            return []
        found = [(match, each) for each in self._snapshots.iterdir() if (match := _NAME.fullmatch(each.name))]
        return [each for _, each in sorted((int(match[1]), each) for match, each in found)]

    def newest(self) -> Path | None:
        """The newest finished snapshot."""
        found = self.snapshots()
        return found[-1] if found else None

    def remove(self, snapshots: Collection[Path]) -> None:
        """Remove snapshots. When this returns, none of them can come back, as a damaged one, after a power cut."""
        leaving = [each.rename(self._snapshots / f".{each.name}") for each in snapshots]
        if leaving:
            fsync_folder(self._snapshots)
        for each in leaving:
            shutil.rmtree(each)

    def remove_blobs(self, named: Collection[str]) -> None:
        """Remove the blobs that are not among these."""
        for blob in (self.folder / "blobs").glob("??/*"):
            if blob.name not in named:
                blob.unlink()

    @property
    def _snapshots(self) -> Path:
        return self.folder / "snapshots"

    def _clear(self) -> None:
        for left in self._snapshots.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)


def read_manifest(snapshot: Path) -> dict[str, Any]:
    """The manifest of a snapshot. Raises ``CodedError`` ``backup.file.damaged``."""
    try:
        document = json.loads((snapshot / MANIFEST).read_text("utf-8"))
        if document["v"] == 1 and isinstance(document["files"], dict) and isinstance(document["study"], str):
            return dict(document)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise CodedError("backup.file.damaged", path=str(snapshot / MANIFEST))


def read_blob_list(snapshot: Path) -> list[str]:
    """The hashes of the blobs that a snapshot names: all of them, as its manifest bears out.

    Raises ``CodedError`` ``backup.file.damaged``.
    """
    expected = read_manifest(snapshot)["files"].get(BLOB_LIST)
    with contextlib.suppress(OSError):
        data = (snapshot / BLOB_LIST).read_bytes()
        if expected == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}:
            return data.decode("ascii").split()
    raise CodedError("backup.file.damaged", path=str(snapshot / BLOB_LIST))


def write_file(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600, durable but for its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file, read from the disk where the system lets its cache be dropped."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while chunk := file.read(READ_SIZE):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
