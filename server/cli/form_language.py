"""``feldbuch form schema`` and ``feldbuch form reference``: what a form's JSON may hold."""

from __future__ import annotations

import json

import click

from forms.schema.json_schema import json_schema
from forms.schema.reference import reference as reference_page


@click.command()
def schema() -> None:
    """Print the language of forms as JSON Schema (2020-12), for editors and programs.

    An editor that knows it completes keys and marks what is wrong while you write.
    """
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@click.command()
def reference() -> None:
    """Print the reference of the language of forms as Markdown: every key, with its meaning and an example."""
    click.echo(reference_page(), nl=False)
