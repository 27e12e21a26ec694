"""Whether what is at central would survive the loss of central: backups, the mark, and what is not yet under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from server.services.monitor.arrivals import Mark, newest_mark
from server.settings import Settings
from server.storage.items import Backup, Epoch

Worry = Literal["no_target", "no_backup", "backup_failed", "backup_late", "epoch"]
LATE_AFTER_ROUNDS = 3
"""So many planned backups may be missed before the last one counts as late."""


@dataclass(frozen=True, slots=True)
class Safety:
    """The state of the backups.

    ``worry``: ``no_target`` (no second place is named: nothing ever becomes safe), ``no_backup`` (none was
    finished yet), ``backup_failed`` (the newest one failed with ``problem``), ``backup_late``, ``epoch`` (central was
    restored and nothing has been backed up since); None when all is well.
    """

    worry: Worry | None
    last_finished_at: datetime | None
    problem: str | None
    mark: Mark | None


def judge_safety(connection: Connection, settings: Settings, now: datetime) -> Safety:
    """Read the newest backup, the newest finished one, the mark and the epoch."""
    newest = connection.execute(select(Backup.problem).order_by(Backup.id.desc()).limit(1)).one_or_none()
    finished: datetime | None = connection.execute(
        select(func.max(Backup.finished_at)).where(Backup.problem.is_(None))
    ).scalar_one()
    epoch = connection.execute(select(Epoch.epoch).order_by(Epoch.id.desc()).limit(1)).scalar_one_or_none()
    mark = newest_mark(connection)
    problem = newest.problem if newest is not None else None
    worry: Worry | None = None
    if not settings.backup_target:
        worry = "no_target"
    elif problem is not None:
        worry = "backup_failed"
    elif finished is None:
        worry = "no_backup"
    elif now - finished > LATE_AFTER_ROUNDS * timedelta(seconds=settings.backup_every):
        worry = "backup_late"
    elif mark is None or mark.epoch != epoch:
        worry = "epoch"
    return Safety(worry=worry, last_finished_at=finished, problem=problem, mark=mark)
