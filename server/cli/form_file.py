"""A form's file as the argument of a command, and how findings are told at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from forms.definition import Form
from forms.errors import Finding, FormErrors
from forms.schema.document import read_form
from server.errors.catalogue import explain

FORM_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def form_of(file: Path) -> Form:
    """The form that the file defines; where it defines none, everything wrong is told and the command ends with 1."""
    try:
        return read_form(file.read_bytes())
    except FormErrors as error:
        tell(error.errors)
        sys.exit(1)


def tell(findings: Iterable[Finding]) -> None:
    """Write each finding to stderr: severity, place, reason, remedy, code."""
    for each in findings:
        text = explain(each.code, each.params)
        click.echo(f"{each.severity} at {each.pointer or 'the whole form'}: {text.reason}", err=True)
        click.echo(f"  {text.remedy} [{each.code}]", err=True)
