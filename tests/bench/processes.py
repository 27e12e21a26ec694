"""Servers as real processes, with or without a slow disk, and what they cost."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

SLOW_FSYNC_US = 10_000
READY_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
SHIM = Path(__file__).with_name("slow_fsync.c")
STRACE = (
    *("strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "trace=fsync,fdatasync"),
    *("-e", f"inject=fsync,fdatasync:delay_exit={SLOW_FSYNC_US}"),
)


@dataclass(frozen=True)
class SlowDisk:
    """How fsync and fdatasync are made to take 10 ms longer.

    A preloaded library where there is a C compiler; else strace, which costs both servers more than the delay: strace
    6.1 stops every call of every thread, although it is told to stop at two of them.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    wraps: bool
    """Whether the server is a child of the process that is started."""

    @classmethod
    def make(cls, work: Path) -> SlowDisk:
        compiler = shutil.which("cc")
        library = work / "slow_fsync.so"
        if compiler is None:
            return cls(STRACE, {}, True)
        if not library.exists():
            subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SHIM), "-ldl"], check=True)
        return cls((), {"LD_PRELOAD": str(library)}, False)


@dataclass(frozen=True)
class Server:
    """A running server: its port and the process that was started."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """CPU time that the server and all that it started have used, without strace."""
        return sum(_cpu_seconds(pid) for pid in family(self.process.pid))

    def memory_mb(self) -> float:
        """Resident memory of the same processes, shared pages counted once for each."""
        return sum(_resident_mb(pid) for pid in family(self.process.pid))


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(
    command: list[str], port: int, environment: Mapping[str, str], log: Path, slow: SlowDisk | None
) -> Iterator[Server]:
    """Start a server, wait until it answers ``/sync/hello``, and end it and its children afterwards."""
    whole = [*slow.command, *command] if slow else command
    with log.open("wb") as output:
        process = subprocess.Popen(
            whole,
            env={**os.environ, **environment, **(slow.environment if slow else {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, port, log)
        yield Server(port, process)
    finally:
        leader = [*family(process.pid), process.pid][1] if slow and slow.wraps else process.pid
        with contextlib.suppress(ProcessLookupError):
            os.kill(leader, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            print(f"The server did not end by itself; see {log}", file=sys.stderr)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/sync/hello", timeout=5).status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-4000:]}")


def family(pid: int) -> list[int]:
    """A process and all that it started, ancestors first."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, []))
    return found


def _cpu_seconds(pid: int) -> float:
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return 0.0
    fields = rest.split()
    return 0.0 if name.endswith("(strace") else (int(fields[11]) + int(fields[12])) / TICKS


def _resident_mb(pid: int) -> float:
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return 0.0 if name == "strace" else pages * os.sysconf("SC_PAGE_SIZE") / 2**20
