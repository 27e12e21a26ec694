"""The stick: a folder of a file system that may be small, slow, pulled out, and that somebody else has written to."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from server.errors.error import CodedError
from server.services.collect.bundles.agefile import write_age
from server.services.collect.space import free_bytes
from server.storage.blobs import fsync_folder

SUFFIX = ".fbb"
DAMAGED = ".damaged"
_PART = ".part"
FILES_AT_MOST = 20_000
"""Files of a folder that are looked at."""
MARGIN = 1024 * 1024
"""Bytes that are left free on the stick: file systems need some for themselves."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})

Told = Callable[[str, int, int], None]
"""Told what is done, how far it is, and how much there is; bytes or files."""


def told_nobody(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


class Stick:
    """The folder that a person named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pieces(self) -> list[Path]:
        """The files that could be pieces: regular ones of the right suffix. Their names say nothing.

        Raises ``CodedError`` ``bundle.folder``.
        """
        found = []
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    regular = stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
                    if regular and entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                        found.append(Path(entry.path))
                    if len(found) == FILES_AT_MOST:
                        break
        except OSError as error:
            raise CodedError("bundle.folder", path=str(self.folder), detail=error.strerror or "") from None
        return sorted(found)

    def room(self) -> int:
        """Bytes that may be written."""
        return max(0, free_bytes(self.folder) - MARGIN)

    def sweep(self, prefix: str) -> int:
        """Remove what a writing of the same kind left that was broken off; returns how many files that were."""
        left = [each for each in self.folder.glob(f".{prefix}*{_PART}") if each.is_file()]
        for each in left:
            each.unlink(missing_ok=True)
        return len(left)

    def put_aside(self, path: Path) -> Path:
        """Rename a damaged piece, so that no reader takes it for one; it is not removed."""
        aside = path.with_name(path.name + DAMAGED)
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_name(f"{path.name}{DAMAGED}-{number}")
        path.rename(aside)
        return aside

    def write(self, name: str, chunks: Iterator[bytes], recipients: Sequence[str], told: Callable[[int], None]) -> Path:
        """Write a piece: under another name first, made durable, then named. Returns where it lies.

        Raises ``CodedError``: ``bundle.full``, ``bundle.folder``; and what ``chunks`` raises. Nothing of it is left
        then.
        """
        target = self.folder / name
        temporary = self.folder / f".{name}{_PART}"
        try:
            try:
                with temporary.open("xb") as file:
                    write_age(file, chunks, recipients, told)
                    file.flush()
                    os.fsync(file.fileno())
                if target.exists():
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
                temporary.rename(target)
            finally:
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)
            self._settle()
        except OSError as error:
            code = "bundle.full" if error.errno in _FULL else "bundle.folder"
            raise CodedError(code, path=str(self.folder), detail=error.strerror or "") from error
        return target

    def _settle(self) -> None:
        try:
            fsync_folder(self.folder)
        except OSError as error:
            # Some file systems of sticks know no such thing for folders.
            if error.errno not in _NO_FOLDER_SYNC:
                raise


def prefix_of(study: str, node: str, *, down: bool) -> str:
    """How the names of all pieces of one sender and one receiver begin. Colons are no letters of FAT."""
    return f"feldbuch-{study.replace(':', '_')}-{'for-' if down else ''}{node[:8]}-"


def name_of(prefix: str, at: datetime, number: int) -> str:
    """The name of a piece."""
    return f"{prefix}{at:%Y%m%dT%H%M%SZ}-{number:03d}{SUFFIX}"
