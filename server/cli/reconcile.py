"""``feldbuch reconcile``: a node compares with central what it believes delivered; central checks what it holds."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click

from server.cli.options import place_option
from server.cli.places import opened_place
from server.cli.rounds import tell_codes, waited_round
from server.place import Place
from server.services.operate.bodies import Damage, check_bodies
from server.settings import Settings
from sync.reconciling import Found, Kind, Result

TOLD_EVERY = 1000
FOUND: dict[Kind, str] = {
    "lost": "central has lost it, and it cannot be delivered from here",
    "again": "central lost it again after it was delivered anew; it goes there once more",
    "missing": "central had lost it; it goes there again",
    "surplus": "central has it, this node does not know it; noted",
}
DAMAGED: dict[Damage, str] = {
    "cover": "its cover was changed",
    "body_missing": "its body is not there",
    "body_changed": "its body was changed",
    "item_missing": "it was receipted and is not there",
}


@click.command()
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reconcile(settings: Settings, as_json: bool) -> None:
    """Find what was lost without anybody noticing, name it, and heal what can be healed. Nothing is deleted.

    At a node: compare with central, item by item, what this node believes central to have. What central lacks is
    delivered again at once. A running node does this once a day by itself.

    At central: read everything that is held and compare it with its hashes, and with the receipts that were given.

    Ends with 0 where nothing was found, and with 1 where something was found (also when it is healed) or a problem came
    between.
    """
    with opened_place(settings) as place:
        agreed = _check(place, as_json) if settings.role == "central" else _compare(place, as_json)
    if not agreed:
        sys.exit(1)


def _compare(place: Place, as_json: bool) -> bool:
    report = waited_round(place, reconcile=True)
    result = report.reconciled
    if as_json:
        click.echo(json.dumps(asdict(report)))
    elif result is not None:
        click.echo(f"Central has {result.compared} items of this node. " + _summary(result))
        for each in result.found:
            click.echo(f"{each.kind:8} {_name(each)}: {FOUND[each.kind]}")
        if not result.complete:
            click.echo("There may be more: it is compared again within the hour, or run this command again.")
    elif report.problem is None:
        click.echo("Central did not compare: it is busy with another node, or older than this one. Try again later.")
    tell_codes(report.alarm, report.problem)
    return result is not None and not result.found and report.problem is None and result.alarm is None


def _summary(result: Result) -> str:
    if not result.found:
        return "Nothing is missing and nothing is surplus." if result.alarm is None else ""
    counts = {each.kind: result.count(each.kind) for each in result.found}
    return "Found: " + ", ".join(f"{number} {kind}" for kind, number in counts.items()) + "."


def _name(found: Found) -> str:
    if found.name is None:
        return found.hash
    return f"{found.name.instance}/{found.name.part} (number {found.name.number} of {found.name.device})"


def _check(place: Place, as_json: bool) -> bool:
    found = check_bodies(place, None if as_json else _tell)
    if as_json:
        said: dict[str, Any] = asdict(found)
        click.echo(json.dumps(said))
        return not found.damaged
    click.echo(f"Checked {found.items} items: {len(found.damaged) or 'nothing'} damaged or missing.")
    for each in found.damaged:
        click.echo(f"{each.instance}/{each.part} ({each.hash}): {DAMAGED[each.what]}")
    return not found.damaged


def _tell(done: int, total: int) -> None:
    if done % TOLD_EVERY == 0 or done == total:
        click.echo(f"items: {done} of {total}", err=True)
