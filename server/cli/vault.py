"""``feldbuch vault``: run the vault, look at it, unlock and lock it, change its passphrase."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
from collections.abc import Iterator
from pathlib import Path

import click

from server.cli.options import passphrase_options, place_option, read_passphrase
from server.errors.error import CodedError
from server.settings import Settings
from server.vault.address import SOCKET_FILE
from server.vault.audit import AUDIT_FILE, check_audit_log
from server.vault.client import Grant, VaultClient
from server.vault.process import serve_vault

GRANT = "FELDBUCH_GRANT"


def client_of(settings: Settings) -> VaultClient:
    """A client of the place's vault."""
    return VaultClient(settings.vault / SOCKET_FILE)


def person() -> str:
    """Who stands in the vault's log for what is done at the command line: the user of this computer."""
    return f"{getpass.getuser()} (command line)"


@contextlib.contextmanager
def granted(client: VaultClient, passphrase_file: Path | None) -> Iterator[Grant]:
    """A grant: that of ``FELDBUCH_GRANT``, or one by the passphrase, which ends again with the work."""
    if passphrase_file is None and GRANT in os.environ:
        yield Grant(os.environ[GRANT], person(), 0)
        return
    grant = client.unlock(read_passphrase(passphrase_file), person())
    try:
        yield grant
    finally:
        client.lock(grant)


@click.group()
def vault() -> None:
    """The vault of a central: the only process that opens what was sealed."""


@vault.command()
@place_option
def serve(settings: Settings) -> None:
    """Run the vault until it is ended. 'feldbuch serve' does this by itself unless vault_external is set."""
    serve_vault(settings.vault, settings.vault_open_for, lambda path: click.echo(f"The vault answers at {path}."))


@vault.command()
@place_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(settings: Settings, as_json: bool) -> None:
    """Show whether the vault is unlocked, for how long, and whether its log is whole."""
    found = client_of(settings).status()
    broken = check_audit_log(settings.vault / AUDIT_FILE, found.audit_last)
    if as_json:
        document = {
            "unlocked": found.unlocked,
            "open_for": None if found.open_for is None else round(found.open_for),
            "study_key": found.study_key,
            "audit": {"lines": found.audit_lines, "first_broken_line": broken},
        }
        click.echo(json.dumps(document))
        return
    open_for = f"unlocked for {found.open_for:.0f} seconds more" if found.open_for is not None else "locked"
    click.echo(f"The vault is {open_for}. Study key: {found.study_key}.")
    whole = "whole" if broken is None else f"changed from line {broken} on"
    click.echo(f"Its log has {found.audit_lines} lines and is {whole}.")


@vault.command()
@place_option
@passphrase_options
def unlock(settings: Settings, passphrase_file: Path | None) -> None:
    """Print a grant: the right to open until the vault locks itself. 'feldbuch export' takes it as FELDBUCH_GRANT."""
    grant = client_of(settings).unlock(read_passphrase(passphrase_file), person())
    click.echo(f"The vault is unlocked for {grant.open_for:.0f} seconds.", err=True)
    click.echo(grant.token)


@vault.command()
@place_option
def lock(settings: Settings) -> None:
    """Lock the vault for everyone, at once."""
    client_of(settings).lock(None, person())
    click.echo("The vault is locked.")


@vault.command()
@place_option
@passphrase_options
@click.option(
    "--new-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the new passphrase. Else a prompt.",
)
def passphrase(settings: Settings, passphrase_file: Path | None, new_passphrase_file: Path | None) -> None:
    """Change the vault's passphrase. Older backups still open with the older one."""
    old = read_passphrase(passphrase_file)
    if new_passphrase_file is not None:
        new = read_passphrase(new_passphrase_file)
    else:
        new = click.prompt("New passphrase", hide_input=True)
        if click.prompt("The new one again", hide_input=True) != new:
            raise CodedError("vault.passphrase.differs")
    client_of(settings).change_passphrase(old, new, person())
    click.echo("The passphrase is changed. Backups made before still open with the older one.")
