"""``feldbuch backup``: back central up while it serves, or check a backup."""

from __future__ import annotations

from pathlib import Path

import click

from server.app import create_app, place_of
from server.cli.options import place_option
from server.errors.error import CodedError
from server.services.operate.backup import BackupReport, make_backup, verify_backup
from server.settings import Settings


@click.command()
@place_option
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Make none: read the newest backup in FOLDER, and all its blobs, again.")
@click.option("--all", "everything", is_flag=True, help="Also read the blobs of earlier backups again.")
def backup(settings: Settings, folder: Path | None, verify: bool, everything: bool) -> None:
    """Back central up to FOLDER (by default the setting backup_target), check the copy and move the mark.

    What is under the mark counts as safe, so FOLDER should lie on another disk. Central may go on serving.
    """
    if folder is None:
        if not settings.backup_target:
            raise CodedError("backup.target.none")
        folder = Path(settings.backup_target)
    if verify:
        report = verify_backup(folder, progress=tell_progress)
        click.echo(f"The backup {report.snapshot} is whole: {_summary(report)}")
        return
    app = create_app(settings)
    place = place_of(app)
    try:
        report = make_backup(place, folder, progress=tell_progress, verify="all" if everything else "new")
    finally:
        place.writer.close()
        place.engine.dispose()
    click.echo(f"Backed up to {report.snapshot}: {_summary(report)}")
    if report.same_file_system:
        click.echo("WARNING: it lies on the same file system as the place. A broken disk would take both.", err=True)


def _summary(report: BackupReport) -> str:
    return (
        f"{report.items} items, {report.blobs} blobs ({report.new_blobs} new), {report.bytes} bytes, "
        f"{report.seconds:.1f} s. Safe up to number {report.durable_seq} of epoch {report.epoch}."
    )


def tell_progress(what: str, done: int, total: int) -> None:
    """Say on the error output how far something is."""
    click.echo(f"{what}: {done} of {total}", err=True)
