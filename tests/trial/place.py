"""A served place as a process that can be killed, started again, and given a full disk; and commands at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from click.testing import CliRunner

from server.cli import feldbuch as commands

READY_SECONDS = 60
COMMAND_SECONDS = 180
SMALL_DISK = Path(__file__).with_name("small_disk.c")
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Party:
    """A process that comes and goes. What it says goes into a file; ``command`` starts it."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    kills: int = 0
    starts: int = 0
    falls: int = 0
    """How often it ended by itself."""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.runs():
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.starts += 1

    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def fell(self) -> bool:
        """Whether it has ended by itself; it is looked at once."""
        if self.process is None or self.process.poll() is None:
            return False
        self._end()
        self.falls += 1
        return True

    def kill(self) -> bool:
        """``kill -9`` it and all that it started, as a battery that falls out does; False where it did not run."""
        ran = self.runs()
        self._end()
        self.kills += ran
        return ran

    def _end(self) -> None:
        if self.process is not None:
            # Its worker may outlive it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End it at the end of the trial."""
        self._end()


@dataclass
class Served(Party):
    """A central or node. ``folder`` is its place, ``flag`` the file that makes its disk full."""

    folder: Path = Path()
    port: int = 0
    flag: Path = Path()

    @classmethod
    def at(cls, name: str, folder: Path, port: int, library: Path | None, environment: Mapping[str, str]) -> Served:
        """A place that is there already; ``library`` makes full disks, None where there is no compiler."""
        flag = folder.with_name(f"{name}.full")
        disk = {} if library is None else {"LD_PRELOAD": str(library), "FULL_DISK": str(flag)}
        command = [sys.executable, "-m", "server.cli", "serve", "--place", str(folder)]
        log = folder.with_name(f"{name}.log")
        return cls(name, command, log, {**disk, **environment}, folder=folder, port=port, flag=flag)

    def fill_disk(self, full: bool) -> None:
        """Make its disk full, or free it."""
        if full:
            self.flag.touch()
        else:
            self.flag.unlink(missing_ok=True)

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until it answers. Raises ``RuntimeError`` with what it said where it ends, or takes too long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.runs():
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.port}/sync/hello", timeout=5).status_code == httpx.codes.OK:
                    return
            time.sleep(0.1)
        raise RuntimeError(f"{self.name} does not answer:\n{self.log.read_text('utf-8', errors='replace')[-2000:]}")


def small_disk(folder: Path) -> Path | None:
    """The library by which disks fill, compiled into a folder; None where there is no C compiler."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "small_disk.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SMALL_DISK), "-ldl"], check=True)
    return library


def feldbuch(*arguments: str | Path, passphrase: str = "", apart: bool = True) -> tuple[int, str]:
    """Run a command to its end; its code and what it said. Not ``apart``: in this process, in far less time."""
    words = list(map(str, arguments))
    if not apart:
        result = CliRunner().invoke(commands, words, env={"FELDBUCH_PASSPHRASE": passphrase})
        return result.exit_code, f"{result.output}\n{result.exception or ''}"
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "FELDBUCH_PASSPHRASE": passphrase},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    return done.returncode, done.stdout + done.stderr
