"""Consent before what is personal: what a relevance demands, and what is told where it does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.check import check_form
from forms.checks.demands import demands
from forms.errors import Code, Severity
from forms.schema import load_form
from tests.forms.examples import small_form, text

CONSENT = {"type": "select_one", "name": "consent", "label": text("c"), "choices": "yes_no", "consent": True}
PERSONAL = {"type": "text", "name": "who", "label": text("w"), "personal": True}
HEALTH = {"type": "text", "name": "ill", "label": text("i"), "special_category": "health"}
AGREED = "${consent} = 'yes'"


def form(*questions: dict[str, Any]) -> dict[str, Any]:
    return {**small_form(), "questions": list(questions)}


def codes(*questions: dict[str, Any]) -> list[tuple[Code, str]]:
    return [(finding.code, finding.pointer) for finding in check_form(load_form(form(*questions)))]


def group(*questions: dict[str, Any], kind: str = "group", name: str = "g", **keys: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text("g"), "questions": list(questions), **keys}


@pytest.mark.parametrize("question", [PERSONAL, HEALTH])
def test_personal_without_a_consent_question_is_at_the_gate(question: dict[str, Any]) -> None:
    finding = check_form(load_form(form(question)))[0]
    assert (finding.code, finding.pointer, finding.severity) == (Code.CONSENT_MISSING, "/questions/0", Severity.GATE)


def test_a_consent_question_after_it_does_not_help() -> None:
    assert codes(PERSONAL, CONSENT) == [(Code.CONSENT_MISSING, "/questions/0")]


def test_a_consent_that_nobody_demands_is_a_warning() -> None:
    [finding] = check_form(load_form(form(CONSENT, PERSONAL)))
    assert (finding.code, finding.severity) == (Code.CONSENT_NOT_DEMANDED, Severity.WARNING)
    assert finding.params == {"name": "who", "consent": "consent"}


@pytest.mark.parametrize(
    "questions",
    [
        (CONSENT, {**PERSONAL, "relevant": AGREED}),
        (CONSENT, {**PERSONAL, "relevant": '(1 = 1) and ("yes" = ${consent})'}),
        (CONSENT, {**PERSONAL, "relevant": "selected(${consent}, 'yes') and 1 = 1"}),
        (CONSENT, group(group(PERSONAL, name="inner"), relevant=AGREED)),
        (CONSENT, group(HEALTH, kind="repeat", relevant=AGREED)),
        # By way of a question that is itself asked after a yes only.
        (
            CONSENT,
            {"type": "integer", "name": "members", "label": text("m"), "relevant": AGREED},
            {**PERSONAL, "relevant": "${members} > 1"},
        ),
        (
            CONSENT,
            {**CONSENT, "name": "photo", "relevant": AGREED},
            {**PERSONAL, "relevant": "${photo} = 'yes' or (${consent} = 'yes' and 2 > 1)"},
        ),
        # Worked out from such answers alone.
        (
            CONSENT,
            {**PERSONAL, "relevant": AGREED},
            {"type": "calculate", "name": "copy", "calculation": "concat(${who}, '!')", "personal": True},
        ),
        # What is known of the interviewer's tablet without asking.
        ({"type": "deviceid", "name": "d", "personal": True}, CONSENT),
    ],
)
def test_a_yes_that_is_demanded_somewhere_is_enough(questions: tuple[dict[str, Any], ...]) -> None:
    assert codes(*questions) == []


@pytest.mark.parametrize(
    "relevant",
    [
        "${consent} = 'no'",
        "${consent} != 'no'",
        "${consent} = 'yes' or 1 = 1",
        "not(${consent} = 'yes')",
        "${consent} = ''",
        "'and ${consent} = ' = 'yes'",
        "string-length(${consent}) >= 0",
    ],
)
def test_a_relevance_that_does_not_demand_the_yes_is_told(relevant: str) -> None:
    assert codes(CONSENT, {**PERSONAL, "relevant": relevant}) == [(Code.CONSENT_NOT_DEMANDED, "/questions/1")]


def test_a_consent_question_needs_a_choice_called_yes() -> None:
    document = form(CONSENT)
    document["choices"]["yes_no"][0]["name"] = "1"
    found = [finding for finding in check_form(load_form(document)) if finding.code is Code.CONSENT_WITHOUT_YES]
    assert [(each.pointer, each.severity) for each in found] == [("/questions/0/consent", Severity.ERROR)]


def test_a_long_chain_of_questions_is_followed() -> None:
    chain = [CONSENT]
    for number in range(1_500):
        before = chain[-1]["name"]
        chain.append({"type": "text", "name": f"q{number}", "label": text("q"), "relevant": f"${{{before}}} = 'yes'"})
    assert codes(*chain, {**PERSONAL, "relevant": "${q1499} = 'x'"}) == []


_names = st.sampled_from(["a", "b"])
_leaves = st.one_of(
    _names.map(lambda name: (f"${{{name}}} = 'yes'", lambda answers, name=name: answers[name] == "yes")),
    _names.map(lambda name: (f"${{{name}}} != ''", lambda answers, name=name: answers[name] != "")),
    _names.map(lambda name: (f"${{{name}}} != 'no'", lambda answers, name=name: answers[name] != "no")),
    _names.map(lambda name: (f"not(${{{name}}} = 'yes')", lambda answers, name=name: answers[name] != "yes")),
    st.just(("1 = 1", lambda _: True)),
)


def _joined(parts: Any) -> Any:
    word, (left, left_holds), (right, right_holds) = parts
    if word == "and":
        return f"({left} and {right})", lambda answers: left_holds(answers) and right_holds(answers)
    return f"({left} or {right})", lambda answers: left_holds(answers) or right_holds(answers)


_expressions = st.recursive(
    _leaves, lambda inner: st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(_joined), max_leaves=6
)


@given(_expressions)
def test_nothing_is_read_off_that_does_not_hold(expression: Any) -> None:
    """Where a yes to `a` is said to be demanded, the expression is true for no other answers."""
    written, holds = expression
    for wanted in ("yes", None):
        if demands(written, lambda name, answer, wanted=wanted: name == "a" and answer in (wanted, "yes")):
            for first in ("", "yes", "no"):
                for second in ("", "yes", "no"):
                    if holds({"a": first, "b": second}):
                        assert first == wanted if wanted else first


@given(st.text(alphabet="()[]'\"${} ando=r1a", max_size=60))
def test_any_expression_can_be_read(expression: str) -> None:
    demands(expression, lambda *_: True)


def test_deep_brackets_end() -> None:
    assert not demands("(" * 5_000 + "${a} = 'yes'" + ")" * 5_000, lambda *_: True)
