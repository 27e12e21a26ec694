"""``feldbuch restore``: bring central back from a backup."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from server.cli.backup import tell_progress
from server.cli.init import compose
from server.cli.options import login, passphrase_options, read_passphrase
from server.cli.serve import only_server
from server.place import utc_now
from server.services.operate.restore import Restoration, restore_central


@click.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("place", type=click.Path(file_okay=False, path_type=Path))
@click.option("--put-aside", is_flag=True, help="Rename what is in PLACE first. It is never removed.")
@click.option("--backup-target", type=click.Path(file_okay=False, path_type=Path), help="Another folder for backups.")
@passphrase_options
def restore(
    backup: Path, place: Path, put_aside: bool, backup_target: Path | None, passphrase_file: Path | None
) -> None:
    """Bring central back into the folder PLACE from BACKUP: a backup folder (its newest state), or one state in it.

    The backup is read and checked whole first. Central then numbers anew, under a new epoch: tablets and nodes notice
    it at their next contact and deliver again what is missing. Nobody has to do anything there.
    """
    changes = {"backup_target": str(backup_target.resolve())} if backup_target else {}
    wanted = Restoration(backup, place, read_passphrase(passphrase_file), login(), changes)
    with contextlib.ExitStack() as held:
        if put_aside and place.is_dir():
            held.enter_context(only_server(place))
        done = restore_central(wanted, compose, now=utc_now, put_aside=put_aside, progress=tell_progress)
    click.echo(
        f"Restored {done.place} from {done.snapshot}: {done.items} items, {done.blobs} blobs, {done.seconds:.1f} s. "
        f"{done.receipts} receipts under the new epoch {done.epoch}."
    )
    if done.aside is not None:
        click.echo(f"What was there before lies in {done.aside}.")
    click.echo(f"Next: feldbuch serve --place {place}\n      feldbuch backup --place {place}")
