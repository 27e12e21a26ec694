"""Findings and answers as the preview's pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from forms.answers import Answers
from forms.errors import Finding
from server.errors.catalogue import LANGUAGES, explain
from server.export.csv import cell
from server.web.preview.watched import Reading


def told_findings(reading: Reading) -> list[dict[str, Any]]:
    """The findings on a form: severity, code, place, the question there, and the texts in each language."""
    return [{**_told(each), "item": _item(each.pointer, reading.names)} for each in reading.findings]


def told_answers(answers: Answers) -> dict[str, Any]:
    """The tables of a record with each value as it would stand in a cell; columns without any are there too."""
    tables = [
        {
            "name": table.name,
            "columns": (columns := [column.name for column in table.layout.columns]),
            "rows": [[cell(row.get(name)) for name in columns] for row in table.rows],
        }
        for table in answers.tables
    ]
    leftovers = [{"path": each.path, "text": each.text} for each in answers.leftovers]
    return {"tables": tables, "leftovers": leftovers, "findings": _all_told(answers.findings)}


def _all_told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{**_told(each), "item": None} for each in findings]


def _told(finding: Finding) -> dict[str, Any]:
    texts = {language: explain(finding.code, finding.params, language) for language in LANGUAGES}
    return {
        "severity": finding.severity.value,
        "code": finding.code.value,
        "place": finding.pointer,
        "texts": {language: {"reason": text.reason, "remedy": text.remedy} for language, text in texts.items()},
    }


def _item(pointer: str, names: Mapping[str, str]) -> str | None:
    """The name of the innermost item at a place or around it."""
    while pointer:
        if pointer in names:
            return names[pointer]
        pointer = pointer.rpartition("/")[0]
    return None
