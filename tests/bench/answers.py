"""Reading and checking answers, compared with lxml alone parsing and walking the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources

from lxml import etree

from forms.answers import AnswerReader
from forms.definition import Choice, Form, Group, Item, Kind, Language, Question, Repeat
from forms.errors import Code
from forms.schema import read_form
from forms.tables import choices_of, counts_itself

ROUNDS = 3
TIMES = 400
_VALUES = {
    Kind.INTEGER: ("3", "30", "1990", "2005", "0"),
    Kind.DECIMAL: ("40", "3", "0.5"),
    Kind.RANGE: ("5", "1"),
    Kind.DATE: ("2020-02-28",),
    Kind.TODAY: ("2026-03-01",),
    Kind.TIME: ("10:30:00.000+01:00",),
    Kind.DATETIME: ("2026-03-01T10:30:00.000+01:00",),
    Kind.START: ("2026-03-01T10:30:00.000+01:00",),
    Kind.END: ("2026-03-01T11:30:00.000+01:00",),
    Kind.GEOPOINT: ("51.5 6.7 31 4.5",),
    Kind.IMAGE: ("1700000000000.jpg",),
    Kind.CALCULATE: ("2026",),
    Kind.NOTE: ("",),
}
_HIDDEN = frozenset({Code.ANSWER_NOT_ASKED})


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


def valid_instance(form: Form) -> bytes:
    """An instance with an answer to all that is asked: what the reading says is wrong is tried otherwise."""
    reader, tries = AnswerReader(form), {}
    hidden: set[str] = set()
    while True:
        root = etree.Element("data", {"id": form.id, "version": "v"}, nsmap={"orx": "http://openrosa.org/xforms"})
        _fill(root, form.questions, form, "/data", tries, hidden)
        meta = etree.SubElement(root, "{http://openrosa.org/xforms}meta")
        etree.SubElement(meta, "{http://openrosa.org/xforms}instanceID").text = "uuid:1"
        xml = etree.tostring(root)
        findings = reader.read(xml).findings
        if not findings:
            return xml
        for each in findings:
            if each.code in _HIDDEN:
                hidden.add(each.pointer)
            elif each.code is Code.ANSWER_REQUIRED:
                hidden.discard(each.pointer)
            else:
                tries[each.pointer] = tries.get(each.pointer, 0) + 1


def _fill(
    parent: etree._Element,
    items: tuple[Item, ...],
    form: Form,
    path: str,
    tries: dict[str, int],
    hidden: set[str],
) -> None:
    for item in items:
        here = f"{path}/{item.name}"
        if isinstance(item, Group):
            _fill(etree.SubElement(parent, item.name), item.questions, form, here, tries, hidden)
        elif isinstance(item, Repeat):
            if counts_itself(item):
                etree.SubElement(parent, f"{item.name}_count").text = str(ROUNDS)
            for number in range(1, ROUNDS + 1):
                inner = etree.SubElement(parent, item.name)
                _fill(inner, item.questions, form, f"{here}[{number}]", tries, hidden)
        elif item.kind is not Kind.AUDIT:
            given = list(_answers(form, item))
            element = etree.SubElement(parent, item.name)
            if here not in hidden:
                element.text = given[tries.get(here, 0) % len(given)]


def _answers(form: Form, question: Question) -> Iterator[str]:
    """Answers to try, one after the other."""
    choices = choices_of(form, question)
    if choices is not None:
        yield from (choice.name for choice in choices)
    else:
        yield from _VALUES.get(question.kind, ("Duisburg, Marxloh",))


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
