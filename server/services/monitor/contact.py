"""When somebody was last heard of, with *never* told apart from *long ago*."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

SILENT_AFTER = timedelta(days=3)
"""After this long without a sign of life, a tablet or a node counts as silent."""


@dataclass(frozen=True, slots=True)
class Contact:
    """``never``: nothing was ever heard (``at`` is None). ``long_ago``: not for ``SILENT_AFTER``. Else ``recent``."""

    state: Literal["never", "long_ago", "recent"]
    at: datetime | None


def judge_contact(times: Iterable[datetime | None], now: datetime, silent_after: timedelta = SILENT_AFTER) -> Contact:
    """The contact that several signs of life amount to; a time in the future counts as now."""
    newest = max((each for each in times if each is not None), default=None)
    if newest is None:
        return Contact("never", None)
    return Contact("long_ago" if now - newest > silent_after else "recent", newest)
