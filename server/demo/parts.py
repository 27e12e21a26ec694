"""The parts of a demo as real processes: ``feldbuch serve`` for central and node."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from server.errors.error import CodedError

READY_SECONDS = 90.0
STOP_SECONDS = 30
LOOK_EVERY = 0.1
HARDLY_RUN, TRIES = 5.0, 3
"""A part that ends so many times after hardly running, in seconds, is not started again."""


class Part:
    """A served place. What it says goes into a file beside its place.

    ``hardly_run`` is the time in seconds under which a run does not count as one.
    """

    def __init__(self, role: str, place: Path, url: str, hardly_run: float = HARDLY_RUN) -> None:
        self.role = role
        self.log = place.with_suffix(".log")
        self._place = place
        self._url = url
        self.log.unlink(missing_ok=True)
        self._process = self._start()
        self._started = time.monotonic()
        self._too_short = hardly_run
        self._hardly_run = 0

    def _start(self) -> subprocess.Popen[bytes]:
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        command = [sys.executable, "-m", "server.cli", "serve", "--place", str(self._place)]
        try:
            # In a group of its own, so that Ctrl-C reaches the demo alone, which then ends its parts in order.
            return subprocess.Popen(
                [*command, "--upgrade", "--stop-with-input"],
                stdin=subprocess.PIPE,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)

    def start_again(self) -> None:
        """Start it anew after it has ended by itself, as a service manager would.

        Raises ``CodedError`` ``demo.stopped`` if it had hardly run several times, because it would then end again.
        """
        self._hardly_run = self._hardly_run + 1 if time.monotonic() - self._started < self._too_short else 0
        if self._hardly_run >= TRIES:
            raise CodedError("demo.stopped", role=self.role, path=str(self.log), said=self.last_lines())
        self._close_input()
        self._process = self._start()
        self._started = time.monotonic()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers. Raises ``CodedError`` ``demo.stopped`` if it ends or takes too long."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.runs():
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self._url}/sync/hello", timeout=LOOK_EVERY * 20).status_code == httpx.codes.OK:
                    return
            time.sleep(LOOK_EVERY)
        raise CodedError("demo.stopped", role=self.role, path=str(self.log), said=self.last_lines())

    def runs(self) -> bool:
        """Whether its process has not ended."""
        return self._process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Wait for its end, at most so long; whether it has ended."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_lines(self) -> str:
        """The end of what it said."""
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-8:])

    def stop(self) -> None:
        """End it and all that it started; requests under way are answered first."""
        self._close_input()
        if not self.wait(STOP_SECONDS):
            self._process.kill()
            self._process.wait()

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()


@contextlib.contextmanager
def running(part: Part) -> Iterator[Part]:
    """A part that is ready inside the block and ended after it."""
    try:
        part.wait_until_ready()
        yield part
    finally:
        part.stop()
