"""Failed sign-ins slow the next ones down: by name and by address, in memory, bounded."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FORGOTTEN_AFTER = 3600.0
"""Seconds."""
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Rule:
    free: int
    longest: float


RULES = {"name": _Rule(free=3, longest=60.0), "address": _Rule(free=10, longest=600.0)}
"""So many tries cost nothing, since people mistype and share addresses; then the wait is 1, 2, 4 ... seconds up to
the longest. That by name is short, so that a stranger cannot lock a person out by failing in their name."""


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class Attempts:
    """Counts tries until one succeeds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def begin(self, name: str, address: str) -> float:
        """Seconds to wait before this name may be tried from this address; at 0 the try counts as failed already.

        Counting it before the password is looked at keeps many tries at once from passing together.
        """
        now = self._clock()
        keys = (("name", name), ("address", address))
        with self._lock:
            wait = max(self._wait(key, now) for key in keys)
            if wait > 0:
                return wait
            for key in keys:
                known = self._failures.pop(key, None)
                count = known.count if known is not None and now - known.last < FORGOTTEN_AFTER else 0
                self._failures[key] = _Failures(count + 1, now)
            while len(self._failures) > KEPT:
                self._failures.popitem(last=False)
            return 0.0

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name, and this one try of the address."""
        with self._lock:
            self._failures.pop(("name", name), None)
            known = self._failures.get(("address", address))
            if known is not None:
                known.count -= 1

    def _wait(self, key: tuple[str, str], now: float) -> float:
        known, rule = self._failures.get(key), RULES[key[0]]
        if known is None or known.count < rule.free or now - known.last >= FORGOTTEN_AFTER:
            return 0.0
        delay = min(2.0 ** min(known.count - rule.free, 30), rule.longest)
        return max(known.last + delay - now, 0.0)
