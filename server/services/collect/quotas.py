"""How much may be kept: of devices that are not introduced, of revoked ones, and of each device in all."""

from __future__ import annotations

import time

from sqlalchemy import Connection

from server.services.collect.standing import COVER_ALLOWANCE, kept_bytes
from server.settings import Settings
from server.storage.addresses import is_shared
from sync.envelope.cover import Cover

_ALL_WAITING = ("waiting", None)
FORGOTTEN_AFTER = 10.0
"""Seconds."""


class Quotas:
    """Running totals, asked inside the writer's transaction only (so by one thread).

    A total is read from the database once and counted on. It may run ahead of the truth when a transaction is
    rolled back or something is released, so it is read again before anything is refused. Where other processes take
    items in as well, it lags behind them by ``FORGOTTEN_AFTER`` at most.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._totals: dict[tuple[str | None, str | None], int] = {}
        self._added: dict[tuple[str | None, str | None], int] = {}
        self._shared = is_shared(settings.database)
        self._read_since = 0.0

    def begin(self) -> None:
        """A transaction begins: nothing of it is in the database yet."""
        self._added.clear()
        if self._shared and time.monotonic() - self._read_since > FORGOTTEN_AFTER:
            self._totals.clear()
            self._read_since = time.monotonic()

    def refusal(self, connection: Connection, cover: Cover, state: str) -> str | None:
        """The code by which an item is refused, or None; the item then counts."""
        signer = cover.taken_in_by.id
        settings = self._settings
        limits: list[tuple[tuple[str | None, str | None], int, str]] = [
            ((None, signer), settings.device_bytes, "intake.quota.device")
        ]
        if state == "waiting":
            limits.append((("waiting", signer), settings.unknown_device_bytes, "intake.quota.device"))
            limits.append((_ALL_WAITING, settings.unknown_devices_bytes, "intake.quota.waiting"))
        elif state == "quarantined":
            limits.append((("quarantined", signer), settings.unknown_device_bytes, "intake.quota.device"))
        size = cover.body.size + COVER_ALLOWANCE
        for which, limit, code in limits:
            if self._total(connection, which) + size > limit and self._fresh(connection, which) + size > limit:
                return code
        for which, _, _ in limits:
            self._totals[which] += size
            self._added[which] = self._added.get(which, 0) + size
        return None

    def _total(self, connection: Connection, which: tuple[str | None, str | None]) -> int:
        return self._totals[which] if which in self._totals else self._fresh(connection, which)

    def _fresh(self, connection: Connection, which: tuple[str | None, str | None]) -> int:
        self._totals[which] = kept_bytes(connection, *which) + self._added.get(which, 0)
        return self._totals[which]
