"""How many examples hypothesis draws: few at each run, many in ``make soak``."""

from __future__ import annotations

import os

SOAK = "SOAK" in os.environ
TIMES_MORE = 20


def examples(number: int) -> int:
    """So many examples, or in a soak many times more."""
    return number * TIMES_MORE if SOAK else number
