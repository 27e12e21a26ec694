"""``feldbuch backup``: back central up while it serves, check a backup, list those that are there, remove old ones."""

from __future__ import annotations

import json
from pathlib import Path

import click

from server.cli.options import place_option
from server.errors.error import CodedError
from server.opening import open_place, place_of
from server.services.operate.backup import BackupReport, make_backup, verify_backup
from server.services.operate.backup_target import BackupTarget
from server.services.operate.retention import KeepRule, Snapshot, drop_backups, judge_backups
from server.settings import Settings

WORDS = {
    "newest": "newest",
    "recent": "recent",
    "daily": "last of its day",
    "weekly": "last of its week",
    "monthly": "last of its month",
    "damaged": "damaged, it cannot be read",
}


class _MakesOne(click.Group):
    """A group that makes a backup where no command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] not in ([name] for name in (*self.commands, "--help")):
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_MakesOne)
def backup() -> None:
    """Back central up, check a backup, list the backups, remove those that no rule keeps.

    Without a further word it is `feldbuch backup make`: `feldbuch backup --place central`.
    """


@backup.command()
@place_option
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Make none: read the newest backup in FOLDER, and all its blobs, again.")
@click.option("--all", "everything", is_flag=True, help="A full one: also read the blobs of earlier backups again.")
def make(settings: Settings, folder: Path | None, verify: bool, everything: bool) -> None:
    """Back central up to FOLDER (by default the setting backup_target), check the copy and move the mark.

    What is under the mark counts as safe, so the backup target should lie on another disk. A backup to another FOLDER
    is a copy and moves no mark. Blobs that an earlier backup brought are not copied again. Central may go on serving.
    """
    target = _target(settings, folder)
    if verify:
        report = verify_backup(target.folder, progress=tell_progress)
        click.echo(f"The backup {report.snapshot} is whole: {_summary(report)}")
        return
    app = open_place(settings)
    place = place_of(app)
    try:
        report = make_backup(place, target.folder, progress=tell_progress, verify="all" if everything else "new")
    finally:
        place.writer.close()
        place.engine.dispose()
    click.echo(f"Backed up to {report.snapshot}: {_summary(report)}")
    if not report.marked:
        click.echo("The mark has not moved: the place has another backup target.")
    if report.same_file_system:
        click.echo("WARNING: it lies on the same file system as the place. A broken disk would take both.", err=True)
    if report.alone:
        click.echo(
            f"WARNING: an earlier backup holds {report.alone} items or keys that central lacks. It is kept; "
            "'feldbuch backup list' names it.",
            err=True,
        )


@backup.command("list")
@place_option
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def list_(settings: Settings, folder: Path | None, as_json: bool) -> None:
    """List the backups in FOLDER (by default the setting backup_target), the newest first, and why each is kept."""
    judged = judge_backups(_target(settings, folder), KeepRule.of(settings))
    if as_json:
        click.echo(json.dumps([_document(each) for each in judged]))
        return
    for each in judged:
        click.echo(_line(each))
    click.echo(f"{len(judged)} backups.")


@backup.command()
@place_option
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Remove nothing: say what would go.")
def prune(settings: Settings, folder: Path | None, dry_run: bool) -> None:
    """Remove the backups in FOLDER (by default the setting backup_target) that no rule keeps, as each backup does too.

    The newest two stay in any case, and so does one that holds what no newer one holds.
    """
    target = _target(settings, folder)
    rule = KeepRule.of(settings)
    if dry_run:
        judged = judge_backups(target, rule)
    else:
        with target.locked():
            judged = drop_backups(target, rule)
    going = [each for each in judged if not each.reasons]
    for each in going:
        click.echo(_line(each))
    click.echo(f"{len(going)} of {len(judged)} backups {'would go' if dry_run else 'are removed'}.")


def _target(settings: Settings, folder: Path | None) -> BackupTarget:
    if folder is None:
        if not settings.backup_target:
            raise CodedError("backup.target.none")
        folder = Path(settings.backup_target)
    return BackupTarget(folder)


def _line(each: Snapshot) -> str:
    words = [WORDS[reason] for reason in each.reasons if reason in WORDS]
    if each.alone:
        words.append(f"holds {each.alone} items or keys that no newer one holds")
    said = f"{each.items} items, {each.blobs} blobs, {'full' if each.full else 'incremental'}" if each.at else "?"
    return f"{each.path.name}  {said}  {', '.join(words) or 'nothing keeps it'}"


def _document(each: Snapshot) -> dict[str, object]:
    return {
        "name": each.path.name,
        "at": each.at.strftime("%Y-%m-%dT%H:%M:%SZ") if each.at else None,
        "epoch": each.epoch,
        "durable_seq": each.durable_seq,
        "items": each.items,
        "blobs": each.blobs,
        "full": each.full,
        "reasons": list(each.reasons),
        "alone": each.alone,
    }


def _summary(report: BackupReport) -> str:
    return (
        f"{report.items} items, {report.blobs} blobs ({report.new_blobs} new), {report.bytes} bytes, "
        f"{report.seconds:.1f} s. Safe up to number {report.durable_seq} of epoch {report.epoch}."
    )


def tell_progress(what: str, done: int, total: int) -> None:
    """Say on the error output how far something is."""
    click.echo(f"{what}: {done} of {total}", err=True)
