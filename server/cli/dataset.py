"""``feldbuch dataset``: tables of public statistics, taken in with where they come from, and handed to forms."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from server.cli.options import login, place_option
from server.cli.places import opened_place, refuse_node
from server.errors.catalogue import explain
from server.errors.error import CodedError
from server.services.study.datasets.keeping import Datasets, Kept, Source
from server.services.study.datasets.numbers import DECIMALS, THOUSANDS
from server.services.study.datasets.options import DELIMITERS, ENCODINGS, options_of
from server.services.study.datasets.problems import DatasetErrors
from server.services.study.datasets.table import MAX_BYTES
from server.services.study.datasets.using import forms_using
from server.settings import Settings

SIDECAR = ".json"
SHORT = 12
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def dataset() -> None:
    """Secondary data: tables of public statistics, with source, licence and day of retrieval."""


def _rename(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.rpartition("=") for value in values]
    if any(not old or not new for old, _, new in pairs):
        raise click.BadParameter("write OLD=new")
    return {old: new for old, _, new in pairs}


@dataset.command("import")
@click.argument("file", type=_FILE)
@click.option("--name", required=True, help="What forms call it: NAME.csv in choices_file, NAME in pulldata.")
@click.option("--source", help="Who published the table, and where.")
@click.option("--licence", help="Under which licence, such as 'Datenlizenz Deutschland – Namensnennung 2.0'.")
@click.option("--retrieved", metavar="YYYY-MM-DD", help="The day on which it was fetched.")
@click.option("--title", help="What the table shows.")
@click.option("--key", multiple=True, metavar="COLUMN", help="Column of the key, such as municipality; repeat.")
@click.option("--delimiter", type=click.Choice(sorted(DELIMITERS)), help="What separates columns; else found out.")
@click.option("--decimal", type=click.Choice(DECIMALS), help="Mark before the decimals.")
@click.option("--thousands", type=click.Choice(THOUSANDS), help="Mark between thousands.")
@click.option("--missing", multiple=True, metavar="MARK", help="What stands for no value, such as '-' or '.'; repeat.")
@click.option(
    "--text", multiple=True, metavar="COLUMN", help="A column of texts although it looks like numbers; repeat."
)
@click.option("--rename", multiple=True, metavar="OLD=new", callback=_rename, help="Call a column otherwise; repeat.")
@click.option("--encoding", type=click.Choice(ENCODINGS), help="How the file is written; UTF-8 unless given.")
@click.option("--by", default=login, show_default="your login name", help="Who imports, for the record.")
@place_option
def import_command(file: Path, name: str, by: str, settings: Settings, **given: Any) -> None:  # noqa: ANN401
    """Check the CSV FILE and keep it at central, where the next publishing of a form finds it.

    Everything that is wrong is said with row and column, and nothing is kept then. What no option says is read from
    FILE.csv.json, if that is there: an object with the options' names as keys, lists for those that may be repeated.
    """
    refuse_node(settings)
    beside = file.with_name(file.name + SIDECAR)
    sidecar = beside.read_bytes() if beside.is_file() else None
    with file.open("rb") as opened:
        # One byte more than is allowed tells that there are too many.
        data = opened.read(MAX_BYTES + 1)
    facts, reading = options_of(sidecar, {option: _plain(value) for option, value in given.items() if value})
    with opened_place(settings) as place:
        try:
            kept = Datasets(place).take(name, Source(data, file.name, facts, reading), by)
        except DatasetErrors as error:
            tell_problems(error)
            sys.exit(1)
    what = "Imported" if kept.new else "Nothing new in"
    click.echo(f"{what} {kept.name}: {kept.rows} rows, {len(kept.columns)} columns, {kept.hash}.")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def tell_problems(error: DatasetErrors) -> None:
    """Write each problem to stderr with its remedy; a remedy that repeats itself is said once."""
    told: set[str] = set()
    for each in error.problems:
        text = explain(each.code, each.params)
        click.echo(f"{text.reason} [{each.code}]", err=True)
        if each.code not in told:
            click.echo(f"  {text.remedy}", err=True)
        told.add(each.code)
    if error.more:
        click.echo(f"... and {error.more} more.", err=True)


@dataset.command("list")
@place_option
def list_command(settings: Settings) -> None:
    """Show every dataset as it is now."""
    refuse_node(settings)
    with opened_place(settings) as place:
        for each in Datasets(place).newest():
            click.echo(
                f"{each.name}  {each.hash[:SHORT]}  {each.rows} rows  retrieved {each.facts['retrieved']}  "
                f"{each.facts['source']}"
            )


@dataset.command()
@click.argument("name")
@place_option
def show(name: str, settings: Settings) -> None:
    """Show the dataset NAME: where it comes from, its columns, its versions and the forms that use it."""
    refuse_node(settings)
    with opened_place(settings) as place:
        versions = Datasets(place).versions(name)
        users = forms_using(place, name)
    for line in _described(versions, users):
        click.echo(line)


def _described(versions: list[Kept], users: Mapping[str, list[str]]) -> Iterator[str]:
    newest = versions[0]
    for fact in ("title", "source", "licence", "retrieved"):
        if fact in newest.facts:
            yield f"{fact}: {newest.facts[fact]}"
    columns = (f"{each['name']} (number)" if each["numeric"] else each["name"] for each in newest.columns)
    yield f"columns: {', '.join(columns)}"
    if newest.key:
        yield f"key: {', '.join(newest.key)}"
    for each in versions:
        at = f"{each.imported_at:%Y-%m-%d %H:%M} UTC"
        yield f"version {each.hash[:SHORT]}: {each.rows} rows, {at}, {each.imported_by}, from {each.file_name}"
        for user in users.get(each.hash, []):
            yield f"  used by {user}"


@dataset.command()
@click.argument("name")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else NAME.csv.")
@click.option("--version", help="The beginning of a version's hash; else the newest.")
@place_option
def export(name: str, output: Path | None, version: str | None, settings: Settings) -> None:
    """Write the dataset NAME as CSV in UTF-8, with its source beside it in a file that ends with .csv.json.

    Importing the two again is the same dataset.
    """
    refuse_node(settings)
    output = output or Path(f"{name}.csv")
    beside = output.with_name(output.name + SIDECAR)
    for path in (output, beside):
        if path.exists():
            raise CodedError("dataset.output", path=str(path))
    with opened_place(settings) as place:
        datasets = Datasets(place)
        versions = datasets.versions(name)
        wanted = [each for each in versions if each.hash.startswith(version or versions[0].hash)]
        if len({each.hash for each in wanted}) != 1:
            raise CodedError("dataset.version", name=name, version=version or "")
        kept = wanted[0]
        data = datasets.data(kept)
    output.write_bytes(data)
    beside.write_text(json.dumps(kept.sidecar(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(f"Wrote {output} and {beside}.")
