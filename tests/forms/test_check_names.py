"""References other than `${name}` in conditions: triggers, entities, lists that are looked into, missing kinds."""

from __future__ import annotations

from typing import Any

import pytest

from forms.check import check_form, examine
from forms.errors import Code, Severity
from forms.schema import load_form
from tests.forms.examples import small_form, text

KINDS = {"refused": {"code": -98, "label": text("r")}, "dont_know": {"code": -97, "label": text("d")}}
MISSING = {"label": text("Keine Antwort"), "kinds": KINDS}
REPEAT = {
    "type": "repeat",
    "name": "people",
    "label": text("p"),
    "questions": [{"type": "text", "name": "alias", "label": text("a")}],
}


def ask(name: str = "t", **keys: Any) -> dict[str, Any]:
    return {"type": "text", "name": name, "label": text(name), **keys}


def calculate(calculation: str, **keys: Any) -> dict[str, Any]:
    return {"type": "calculate", "name": "t", "calculation": calculation, **keys}


def with_all(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {**small_form(), "questions": [*small_form()["questions"], *questions], **keys}


def errors(document: dict[str, Any]) -> list[tuple[Code, str, dict[str, Any]]]:
    findings = check_form(load_form(document))
    return [(each.code, each.pointer, dict(each.params)) for each in findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("document", "code", "pointer", "params"),
    [
        (
            with_all(calculate("1", trigger=["frist"])),
            Code.UNKNOWN_REFERENCE_NEAR,
            "/questions/2/trigger/0",
            {"name": "frist", "key": "trigger", "nearest": "first"},
        ),
        (
            with_all({**REPEAT, "type": "group"}, calculate("1", trigger=["people"])),
            Code.NOT_A_QUESTION,
            "/questions/3/trigger/0",
            {"name": "people"},
        ),
        (
            with_all({"type": "select_one", "name": "s", "label": text("s"), "choices_from": "zzz"}),
            Code.UNKNOWN_REFERENCE,
            "/questions/2/choices_from",
            {"name": "zzz", "key": "choices_from"},
        ),
        (
            with_all({"type": "select_one", "name": "s", "label": text("s"), "choices_from": "first"}),
            Code.NOT_IN_REPEAT,
            "/questions/2/choices_from",
            {"name": "first"},
        ),
        (
            with_all(entities=[{"dataset": "people", "label": "${zzz}"}]),
            Code.UNKNOWN_REFERENCE,
            "/entities/0/label",
            {"name": "zzz", "key": "label"},
        ),
        (
            with_all(entities=[{"dataset": "people", "label": "${first}", "create_if": "(1"}]),
            Code.EXPRESSION_SYNTAX,
            "/entities/0/create_if",
            {"key": "create_if"},
        ),
        (
            with_all(REPEAT, entities=[{"dataset": "people", "label": "${alias}", "repeat": "alias"}]),
            Code.NOT_A_REPEAT,
            "/entities/0/repeat",
            {"name": "alias"},
        ),
        (with_all(ask(save_to="x")), Code.ENTITY_UNDECLARED, "/questions/2/save_to", {"property": "x"}),
        (
            with_all(calculate("instance('places')/root/item[name = '1']/label")),
            Code.UNKNOWN_INSTANCE,
            "/questions/2/calculation",
            {"name": "places", "key": "calculation"},
        ),
        (
            with_all(ask(appearance="w${zzz}")),
            Code.UNKNOWN_REFERENCE,
            "/questions/2/appearance",
            {"name": "zzz", "key": "appearance"},
        ),
        (
            with_all(ask(attributes={"bind": {"x": "${zzz}"}})),
            Code.UNKNOWN_REFERENCE,
            "/questions/2/attributes/bind/x",
            {"name": "zzz", "key": "attributes"},
        ),
        (with_all(ask(missing=True)), Code.MISSING_UNDECLARED, "/questions/2/missing", {"name": "t"}),
        (
            with_all(ask(missing=["refused", "other"]), missing=MISSING),
            Code.MISSING_KIND,
            "/questions/2/missing/1",
            {"kind": "other", "known": "refused, dont_know"},
        ),
        (
            with_all(missing={**MISSING, "kinds": {**KINDS, "broken_off": KINDS["refused"]}}),
            Code.MISSING_CODE_TWICE,
            "/missing/kinds/broken_off/code",
            {"code": -98, "kind": "broken_off", "other": "refused"},
        ),
        (
            with_all(
                {"type": "select_one", "name": "s", "label": text("s"), "choices": "l", "missing": ["refused"]},
                missing=MISSING,
                choices={**small_form()["choices"], "l": [{"name": "-98", "label": text("x")}]},
            ),
            Code.MISSING_CODE_TAKEN,
            "/questions/2/missing",
            {"code": -98, "kind": "refused", "list": "l"},
        ),
        (
            with_all(ask(missing=True), ask("t_missing"), missing=MISSING),
            Code.DUPLICATE_NAME,
            "/questions/3/name",
            {"name": "t_missing", "other": "/questions/2"},
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Code) else "",
)
def test_each_reference_that_leads_nowhere_is_told(
    document: dict[str, Any], code: Code, pointer: str, params: dict[str, Any]
) -> None:
    assert (code, pointer, params) in errors(document)


@pytest.mark.parametrize(
    "document",
    [
        with_all(calculate("now()", trigger=["first"])),
        with_all(REPEAT, {"type": "select_one", "name": "s", "label": text("s"), "choices_from": "alias"}),
        with_all(ask(save_to="x"), entities=[{"dataset": "people", "label": "${first}"}]),
        with_all(calculate("instance('yes_no')/root/item[name = '1']/label")),
        with_all(calculate("pulldata('places', 'a', 'b', 'c')"), ask("u", relevant="instance('places')/root/x = 1")),
        with_all(ask("t", missing=True), ask("u", relevant="${t_missing} = 'refused'"), missing=MISSING),
        with_all(ask("t", missing=["dont_know"]), missing=MISSING),
        # A calculation with a trigger runs on a change, and closes no circle.
        with_all(calculate("${t} + ${first}", trigger=["first"])),
    ],
)
def test_references_that_lead_somewhere_are_not_told(document: dict[str, Any]) -> None:
    assert errors(document) == []


def test_a_list_that_an_expression_looks_into_is_used() -> None:
    lists = {**small_form()["choices"], "spare": [{"name": "1", "label": text("x")}]}
    assert errors(with_all(calculate("instance('spare')/root/item[name = '1']/label"), choices=lists)) == []
    unused = check_form(load_form({**small_form(), "choices": lists}))
    assert [(each.code, each.severity) for each in unused] == [(Code.CHOICES_UNUSED, Severity.WARNING)]


def test_duplicate_choices_may_be_allowed() -> None:
    twice = [{"name": "yes", "label": text("1")}, {"name": "yes", "label": text("2")}]
    document = {**small_form(), "choices": {"yes_no": twice}}
    assert [code for code, _, _ in errors(document)] == [Code.DUPLICATE_CHOICE]
    assert errors({**document, "allow_duplicate_choices": True}) == []


def test_the_validator_is_asked_about_what_has_no_error() -> None:
    asked: list[str] = []

    def validator(xml: str) -> Any:
        asked.append(xml)
        raise LookupError

    examine(load_form(with_all(ask(relevant="${nobody} = 1"))), validator=validator)
    assert asked == []
    with pytest.raises(LookupError):
        examine(load_form(small_form()), validator=validator)
    assert asked
