"""How fast a carrier may send: a plan by time of day, and a token bucket. The clock is handed in; nothing waits here.

Who asks is told how many bytes may go now. What may not go stays queued for a later round, so nothing ever sleeps
with a connection open, and records that come in meanwhile go first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol, Self

from sync.errors import SyncError

EVERYTHING: Final = 9
"""The least urgent priority there is."""
RECORDS: Final = 0
PIECE_LEAST: Final = 16 * 1024
"""Smaller pieces are not worth their headers; a cover fits into one, also as base64."""
BURST_LEAST: Final = 64 * 1024
BURST_SECONDS: Final = 60
WINDOWS_AT_MOST: Final = 24
PLAN_LETTERS_AT_MOST: Final = 600
_LOOK_AHEAD = 25 * 60
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)\s+(\S+)")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Allowed:
    """``rate``: bytes a second, None for as fast as the line is. ``most``: the least urgent priority that may go."""

    rate: int | None = None
    most: int = EVERYTHING

    @classmethod
    def read(cls, word: str) -> Self:
        """``unlimited``, ``records``, or kbit/s (1 to 9,999,999). Raises ``SyncError`` ``pace.plan``."""
        if word == "unlimited":
            return cls()
        if word == "records":
            return cls(most=RECORDS)
        if _NUMBER.fullmatch(word) is None:
            raise SyncError("pace.plan")
        return cls(rate=int(word) * 1000 // 8)


@dataclass(frozen=True, slots=True)
class Window:
    """From one minute of the day to another, over midnight where the end lies before the beginning."""

    begin: int
    end: int
    allowed: Allowed

    def holds(self, minute: int) -> bool:
        """Whether a minute of the day lies in it; its end does not."""
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


@dataclass(frozen=True, slots=True)
class Plan:
    """What may go at which time of day: ``06:00-20:00 64, else unlimited``. The first window that holds counts."""

    windows: tuple[Window, ...] = ()
    otherwise: Allowed = Allowed()

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse a plan; an empty one allows everything. Raises ``SyncError`` ``pace.plan``."""
        parts = [each.strip() for each in text.split(",")] if text.strip() else []
        if len(text) > PLAN_LETTERS_AT_MOST or len(parts) > WINDOWS_AT_MOST:
            raise SyncError("pace.plan")
        windows: list[Window] = []
        for number, part in enumerate(parts, 1):
            word = part.removeprefix("else ").strip()
            if number == len(parts) and (part.startswith("else ") or number == 1) and " " not in word:
                return cls(tuple(windows), Allowed.read(word))
            windows.append(_window(part))
        return cls(tuple(windows))

    def at(self, local: datetime) -> Allowed:
        """What may go at a local time."""
        minute = local.hour * 60 + local.minute
        return next((each.allowed for each in self.windows if each.holds(minute)), self.otherwise)

    def until(self, now: datetime, local: Callable[[datetime], datetime]) -> datetime | None:
        """When something else is allowed than now, to the minute; None where that is not within 25 hours.

        ``now`` is in UTC and ``local`` makes local times of such: so a change of the clocks is seen as it comes.
        """
        allowed = self.at(local(now))
        minute = now.replace(second=0, microsecond=0)
        ahead = (minute + timedelta(minutes=each) for each in range(1, _LOOK_AHEAD + 1))
        return next((each for each in ahead if self.at(local(each)) != allowed), None) if self.windows else None


def _window(part: str) -> Window:
    found = _WINDOW.fullmatch(part)
    if found is None:
        raise SyncError("pace.plan")
    *times, word = found.groups()
    hours, minutes = [int(each) for each in times[::2]], [int(each) for each in times[1::2]]
    begin, end = (hour * 60 + minute for hour, minute in zip(hours, minutes, strict=True))
    if begin >= _DAY or end > _DAY or begin == end or max(minutes) > 59:
        raise SyncError("pace.plan")
    return Window(begin, end, Allowed.read(word))


def burst_of(rate: int, every: int) -> int:
    """How many bytes may go at once at ``rate`` bytes a second, where there is a round every so many seconds.

    Enough for what gathers between two rounds, else a cap would be less than it says.
    """
    return max(BURST_LEAST, rate * max(BURST_SECONDS, 2 * every))


@dataclass(frozen=True, slots=True)
class Bucket:
    """Bytes that may go, as of ``at`` (seconds by any clock). It holds for clocks that jump: back gives nothing, and
    ahead gives one bucket full at most.
    """

    tokens: float
    at: float
    rate: int

    def filled(self, now: float, rate: int, burst: int) -> Bucket:
        """As it is now. Of two rates the lower one counts for the time since it was last looked at."""
        gained = max(0.0, now - self.at) * min(rate, self.rate)
        tokens = self.tokens + gained
        return Bucket(min(float(burst), tokens) if math.isfinite(tokens) else 0.0, now, rate)

    def spent(self, size: int) -> Bucket:
        """Without the bytes that go now; they may be more than it holds, which later ones pay for."""
        return Bucket(self.tokens - size, self.at, self.rate)


class Pace(Protocol):
    """What a round asks before it sends items. Hello, offers, receipts, marks and the feed ask nobody."""

    def most(self) -> int:
        """The least urgent priority that may go now."""

    def room(self) -> int | None:
        """How many bytes may go now; None: as many as there are."""

    def whole(self) -> int | None:
        """How many bytes can ever go at once; what is larger goes in pieces. None: any number."""

    def spend(self, size: int) -> None:
        """Note that so many bytes go. Durable when it returns, so that a crash gives nothing for free."""


class AsFastAsItGoes:
    """No cap at all."""

    def most(self) -> int:
        """Everything."""
        return EVERYTHING

    def room(self) -> int | None:
        """Any number."""
        return None

    def whole(self) -> int | None:
        """Any number."""
        return None

    def spend(self, size: int) -> None:
        """Nothing to note."""
