"""Each check before publishing, by a form that is wrong in just that way."""

from __future__ import annotations

from typing import Any

import pytest

from forms.check import blocking, check_form, has_errors
from forms.errors import Code, Finding, Severity
from forms.schema import load_form
from tests.forms.examples import every_kind, small_form, text, with_question


def _found(document: dict[str, Any]) -> list[Finding]:
    return check_form(load_form(document))


def _ask(name: str, **keys: Any) -> dict[str, Any]:
    return {"type": "text", "name": name, "label": text(name), **keys}


def _with(*questions: dict[str, Any]) -> dict[str, Any]:
    document = small_form()
    document["questions"].extend(questions)
    return document


def _changed(**keys: Any) -> dict[str, Any]:
    return {**small_form(), **keys}


def _group(kind: str, name: str, *questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), "questions": list(questions), **keys}


CHECKS = [
    (_with(_ask("first")), Code.DUPLICATE_NAME, "/questions/2/name", {"name": "first", "other": "/questions/0"}),
    (_with(_ask("FIRST")), Code.SIMILAR_NAME, "/questions/2/name", {"name": "FIRST", "other": "first"}),
    (
        _with(_ask("a-b"), _group("group", "a", _ask("b"))),
        Code.COLUMN_COLLISION,
        "/questions/3/questions/0/name",
        {"column": "a-b", "table": "small", "other": "/questions/2"},
    ),
    (
        _with(_ask("instance_id")),
        Code.COLUMN_COLLISION,
        "/questions/2/name",
        {"column": "instance_id", "table": "small", "other": "instance_id"},
    ),
    (
        _with(_ask("r_count"), _group("repeat", "r", _ask("x"), count=3)),
        Code.DUPLICATE_NAME,
        "/questions/3/name",
        {"name": "r_count", "other": "/questions/2"},
    ),
    (
        _with(_group("group", "g", _group("repeat", "r", _ask("x"))), _group("repeat", "r", _ask("y"))),
        Code.DUPLICATE_REPEAT,
        "/questions/3/name",
        {"name": "r", "other": "/questions/2/questions/0"},
    ),
    (_with(_ask("meta")), Code.RESERVED_NAME, "/questions/2/name", {"name": "meta"}),
    (_with(_ask("__x")), Code.RESERVED_NAME, "/questions/2/name", {"name": "__x"}),
    (_with(_group("repeat", "data", _ask("x"))), Code.RESERVED_NAME, "/questions/2/name", {"name": "data"}),
    (_with(_group("group", "g")), Code.EMPTY_GROUP, "/questions/2/questions", {"name": "g"}),
    (
        _with(_ask("t", relevant="${frist} = 1")),
        Code.UNKNOWN_REFERENCE_NEAR,
        "/questions/2/relevant",
        {"name": "frist", "key": "relevant", "nearest": "first"},
    ),
    (
        _with(_ask("t", constraint="${zzzz} = 1")),
        Code.UNKNOWN_REFERENCE,
        "/questions/2/constraint",
        {"name": "zzzz", "key": "constraint"},
    ),
    (
        _with(_ask("t", hint=text("${zzzz}"))),
        Code.UNKNOWN_REFERENCE,
        "/questions/2/hint/bg",
        {"name": "zzzz", "key": "hint"},
    ),
    (
        _changed(instance_name="concat(${zzzz}, 'x')"),
        Code.UNKNOWN_REFERENCE,
        "/instance_name",
        {"name": "zzzz", "key": "instance_name"},
    ),
    (
        _with(_group("group", "g", _ask("first")), _ask("t", relevant="${first} = 1")),
        Code.AMBIGUOUS_REFERENCE,
        "/questions/3/relevant",
        {"name": "first", "key": "relevant"},
    ),
    (
        _with(_ask("t", constraint=". > ${later}"), _ask("later")),
        Code.LATER_REFERENCE,
        "/questions/2/constraint",
        {"name": "later"},
    ),
    (_with(_ask("t", relevant="(1 = 1")), Code.EXPRESSION_SYNTAX, "/questions/2/relevant", {"key": "relevant"}),
    (_with(_ask("t", relevant="1 = ')")), Code.EXPRESSION_SYNTAX, "/questions/2/relevant", {"key": "relevant"}),
    (_with(_ask("t", relevant="([1)]")), Code.EXPRESSION_SYNTAX, "/questions/2/relevant", {"key": "relevant"}),
    (
        _with(_ask("a", relevant="${b} = 1"), _ask("b", relevant="${c} = 1"), _ask("c", relevant="${a} = 1")),
        Code.CYCLE,
        "/questions/2",
        {"names": "a, b, c"},
    ),
    (
        _with(_group("group", "g", _ask("inside"), relevant="${inside} = 1")),
        Code.CYCLE,
        "/questions/2",
        {"names": "g, inside"},
    ),
    (
        _with({"type": "calculate", "name": "c", "calculation": "${c} + 1"}),
        Code.CYCLE,
        "/questions/2",
        {"names": "c"},
    ),
    (
        with_question(type="rank", name="r", label=text("r"), choices="yes_on"),
        Code.CHOICES_MISSING_NEAR,
        "/questions/2/choices",
        {"list": "yes_on", "nearest": "yes_no"},
    ),
    (
        with_question(type="rank", name="r", label=text("r"), choices="zzz"),
        Code.CHOICES_MISSING,
        "/questions/2/choices",
        {"list": "zzz"},
    ),
    (_changed(choices={"yes_no": []}), Code.CHOICES_EMPTY, "/choices/yes_no", {"list": "yes_no"}),
    (
        _changed(choices={**small_form()["choices"], "spare": []}),
        Code.CHOICES_UNUSED,
        "/choices/spare",
        {"list": "spare"},
    ),
    (
        _changed(choices={"yes_no": [{"name": "yes", "label": text("1")}, {"name": "yes", "label": text("2")}]}),
        Code.DUPLICATE_CHOICE,
        "/choices/yes_no/1/name",
        {"name": "yes", "list": "yes_no"},
    ),
    (
        with_question(type="select_one", name="s", label=text("s"), choices="yes_no", or_other=True),
        Code.OR_OTHER_UNTRANSLATED,
        "/questions/2/or_other",
        {},
    ),
    (_changed(title={"de": "Nur deutsch"}), Code.TITLE_UNTRANSLATED, "/title", {"language": "de"}),
    (
        _with(_ask("t", constraint=". = 1", constraint_message={"de": "x"})),
        Code.MISSING_TRANSLATION,
        "/questions/2/constraint_message",
        {"language": "bg"},
    ),
    (
        _changed(choices={"yes_no": [{"name": "yes", "label": {"bg": "Да"}}]}),
        Code.MISSING_TRANSLATION,
        "/choices/yes_no/0/label",
        {"language": "de"},
    ),
    (
        _changed(title={**text("x"), "ro": "x"}),
        Code.UNDECLARED_LANGUAGE,
        "/title/ro",
        {"language": "ro"},
    ),
    (
        _changed(languages=[*small_form()["languages"], {"code": "de"}]),
        Code.DUPLICATE_LANGUAGE,
        "/languages/2/code",
        {"language": "de"},
    ),
    (_changed(default_language="ro"), Code.DEFAULT_LANGUAGE, "/default_language", {"language": "ro"}),
    (
        with_question(type="range", name="r", label=text("r"), parameters={"start": 0, "end": 1, "step": 5}),
        Code.PYXFORM_REFUSED,
        "/questions/2",
        None,
    ),
]

SEVERITIES = {
    Code.SIMILAR_NAME: Severity.WARNING,
    Code.EMPTY_GROUP: Severity.WARNING,
    Code.LATER_REFERENCE: Severity.WARNING,
    Code.CHOICES_UNUSED: Severity.WARNING,
    Code.OR_OTHER_UNTRANSLATED: Severity.WARNING,
    Code.MISSING_TRANSLATION: Severity.GATE,
    Code.TITLE_UNTRANSLATED: Severity.WARNING,
}


@pytest.mark.parametrize(("document", "code", "pointer", "params"), CHECKS, ids=lambda value: str(value)[:40])
def test_each_check_finds_its_fault(
    document: dict[str, Any], code: Code, pointer: str, params: dict[str, object] | None
) -> None:
    found = [finding for finding in _found(document) if finding.code is code]
    assert pointer in [finding.pointer for finding in found]
    severity = SEVERITIES.get(code, Severity.ERROR)
    assert {finding.severity for finding in found} == {severity}
    if params is not None:
        assert params in [finding.params for finding in found]
    assert has_errors(_found(document)) is (severity is Severity.ERROR)
    assert bool(blocking(_found(document))) is (severity is not Severity.WARNING)


@pytest.mark.parametrize(
    "document",
    [
        small_form(),
        _with(_ask("t", relevant="${last-saved#t} != ''")),
        _with(_ask("t", constraint=". != ${first} and . != ')'")),
        _with(_ask("t", constraint="${t} != 'x'")),
        _with(_group("repeat", "r", {"type": "calculate", "name": "n", "calculation": "count(${r})"})),
        _changed(instance_name="concat(${instanceID}, 'x')"),
    ],
    ids=lambda value: str(value["questions"][-1].get("name")),
)
def test_what_is_allowed_is_not_found(document: dict[str, Any]) -> None:
    assert _found(document) == []


def test_two_separate_circles_are_both_told() -> None:
    document = _with(
        _ask("a", relevant="${b} = 1"),
        _ask("b", relevant="${a} = 1"),
        _ask("c", relevant="${d} = 1"),
        _ask("d", relevant="${c} = 1"),
    )
    names = {finding.params["names"] for finding in _found(document) if finding.code is Code.CYCLE}
    assert names == {"a, b", "c, d"}


def test_a_fault_of_ours_is_not_told_again_by_pyxform() -> None:
    assert [finding.code for finding in _found(_with(_ask("first")))] == [Code.DUPLICATE_NAME]


def test_every_kind_of_question_passes() -> None:
    assert {finding.code for finding in check_form(every_kind())} == {Code.OR_OTHER_UNTRANSLATED}


def test_a_form_whose_records_could_not_be_told_apart_is_refused() -> None:
    found = check_form(load_form({**small_form(), "instance_id": False}))
    assert [(each.code, each.pointer, each.severity) for each in found] == [
        (Code.NO_INSTANCE_ID, "/instance_id", Severity.ERROR)
    ]
