"""Sealed bodies above 64 KiB: one file each, named by its SHA-256, durable before it is known of."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

READ_SIZE = 1024 * 1024


class Blobs(Protocol):
    """Blobs, wherever they lie: ``BlobStore`` in a folder, ``server.storage.objects.ObjectBlobs`` in an S3 store."""

    def exists(self, name: str) -> bool:
        """Whether the blob is held."""
        ...

    def size(self, name: str) -> int | None:
        """Its size in bytes, or None where it is not held."""
        ...

    def put(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a blob durably; returns its size. Raises ``ValueError`` where the content does not have that hash."""
        ...

    def adopt(self, name: str, file: Path) -> None:
        """Take over a finished file whose hash was already checked; it is gone then."""
        ...

    def renew(self, name: str) -> None:
        """See that a blob is there, is durable, and is not tidied away soon. Raises ``FileNotFoundError``."""
        ...

    def remove(self, name: str) -> None:
        """Remove a blob that nothing names any more."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading. Raises ``FileNotFoundError``."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a blob in pieces of about 1 MiB. Raises ``FileNotFoundError``."""
        ...


class BlobStore:
    """Blobs in a folder, two levels deep: ``ab/abcdef...``. Content is written once and never changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settled: set[Path] = set()

    def path(self, name: str) -> Path:
        """Where the blob of this hash lies or would lie."""
        return self._folder / name[:2] / name

    def exists(self, name: str) -> bool:
        """Whether the blob is held."""
        return self.path(name).is_file()

    def size(self, name: str) -> int | None:
        """Its size in bytes, or None where it is not held."""
        try:
            return self.path(name).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a blob, fsync it, give it its name, fsync the folder; returns its size.

        Raises ``ValueError`` when the content does not have that hash; nothing is left behind then.
        """
        folder = self.path(name).parent
        self._make_folder(folder)
        temporary = folder / f".{secrets.token_hex(8)}"
        digest, size = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != name:
                raise ValueError("the content does not have this hash")
            temporary.replace(self.path(name))
        finally:
            temporary.unlink(missing_ok=True)
        fsync_folder(folder)
        return size

    def adopt(self, name: str, file: Path) -> None:
        """Take over a finished file of the same file system whose hash was already checked."""
        folder = self.path(name).parent
        self._make_folder(folder)
        fsync_file(file)
        file.replace(self.path(name))
        fsync_folder(folder)
        fsync_folder(file.parent)

    def renew(self, name: str) -> None:
        """Make a blob durable that lies here already, and young: who put it may have been killed, or not be through.

        Raises ``FileNotFoundError``.
        """
        path = self.path(name)
        os.utime(path)
        self._make_folder(path.parent)
        fsync_file(path)
        fsync_folder(path.parent)

    def remove(self, name: str) -> None:
        """Remove a blob that nothing names any more; nothing happens where there is none."""
        self.path(name).unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading. Raises ``FileNotFoundError``."""
        return self.path(name).open("rb")

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a blob in pieces of 1 MiB."""
        with self.open(name) as file:
            while chunk := file.read(READ_SIZE):
                yield chunk

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder not in self._settled:
            fsync_folder(folder.parent)
            self._settled.add(folder)


def fsync_file(file: Path) -> None:
    """Make what was written to a file durable."""
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Nothing to do where the system cannot open folders (Windows)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
