"""``feldbuch device``: the tablets of the study, listed, introduced, revoked, opened again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from server.cli.options import passphrase_options, place_option
from server.cli.places import opened_place, refuse_node
from server.cli.vault import granted
from server.errors.error import CodedError
from server.services.collect.devices import (
    DeviceFacts,
    DeviceLine,
    has_intake_key,
    introduce,
    known_key,
    list_devices,
    revoke,
)
from server.services.collect.feed import Feed
from server.services.collect.keys import central_private_key
from server.services.collect.receipts import ReceiptBook
from server.services.collect.recovery import MOST_CODES, recovery_code, sealed_recovery, secret_name
from server.services.collect.study import study_facts
from server.services.collect.vaultkeys import MadeIntakeKey
from server.settings import Settings
from server.vault.process import vault_of

_COLUMNS = ("device", "standing", "site", "interviewer", "last contact", "held", "waiting", "quarantined", "unsent")


@click.group()
def device() -> None:
    """List, introduce and revoke tablets, and open one whose PIN was forgotten."""


@device.command("list")
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(settings: Settings, as_json: bool) -> None:
    """Show every tablet that this central or node has heard of.

    'unsent' is what the tablet itself reported last; a dash means that it never did.
    """
    with opened_place(settings) as place, place.engine.connect() as connection:
        lines = list_devices(connection)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], default=_json_time, indent=2))
        return
    rows = [_COLUMNS, *map(_row, lines)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    for row in rows:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


@device.command("introduce")
@place_option
@click.argument("device_id", metavar="DEVICE")
@click.option("--site", required=True, help="Id of the municipality or region of origin.")
@click.option("--interviewer", required=True, help="The interviewer's pseudonym.")
@click.option("--name", default="", help="A name for the list.")
def introduce_command(settings: Settings, device_id: str, site: str, interviewer: str, name: str) -> None:
    """Introduce a tablet that is known only by what it delivered.

    What waited for it is then taken in. A tablet that enrols by a link is introduced by that already.
    """
    refuse_node(settings)
    with opened_place(settings) as place:
        feed = Feed.of(place)
        book = ReceiptBook(settings.study, central_private_key(settings))
        with place.engine.connect() as connection:
            study_facts(connection, feed).check_sites(site)
            key = known_key(connection, device_id)
            needs_key = not has_intake_key(connection, device_id)
        if key is None:
            raise CodedError("device.unknown", device=device_id)
        facts = DeviceFacts(device_id, site, interviewer, name or device_id[:8], key)
        made: MadeIntakeKey | None = None
        if needs_key:
            with vault_of(settings) as vault:
                made = vault.new_intake_key()
        waited = place.writer.run(lambda connection: introduce(connection, feed, book, facts, made, place.now()))
    click.echo(f"Introduced {device_id}. {waited} items had waited.")


@device.command("revoke")
@place_option
@click.argument("device_id", metavar="DEVICE")
@click.option("--reason", required=True, help="Why; it stands in the signed feed.")
def revoke_command(settings: Settings, device_id: str, reason: str) -> None:
    """Revoke a tablet that was lost or taken out of use.

    What it delivers from now on is quarantined; what is held stays.
    """
    refuse_node(settings)
    with opened_place(settings) as place:
        feed = Feed.of(place)
        book = ReceiptBook(settings.study, central_private_key(settings))
        place.writer.run(lambda connection: revoke(connection, feed, book, device_id, reason))
    click.echo(f"Revoked {device_id}.")


@device.command("recovery")
@place_option
@passphrase_options
@click.argument("device_id", metavar="DEVICE")
@click.option("--interviewer", required=True, help="The interviewer's pseudonym, as the tablet shows it.")
@click.option(
    "--number",
    required=True,
    type=click.IntRange(1, MOST_CODES),
    help="The number of the code that the tablet asks for.",
)
def recovery_command(
    settings: Settings, passphrase_file: Path | None, device_id: str, interviewer: str, number: int
) -> None:
    """Print the code by which an interviewer sets a new PIN on a tablet.

    Be sure who is asking: call back at a number that you know. The tablet shows its own number, the pseudonym and the
    number of the code; it takes this code once, and nothing that is sealed on it is lost. The vault writes into its
    log that the code was told, to whom and for which tablet. A grant in FELDBUCH_GRANT takes the place of the
    passphrase.
    """
    refuse_node(settings)
    with opened_place(settings) as place, place.engine.connect() as connection:
        sealed = sealed_recovery(connection, device_id, interviewer)
    with vault_of(settings) as vault, granted(vault, passphrase_file) as grant:
        secret = vault.open_secret(grant, secret_name(device_id, interviewer), sealed)
    click.echo(recovery_code(secret, number))


def _row(line: DeviceLine) -> tuple[str, ...]:
    contact = line.last_contact_at.strftime("%Y-%m-%d %H:%M") if line.last_contact_at else "never"
    unsent = str(line.counts["unsent"]) if line.counts else "-"
    states = [str(line.items.get(state, 0)) for state in ("held", "waiting", "quarantined")]
    return (line.id, line.standing, line.site or "-", line.interviewer or "-", contact, *states, unsent)


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
