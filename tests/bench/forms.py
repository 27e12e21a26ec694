"""Compiling and checking a large form, compared with pyxform alone on the same form as a spreadsheet."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pyxform.xls2xform import convert

from forms.check import examine
from forms.definition import Form, Item, Language, Question, Text
from forms.schema import dump_form, read_form
from forms.xform import compile_xform
from forms.xlsform.workbook import write_xlsform
from tests.bench.answers import thousand_questions

LANGUAGES = ("en", "de", "ro", "bg", "tr", "ar")
ROUNDS = 5


@dataclass(frozen=True)
class Measured:
    """Milliseconds, the fastest of some rounds: of pyxform, and ours from the JSON's bytes on.

    ``checked`` is compiling and all our checks; ``validated`` has ODK Validate as well.
    """

    pyxform: float
    compiled: float
    checked: float
    validated: float


def measure_forms() -> Measured:
    """Measure the form of 1,000 questions in six languages."""
    form = in_six_languages(thousand_questions())
    source = json.dumps(dump_form(form), ensure_ascii=False).encode()
    with tempfile.TemporaryDirectory() as folder:
        spreadsheet = Path(folder) / "large.xlsx"
        spreadsheet.write_bytes(write_xlsform(form))
        return Measured(
            pyxform=_fastest(lambda: convert(str(spreadsheet), warnings=[])),
            compiled=_fastest(lambda: compile_xform(read_form(source))),
            checked=_fastest(lambda: examine(read_form(source), LANGUAGES, validator=None)),
            validated=_fastest(lambda: examine(read_form(source), LANGUAGES)),
        )


def in_six_languages(form: Form) -> Form:
    """The form with each label in six languages."""
    choices = {
        name: tuple(replace(choice, label=_texts(choice.label)) for choice in listed)
        for name, listed in (form.choices or {}).items()
    }
    return replace(
        form,
        title=_texts(form.title) or {},
        languages=tuple(Language(code=code) for code in LANGUAGES),
        questions=tuple(_item(item) for item in form.questions),
        choices=choices,
    )


def _item(item: Item) -> Item:
    if isinstance(item, Question):
        return replace(item, label=_texts(item.label))
    return replace(item, label=_texts(item.label), questions=tuple(_item(each) for each in item.questions))


def _texts(texts: Text | None) -> Text | None:
    return None if texts is None else {code: f"{texts['en']} [{code}]" for code in LANGUAGES}


def _fastest(work: Callable[[], object]) -> float:
    fastest = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest * 1000
