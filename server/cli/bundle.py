"""``feldbuch bundle``: what a round carries, by USB stick."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

import click

from server.cli.bundle_told import heard_document, read_document, tell_heard, tell_read, tell_written, written_document
from server.cli.options import place_option
from server.cli.places import opened_place
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.carrying import read_at_central, read_at_node, write_bundles
from server.services.collect.bundles.hearing import StickHeard
from server.services.collect.bundles.plan import LEAST
from server.services.collect.bundles.stick import Stick
from server.settings import Settings

WAIT_SECONDS = 60.0
ASK_SECONDS = 0.2
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_SIZE = re.compile(r"([1-9][0-9]{0,11})([KMG]?)B?", re.IGNORECASE)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class Size(click.ParamType[int]):
    """Bytes, also as ``500M`` or ``2G``."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        found = _SIZE.fullmatch(str(value))
        size = int(found[1]) * _UNITS[found[2].upper()] if found else 0
        if size < LEAST:
            self.fail(f"'{value}' is no size of at least 1M; for example 500M or 2G.", param, ctx)
        return size


@click.group()
def bundle() -> None:
    """Carry items and receipts by USB stick where there is no network."""


@bundle.command("write")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@place_option
@click.option(
    "--size", type=Size(), default="1G", show_default=True, help="At most so much in one file; 500M or 2G, for example."
)
@click.option("--for", "nodes", multiple=True, metavar="NODE", help="At central: only for this node. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def write_command(folder: Path, settings: Settings, size: int, nodes: tuple[str, ...], as_json: bool) -> None:
    """Write to the stick at DIR, sealed: at a node for central, at central for every node that has asked.

    A node writes everything that central has not confirmed, and keeps all of it until receipts come. Central writes
    receipts, forms and keys. If it breaks off or the stick was too small, run it again: what stands whole on the stick
    is not written twice. Ends with 1 where not everything could be written.
    """
    with opened_place(settings) as place:
        written = write_bundles(place, Stick(folder), size, nodes, _progress)
    if as_json:
        click.echo(json.dumps([written_document(each) for each in written]))
    whole = [tell_written(each, folder, settings.role, quiet=as_json) for each in written]
    if not all(whole):
        sys.exit(1)


@bundle.command("read")
@click.argument("folder", type=_FOLDER, metavar="DIR")
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def read_command(folder: Path, settings: Settings, as_json: bool) -> None:
    """Read from the stick at DIR what is for this place. Nothing on the stick is changed.

    Everything is checked as in a round over the network, and may be read again: nothing is kept twice. Of a damaged
    file everything whole before the damage is taken over. Ends with 1 where something was damaged, missing or refused.
    """
    stick = Stick(folder)
    with opened_place(settings) as place:
        if settings.role == "central":
            read = read_at_central(place, stick, _progress)
            if as_json:
                click.echo(json.dumps(read_document(read)))
            whole = tell_read(read, folder, quiet=as_json)
        else:
            heard = _heard(place, stick)
            if as_json:
                click.echo(json.dumps(heard_document(heard)))
            whole = tell_heard(heard, folder, quiet=as_json)
    if not whole:
        sys.exit(1)


def _heard(place: Place, stick: Stick) -> StickHeard:
    """Read when no round runs: one that runs is waited for."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return read_at_node(place, stick, _progress)
        except CodedError as error:
            if error.code != "sync.running" or time.monotonic() > end:
                raise
        time.sleep(ASK_SECONDS)


def _progress(what: str, done: int, total: int) -> None:
    if what == "bytes":
        click.echo(f"written: {done // 1_000_000} of {total // 1_000_000} MB", err=True)
    elif total > 1:
        click.echo(f"{what}: {done} of {total}", err=True)
