"""``feldbuch find``: the interview that a respondent's card names."""

from __future__ import annotations

import os
from pathlib import Path

import click

from server.cli.options import passphrase_options, place_option, read_passphrase
from server.cli.vault import person
from server.errors.error import CodedError
from server.export.finding import Found, Search, find_card
from server.opening import open_place, place_of
from server.settings import Settings
from server.vault.client import Grant, VaultClient
from server.vault.process import vault_of

GRANT = "FELDBUCH_GRANT"


@click.command()
@place_option
@passphrase_options
@click.argument("code", nargs=-1, required=True)
def find(settings: Settings, passphrase_file: Path | None, code: tuple[str, ...]) -> None:
    """Find the interview whose respondent shows a card with CODE, in groups or in one piece.

    For somebody who asks later, withdraws consent or wants to be forgotten. The code stands in the sealed records
    alone, so the vault opens them one by one, and its log says so; nothing that was answered is shown. Ends with 1
    where no interview has the code. A grant in FELDBUCH_GRANT (from 'feldbuch vault unlock') takes the place of the
    passphrase.
    """
    if settings.role != "central":
        raise CodedError("export.role")
    place = place_of(open_place(settings))
    try:
        with vault_of(settings) as vault:
            grant, own = _grant(vault, passphrase_file)
            try:
                search = find_card(place, vault, grant, " ".join(code))
            finally:
                if own:
                    vault.lock(grant)
    finally:
        place.writer.close()
        place.engine.dispose()
    _tell(search)


def _grant(vault: VaultClient, passphrase_file: Path | None) -> tuple[Grant, bool]:
    """A grant, and whether it was made here."""
    if passphrase_file is None and GRANT in os.environ:
        return Grant(os.environ[GRANT], person(), 0), False
    return vault.unlock(read_passphrase(passphrase_file), person()), True


def _tell(search: Search) -> None:
    for each in search.found:
        click.echo(_line(each))
    if search.unreadable:
        click.echo(
            f"WARNING: {search.unreadable} records could not be opened; they may have the code as well.", err=True
        )
    if not search.found:
        click.echo(f"None of {search.opened} interviews has this code.", err=True)
        raise SystemExit(1)


def _line(found: Found) -> str:
    facts = [
        found.instance,
        f"form {found.form}",
        f"site {found.site}",
        f"interviewer {found.interviewer}",
        f"device {found.device}",
        f"finished {found.finished_at}",
        found.outcome,
    ]
    if found.purpose != "real":
        facts.append(found.purpose)
    if found.state != "held":
        facts.append(found.state)
    if found.replaces is not None:
        facts.append(f"replaces {found.replaces}")
    return ", ".join(facts)
