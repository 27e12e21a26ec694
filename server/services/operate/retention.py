"""Which backups are kept: by a rule of periods, and whatever the rule says, all that a promise rests on.

Periods are counted by the backups' own times and never from now, so that a clock that is wrong removes nothing that a
right one would have kept for long. Three kinds of backups never go:

- the newest ones, at least two: the mark rests on the newest, and nodes prune what the newest and the one before hold;
- one that holds an item or a key of a tablet that no newer kept one holds: central was taken back to an older backup,
  or something was lost. It may hold the only copy;
- one that cannot be read: nobody knows what it holds.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from server.errors.error import CodedError
from server.services.operate.backup_target import DATABASE, BackupTarget, read_blob_list, read_manifest
from server.settings import Settings

Reason = Literal["newest", "recent", "daily", "weekly", "monthly", "alone", "damaged"]
Period = Callable[[datetime], object]
NEWEST_AT_LEAST = 2
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class KeepRule:
    """``newest``: so many in any case; all of the last ``hours``; the last one of so many days, weeks and months."""

    newest: int
    hours: int
    daily: int
    weekly: int
    monthly: int

    @classmethod
    def of(cls, settings: Settings) -> KeepRule:
        """The rule of a place."""
        return cls(
            max(settings.backups_kept, NEWEST_AT_LEAST),
            settings.backups_all_hours,
            settings.backups_daily,
            settings.backups_weekly,
            settings.backups_monthly,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished backup and why it is kept; it may go where there is no reason.

    ``at``, ``epoch``, ``durable_seq``, ``items`` and ``blobs`` are those of its manifest, None where it is damaged.
    ``alone``: how many items and keys in it no newer kept backup holds; 0 also where nobody had to look.
    """

    path: Path
    at: datetime | None
    epoch: str | None
    durable_seq: int | None
    items: int | None
    blobs: int | None
    full: bool
    reasons: tuple[Reason, ...] = ()
    alone: int = 0


def judge_backups(target: BackupTarget, rule: KeepRule) -> list[Snapshot]:
    """Every finished backup of a target, the newest first, with the reasons why it is kept."""
    found = [_read(path) for path in reversed(target.snapshots())]
    whole = [each for each in found if each.at is not None]
    reasons: dict[Path, list[Reason]] = {each.path: [] for each in found}
    for each in found:
        if each.at is None:
            reasons[each.path].append("damaged")
    for each in whole[: rule.newest]:
        reasons[each.path].append("newest")
    latest = max((each.at for each in whole if each.at is not None), default=None)
    for each in whole:
        if latest is not None and each.at is not None and latest - each.at < timedelta(hours=rule.hours):
            reasons[each.path].append("recent")
    periods: tuple[tuple[Reason, int, Period], ...] = (
        ("daily", rule.daily, lambda at: at.date()),
        ("weekly", rule.weekly, lambda at: at.isocalendar()[:2]),
        ("monthly", rule.monthly, lambda at: (at.year, at.month)),
    )
    for reason, many, period in periods:
        for path in _last_of_periods(whole, period, many):
            reasons[path].append(reason)
    alone = _alone(whole, {path for path, why in reasons.items() if why})
    return [_judged(each, tuple(reasons[each.path]), alone.get(each.path, 0)) for each in found]


def drop_backups(target: BackupTarget, rule: KeepRule) -> list[Snapshot]:
    """Remove the backups that nothing keeps, then the blobs that none of the others names; returns what there was.

    Hold the target's lock. Where a backup cannot be read, no blob is removed: nobody knows which ones it names.
    """
    judged = judge_backups(target, rule)
    target.remove([each.path for each in judged if not each.reasons])
    named: set[str] = set()
    for each in judged:
        if each.reasons:
            try:
                named.update(read_blob_list(each.path))
            except CodedError:
                return judged
    if not any("damaged" in each.reasons for each in judged):
        target.remove_blobs(named)
    return judged


def needs_full(target: BackupTarget, days: int, now: datetime) -> bool:
    """Whether no backup of the last ``days`` has read all blobs of the target again; 0: never."""
    if days <= 0:
        return False
    ages = [now - each.at for each in map(_read, target.snapshots()) if each.full and each.at is not None]
    # One that a wrong clock dated into the future says nothing about when it was made.
    return not any(timedelta(0) <= age < timedelta(days=days) for age in ages)


def _read(path: Path) -> Snapshot:
    with contextlib.suppress(CodedError, ValueError, KeyError, TypeError):
        manifest: dict[str, Any] = read_manifest(path)
        read_blob_list(path)
        return Snapshot(
            path,
            datetime.strptime(manifest["at"], _TIME).replace(tzinfo=UTC),
            str(manifest["epoch"]),
            int(manifest["durable_seq"]),
            int(manifest["items"]),
            int(manifest["blobs"]),
            bool(manifest.get("full", False)),
        )
    return Snapshot(path, None, None, None, None, None, full=False)


def _judged(each: Snapshot, reasons: tuple[Reason, ...], alone: int) -> Snapshot:
    return replace(each, reasons=(*reasons, "alone") if alone else reasons, alone=alone)


def _last_of_periods(whole: list[Snapshot], period: Period, many: int) -> list[Path]:
    """Of each of the newest ``many`` periods that have a backup, the newest backup."""
    last: dict[object, Path] = {}
    for each in whole:
        if each.at is not None and len(last) < many:
            last.setdefault(period(each.at), each.path)
    return list(last.values())


def _alone(whole: list[Snapshot], kept: set[Path]) -> dict[Path, int]:
    """How much each backup holds that the newest one does not: those that would go, and the last one of each epoch.

    One that would go and whose rest lies in another that stays may go.
    """
    if not whole:
        return {}
    holders = [whole[0].path]
    ends = {each.epoch: each.path for each in reversed(whole)}
    alone: dict[Path, int] = {}
    for each in whole[1:]:
        if each.path in kept and ends[each.epoch] != each.path:
            continue
        lacking = min(missing_in(holder, each.path) for holder in holders)
        if lacking:
            alone[each.path] = lacking
            holders.append(each.path)
    return alone


def missing_in(newer: Path, older: Path) -> int:
    """How many items and keys of tablets a backup holds that another one does not; 1 where that cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(_address(older), uri=True)) as copy:
            copy.execute("ATTACH ? AS newer", (_address(newer),))
            return sum(
                int(
                    copy.execute(
                        f"SELECT count(*) FROM main.{table} AS held WHERE NOT EXISTS"  # noqa: S608  two names of our own
                        f" (SELECT 1 FROM newer.{table} AS other WHERE other.{column} = held.{column})"
                    ).fetchone()[0]
                )
                for table, column in (("item", "hash"), ("intake_key", "key"))
            )
    except sqlite3.Error:
        return 1


def _address(snapshot: Path) -> str:
    return f"{(snapshot / DATABASE).resolve().as_uri()}?mode=ro&immutable=1"
