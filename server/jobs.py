"""What a place does by itself, started by ``feldbuch serve`` and by nothing else."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from server.errors.error import CodedError
from server.opening import place_of
from server.place import Place
from server.services.collect.expiry import expire_uploads
from server.services.collect.housekeeping import tidy
from server.services.collect.pruning import prune
from server.services.collect.rounds import run_round
from server.services.collect.space import full_disk_said
from server.services.operate.backup import has_unsaved_feed, make_backup
from server.services.operate.backup_target import BackupTarget
from server.services.operate.lease import RENEWED_EVERY, JobLease, run_if_held
from server.services.operate.peers import notice_dead_peers
from server.services.operate.retention import needs_full

LOG = logging.getLogger("feldbuch.jobs")
TIDY_EVERY = 24 * 3600
EXPIRE_EVERY = 3600
PRUNE_EVERY = 3600
FEED_EVERY = 15
FIRST_SECONDS = 2


def start_jobs(app: Flask) -> BackgroundScheduler:
    """Start the jobs of a place in this process; ``shutdown`` of the scheduler ends them.

    A node syncs every ``sync_every`` seconds, and prunes after a round that brought a new mark, and once an hour.
    A central with a second target backs up every ``backup_every`` seconds,
    and within ``FEED_EVERY`` seconds when a device has enrolled, a form was published, or the feed has grown otherwise.
    Both take expired uploads away once an hour and tidy their spool once a day. A job that is late runs once, and
    never twice at a time. Where several processes serve a place, the one that holds the lease does all this.
    """
    place = place_of(app)
    settings = place.settings
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone="UTC",
    )
    soon = place.now() + timedelta(seconds=FIRST_SECONDS)
    lease = JobLease(place, secrets.token_hex(16)) if place.shared else None
    if lease is not None:
        # Renewed beside a long job too: only a process that does not work at all loses the lease.
        scheduler.add_job(lease.take, "interval", seconds=RENEWED_EVERY, id="lease", next_run_time=soon)

    def alone(job: Callable[[Place], None]) -> Callable[[], None]:
        """The job for one process at a time, however many serve this place."""
        return partial(job, place) if lease is None else partial(_leased, lease, job)

    if settings.role == "node":
        scheduler.add_job(sync_job, "interval", [place], seconds=settings.sync_every, id="sync", next_run_time=soon)
        scheduler.add_job(prune_job, "interval", [place], seconds=PRUNE_EVERY, id="prune")
    elif settings.backup_target:
        every = settings.backup_every
        scheduler.add_job(alone(backup_job), "interval", seconds=every, id="backup", next_run_time=soon)
        scheduler.add_job(alone(feed_job), "interval", seconds=FEED_EVERY, id="feed")
    scheduler.add_job(alone(expire_job), "interval", seconds=EXPIRE_EVERY, id="expire")
    scheduler.add_job(notice_dead_peers, "date", run_date=soon, id="peers")
    scheduler.add_job(alone(tidy_job), "interval", seconds=TIDY_EVERY, id="tidy")
    scheduler.start()
    return scheduler


def _leased(lease: JobLease, job: Callable[[Place], None]) -> None:
    try:
        run_if_held(lease, job)
    except CodedError as error:
        LOG.warning("%s: %s", job.__name__, error.code)


def sync_job(place: Place) -> None:
    """One round with central; what became of it stands in the database."""
    try:
        with full_disk_said():
            report = run_round(place)
    except CodedError as error:
        LOG.warning("sync: %s", error.code)
        return
    if report.gone:
        LOG.error("sync: central does not hold any more what it had said was safe: %s", ", ".join(report.gone))
    if report.alarm is not None:
        LOG.error("sync: %s", report.alarm)
    elif report.problem is not None:
        LOG.info("sync: %s", report.problem)
    if report.new_mark:
        prune_job(place)


def prune_job(place: Place) -> None:
    """Delete the bytes of what central holds durably, by the rule; how much went is in the log."""
    try:
        with full_disk_said():
            prune(place)
    except CodedError as error:
        LOG.error("prune: %s", error.code)  # noqa: TRY400  the code says what to do


def backup_job(place: Place) -> None:
    """One verified backup; a failed one stands in the database and is an alarm of the ledger."""
    target = Path(place.settings.backup_target)
    try:
        full = needs_full(BackupTarget(target), place.settings.backup_full_days, place.now())
        with full_disk_said():
            report = make_backup(place, target, verify="all" if full else "new")
        if report.alone:
            LOG.error("backup: an earlier backup holds %d items or keys that central lacks; it is kept", report.alone)
    except CodedError as error:
        LOG.error("backup: %s", error.code)  # noqa: TRY400  the code says what to do; a traceback would not


def feed_job(place: Place) -> None:
    """A backup at once when the feed has grown: keys of a tablet that enrolled lie nowhere else."""
    try:
        if has_unsaved_feed(place, Path(place.settings.backup_target)):
            with full_disk_said():
                make_backup(place, Path(place.settings.backup_target))
    except CodedError as error:
        if error.code != "backup.running":
            LOG.error("backup: %s", error.code)  # noqa: TRY400  as above


def expire_job(place: Place) -> None:
    """Take uploads away that nobody went on with; their senders still have the items."""
    expired = expire_uploads(place)
    if expired:
        LOG.info("expired uploads: %d", expired)


def tidy_job(place: Place) -> None:
    """Remove what unfinished uploads left behind."""
    removed = tidy(place)
    if removed:
        LOG.info("tidy: %d", removed)
