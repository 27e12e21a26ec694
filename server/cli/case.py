"""``feldbuch case``: who is to be met again, by pseudonyms; imported, assigned, closed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from server.cli.dataset import tell_problems
from server.cli.options import login, place_option
from server.cli.places import opened_place, refuse_node
from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.services.collect.feed import Feed
from server.services.study.cases.keeping import CLOSED, OPEN, CaseLine, Cases, Changed
from server.services.study.cases.reading import STATES, read_cases
from server.services.study.datasets.options import DELIMITERS, ENCODINGS, Reading
from server.services.study.datasets.problems import DatasetErrors
from server.services.study.datasets.table import MAX_BYTES
from server.settings import Settings

MOST_WARNINGS = 20
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_BY = click.option("--by", default=login, show_default="your login name", help="Who does it, for the record.")
_IDS = click.argument("ids", metavar="CASE...", nargs=-1, required=True)
_COLUMNS = ("case", "label", "site", "interviewer", "status", "due", "forms")


@click.group()
def case() -> None:
    """Cases: who is to be met again, by pseudonyms, and which interviewer is to do it."""


@case.command("import")
@click.argument("file", type=_FILE)
@click.option("--delimiter", type=click.Choice(sorted(DELIMITERS)), help="What separates columns; else found out.")
@click.option(
    "--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True, help="How the file is written."
)
@_BY
@place_option
def import_command(file: Path, delimiter: str | None, encoding: str, by: str, settings: Settings) -> None:
    """Take in cases from the CSV FILE, and seal the lists of those interviewers whom they concern.

    The column 'case' holds a pseudonym for each. Beside it may stand: 'label' (what the tablet shows; else the
    pseudonym), 'site', 'interviewer' (empty: all of the site), 'forms' (ids of those that are due, with blanks
    between), 'due' (YYYY-MM-DD or DD.MM.YYYY), 'note' to the interviewer, 'status' (open or closed). Each further
    column is a property, for forms that take values from it. A case that is there already is changed where the file
    has a column; what is not in the file stays as it is. Everything that is wrong is said with row and column, and
    nothing is taken in then.

    No names, no addresses, no telephone numbers: the list that resolves the pseudonyms lies elsewhere.
    """
    refuse_node(settings)
    with file.open("rb") as opened:
        # One byte more than is allowed tells that there are too many.
        data = opened.read(MAX_BYTES + 1)
    with opened_place(settings) as place:
        try:
            table = read_cases(data, Reading(delimiter=delimiter, encoding=encoding))
            changed = Cases(place, Feed.of(place)).take(table.rows, by)
        except DatasetErrors as error:
            tell_problems(error)
            sys.exit(1)
    _warn(table.warnings)
    click.echo(f"{file}: {changed.new} new, {changed.changed} changed, {changed.same} as before.")
    _tell(changed)


@case.command("list")
@click.option("--site", help="Only those of this site.")
@click.option("--interviewer", help="Only those that are assigned to this pseudonym.")
@click.option("--status", type=click.Choice(STATES), help="Only open or only closed ones.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with notes and properties.")
@place_option
def list_command(
    site: str | None, interviewer: str | None, status: str | None, as_json: bool, settings: Settings
) -> None:
    """Show the cases, by site."""
    refuse_node(settings)
    with opened_place(settings) as place:
        lines = Cases(place, Feed.of(place)).lines(site, interviewer, status)
    if as_json:
        found = [asdict(line) for line in lines]
        click.echo(json.dumps(found, default=datetime.isoformat, ensure_ascii=False, indent=2))
        return
    for text in _table([_COLUMNS, *map(_row, lines)]):
        click.echo(text)


@case.command()
@_IDS
@click.option("--interviewer", help="The pseudonym of whose they are from now on.")
@click.option("--whole-site", is_flag=True, help="They are for all interviewers of their site.")
@_BY
@place_option
def assign(ids: tuple[str, ...], interviewer: str | None, whole_site: bool, by: str, settings: Settings) -> None:
    """Give the cases CASE... to an interviewer, or to all of their site.

    At the next contact they leave the tablets of those who had them. Interviews that were begun can be finished.
    """
    if (interviewer is None) == (not whole_site):
        raise click.UsageError("Give either --interviewer or --whole-site.")
    _change(settings, ids, by, interviewer=interviewer)


@case.command()
@_IDS
@_BY
@place_option
def close(ids: tuple[str, ...], by: str, settings: Settings) -> None:
    """Close the cases CASE...: they leave the lists of the tablets. What was collected stays."""
    _change(settings, ids, by, status=CLOSED)


@case.command()
@_IDS
@_BY
@place_option
def reopen(ids: tuple[str, ...], by: str, settings: Settings) -> None:
    """Open the cases CASE... again."""
    _change(settings, ids, by, status=OPEN)


def _change(settings: Settings, ids: Sequence[str], by: str, **values: str | None) -> None:
    refuse_node(settings)
    with opened_place(settings) as place:
        changed = Cases(place, Feed.of(place)).change(ids, by, **values)
    click.echo(f"{changed.changed} changed, {changed.same} as before.")
    _tell(changed)


def _tell(changed: Changed) -> None:
    click.echo(f"Lists that were sealed anew: {changed.lists}. Tablets have them at their next contact.")
    for interviewer, site in changed.absent:
        click.echo(f"Nobody has enrolled a tablet as {interviewer} at {site} yet; the cases wait.")


def _warn(warnings: Sequence[CodedError]) -> None:
    told: set[str] = set()
    for each in warnings[:MOST_WARNINGS]:
        text = explain(each.code, each.params)
        click.echo(f"warning: {text.reason} [{each.code}]", err=True)
        if each.code not in told:
            click.echo(f"  {text.remedy}", err=True)
        told.add(each.code)
    if len(warnings) > MOST_WARNINGS:
        click.echo(f"... and {len(warnings) - MOST_WARNINGS} more.", err=True)


def _row(line: CaseLine) -> tuple[str, ...]:
    who, due = line.interviewer or "(whole site)", line.due or "-"
    return (line.id, line.label, line.site, who, line.status, due, " ".join(line.forms) or "-")


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
