"""What tests of several rooms share: a browser, free ports, processes that end with the test."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

from tests.examples import SOAK, examples
from tests.tools.install_system_needs import find_chromium, under_ci

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 20
# What a shell starts in the background ignores Ctrl-C, and so would all that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)
# A deadline would fail where the machine has much else to do. Under CI the examples are always the same ones, so that
# a change is judged by what it changes; new ones are drawn on everybody's own machine and by `make soak`.
settings.register_profile(
    "feldbuch", deadline=None, max_examples=examples(100), derandomize=under_ci() and not SOAK, print_blob=True
)
settings.load_profile("feldbuch")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of a Chromium; without one the test is skipped, and fails under CI."""
    path = find_chromium()
    if path is None:
        reason = "no Chromium found; run 'make browser', or set CHROMIUM to the path of one"
        if under_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def strace_path() -> str:
    """The path of a strace that may trace; without one the test is skipped, and fails under CI."""
    path = shutil.which("strace")
    works = path is not None and subprocess.run([path, "-o", os.devnull, "true"], capture_output=True).returncode == 0
    if not works:
        reason = "no strace found that may trace; run 'make browser'"
        if under_ci():
            pytest.fail(reason)
        pytest.skip(reason)
    assert path is not None
    return path


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser; only one may be there at a time."""
    with sync_playwright() as driver:
        yield driver


def find_free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment."""
    return find_free_port()


class Running:
    """A process in a group of its own whose output is kept line by line."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None, folder: Path | None) -> None:
        self.lines: list[str] = []
        self._arrived = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._arrived:
                self.lines.append(line.rstrip("\n"))
                self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    @property
    def output(self) -> str:
        """Everything that it said so far."""
        return "\n".join(self.lines)

    def wait_for_line(self, text: str, seconds: float = 60) -> str:
        """The first line that holds ``text``; fails when the process ends or the time is over before."""
        found: list[str] = []

        def seen() -> bool:
            found[:] = [line for line in self.lines if text in line]
            return bool(found) or self._ended

        with self._arrived:
            self._arrived.wait_for(seen, seconds)
        assert found, f"'{text}' was not said. The process said:\n{self.output}"
        return found[0]

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask the process to end and return its code; what is left of its group afterwards is killed."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(STOP_SECONDS)
        finally:
            self.signal_group(signal.SIGKILL)
            self.process.wait()
            self._reader.join(STOP_SECONDS)
            if self.process.stdout is not None:
                self.process.stdout.close()
        return code


Start = Callable[..., Running]


@contextlib.contextmanager
def started_processes() -> Iterator[Start]:
    """Start processes: ``start(command, environment=None, folder=None) -> Running``. They end with the block."""
    running: list[Running] = []

    def start(
        command: Sequence[str], environment: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Running:
        process = Running(command, environment, folder)
        running.append(process)
        return process

    yield start
    for each in reversed(running):
        with contextlib.suppress(subprocess.TimeoutExpired):
            each.stop()


@pytest.fixture
def start_process() -> Iterator[Start]:
    """Start a process: ``start(command, environment=None, folder=None) -> Running``. It ends with the test."""
    with started_processes() as start:
        yield start


def feldbuch_by(start: Start) -> Callable[..., Running]:
    """``feldbuch(*arguments, environment=None) -> Running``: starts the console script."""
    script = shutil.which("feldbuch", path=str(Path(sys.executable).parent))

    def feldbuch(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> Running:
        assert script is not None, "the console script is missing; run 'make test'"
        return start([script, *map(str, arguments)], environment)

    return feldbuch


@pytest.fixture
def feldbuch(start_process: Start) -> Callable[..., Running]:
    """Start ``feldbuch ARGUMENTS`` as a real process: ``feldbuch(*arguments, environment=None) -> Running``."""
    return feldbuch_by(start_process)
