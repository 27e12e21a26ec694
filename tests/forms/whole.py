"""A whole instance of any form: an answer to everything that is asked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from forms.answers import AnswerReader
from forms.definition import Form, Group, Item, Kind, Question, Repeat
from forms.errors import Code
from forms.missing import COMPANION, offered_kinds
from forms.tables import choices_of, counts_itself

ROUNDS = 3
MOST_TRIES = 60
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
    Kind.TEXT: ("Duisburg, Marxloh", "M-12", "12"),
}


def valid_instance(form: Form) -> bytes:
    """An instance with an answer to all that is asked: what the reading says is wrong is tried otherwise.

    Raises ``LookupError`` where none of the answers that are tried will do.
    """
    reader, tries = AnswerReader(form), dict[str, int]()
    hidden: set[str] = set()
    for _ in range(MOST_TRIES):
        root = etree.Element("data", {"id": form.id, "version": "v"}, nsmap={"orx": "http://openrosa.org/xforms"})
        _fill(root, form.questions, form, "/data", tries, hidden)
        meta = etree.SubElement(root, "{http://openrosa.org/xforms}meta")
        etree.SubElement(meta, "{http://openrosa.org/xforms}instanceID").text = "uuid:1"
        xml = etree.tostring(root)
        findings = reader.read(xml).findings
        if not findings:
            return xml
        for each in findings:
            if each.code is Code.ANSWER_NOT_ASKED:
                hidden.add(each.pointer)
            elif each.code is Code.ANSWER_REQUIRED:
                hidden.discard(each.pointer)
            else:
                tries[each.pointer] = tries.get(each.pointer, 0) + 1
    raise LookupError(str(findings[0]))


def _fill(
    parent: etree._Element,
    items: tuple[Item, ...],
    form: Form,
    path: str,
    tries: dict[str, int],
    hidden: set[str],
) -> None:
    """Write what a form app writes: nothing of what is not asked, and an empty element of what is not answered."""
    for item in items:
        here = f"{path}/{item.name}"
        if isinstance(item, Group):
            group = etree.SubElement(parent, item.name)
            _fill(group, item.questions, form, here, tries, hidden)
            if not len(group):
                parent.remove(group)
        elif isinstance(item, Repeat):
            if counts_itself(item):
                etree.SubElement(parent, f"{item.name}_count").text = str(ROUNDS)
            for number in range(1, ROUNDS + 1):
                inner = etree.SubElement(parent, item.name)
                _fill(inner, item.questions, form, f"{here}[{number}]", tries, hidden)
        elif item.kind is not Kind.AUDIT and here not in hidden:
            given = list(_answers(form, item))
            etree.SubElement(parent, item.name).text = given[tries.get(here, 0) % len(given)]
            if offered_kinds(form, item):
                etree.SubElement(parent, f"{item.name}{COMPANION}")


def _answers(form: Form, question: Question) -> Iterator[str]:
    """Answers to try, one after the other."""
    choices = choices_of(form, question)
    if choices is not None:
        yield from (choice.name for choice in choices)
    else:
        yield from _VALUES.get(question.kind, ("Duisburg, Marxloh",))
