"""``feldbuch uplink``: what a node may send now, and whether its line is metered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from server.cli.options import place_option
from server.cli.places import opened_place
from server.errors.error import CodedError
from server.services.collect.uplink import HOURS_AT_MOST, say_metered
from server.services.monitor.uplink import read_held_back
from server.settings import Settings

SOURCES = {
    "settings": "by its settings",
    "central": "by central",
    "switch": "said by hand",
    "system": "by NetworkManager",
}


@click.command()
@place_option
@click.option("--metered", "said", flag_value="metered", help="The line costs by volume: only records go.")
@click.option("--free", "said", flag_value="free", help="It does not, whatever the settings say.")
@click.option("--as-set", "said", flag_value="as-set", help="Forget what was said by hand.")
@click.option("--hours", type=click.IntRange(1, HOURS_AT_MOST), help="With --metered or --free: for so long.")
def uplink(settings: Settings, said: str | None, hours: int | None) -> None:
    """Show what a node may send to central now, or say that its line is metered. It counts at once.

    On a metered line records go, and photos and recordings wait. Receipts, forms and keys come in any case.
    """
    if settings.role != "node":
        raise CodedError("sync.not_a_node")
    if hours is not None and said not in ("metered", "free"):
        raise click.UsageError("--hours needs --metered or --free.")
    with opened_place(settings) as place:
        if said is not None:
            say_metered(place, {"metered": True, "free": False}.get(said), hours)
        with place.engine.connect() as connection:
            held = read_held_back(place, connection)
    click.echo(in_words(held.json()))


def in_words(held: Mapping[str, Any]) -> str:
    """What is held back, why, and until when, in one line; from the JSON of ``HeldBack``."""
    if held["why"] is None:
        return "Everything goes, as fast as the line is."
    until = f", until {held['until']}" if held["until"] is not None else ""
    cap = f" At most {held['rate']} kbit/s." if held["rate"] is not None else ""
    if not held["paused"]:
        return f"At most {held['rate']} kbit/s ({SOURCES[held['source']]}){until}."
    why = "the line is metered" if held["why"] == "metered" else "a time for records alone"
    waiting = f"{held['waiting']} parts, {held['waiting_bytes'] / 1e6:.1f} MB"
    return f"Paused: {why} ({SOURCES[held['source']]}){until}. Records go; photos and recordings wait ({waiting}).{cap}"
