"""``feldbuch sync``: a node's round with central, by hand."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from server.cli.options import place_option
from server.cli.places import opened_place
from server.cli.rounds import tell_codes, waited_round
from server.services.collect.pruning import Pruned, prune
from server.settings import Settings


@click.command()
@place_option
@click.option("--once", is_flag=True, required=True, help="One round. A running node does rounds by itself.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def sync(settings: Settings, once: bool, as_json: bool) -> None:  # noqa: ARG001
    """Deliver what a node holds to central, and fetch receipts, the mark and the feed.

    A round that runs already is waited for. Ends with 1 where a problem ended the round; nothing is lost by that.
    """
    with opened_place(settings) as place:
        report = waited_round(place)
        pruned = prune(place) if report.new_mark else Pruned()
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        states = ", ".join(f"{number} {state}" for state, number in sorted(report.states.items())) or "nothing to send"
        click.echo(f"Items: {states}. Receipts: {report.receipts}. Entries: {report.entries}.")
        if report.held_back:
            click.echo("More is queued than may go now: see feldbuch uplink. It goes in the next rounds.")
        if pruned.items:
            click.echo(f"Safe at central and deleted here: {pruned.items} items, {pruned.bytes} bytes.")
    for name in report.gone:
        click.echo(f"Central has lost it, and it is not here any more: {name}", err=True)
    tell_codes(report.alarm, report.problem)
    if report.problem is not None or report.alarm is not None:
        sys.exit(1)
