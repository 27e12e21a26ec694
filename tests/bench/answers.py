"""Reading and checking answers, compared with lxml alone parsing and walking the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources

from lxml import etree

from forms.answers import AnswerReader
from forms.definition import Choice, Form, Group, Kind, Language, Question
from forms.schema import read_form
from tests.forms.whole import valid_instance

TIMES = 400


@dataclass(frozen=True)
class Measured:
    """Milliseconds for one instance: ours, and those of lxml alone."""

    ours: float
    plain: float


def measure_answers(form: Form) -> Measured:
    """Read one whole, valid instance of the form over and over; the fastest of each counts."""
    xml = valid_instance(form)
    reader = AnswerReader(form)
    ours = plain = float("inf")
    for _ in range(TIMES):
        plain = min(plain, _milliseconds(lambda: _walk(etree.fromstring(xml)), 4))
        ours = min(ours, _milliseconds(lambda: reader.read(xml), 1))
    return Measured(ours, plain)


def household_survey() -> Form:
    """The study's own survey."""
    return read_form(resources.files("forms").joinpath("instruments/household_survey.json").read_bytes())


def thousand_questions() -> Form:
    """1,000 questions in 50 groups: one in five is a number with a constraint and one has a relevance."""
    label = {"en": "A question"}

    def question(number: int) -> Question:
        name, before = f"q{number}", f"q{number - 4}"
        match number % 5:
            case 0:
                relevant = f"${{{before}}} != ''" if number % 20 else f"${{{before}}} = '1'"
                return Question(kind=Kind.SELECT_MULTIPLE, name=name, label=label, choices="many", relevant=relevant)
            case 1:
                return Question(kind=Kind.SELECT_ONE, name=name, label=label, choices="few")
            case 2:
                return Question(kind=Kind.TEXT, name=name, label=label)
            case 3:
                return Question(kind=Kind.INTEGER, name=name, label=label, constraint=". >= 0 and . < 1000")
            case _:
                return Question(kind=Kind.SELECT_ONE, name=name, label=label, choices="few")

    groups = tuple(
        Group(name=f"g{group}", label=label, questions=tuple(question(20 * group + each) for each in range(1, 21)))
        for group in range(50)
    )
    choices = {
        name: tuple(Choice(name=str(each), label=label) for each in range(1, count + 1))
        for name, count in (("few", 5), ("many", 12))
    }
    languages = (Language(code="en"),)
    return Form(id="large", title=label, languages=languages, default_language="en", questions=groups, choices=choices)


def _milliseconds(call: Callable[[], object], times: int) -> float:
    """Of the processor, for one call: others at work on the machine do not count.

    What is compared takes about as long at a time, so that both are disturbed alike.
    """
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) * 1000 / times


def _walk(root: etree._Element) -> int:
    """Look at the name and the text of every element."""
    return sum(1 for element in root.iter() if element.tag and element.text)
