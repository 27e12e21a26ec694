"""``feldbuch journey``: what happened to an interview at this place, and when."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from server.cli.options import place_option
from server.errors.error import CodedError
from server.opening import open_place, place_of
from server.services.monitor.clocks import in_words
from server.services.monitor.events import JourneyLine, read_journey
from server.services.operate.database import check_database
from server.settings import Settings
from server.storage.events import PRUNED


@click.command()
@place_option
@click.argument("instance")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def journey(settings: Settings, instance: str, as_json: bool) -> None:
    """Show every change of each part of the interview INSTANCE at this place: its arrival, states, safety, bytes.

    Nothing that was answered is needed for it, and the vault stays locked.
    """
    app = open_place(settings)
    check_database(app)
    place = place_of(app)
    try:
        lines = read_journey(place, instance)
    finally:
        place.engine.dispose()
    if not lines:
        raise CodedError("journey.unknown", instance=instance[:128])
    if as_json:
        click.echo(json.dumps([{**asdict(each), "at": _time(each)} for each in lines]))
        return
    for each in lines:
        click.echo(f"{_time(each) or '-':20}  {each.part:8}  {_words(each)}  [{each.item[:12]}]")


def _time(line: JourneyLine) -> str | None:
    return None if line.at is None else line.at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _words(line: JourneyLine) -> str:
    code = f" ({line.code})" if line.code else ""
    if line.what == "finished":
        clock = f", which is {in_words(line.clock_ahead)}" if line.clock_ahead else ""
        return f"finished, by the tablet's clock{clock}"
    if line.what == "arrived":
        return f"arrived from {line.by}: {line.after}"
    if line.what == "settled":
        return f"settled by {line.by}: {line.before} -> {line.after}"
    if line.what == "durable":
        return f"safe: a verified backup holds number {line.number}"
    if line.what == "bundled":
        return "written to a stick"
    if line.what == "bytes":
        return "bytes deleted, safe at central" if line.after == PRUNED else "bytes brought back, central lacks them"
    track = "at central" if line.what == "forward" else "here"
    return f"{track}: {line.before} -> {line.after}{code}"
