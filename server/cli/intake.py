"""``feldbuch intake``: hand-over files of tablets are taken in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from server.cli.options import place_option
from server.cli.places import opened_place
from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.services.collect.handover import Handover, HandoverReport
from server.services.collect.intake import Intake
from server.settings import Settings
from sync.errors import SyncError
from sync.protocol import Limits

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="FILE...")
@place_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def intake(files: tuple[Path, ...], settings: Settings, as_json: bool) -> None:
    """Take in files that tablets handed over (.fbh), at a node or at central.

    Each item is checked as if the tablet had delivered it. What is here already changes nothing, so a file may be taken
    in twice. Of a damaged file every item that stands whole before the damage is taken in, and the rest is told. Ends
    with 1 where a file was not whole or an item was refused: keep the file then, the tablet has its copies too.
    """
    whole = True
    told: list[dict[str, Any]] = []
    with opened_place(settings) as place:
        handover = Handover(place, Intake.of(place, Limits()))
        for file in files:
            try:
                report = handover.take_in(file)
            except (SyncError, CodedError) as error:
                whole = False
                told.append({"file": str(file), "problem": error.code})
                _say(file, error.code, dict(error.params))
                continue
            whole &= report.problem is None and not report.refused
            told.append(_document(file, report))
            if not as_json:
                click.echo(_line(file, report))
            if report.problem is not None:
                _say(file, report.problem, {**report.params, "count": report.about.count, "read": report.read})
            for code, number in sorted(report.refused.items()):
                _say(file, code, {}, number)
    if as_json:
        click.echo(json.dumps(told))
    if not whole:
        sys.exit(1)


def _line(file: Path, report: HandoverReport) -> str:
    states = ", ".join(f"{number} {state}" for state, number in sorted(report.states.items())) or "nothing"
    about = report.about
    return f"{file}: {report.read} of {about.count} items of {about.device[:8]}, written {about.at}: {states}."


def _document(file: Path, report: HandoverReport) -> dict[str, Any]:
    about = report.about
    return {
        "file": str(file),
        "device": about.device,
        "at": about.at,
        "count": about.count,
        "read": report.read,
        "states": dict(report.states),
        "refused": dict(report.refused),
        "problem": report.problem,
    }


def _say(file: Path, code: str, params: dict[str, str | int], number: int = 1) -> None:
    text = explain(code, params)
    times = f" ({number} items)" if number > 1 else ""
    click.echo(f"{file}: {text.reason}{times} {text.remedy} [{code}]", err=True)
