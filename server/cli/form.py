"""``feldbuch form``: what is done with forms; each command stands in a module of its own but the smallest."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from forms.errors import FormError
from forms.xform import compile_xform
from server.cli.form_codebook import codebook
from server.cli.form_file import FORM_FILE, form_of, tell
from server.cli.form_language import reference, schema
from server.cli.form_preview import preview
from server.cli.form_publish import check, diff, list_versions, publish
from server.cli.form_sites import sites
from server.cli.form_xlsform import export, import_


@click.group()
def form() -> None:
    """Bring forms in and out, check, try, compare and publish them."""


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


for each in (check, codebook, diff, export, import_, list_versions, preview, publish, reference, schema, sites):
    form.add_command(each)
