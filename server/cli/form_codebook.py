"""``feldbuch form codebook``: a page that says what each variable of a form means."""

from __future__ import annotations

from pathlib import Path

import click

from forms.codebook.markdown import codebook_page
from server.cli.form_file import FORM_FILE, form_of


@click.command()
@FORM_FILE
@click.option("--language", help="The language of the texts; else the form's default language.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write; else stdout.")
def codebook(file: Path, language: str | None, output: Path | None) -> None:
    """Write the codebook of FILE as a page of Markdown: questions, codes, filters, missing values."""
    definition = form_of(file)
    page = codebook_page(definition, language or definition.default_language)
    if output is None:
        click.echo(page, nl=False)
    else:
        output.write_text(page, "utf-8")
        click.echo(f"Wrote {output}.", err=True)
