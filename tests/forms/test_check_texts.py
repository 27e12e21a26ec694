"""Checks of what people read: labels, languages of the form and of the study, pictures, reviews, answers in texts."""

from __future__ import annotations

from typing import Any

import pytest

from forms.check import blocking, check_form, examine
from forms.errors import Code, Finding, Severity
from forms.names import UNTOLD
from forms.schema import load_form
from tests.forms.examples import small_form, text, with_question


def found(document: dict[str, Any], code: Code, study: tuple[str, ...] = ()) -> list[Finding]:
    findings = examine(load_form(document), study, validator=None).findings
    return [finding for finding in findings if finding.code is code]


def places(findings: list[Finding]) -> list[tuple[str, object]]:
    return [(finding.pointer, finding.params.get("language")) for finding in findings]


@pytest.mark.parametrize("kind", ["text", "note", "acknowledge", "geopoint"])
def test_what_is_asked_without_any_text_is_refused_in_our_words(kind: str) -> None:
    findings = check_form(load_form(with_question(type=kind, name="bare")))
    assert [(each.code, each.pointer) for each in findings] == [(Code.LABEL_MISSING, "/questions/2")]
    assert findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("more", [{"hint": text("h")}, {"media": {"image": {"de": "a.png", "bg": "a.png"}}}])
def test_a_hint_or_a_picture_alone_is_a_warning(more: dict[str, Any]) -> None:
    findings = check_form(load_form(with_question(type="text", name="bare", **more)))
    assert [(each.code, each.severity) for each in findings] == [(Code.ONLY_HINT, Severity.WARNING)]


def test_what_is_not_asked_needs_no_label() -> None:
    questions = [{"type": "start", "name": "s"}, {"type": "calculate", "name": "c", "calculation": "1"}]
    assert check_form(load_form({**small_form(), "questions": [*small_form()["questions"], *questions]})) == []


def test_the_label_of_a_calculation_is_not_missed_in_a_language() -> None:
    document = with_question(type="calculate", name="c", calculation="1", label={"de": "Summe"})
    assert check_form(load_form(document)) == []


def test_a_choice_without_label_is_a_warning() -> None:
    document = small_form()
    del document["choices"]["yes_no"][1]["label"]
    [finding] = found(document, Code.CHOICE_WITHOUT_LABEL)
    assert (finding.pointer, finding.severity) == ("/choices/yes_no/1", Severity.WARNING)


def test_every_text_that_lacks_a_language_is_at_the_gate() -> None:
    document = small_form()
    document["missing"] = {"label": {"de": "?"}, "kinds": {"refused": {"code": -98, "label": {"bg": "!"}}}}
    document["languages"].append({"code": "ro"})
    document["title"] = {"bg": "x", "ro": "x"}
    for each in (*document["questions"], *document["choices"]["yes_no"]):
        each["label"]["ro"] = "x"
    for each in (document["missing"], document["missing"]["kinds"]["refused"]):
        each["label"]["ro"] = "x"
    del document["questions"][0]["label"]["bg"]
    del document["choices"]["yes_no"][0]["label"]["de"]
    document["questions"][1]["guidance"] = {"de": "g", "ro": "g"}
    findings = found(document, Code.MISSING_TRANSLATION)
    assert sorted(places(findings)) == [
        ("/choices/yes_no/0/label", "de"),
        ("/missing/kinds/refused/label", "de"),
        ("/missing/label", "bg"),
        ("/questions/0/label", "bg"),
        ("/questions/1/guidance", "bg"),
        ("/title", "de"),
    ]
    assert {each.severity for each in findings} == {Severity.GATE}
    assert blocking(findings) == findings
    assert blocking(findings, {Code.MISSING_TRANSLATION.value}) == []


def test_a_title_in_no_language_is_one_for_all() -> None:
    """That of an imported XLSForm. A label in no language is missing in the others all the same."""
    document = {**small_form(), "title": {UNTOLD: "Visit"}}
    assert check_form(load_form(document)) == []
    document["questions"][0]["label"] = {UNTOLD: "First"}
    languages = [language for _, language in places(found(document, Code.MISSING_TRANSLATION))]
    assert languages == ["de", "bg"]


def test_a_picture_that_lacks_a_language_is_at_the_gate() -> None:
    document = with_question(type="text", name="t", label=text("t"), media={"big_image": {"de": "a.png"}})
    document["choices"]["yes_no"][0]["media"] = {"audio": {"bg": "a.mp3"}}
    findings = found(document, Code.MISSING_MEDIA)
    assert sorted(places(findings)) == [
        ("/choices/yes_no/0/media/audio", "de"),
        ("/questions/2/media/big_image", "bg"),
    ]
    assert {each.severity for each in findings} == {Severity.GATE}


def test_a_language_of_the_study_that_the_form_lacks_is_at_the_gate() -> None:
    document = {**small_form(), "languages": [{"code": "de-AT"}, {"code": "bg"}], "default_language": "bg"}
    findings = found(document, Code.STUDY_LANGUAGE, ("de", "bg", "ro", "tr"))
    assert places(findings) == [("/languages", "ro"), ("/languages", "tr")]
    assert {each.severity for each in findings} == {Severity.GATE}


def test_texts_that_show_other_answers_by_language_are_told() -> None:
    label = {"de": "Wie alt ist ${first}?", "bg": "На колко години?"}
    [finding] = found(with_question(type="text", name="t", label=label), Code.TEXT_REFERENCES)
    assert finding.pointer == "/questions/2/label/bg"
    assert finding.params == {"language": "bg", "other": "de", "names": "first"}
    assert finding.severity is Severity.WARNING
    same = {"de": "${first} und ${second}", "bg": "${second}, ${first}, ${first}"}
    assert found(with_question(type="text", name="t", label=same), Code.TEXT_REFERENCES) == []


def test_drafts_are_counted_by_language_and_block_nothing() -> None:
    document = small_form()
    document["questions"][0]["reviewed"] = {"de": "Mara", "bg": "Ivan"}
    document["questions"][1]["reviewed"] = {"de": "Mara"}
    for choice in document["choices"]["yes_no"]:
        choice["reviewed"] = {"de": "Mara"}
    findings = found(document, Code.DRAFT_TEXTS)
    [finding] = findings
    assert (finding.pointer, finding.severity) == ("/languages/1", Severity.NOTE)
    assert finding.params == {"language": "bg", "count": 3, "total": 4}
    assert check_form(load_form(document)) == []


def test_the_gravest_comes_first() -> None:
    document = with_question(type="text", name="t", label={"de": "${first}", "bg": "x"}, relevant="${nobody} = 1")
    document["questions"][0]["hint"] = {"de": "x"}
    findings = examine(load_form(document), validator=None).findings
    order = list(dict.fromkeys(finding.severity for finding in findings))
    assert order == [Severity.ERROR, Severity.GATE, Severity.WARNING, Severity.NOTE]
