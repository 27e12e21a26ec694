"""``vault/audit.log``: one JSON line for each unlock, lock and opening, chained by hashes, without content.

A line is canonical JSON with the keys ``number`` (from 1), ``previous`` (SHA-256 of the line before without its line
break, null for the first), ``at`` (UTC), ``by``, ``what`` and, for an opening, ``instance``, ``part``, ``hash`` (of
the cover). A line is on the disk before the vault does what it says. Who may write to the folder can write a new
chain: backups keep copies of it.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from server.vault.keyfile import fsync_folder
from sync.envelope.encoding import canonical

AUDIT_FILE = "audit.log"


class AuditLog:
    """Appends to the log; one process at a time holds it."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Continue a log. A torn last line, of something that was never done, is cut off and that is noted.

        ``lines``, ``last`` (SHA-256 of the last one) and ``problem`` (the number of the first line that broke the
        chain when the log was opened, or None) can be read.
        """
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        fsync_folder(path.parent)
        self.lines, self.last, self.problem, size = _walk(path)
        if size != os.fstat(self._descriptor).st_size:
            os.ftruncate(self._descriptor, size)
            self.append("", "torn_line_removed")

    def append(self, by: str, what: str, **about: str) -> None:
        """Write a line and wait until it is durable. Raises ``CodedError`` ``vault.audit.unwritable``."""
        with self._lock:
            at = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
            line = canonical(
                {"number": self.lines + 1, "previous": self.last, "at": at, "by": by, "what": what, **about}
            )
            size = os.fstat(self._descriptor).st_size
            try:
                whole = os.write(self._descriptor, line + b"\n") == len(line) + 1
                os.fsync(self._descriptor)
            except OSError:
                whole = False
            if not whole:
                os.ftruncate(self._descriptor, size)
                raise CodedError("vault.audit.unwritable", path=str(self._path))
            self.lines += 1
            self.last = hashlib.sha256(line).hexdigest()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def check_audit_log(path: Path, last: str | None = None) -> int | None:
    """The number of the first line that was changed, removed or added; None if the log is whole.

    A chain by itself does not tell when its end was changed or cut off: ``last`` does, the SHA-256 of the last line
    that the running vault knows of.
    """
    lines, found, problem, size = _walk(path)
    if problem is None and size != path.stat().st_size:
        problem = lines + 1
    if problem is None and last is not None and found != last:
        problem = max(lines, 1)
    return problem


def _walk(path: Path) -> tuple[int, str | None, int | None, int]:
    """Lines, hash of the last one, first line out of place, bytes up to the last whole line."""
    lines, last, problem, size = 0, None, None, 0
    with path.open("rb") as file:
        while (line := file.readline()).endswith(b"\n"):
            lines += 1
            size += len(line)
            if problem is None and not _follows(line[:-1], lines, last):
                problem = lines
            last = hashlib.sha256(line[:-1]).hexdigest()
    return lines, last, problem, size


def _follows(line: bytes, number: int, previous: str | None) -> bool:
    try:
        document: Any = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and (document.get("number"), document.get("previous")) == (number, previous)
