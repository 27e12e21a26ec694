"""Challenges and sessions: signed texts that need no table. Of no use at another place, whose key is another."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from itsdangerous import BadData, URLSafeTimedSerializer

from server.errors.error import CodedError
from server.services.collect.decision import Carrier
from sync.protocol import CHALLENGE_SECONDS, SESSION_SECONDS

CACHED_AT_MOST = 4096


class Sessions:
    """Gives and reads challenges and sessions. Times are in seconds.

    A session says who carries. How that carrier stands is not in it: that is asked where it matters.
    """

    def __init__(
        self,
        secret: bytes,
        monotonic: Callable[[], float] = time.monotonic,
        first_use: Callable[[str], bool] | None = None,
    ) -> None:
        """``first_use``: where several processes serve a place, says and notes that a challenge was not used before."""
        self._sessions = URLSafeTimedSerializer(secret, salt="feldbuch sync session")
        self._first_use = first_use or self._first_here
        # What was used is else remembered in memory only: a challenge of an earlier process must not be taken again.
        whose = "of all processes" if first_use else secrets.token_hex(16)
        self._challenges = URLSafeTimedSerializer(secret, salt=f"feldbuch sync challenge {whose}")
        self._monotonic = monotonic
        self._used: dict[str, float] = {}
        self._read: dict[str, tuple[Carrier, float]] = {}
        self._lock = threading.Lock()

    def challenge(self) -> str:
        """A text that a carrier signs in its hello; valid once and for five minutes."""
        return self._challenges.dumps(secrets.token_urlsafe(12))

    def use_challenge(self, challenge: str) -> None:
        """Take a challenge back. Raises ``CodedError`` ``hello.challenge`` if it is not ours, too old or used."""
        try:
            self._challenges.loads(challenge, max_age=CHALLENGE_SECONDS)
        except BadData:
            raise CodedError("hello.challenge") from None
        if not self._first_use(challenge):
            raise CodedError("hello.challenge")

    def _first_here(self, challenge: str) -> bool:
        now = self._monotonic()
        with self._lock:
            # In the order of their use, which is that of their ends: only what is over is looked at.
            while self._used and next(iter(self._used.values())) <= now:
                del self._used[next(iter(self._used))]
            if challenge in self._used:
                return False
            self._used[challenge] = now + CHALLENGE_SECONDS + 1
            return True

    def open(self, carrier: Carrier) -> str:
        """A session for a carrier that has proved its key."""
        return self._sessions.dumps([carrier.kind, carrier.id])

    def carrier(self, session: str) -> Carrier:
        """Who carries. Raises ``CodedError`` ``session.missing`` where the session is none of ours or too old."""
        now = self._monotonic()
        known = self._read.get(session)
        if known is not None and known[1] > now:
            return known[0]
        try:
            (kind, id_), given_at = self._sessions.loads(session, max_age=SESSION_SECONDS, return_timestamp=True)
        except BadData:
            raise CodedError("session.missing") from None
        carrier = Carrier(id_, kind)
        age = max(0.0, time.time() - given_at.timestamp())
        with self._lock:
            if len(self._read) >= CACHED_AT_MOST:
                self._read.clear()
            self._read[session] = (carrier, now + SESSION_SECONDS - age)
        return carrier
