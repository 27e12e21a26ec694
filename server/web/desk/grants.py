"""Grants of the vault, kept in this process by sign-in: the browser's cookie never holds one."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from server.vault.client import Grant

KEPT = 200


class Grants:
    """At most ``KEPT`` grants, the oldest given up first, each until its time is over."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._grants: OrderedDict[str, tuple[Grant, float]] = OrderedDict()

    def keep(self, sign_in: str, grant: Grant) -> None:
        """Keep the grant of a sign-in in place of an older one."""
        with self._lock:
            self._grants.pop(sign_in, None)
            self._grants[sign_in] = (grant, self._clock() + grant.open_for)
            while len(self._grants) > KEPT:
                self._grants.popitem(last=False)

    def of(self, sign_in: str) -> Grant | None:
        """The grant of a sign-in, if there is one and its time is not over."""
        return self._grant(sign_in)[0]

    def seconds_left(self, sign_in: str) -> float:
        """How long the grant of a sign-in still holds; 0 without one."""
        return self._grant(sign_in)[1]

    def drop(self, sign_in: str) -> Grant | None:
        """Forget the grant of a sign-in and return it, so that the vault can be told."""
        with self._lock:
            grant, _ = self._grants.pop(sign_in, (None, 0.0))
            return grant

    def _grant(self, sign_in: str) -> tuple[Grant | None, float]:
        with self._lock:
            grant, until = self._grants.get(sign_in, (None, 0.0))
            left = until - self._clock()
            if grant is None or left <= 0:
                self._grants.pop(sign_in, None)
                return None, 0.0
            return grant, left
