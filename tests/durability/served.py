"""A real ``feldbuch serve`` under strace, and what is read from what survives of its folder."""

from __future__ import annotations

import copy
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path

import httpx

from server.settings import Settings
from tests.conftest import Running
from tests.durability.answers import Answer, answers_of
from tests.durability.disk import Disk
from tests.durability.strace import Call, Event, read_trace, strace_command

DATABASE = "feldbuch.db"
START_SECONDS = 60


class Served:
    """A place that is served under strace until ``stop`` is called."""

    def __init__(
        self,
        start: Callable[..., Running],
        strace: str,
        settings: Settings,
        trace: Path,
        unsynced: Collection[Path] = (),
    ) -> None:
        self.settings = settings
        self._trace = trace
        self._events: list[Event] = []
        self._before = Disk(settings.place, settings.place.rglob("*"), unsynced)
        feldbuch = str(Path(sys.executable).parent / "feldbuch")
        self._running = start([*strace_command(strace, trace), feldbuch, "serve", "--place", str(settings.place)])
        # What is said is read from the trace: as it is, not packed.
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{settings.port}", timeout=30, headers={"Accept-Encoding": "identity"}
        )
        self._wait_until_open()

    def stop(self) -> None:
        """End the server and read its trace."""
        self.client.close()
        # strace itself passes no signal on.
        for child in self._children():
            os.kill(child, signal.SIGKILL)
        self._running.process.wait(30)
        with self._trace.open("rb") as lines:
            self._events = list(read_trace(lines))

    def answers(self, without: Callable[[Call], bool] | None = None) -> list[Answer]:
        """All that was answered, with what was durable then; ``without`` names calls to pass over as if never made."""
        events = (event for event in self._events if without is None or not without(event.call))
        return answers_of(events, copy.deepcopy(self._before), self.settings.port)

    def _children(self) -> list[int]:
        process = self._running.process.pid
        return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]

    def _wait_until_open(self) -> None:
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                self.client.get("/sync/hello").raise_for_status()
                return
            except httpx.TransportError:
                assert time.monotonic() < end, self._running.output
                assert self._running.process.poll() is None, self._running.output
                time.sleep(0.1)


def item_left(survivors: Mapping[Path, bytes], place: Path, item_hash: str, folder: Path) -> sqlite3.Row | None:
    """The row of an item in the database that a loss of power leaves, read by SQLite in a new folder."""
    folder.mkdir(parents=True)
    for name in (DATABASE, f"{DATABASE}-wal"):
        content = survivors.get(place / name)
        if content is not None:
            (folder / name).write_bytes(content)
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.row_factory = sqlite3.Row
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        row: sqlite3.Row | None = connection.execute("SELECT * FROM item WHERE hash = ?", [item_hash]).fetchone()
        return row
