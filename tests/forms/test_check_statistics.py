"""What SPSS and Stata cannot take, told before a form is published."""

from __future__ import annotations

from typing import Any

import pytest

from forms.check import check_form, examine
from forms.errors import Code, Severity
from forms.schema import load_form
from forms.tables import layouts
from forms.variables import variable_names
from tests.forms.examples import every_kind, small_form, text, with_question

LONG = "a" * 33
TOO_LONG = "ж" * 33  # 66 bytes


def ask(name: str, **keys: Any) -> dict[str, Any]:
    return {"type": "text", "name": name, "label": text(name), **keys}


def with_questions(*questions: dict[str, Any]) -> dict[str, Any]:
    return {**small_form(), "questions": [*small_form()["questions"], *questions]}


def found(document: dict[str, Any]) -> list[tuple[Code, str, object]]:
    findings = examine(load_form(document), validator=None).findings
    return [
        (each.code, each.pointer, each.params.get("program")) for each in findings if each.code is not Code.DRAFT_TEXTS
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a" * 32, []),
        (LONG, [(Code.STATA_NAME_LONG, None)]),
        (TOO_LONG, [(Code.SPSS_NAME_LONG, None), (Code.STATA_NAME_LONG, None)]),
        ("with", [(Code.NAME_IS_COMMAND, "SPSS"), (Code.NAME_IS_COMMAND, "Stata")]),
        ("WITH", [(Code.NAME_IS_COMMAND, "SPSS")]),
        ("ne", [(Code.NAME_IS_COMMAND, "SPSS")]),
        ("int", [(Code.NAME_IS_COMMAND, "Stata")]),
        ("str12", [(Code.NAME_IS_COMMAND, "Stata")]),
        ("str", []),
        ("_all", [(Code.NAME_CHARACTERS, "SPSS"), (Code.NAME_IS_COMMAND, "Stata")]),
        ("a.b", [(Code.NAME_CHARACTERS, "Stata")]),
        ("a.", [(Code.NAME_CHARACTERS, "SPSS"), (Code.NAME_CHARACTERS, "Stata")]),
        ("a-b", [(Code.NAME_CHARACTERS, "SPSS"), (Code.NAME_CHARACTERS, "Stata")]),
        ("възраст", []),
    ],
)
def test_names_that_they_do_not_take(name: str, expected: list[tuple[Code, str | None]]) -> None:
    assert found(with_questions(ask(name))) == [(code, "/questions/2/name", program) for code, program in expected]
    severities = {each.severity for each in check_form(load_form(with_questions(ask(name))))}
    assert severities <= {Severity.WARNING}


def test_of_a_question_with_many_variables_the_longest_counts() -> None:
    document = with_question(type="select_multiple", name="a" * 29, label=text("m"), choices="yes_no")
    [finding] = check_form(load_form(document))
    assert (finding.code, finding.params) == (Code.STATA_NAME_LONG, {"variable": "a" * 29 + "_yes", "limit": 32})
    geopoint = with_question(type="geopoint", name="a" * 23, label=text("g"))
    [finding] = check_form(load_form(geopoint))
    assert finding.params["variable"] == "a" * 23 + "_longitude"


def test_variables_are_called_by_the_question_where_that_is_enough() -> None:
    group = {"type": "group", "name": "g", "label": text("g"), "questions": [ask("first"), ask("SECOND"), ask("x-y")]}
    (layout,) = layouts(load_form(with_questions(group)))
    names = variable_names(layout)
    assert names["g-x-y"] == "x_y"
    assert names["g-first"] == "g_first"
    assert names["first"] == "first"
    assert names["g-SECOND"] == "g_SECOND"


def test_names_with_hyphens_do_not_confuse_where_a_name_begins() -> None:
    inner = {"type": "group", "name": "a-b", "label": text("g"), "questions": [ask("b"), ask("a-b-b")]}
    (layout,) = layouts(load_form({**small_form(), "questions": [inner]}))
    names = variable_names(layout)
    assert (names["a-b-b"], names["a-b-a-b-b"]) == ("b", "a_b_b")


def test_variables_of_every_kind_are_told_apart() -> None:
    for layout in layouts(every_kind()):
        names = variable_names(layout)
        assert set(names) == {column.name for column in layout.columns}
        assert len({name.casefold() for name in names.values()}) == len(names)


def test_two_questions_that_make_one_variable() -> None:
    group = {"type": "group", "name": "g", "label": text("g"), "questions": [ask("first")]}
    codes = found(with_questions(group, ask("g_first")))
    assert codes == [(Code.VARIABLE_COLLISION, "/questions/3/name", None)]


@pytest.mark.parametrize(
    ("label", "code", "severity"),
    [
        ("a" * 80, None, None),
        ("a" * 81, Code.STATA_LABEL_LONG, Severity.NOTE),
        ("ж" * 80, None, None),
        ("a" * 257, Code.SPSS_LABEL_LONG, Severity.WARNING),
        ("ж" * 129, Code.SPSS_LABEL_LONG, Severity.WARNING),
    ],
)
def test_labels_that_they_would_cut(label: str, code: Code | None, severity: Severity | None) -> None:
    document = with_question(type="text", name="t", label={"de": label, "bg": "x"})
    findings = [
        each for each in examine(load_form(document), validator=None).findings if each.code is not Code.DRAFT_TEXTS
    ]
    if code is None:
        assert findings == []
        return
    first = findings[0]
    assert (first.code, first.severity, first.pointer) == (code, severity, "/questions/2/label")
    assert first.params["languages"] == "de"


@pytest.mark.parametrize(
    ("label", "told"), [("a" * 120, False), ("a" * 121, True), ("ж" * 60, False), ("ж" * 61, True)]
)
def test_labels_of_choices_that_spss_would_cut(label: str, told: bool) -> None:
    document = small_form()
    document["choices"]["yes_no"][0]["label"] = {"de": "x", "bg": label}
    expected = [(Code.SPSS_CHOICE_LABEL_LONG, "/choices/yes_no/0/label", None)] if told else []
    assert found(document) == expected


def test_a_list_of_numbers_and_words_is_noted() -> None:
    document = small_form()
    document["choices"]["yes_no"][0]["name"] = "1"
    [finding] = [
        each for each in examine(load_form(document), validator=None).findings if each.code is Code.MIXED_CODES
    ]
    assert (finding.severity, finding.params) == (Severity.NOTE, {"list": "yes_no", "names": "no"})
