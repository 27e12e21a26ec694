"""Clocks of carriers: by how much one is wrong, estimated from what it says at hello. Shown, never decided by."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.carrier import Counts

AT_MOST = 2_000_000_000
"""Sixty years in seconds; what is wrong by more is as good as that, and every database has room for it."""


def clock_seen(counts: Counts, now: datetime, *, direct: bool) -> dict[str, int]:
    """``clock_ahead`` in seconds as a column's value, or nothing where the hello says nothing of it.

    Said by the carrier itself it is good to some seconds. A hello that somebody else brought was on its way for a time
    that nobody knows, so a clock that seems to be behind may be right; one that shows a time to come is ahead.
    """
    if counts.clock is None:
        return {}
    said = datetime.strptime(counts.clock, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    ahead = round((said - now).total_seconds())
    if not direct and ahead <= 0:
        return {}
    return {"clock_ahead": max(-AT_MOST, min(AT_MOST, ahead))}
