"""By how much the clock of a tablet or node is wrong, as it is said beside the times of that clock."""

from __future__ import annotations

from datetime import timedelta

NOTABLE = timedelta(minutes=2)
"""Less is no more than what a slow link makes of a right clock."""
_UNITS = ((365 * 86_400, "years"), (86_400, "days"), (3600, "h"), (60, "min"))


def notable(ahead: int | None) -> int | None:
    """Seconds by which a clock is ahead (negative: behind), where it is worth a word; else None."""
    return ahead if ahead is not None and abs(ahead) >= NOTABLE.total_seconds() else None


def in_words(ahead: int) -> str:
    """As a command says it, such as ``about 2 h fast``."""
    size = abs(ahead)
    seconds, unit = next(each for each in _UNITS if size >= 2 * each[0] or each[1] == "min")
    return f"about {max(1, round(size / seconds))} {unit} {'fast' if ahead > 0 else 'slow'}"
