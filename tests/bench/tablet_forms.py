"""The forms of the tablet's rows: small, a form of 150 questions, and a large one, all in six languages."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from forms.definition import Form, Group
from forms.schema import dump_form
from tests.bench.answers import thousand_questions
from tests.bench.forms import in_six_languages

SIZES: Mapping[str, int] = {"small": 22, "medium": 150, "large": 1000}
"""Questions of each form."""
FOLDER = "FELDBUCH_BENCH_FORMS"
"""Environment variable: a folder with spreadsheets (``large.xlsx``) to measure instead of the forms made here."""


def form_file(name: str, work: Path) -> Path:
    """The file of a form, as ``feldbuch form publish`` takes it; the form's id is its name."""
    folder = os.environ.get(FOLDER)
    if folder is not None and (found := Path(folder) / f"{name}.xlsx").is_file():
        return found
    file = work / f"{name}.json"
    file.write_text(json.dumps(dump_form(sized_form(name, SIZES[name])), ensure_ascii=False), "utf-8")
    return file


def sized_form(name: str, questions: int) -> Form:
    """The first questions of the form of 1,000, in its groups of 20."""
    form = thousand_questions()
    groups: list[Group] = []
    for group in form.questions:
        assert isinstance(group, Group)
        left = questions - sum(len(each.questions) for each in groups)
        if left > 0:
            groups.append(replace(group, questions=group.questions[:left]))
    return in_six_languages(replace(form, id=name, questions=tuple(groups)))
