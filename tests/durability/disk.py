"""What would be left of a folder if the power failed: a disk that forgets all that was not synced.

The disk is fed with the beginnings and ends of system calls and knows the worst that may be there at each moment:

- what was written is there only after an fsync or fdatasync of the file that began after the write had ended;
- a name (of a new file, of a renamed one, of a new folder) is there only after an fsync of its folder;
- a name that was taken away, and bytes that were written over or cut off, may be gone from the moment on in which
  that began.

So whatever ``Disk.survivors`` holds is held indeed.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.durability.strace import NAMING, WRITING, Call, Event

TORN = b"\xaa"
"""Fills bytes that were written over and not synced since: neither the old nor the new ones can be relied upon."""
_NOT_MODELLED = frozenset(
    {*WRITING, *NAMING} - {"write", "pwrite64", "ftruncate", "openat", "rename", "link", "unlink", "mkdir", "rmdir"}
)


class NotModelledError(RuntimeError):
    """A call on a file of the folder whose effect this disk does not know."""


@dataclass(slots=True)
class _File:
    content: bytearray = field(default_factory=bytearray)
    synced: bytearray | None = None
    """The content that is there after a loss of power; None before the first sync."""


@dataclass(slots=True)
class _Sync:
    """A sync that has begun: what it will have made durable when it ends."""

    file: _File | None
    content: bytes
    names: dict[str, _File | None]


class Disk:
    """The part of a disk that lies under ``root``. ``root`` itself is taken for durable."""

    def __init__(self, root: Path, kept: Iterable[Path] = (), unsynced: Collection[Path] = ()) -> None:
        """``kept`` are the files and folders that lie there before the first call, durable unless in ``unsynced``.

        ``unsynced`` are those that a process has left there without syncing them or their names.
        """
        self._root = str(root)
        self._names: dict[str, _File | None] = {}
        """Path to file, or to None for a folder, as processes see it."""
        self._durable_names: dict[str, _File | None] = {}
        self._positions: dict[tuple[str, int], int | None] = {}
        """Where the next ``write`` goes; None for the end of the file (O_APPEND)."""
        self._syncs: dict[int, _Sync] = {}
        for path in kept:
            content = b"" if path.is_dir() else path.read_bytes()
            self._names[str(path)] = None if path.is_dir() else _File(bytearray(content), bytearray(content))
        for path in unsynced:
            file = self._names[str(path)]
            if file is not None:
                file.synced = None
        lost = {str(path) for path in unsynced}
        self._durable_names.update({name: file for name, file in self._names.items() if name not in lost})

    def feed(self, event: Event) -> None:
        """Take in the beginning or the end of a call. Raises ``NotModelledError``."""
        call = event.call
        if event.moment == "begin":
            if call.name in ("fsync", "fdatasync"):
                self._begin_sync(call)
            elif call.name in ("rename", "unlink", "rmdir", "pwrite64", "write", "ftruncate"):
                self._begin_harm(call)
        elif call.result is not None and call.result >= 0:
            self._end(call)
        else:
            self._syncs.pop(call.thread, None)

    def survivors(self) -> dict[Path, bytes]:
        """The files that are there for certain if the power fails now, by their paths."""
        found = {}
        for name, file in self._durable_names.items():
            if file is None or file.synced is None:
                continue
            parents = itertools.takewhile(lambda parent: str(parent) != self._root, PurePosixPath(name).parents)
            if all(str(parent) in self._durable_names for parent in parents):
                found[Path(name)] = bytes(file.synced)
        return found

    def _here(self, path: str | None) -> bool:
        return path is not None and path.startswith(self._root + "/")

    def _begin_sync(self, call: Call) -> None:
        path = call.target
        if path == self._root or (self._here(path) and self._names.get(path or "", ...) is None):
            inside = {name: file for name, file in self._names.items() if str(PurePosixPath(name).parent) == path}
            self._syncs[call.thread] = _Sync(None, b"", inside)
        elif self._here(path):
            file = self._file(path)
            self._syncs[call.thread] = _Sync(file, bytes(file.content), {})

    def _begin_harm(self, call: Call) -> None:
        if call.name == "rename":
            old, new = _paths(call)
            replaced, replacing = self._durable_names.get(new), self._durable_names.pop(old, None)
            # The new name leads to one of the two files at any time: that is lost unless they are the same.
            if replaced is None or replacing is None or replaced.synced != replacing.synced:
                self._durable_names.pop(new, None)
            return
        if call.name in ("unlink", "rmdir"):
            self._durable_names.pop(_paths(call)[0], None)
            return
        if not self._here(call.target):
            return
        file = self._file(call.target)
        if file.synced is None:
            return
        if call.name == "ftruncate":
            del file.synced[call.numbers[-1] :]
        else:
            data = call.data
            start = call.numbers[-1] if call.name == "pwrite64" else self._position(call, file)
            end = min(start + len(data), len(file.synced))
            # What is written again as it was cannot be lost by that.
            if start < end and file.synced[start:end] != data[: end - start]:
                file.synced[start:end] = TORN * (end - start)

    def _end(self, call: Call) -> None:
        path = call.target
        if call.name == "openat":
            self._open(call)
        elif call.name in ("fsync", "fdatasync"):
            self._end_sync(call)
        elif call.name == "rename":
            old, new = _paths(call)
            if self._here(old) or self._here(new):
                moved = {name: name for name in self._names if name == old or name.startswith(old + "/")}
                for name in moved:
                    self._names[new + name.removeprefix(old)] = self._names.pop(name)
        elif call.name == "link":
            old, new = _paths(call)
            if self._here(new):
                self._names[new] = self._file(old)
        elif call.name in ("unlink", "rmdir"):
            self._names.pop(_paths(call)[0], None)
        elif call.name == "mkdir":
            if self._here(_paths(call)[0]):
                self._names[_paths(call)[0]] = None
        elif self._here(path) and path is not None:
            self._end_on_file(call, path)
        elif call.name in _NOT_MODELLED and any(self._here(each) for each in _paths(call)):
            raise NotModelledError(f"{call.name} {_paths(call)}")

    def _end_on_file(self, call: Call, path: str) -> None:
        if call.name in _NOT_MODELLED:
            raise NotModelledError(f"{call.name} on {path}")
        key = (path, call.descriptor or 0)
        if call.name == "pwrite64":
            _put(self._file(path).content, call.numbers[-1], call.data[: call.result])
        elif call.name == "write":
            file = self._file(path)
            start = self._position(call, file)
            data = call.data[: call.result]
            _put(file.content, start, data)
            if self._positions.get(key) is not None:
                self._positions[key] = start + len(data)
        elif call.name == "lseek":
            if self._positions.get(key) is not None:
                self._positions[key] = call.result
        elif call.name == "ftruncate":
            content, size = self._file(path).content, call.numbers[-1]
            del content[size:]
            content.extend(bytes(size - len(content)))
        elif call.name == "close":
            self._positions.pop(key, None)

    def _open(self, call: Call) -> None:
        path = call.opened
        if path is None or not self._here(path):
            return
        flags = call.arguments
        if path not in self._names:
            self._names[path] = None if b"O_DIRECTORY" in flags else _File()
        file = self._names[path]
        if file is not None and b"O_TRUNC" in flags:
            file.content.clear()
            if file.synced is not None:
                file.synced.clear()
        self._positions[path, call.result or 0] = None if b"O_APPEND" in flags else 0

    def _end_sync(self, call: Call) -> None:
        sync = self._syncs.pop(call.thread, None)
        if sync is None:
            return
        if sync.file is not None:
            sync.file.synced = bytearray(sync.content)
        for name, file in sync.names.items():
            # A name that was taken away while the sync ran may be gone.
            if self._names.get(name, ...) is file:
                self._durable_names[name] = file

    def _file(self, path: str | None) -> _File:
        file = self._names.get(path or "")
        if file is None:
            raise NotModelledError(f"a file that was never opened: {path}")
        return file

    def _position(self, call: Call, file: _File) -> int:
        position = self._positions.get((call.target or "", call.descriptor or 0))
        return len(file.content) if position is None else position


def _paths(call: Call) -> list[str]:
    return [each.decode("utf-8", "surrogateescape") for each in call.strings] if _names_paths(call) else []


def _names_paths(call: Call) -> bool:
    return call.name not in ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendto", "sendmsg", "sendmmsg")


def _put(content: bytearray, start: int, data: bytes) -> None:
    if start > len(content):
        content.extend(bytes(start - len(content)))
    content[start : start + len(data)] = data
