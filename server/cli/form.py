"""``feldbuch form``: check a form, compile it, publish it, list what is published."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy import select

from forms.check import check_form
from forms.errors import FormError, FormErrors, Severity
from forms.xform import compile_xform
from server.app import create_app, place_of
from server.cli.form_codebook import codebook
from server.cli.form_file import FORM_FILE, form_of, tell
from server.cli.form_language import reference, schema
from server.cli.options import place_option
from server.services.collect.feed import Feed
from server.services.study.publish import Publishing
from server.settings import Settings
from server.storage.carriers import FormVersion


@click.group()
def form() -> None:
    """Check, compile and publish forms written as form JSON."""


@form.command()
@FORM_FILE
def check(file: Path) -> None:
    """Say everything that is wrong with FILE, with the place and the remedy.

    Ends with 1 where something must be mended before the form can be published.
    """
    definition = form_of(file)
    findings = list(check_form(definition))
    tell(findings)
    if any(each.severity is Severity.ERROR for each in findings):
        sys.exit(1)
    click.echo(f"{file}: form '{definition.id}' can be published.")


@form.command()
@FORM_FILE
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else stdout.")
def xform(file: Path, output: Path | None) -> None:
    """Compile FILE to an ODK XForm."""
    try:
        text = compile_xform(form_of(file))
    except FormError as error:
        tell([error.finding()])
        sys.exit(1)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text, "utf-8")
        click.echo(f"Wrote {output}.", err=True)


@form.command()
@FORM_FILE
@click.option("--by", default="command line", show_default=True, help="Who publishes, for the record.")
@place_option
def publish(file: Path, by: str, settings: Settings) -> None:
    """Publish FILE at central: check it, freeze it under its hash, put it into the signed feed."""
    definition = form_of(file)
    app = create_app(settings)
    place = place_of(app)
    try:
        published = Publishing(place, Feed.of(place)).publish(definition, by)
    except FormErrors as error:
        tell(error.errors)
        sys.exit(1)
    finally:
        place.writer.close()
    tell(published.warnings)
    what = "Published" if published.new else "This version is published already:"
    click.echo(f"{what} {published.form}, version {published.version}.")


@form.command(name="list")
@place_option
def list_versions(settings: Settings) -> None:
    """List the published versions, the newest first."""
    place = place_of(create_app(settings))
    with place.engine.connect() as connection:
        columns = (FormVersion.form, FormVersion.version, FormVersion.published_at, FormVersion.published_by)
        for row in connection.execute(select(*columns).order_by(FormVersion.published_at.desc())):
            click.echo(f"{row.form}  {row.version}  {row.published_at:%Y-%m-%d %H:%M} UTC  {row.published_by}")


form.add_command(codebook)
form.add_command(reference)
form.add_command(schema)
