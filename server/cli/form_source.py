"""The form in a file, JSON or XLSForm, and where in that file each finding on it stands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forms.definition import Form
from forms.errors import Finding, FormError, FormErrors
from forms.pointers import name_at
from forms.xlsform.guard import check_size
from forms.xlsform.reading import read_xlsform
from server.cli.form_file import form_of
from server.cli.form_findings import tell_findings

SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".md"})


@dataclass(frozen=True, slots=True)
class Source:
    """A form, and the words for the place of a finding on it: a JSON pointer with names, or a cell."""

    form: Form
    place: Callable[[Finding], str]


def source_of(file: Path) -> Source:
    """The form that a file defines; where it defines none, everything wrong is told and the command ends with 1."""
    if file.suffix.lower() not in SPREADSHEETS:
        form = form_of(file)
        return Source(form, lambda finding: _named(form, finding))
    try:
        check_size(file.stat().st_size)
        imported = read_xlsform(file.read_bytes(), file.name)
    except FormErrors as error:
        tell_findings(error.errors, _cell, notes=True)
        sys.exit(1)
    except FormError as error:
        tell_findings([error.finding()], _cell, notes=True)
        sys.exit(1)
    tell_findings(imported.remarks, _cell, notes=False)
    return Source(imported.form, lambda finding: _cell(imported.at_cell(finding)))


def _named(form: Form, finding: Finding) -> str:
    name = name_at(form, finding.pointer)
    return f"{finding.pointer or 'the whole form'}{f' ({name})' if name is not None else ''}"


def _cell(finding: Finding) -> str:
    params = finding.params
    if "cell" not in params:
        return "the whole file"
    column = f", column {params['column']}" if params.get("column") else ""
    return f"{params['cell']} (sheet {params['sheet']}, row {params['row']}{column})"
