"""``feldbuch settle``: what central keeps apart, and a person's decision about it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import click

from server.cli.options import login, place_option
from server.cli.places import opened_place, refuse_node
from server.errors.catalogue import explain
from server.services.collect.keys import central_private_key
from server.services.collect.receipts import ReceiptBook
from server.services.collect.settling import Decision, Settled, Wish
from server.services.collect.settling import settle as settle_item
from server.services.monitor.apart import PAGE, ApartLine, read_apart
from server.settings import Settings

SHORT = 12
_REASON = "Why, in a sentence. It is kept with the decision; no answers of the interview belong into it."


@click.group()
def settle() -> None:
    """Decide of what is in quarantine or arrived in two different copies. Nothing is ever deleted by that."""


@settle.command("list")
@place_option
@click.option("--aside", is_flag=True, help="Show what was set aside instead, and why.")
@click.option("--skip", type=click.IntRange(min=0), default=0, help=f"Leave out so many; at most {PAGE} are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(settings: Settings, aside: bool, skip: int, as_json: bool) -> None:
    """Show what waits for a decision: which item, of whom, and why it is kept apart."""
    refuse_node(settings)
    with opened_place(settings) as place, place.engine.connect() as connection:
        lines = read_apart(connection, aside=aside, skipped=skip)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], default=_json_time, indent=2))
        return
    for line in lines:
        _tell(line)
    if len(lines) == PAGE:
        click.echo(f"There may be more: --skip {skip + PAGE}")
    elif not lines:
        click.echo("Nothing was set aside." if aside else "Nothing waits for a decision.")


@settle.command("use")
@place_option
@click.argument("item")
@click.option("--reason", required=True, help=_REASON)
@click.option("--by", default=login, show_default="who is logged in", help="Your name.")
def use_command(settings: Settings, item: str, reason: str, by: str) -> None:
    """Let ITEM count, named by the first letters of its hash, with all that came with it.

    It is in exports from now on. What counted under its name until then is set aside and kept.
    """
    settled = _settle(settings, item, "held", reason, by)
    click.echo(f"{_items(len(settled.items))} from now on: {_named(settled.items)}.")
    if settled.gave_way:
        click.echo(f"Set aside for that, and kept: {_named(settled.gave_way)}.")


@settle.command("aside")
@place_option
@click.argument("item")
@click.option("--reason", required=True, help=_REASON)
@click.option("--by", default=login, show_default="who is logged in", help="Your name.")
def aside_command(settings: Settings, item: str, reason: str, by: str) -> None:
    """Set ITEM aside, named by the first letters of its hash, with all that came with it.

    It is kept, sealed and in every backup, and counts for nothing; `feldbuch settle use` takes that back. Its tablet is
    told that central holds it, and need not keep it for ever.
    """
    settled = _settle(settings, item, "aside", reason, by)
    click.echo(f"Set aside and kept: {_named(settled.items)}.")


def _settle(settings: Settings, item: str, decision: Decision, reason: str, by: str) -> Settled:
    refuse_node(settings)
    wish = Wish(item.strip().lower(), decision, reason, by)
    with opened_place(settings) as place:
        book = ReceiptBook(settings.study, central_private_key(settings))
        return place.writer.run(lambda connection: settle_item(connection, book, wish, place.now()))


def _tell(line: ApartLine) -> None:
    training = ", training" if line.training else ""
    click.echo(f"{line.hash[:SHORT]}  {line.state}  {line.form}, {line.part}, {line.body_size} bytes{training}")
    click.echo(
        f"    {line.instance} of {line.interviewer} at {line.site}, tablet {line.device}, number {line.number}, "
        f"finished {line.finished_at}, arrived {line.received_at:%Y-%m-%d %H:%M}"
    )
    if line.decided is None or line.state != "aside":
        why = explain(line.code, {"device": line.device, "node": line.carrier})
        click.echo(f"    {why.reason} [{line.code}]")
    for rival in line.rivals:
        click.echo(
            f"    the same name has {rival.hash[:SHORT]}, {rival.state}, of tablet {rival.device}, "
            f"number {rival.number}, finished {rival.finished_at}, arrived {rival.received_at:%Y-%m-%d %H:%M}"
        )
    if line.decided is not None:
        told = line.decided
        click.echo(f"    {told.at:%Y-%m-%d %H:%M}  {told.by}: {told.before} to {told.after}, {told.reason}")


def _items(count: int) -> str:
    return "1 item counts" if count == 1 else f"{count} items count"


def _named(hashes: tuple[str, ...]) -> str:
    return ", ".join(each[:SHORT] for each in hashes)


def _json_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
