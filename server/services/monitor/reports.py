"""What a device or a node says of itself in its signed ``counts``, read with distrust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

MOST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of the protocol, in instances and bytes. What is missing or malformed is 0 or None."""

    drafts: int = 0
    finished: int = 0
    unsent: int = 0
    sent: int = 0
    set_aside: int = 0
    highest_number: int = 0
    oldest_unsent: datetime | None = None
    storage_used: int | None = None
    storage_quota: int | None = None
    checkpoints: int = 0

    @property
    def everything_delivered(self) -> bool:
        """Whether the reporter says that central has a receipt for all that it ever finished and copied."""
        return self.unsent == self.sent == self.set_aside == self.checkpoints == 0


def read_report(counts: Mapping[str, object] | None) -> Report | None:
    """The report in ``counts``; None where nothing was reported."""
    if counts is None:
        return None
    return Report(
        drafts=_number(counts.get("drafts")) or 0,
        finished=_number(counts.get("finished")) or 0,
        unsent=_number(counts.get("unsent")) or 0,
        sent=_number(counts.get("sent")) or 0,
        set_aside=_number(counts.get("set_aside")) or 0,
        highest_number=_number(counts.get("highest_number")) or 0,
        oldest_unsent=read_time(counts.get("oldest_unsent")),
        storage_used=_number(counts.get("storage_used")),
        storage_quota=_number(counts.get("storage_quota")),
        checkpoints=_number(counts.get("checkpoints")) or 0,
    )


def read_time(value: object) -> datetime | None:
    """A time as covers write it (``YYYY-MM-DDTHH:MM:SSZ``), or None."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
        return value
    return None
