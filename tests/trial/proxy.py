"""The lines between the parties: TCP proxies in this process, one for each line, with the weather of each.

A line delays, is narrow, stalls, goes down and comes back, resets what is open, and cuts single connections after so
many bytes, in mid-body. What it does when was decided beforehand (``Weather``); what it does to the n-th connection is
drawn for that number alone, so that the order of things does not change it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

PIECE = 4096
WAITING = 64
"""Pieces on their way in one direction: 256 KiB, more than the line holds at 2 Mbit/s."""
BUFFER = 64 * 1024
CLOSE_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER of a connection that is reset."""


@dataclass(frozen=True)
class Weather:
    """Of one line. ``delay``: seconds one way; ``rate``: bytes a second; times in seconds since the trial began.

    ``cut``: the part of all connections that is cut after a number of bytes up to ``cut_after``.
    """

    delay: float = 0.0
    rate: float = 1e9
    downs: Sequence[tuple[float, float]] = ()
    stalls: Sequence[tuple[float, float]] = ()
    resets: Sequence[float] = ()
    cut: float = 0.0
    cut_after: int = 100_000


@dataclass
class Traffic:
    """What a line has carried: bytes from the caller and to it, connections, and those that it broke."""

    up: int = 0
    down: int = 0
    connections: int = 0
    cuts: int = 0


@dataclass
class Line:
    """One line: where it listens, where it leads to. ``seed``: of what it does to single connections."""

    name: str
    seed: str
    weather: Weather = field(default_factory=Weather)
    target: int = 0
    traffic: Traffic = field(default_factory=Traffic)
    blocked: bool = False

    def __post_init__(self) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.bind(("127.0.0.1", 0))
        self.free = [0.0, 0.0]
        self.open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """Its address as callers know it."""
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"


class Lines:
    """All lines, in a thread of their own. ``begin`` starts the weather, ``calm`` ends it but for delay and rate."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = {each.name: each for each in lines}
        self._begun: float | None = None
        self._calm = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lines", daemon=True)

    def open(self) -> None:
        """Listen on all lines."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    def begin(self, at: float) -> None:
        """The weather begins: ``at`` is its second 0, by ``time.time``."""
        self._begun = at
        self._loop.call_soon_threadsafe(self._foresee)

    def calm(self) -> None:
        """No more faults."""
        self._calm = True

    def block(self, name: str, blocked: bool) -> None:
        """Break a line, or mend it."""
        line = self.lines[name]
        line.blocked = blocked
        if blocked:
            self._loop.call_soon_threadsafe(self._break, line)

    def close(self) -> None:
        """End everything."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        for line in self.lines.values():
            line.socket.close()
        self._loop.close()

    async def _listen(self) -> None:
        self._servers = [
            await asyncio.start_server(
                lambda reader, writer, line=line: self._carry(line, reader, writer), sock=line.socket, limit=PIECE * 2
            )
            for line in self.lines.values()
        ]

    async def _end(self) -> None:
        for server in self._servers:
            server.close()
        for line in self.lines.values():
            self._break(line, counted=False)
        others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _foresee(self) -> None:
        for line in self.lines.values():
            for at in [*line.weather.resets, *(at for at, _ in line.weather.downs)]:
                self._loop.call_later(max(0.0, at - self._now()), self._reset, line)

    def _now(self) -> float:
        return 0.0 if self._begun is None else time.time() - self._begun

    def _within(self, spans: Sequence[tuple[float, float]]) -> float:
        """Seconds until the end of the span in which we are; 0 outside of all."""
        if self._calm or self._begun is None:
            return 0.0
        now = self._now()
        return max((at + length - now for at, length in spans if at <= now < at + length), default=0.0)

    def _reset(self, line: Line) -> None:
        if not self._calm:
            self._break(line)

    def _break(self, line: Line, counted: bool = True) -> None:
        if counted:
            line.traffic.cuts += len(line.open) // 2
        for writer in list(line.open):
            _abort(writer)

    async def _carry(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line.traffic.connections += 1
        draw = random.Random(f"{line.seed}/{line.traffic.connections}")
        limit = draw.randrange(200, line.weather.cut_after) if draw.random() < line.weather.cut else None
        left = None if limit is None or self._calm else [limit]
        away: asyncio.StreamWriter | None = None
        work: list[asyncio.Task[None]] = []
        try:
            if line.blocked or self._within(line.weather.downs):
                return
            back, away = await asyncio.open_connection("127.0.0.1", line.target, limit=PIECE * 2)
            line.open |= {writer, away}
            for way, (source, goal) in enumerate([(reader, away), (back, writer)]):
                waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WAITING)
                work.append(asyncio.create_task(self._read(line, source, waiting)))
                work.append(asyncio.create_task(self._deliver(line, way, waiting, goal, left)))
            # What breaks in one direction breaks both.
            await asyncio.wait(work, return_when=asyncio.FIRST_EXCEPTION)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for task in work:
                task.cancel()
            for each in (writer, away):
                if each is not None:
                    line.open.discard(each)
                    _abort(each)
            await asyncio.gather(*work, return_exceptions=True)

    async def _read(
        self, line: Line, reader: asyncio.StreamReader, waiting: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        """What comes in at one end, with the time at which it is due at the other; empty for the end."""
        data = b" "
        while data:
            data = await reader.read(PIECE)
            await waiting.put((self._loop.time() + line.weather.delay, data))

    async def _deliver(
        self,
        line: Line,
        way: int,
        waiting: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        left: list[int] | None,
    ) -> None:
        while True:
            due, data = await waiting.get()
            start = max(due, line.free[way])
            line.free[way] = start + len(data) / line.weather.rate
            await asyncio.sleep(max(0.0, line.free[way] - self._loop.time()))
            while pause := self._within(line.weather.stalls):
                await asyncio.sleep(min(pause, 0.5))
            if not data:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if left is not None:
                left[0] -= len(data)
                if left[0] < 0:
                    line.traffic.cuts += 1
                    raise ConnectionError("cut")
            writer.write(data)
            await writer.drain()
            if way == 0:
                line.traffic.up += len(data)
            else:
                line.traffic.down += len(data)


def _abort(writer: asyncio.StreamWriter) -> None:
    """Reset a connection: the other side learns that it broke, not that it ended."""
    with contextlib.suppress(OSError, AttributeError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
    writer.transport.abort()
