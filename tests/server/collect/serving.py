"""A place served by a real process, which can be killed."""

from __future__ import annotations

import signal
import sys
import time

import httpx

from tests.conftest import Running, Start
from tests.field import Study

GRANIAN = [
    sys.executable,
    *["-m", "granian", "--interface", "wsgi", "--factory", "--workers", "1"],
]


class Server:
    """granian with the application of a place; ``feldbuch serve`` takes longer to start and has its own tests."""

    def __init__(self, study: Study, start: Start, threads: int = 8) -> None:
        self._study, self._start, self._threads = study, start, str(threads)
        self.running: Running | None = None

    def up(self) -> None:
        """Start it and wait until it answers."""
        port = str(self._study.settings.port)
        environment = {"FELDBUCH_PLACE": str(self._study.settings.place)}
        self.running = self._start(
            [*GRANIAN, "--blocking-threads", self._threads, "--port", port, "server.wsgi:application"], environment
        )
        end = time.monotonic() + 60
        while True:
            assert self.running.process.poll() is None, self.running.output
            try:
                httpx.get(f"{self._study.settings.url}/sync/hello", timeout=5).raise_for_status()
                return
            except httpx.HTTPError:
                assert time.monotonic() < end, self.running.output
                time.sleep(0.05)

    def kill(self) -> None:
        """kill -9, all of it."""
        assert self.running is not None
        self.running.signal_group(signal.SIGKILL)
        self.running.process.wait()
