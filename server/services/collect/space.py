"""Room on the disk: asked before anything is written, and told apart from other errors afterwards."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from server.errors.error import CodedError
from server.storage.shared import is_disk_full

FULL = "storage.full"
PROBE_BYTES = 64 * 1024
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT})


def free_bytes(folder: Path) -> int:
    """Bytes that this process may still write to the file system of a folder."""
    if os.name == "nt":
        return shutil.disk_usage(folder).free
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def need_space(folder: Path, incoming: int, kept: int) -> None:
    """Raise ``CodedError`` ``storage.full`` unless ``kept`` bytes stay free after ``incoming`` bytes."""
    if free_bytes(folder) - incoming < kept:
        raise CodedError(FULL)


def need_to_write(folder: Path) -> None:
    """See that a small file can be written there. Raises ``CodedError`` ``storage.full`` unless it can; ``OSError``."""
    probe = folder / f".{secrets.token_hex(8)}"
    with full_disk_said():
        try:
            probe.write_bytes(bytes(PROBE_BYTES))
        finally:
            probe.unlink(missing_ok=True)


def is_full_disk(error: BaseException) -> bool:
    """Whether this is what a full disk makes of a write, as a file or in a database."""
    if isinstance(error, OSError):
        return error.errno in _DISK_ERRORS
    if is_disk_full(error):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL


@contextlib.contextmanager
def full_disk_said() -> Iterator[None]:
    """Turn what a full disk makes of a write, as a file or in a database, into ``CodedError`` ``storage.full``."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        if is_full_disk(error):
            raise CodedError(FULL) from error
        raise
