"""``feldbuch status``: how a central or a node stands."""

from __future__ import annotations

import json
from typing import Any

import click

from server.cli.options import place_option
from server.cli.uplink import in_words as uplink_in_words
from server.opening import open_place, place_of
from server.services.monitor.clocks import in_words, notable
from server.services.operate.database import check_database
from server.services.operate.status import read_status
from server.settings import Settings
from sync.reconciling import KINDS

WORRIES = {
    "no_target": "No backup target is named: nothing ever becomes safe.",
    "no_backup": "No backup was finished yet.",
    "backup_failed": "The last backup failed.",
    "backup_late": "The last backup is late.",
    "epoch": "Nothing was backed up since central was restored.",
}


@click.command()
@place_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def status(settings: Settings, as_json: bool) -> None:
    """Show what a place holds, what is safe, and who was heard of when. Works while it is served, and when not."""
    app = open_place(settings)
    check_database(app)
    found = read_status(place_of(app))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    click.echo(f"{found['role'].capitalize()} '{found['id']}' of the study '{found['study']}' at {found['url']}")
    click.echo("Items:    " + _list(found["items"]))
    if found["role"] == "central":
        _tell_central(found)
    else:
        _tell_node(found)
    click.echo(f"Free:     {found['free_bytes'] / 1e9:.1f} GB")


def _tell_central(found: dict[str, Any]) -> None:
    backup = found["backup"]
    click.echo(f"Numbered: up to {found['seq']}, safe up to {found['durable_seq']}")
    click.echo(f"Backup:   {backup['last_finished_at'] or 'never'}, to {backup['target'] or 'nowhere'}")
    if backup["worry"]:
        detail = f" [{backup['problem']}]" if backup["problem"] else ""
        click.echo(f"          {WORRIES[backup['worry']]}{detail}")
    click.echo(f"Vault:    {found['vault']}")
    for each in found["compared"]:
        if each["lost"] or each["found"]:
            names = ", ".join((*each["lost_names"], *each["found_names"]))
            click.echo(f"Compared: {each['carrier']} found {each['found']} and lost {each['lost']}: {names}")
    for kind in ("nodes", "devices"):
        click.echo(f"{kind.capitalize() + ':':10}{len(found[kind]) or 'none'}")
        for each in found[kind]:
            places = each.get("site") or ", ".join(each.get("sites", ()))
            click.echo(f"  {each['id']}  {each['name'] or '-'}  {places}  {each['standing']}  {_contact(each)}")
            said = _said(each)
            if said:
                click.echo(f"    {said}")


def _tell_node(found: dict[str, Any]) -> None:
    central = found["central"]
    compared = found["compared"]
    if compared is None:
        click.echo("Compared: not yet")
    else:
        counts = ", ".join(f"{compared[kind]} {kind}" for kind in KINDS if compared[kind]) or "nothing is missing"
        click.echo(f"Compared: {compared['at']}, {counts}")
    click.echo("Forward:  " + _list(found["forward"]))
    click.echo(f"Pruned:   {found['pruned']} (safe at central, bytes deleted here)")
    if found["pruned_unconfirmed"]:
        click.echo(f"          {found['pruned_unconfirmed']} of them: central has not confirmed since it was restored")
    for name in found["gone"]:
        click.echo(f"GONE:     {name} is not here any more, and central has lost it")
    click.echo(f"Central:  {central['url']}, {_contact(central)}")
    click.echo("Uplink:   " + uplink_in_words(found["uplink"]))
    bundles = found["bundles"]
    if bundles["written_at"]:
        read = f", answer read {bundles['read_at']}" if bundles["read_at"] else ""
        click.echo(f"Stick:    written {bundles['written_at']}, {bundles['unconfirmed']} not confirmed yet{read}")
    for what in ("problem", "alarm"):
        if central[what]:
            click.echo(f"{what.capitalize() + ':':10}{central[what]}")


def _said(each: dict[str, Any]) -> str:
    """What a tablet or node said of itself, in one line."""
    report, words = each["report"], []
    if report is not None:
        if report["unsent"]:
            since = f", the oldest of {report['oldest_unsent']}" if report["oldest_unsent"] else ""
            words.append(f"{report['unsent']} not delivered{since}")
        if report["set_aside"]:
            words.append(f"{report['set_aside']} set aside")
        if report["drafts"]:
            words.append(f"{report['drafts']} drafts")
        if report["storage_used"] is not None and report["storage_quota"]:
            words.append(f"{report['storage_used'] / 1e6:.0f} of {report['storage_quota'] / 1e6:.0f} MB used")
    if each["app_version"]:
        words.append(f"version {each['app_version']}")
    ahead = notable(each["clock_ahead"])
    if ahead is not None:
        words.append(f"its clock is {in_words(ahead)}")
    return "; ".join(words)


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())


def _contact(found: dict[str, Any]) -> str:
    if found["contact"] == "never":
        return "never heard of"
    silent = " (long ago)" if found["contact"] == "long_ago" else ""
    return f"last heard of {found['last_contact_at']}{silent}"
