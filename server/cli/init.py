"""``feldbuch init``: make a central."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click
from flask import Flask

from server.cli.options import passphrase_options, read_passphrase
from server.errors.error import CodedError
from server.opening import open_place, place_of
from server.place import Place
from server.services.operate.init import Founding, found_central, refuse_what_exists
from server.services.operate.study_file import read_study_file
from server.settings import Settings

DESK_PASSWORD = "FELDBUCH_DESK_PASSWORD"  # noqa: S105  the name of a variable


def compose(settings: Settings) -> tuple[Flask, Place]:
    """The application of a place, and the place."""
    app = open_place(settings)
    return app, place_of(app)


@click.command()
@click.argument("place", type=click.Path(path_type=Path))
@click.option(
    "--study",
    "study_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file with the study's id, title, languages and sites.",
)
@click.option("--url", required=True, help="Address under which tablets and nodes will reach this central.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of this computer to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--backup-target", type=click.Path(file_okay=False, path_type=Path), help="Folder on a second disk.")
@click.option(
    "--backup-every", default=3600, show_default=True, type=click.IntRange(10), help="Seconds between backups."
)
@click.option("--without-backup", is_flag=True, help="Do without backups: no record will ever be called safe.")
@click.option(
    "--node-origin", "node_origins", multiple=True, help="Address of a node that tablets may call. Repeatable."
)
@click.option("--desk-user", required=True, help="Name of the first person who may sign in at the desk.")
@passphrase_options
def init(
    place: Path,
    study_file: Path,
    url: str,
    host: str,
    port: int,
    backup_target: Path | None,
    backup_every: int,
    without_backup: bool,
    node_origins: tuple[str, ...],
    desk_user: str,
    passphrase_file: Path | None,
) -> None:
    """Make a central in the new folder PLACE: keys, vault, database, study and a first desk user.

    The passphrase of the vault opens every interview. Nobody can bring it back when it is lost, so write it down and
    keep it apart from this computer.
    """
    if backup_target is None and not without_backup:
        raise CodedError("init.backup.needed")
    refuse_what_exists(place)
    study = read_study_file(study_file)
    settings = Settings(
        place=place.resolve(),
        role="central",
        study=study.id,
        url=url.rstrip("/"),
        host=host,
        port=port,
        backup_target=str(backup_target.resolve()) if backup_target else "",
        backup_every=backup_every,
        node_origins=tuple(origin.rstrip("/") for origin in node_origins),
    )
    passphrase = _new_passphrase(passphrase_file)
    password, generated = _desk_password(desk_user)
    found_central(Founding(settings, study, desk_user, passphrase, password), compose)
    click.echo(f"Made the central of the study '{study.id}' in {place}.")
    if generated:
        click.echo(f"Password of {desk_user} at the desk, shown this once: {password}")
    if backup_target is None:
        click.echo("WARNING: without a backup target nothing will ever be safe.", err=True)
    click.echo(f"Next: feldbuch form publish FILE.json --place {place}\n      feldbuch serve --place {place}")


def _new_passphrase(passphrase_file: Path | None) -> str:
    """The passphrase of a new vault; at a prompt it is asked for twice."""
    passphrase = read_passphrase(passphrase_file)
    asked = passphrase_file is None and "FELDBUCH_PASSPHRASE" not in os.environ
    if asked and click.prompt("The same once more", hide_input=True) != passphrase:
        raise CodedError("vault.passphrase.differs")
    return passphrase


def _desk_password(name: str) -> tuple[str, bool]:
    """The first person's password, and whether it was made up here."""
    given = os.environ.get(DESK_PASSWORD, "")
    if not given and sys.stdin.isatty():
        question = f"Password of {name} at the desk (empty: make one up)"
        given = click.prompt(question, hide_input=True, default="", show_default=False, confirmation_prompt=True)
    return (given, False) if given else (secrets.token_urlsafe(15), True)
