"""``feldbuch form import`` and ``feldbuch form export``: XLSForm in and out."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from forms.check import check_form
from forms.errors import Finding, FormError, FormErrors, Severity
from forms.schema import dump_form
from forms.xform import compile_xform
from forms.xlsform.guard import check_size
from forms.xlsform.reading import Imported, read_xlsform
from forms.xlsform.workbook import write_xlsform
from server.cli.form_file import FORM_FILE, form_of, tell

SPREADSHEET = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command(name="import")
@SPREADSHEET
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The .json file to write.",
)
def import_(file: Path, output: Path) -> None:
    """Turn FILE, an XLSForm (.xlsx, .xls, .csv or Markdown), into form JSON.

    What pyxform accepts is taken, and means the same afterwards: the XForm is compared with pyxform's own. What is
    wrong is told with sheet, row and column; then nothing is written and the command ends with 1.
    """
    try:
        check_size(file.stat().st_size)
        imported = read_xlsform(file.read_bytes(), file.name)
    except FormErrors as error:
        _tell(error.errors)
        sys.exit(1)
    except FormError as error:
        _tell([error.finding()])
        sys.exit(1)
    output.write_text(json.dumps(dump_form(imported.form), ensure_ascii=False, indent=2) + "\n", "utf-8")
    _tell(imported.remarks)
    _tell(_errors(imported))
    click.echo(f"Wrote {output}. 'feldbuch form check' says what is left to do before it can be published.", err=True)


@click.command()
@FORM_FILE
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The .xlsx file to write.",
)
def export(file: Path, output: Path) -> None:
    """Write FILE, a form's JSON, as an XLSForm.

    Every program for XLSForms takes it. What XLSForm has no place for stands in columns and a sheet of our own, so
    that 'feldbuch form import' reads the same form back, also after others have worked on the file.
    """
    definition = form_of(file)
    try:
        compile_xform(definition)
    except FormError as error:
        tell([error.finding()])
        sys.exit(1)
    output.write_bytes(write_xlsform(definition))
    click.echo(f"Wrote {output}.", err=True)


def _errors(imported: Imported) -> Iterable[Finding]:
    """What would keep the form from being published, at the cells that it comes from."""
    findings = check_form(imported.form)
    return [imported.at_cell(finding) for finding in findings if finding.severity is Severity.ERROR]


def _tell(findings: Iterable[Finding]) -> None:
    """Tell findings on a spreadsheet: the place is the cell."""
    tell(dataclasses.replace(finding, pointer=_place(finding)) for finding in findings)


def _place(finding: Finding) -> str:
    params = finding.params
    if "cell" not in params:
        return "the whole file"
    column = f", column {params['column']}" if params["column"] else ""
    return f"{params['cell']} (sheet {params['sheet']}, row {params['row']}{column})"
