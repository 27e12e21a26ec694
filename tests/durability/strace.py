"""Reads what ``strace -f -yy -a1`` wrote: every system call, when it began and when it was over.

A call that others overlap stands in two lines, ``<unfinished ...>`` and ``<... resumed>``. So the order of the
lines is the order in which calls were entered and left, and that order is what ``read_trace`` yields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

WRITING = (
    "write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "truncate", "fallocate", "copy_file_range",
    "sendfile", "splice",
)  # fmt: skip
NAMING = (
    "open", "openat", "creat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
    "link", "linkat", "symlink", "symlinkat",
)  # fmt: skip
SYNCING = ("fsync", "fdatasync", "sync_file_range", "msync", "sync", "syncfs")
OTHERS = ("close", "lseek", "sendto", "sendmsg", "sendmmsg", "io_uring_setup")
TRACED = (*WRITING, *NAMING, *SYNCING, *OTHERS)
LONGEST_STRING = 4 * 1024 * 1024
"""Bytes of a buffer that are recorded; the parser refuses a trace in which one was cut."""


def strace_command(strace: str, trace: Path) -> list[str]:
    """The words to put before a command, so that it and all that it starts are traced into a file."""
    calls = ",".join(f"?{name}" for name in TRACED)
    options = ["--seccomp-bpf", "-f", "-yy", "-a1", "-s", str(LONGEST_STRING), "-o", str(trace), "-e", f"trace={calls}"]
    return [strace, *options, "--"]


class TraceError(ValueError):
    """A line that is not what strace writes with these options, or a buffer that was cut."""


@dataclass(frozen=True)
class Call:
    """A system call. ``arguments`` is strace's text; ``result`` is -1 for an error and None before its end."""

    thread: int
    name: str
    arguments: bytes
    result: int | None = None
    opened: str | None = None
    """What a returned descriptor leads to."""

    @cached_property
    def strings(self) -> list[bytes]:
        """The strings among the arguments: paths, buffers, the parts of a vector."""
        if _CUT.search(self.arguments):
            raise TraceError(f"a buffer of {self.name} is not recorded whole")
        return [_unescaped(match[1]) for match in _STRING.finditer(self.arguments)]

    @cached_property
    def data(self) -> bytes:
        """The bytes of the buffer, or of all parts of a vector."""
        return b"".join(self.strings)

    @cached_property
    def numbers(self) -> list[int]:
        """The whole numbers among the arguments that stand outside strings and descriptors."""
        bare = _DESCRIPTOR.sub(b"", _STRING.sub(b'""', self.arguments))
        return [int(each) for each in re.findall(rb"(?<![\w<])-?\d+(?![\w>])", bare)]

    @cached_property
    def descriptor(self) -> int | None:
        """The number of the first descriptor among the arguments."""
        match = _DESCRIPTOR.match(self.arguments)
        return int(match[1]) if match else None

    @cached_property
    def target(self) -> str | None:
        """What the first descriptor leads to: a path, or ``TCP:[...]`` of a connection."""
        match = _DESCRIPTOR.match(self.arguments)
        return _unescaped(match[2]).decode("utf-8", "surrogateescape") if match else None


@dataclass(frozen=True, slots=True)
class Event:
    """The beginning or the end of a call."""

    moment: Literal["begin", "end"]
    call: Call


def read_trace(lines: Iterable[bytes]) -> Iterator[Event]:
    """The beginnings and ends of all calls in their order. Raises ``TraceError``."""
    begun: dict[int, Call] = {}
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            raise TraceError(f"not a line of a trace: {line[:80]!r}")
        thread, rest = int(match[1]), line[match.end() :].rstrip(b"\n")
        if rest.startswith((b"+++", b"---")):
            continue
        resumed = _RESUMED.match(rest)
        if resumed is not None:
            begin = begun.pop(thread, None)
            if begin is None:
                raise TraceError(f"resumed without a beginning: {line[:80]!r}")
            yield Event("end", _ended(begin, begin.arguments + rest[resumed.end() :]))
            continue
        name, _, arguments = rest.partition(b"(")
        call = Call(thread, name.decode("ascii"), arguments)
        if arguments.endswith(_UNFINISHED):
            call = Call(thread, call.name, arguments.removesuffix(_UNFINISHED))
            begun[thread] = call
            yield Event("begin", call)
        else:
            ended = _ended(call, arguments)
            yield Event("begin", ended)
            yield Event("end", ended)


def _ended(begin: Call, text: bytes) -> Call:
    cut = text.rfind(b") = ")
    result = _RESULT.match(text, cut + 4) if cut >= 0 else None
    if result is None:
        raise TraceError(f"a call of {begin.name} without a result")
    number = -1 if result[1] == b"?" else int(result[1], 0)
    opened = _unescaped(result[2]).decode("utf-8", "surrogateescape") if result[2] is not None else None
    return Call(begin.thread, begin.name, text[:cut], number, opened)


def _unescaped(text: bytes) -> bytes:
    return text.decode("unicode_escape").encode("latin-1")


_LINE = re.compile(rb"(\d+) +")
_RESUMED = re.compile(rb"<\.\.\. \w+ resumed>")
_UNFINISHED = b" <unfinished ...>"
_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"')
_CUT = re.compile(rb'"\.\.\.')
_DESCRIPTOR = re.compile(rb"(\d+|AT_FDCWD)<((?:->|[^<>\\]|\\.)*)>")
_RESULT = re.compile(rb"(-?\d+|0x[0-9a-f]+|\?)(?:<(.*)>)?(?: |$)")
