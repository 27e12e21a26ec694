"""Differences in sentences: every code has its texts in both languages, and what comes with a language is folded."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from forms.changes import Change, ChangeCode, DataMeaning, DraftMeaning, Spot, Subject, difference
from forms.schema import load_form
from server.errors.catalogue import LANGUAGES
from server.services.study.telling import SHOWN, change_texts, tell_changes
from tests.forms.examples import small_form, text

PLACEHOLDER = re.compile(r"{([a-z]+)}")


@pytest.mark.parametrize(
    ("table", "codes"),
    [("subjects", Subject), ("changes", ChangeCode), ("data", DataMeaning), ("drafts", DraftMeaning)],
)
def test_every_code_has_its_text_and_every_text_its_code(table: str, codes: Any) -> None:
    assert set(change_texts()[table]) == {each.value for each in codes}


def test_every_text_is_there_in_each_language_with_the_same_parameters() -> None:
    for table, texts in change_texts().items():
        for code, by_language in texts.items():
            assert set(by_language) == set(LANGUAGES), (table, code)
            assert len({frozenset(PLACEHOLDER.findall(each)) for each in by_language.values()}) == 1, (table, code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_can_be_told(language: str) -> None:
    spot = Spot(Subject.QUESTION, "/questions/0", ("g", "first"), "small", "g-first", asked=True)
    for code in ChangeCode:
        for old, new in ((spot, spot), (None, spot), (spot, None)):
            [told] = tell_changes([Change(code, old, new, "label", "de" if "word" in code else None)], language)
            assert all((told.sentence, told.data, told.drafts))
            assert "{" not in told.sentence + told.data + told.drafts


def told(new: dict[str, Any], language: str = "en", old: dict[str, Any] | None = None) -> list[str]:
    changes = difference(load_form(old or small_form()), load_form(new))
    return [each.sentence for each in tell_changes(changes, language)]


def test_a_wording_is_told_in_the_words_of_the_form() -> None:
    document = small_form()
    document["questions"][0]["label"]["bg"] = "Друг"
    assert told(document) == ["Question “first”: worded otherwise in bg (label): “Erste” → “Друг”."]
    assert told(document, "de") == ["Frage „first“: anders formuliert in bg (Beschriftung): „Erste“ → „Друг“."]


def test_braces_in_a_text_are_no_placeholders() -> None:
    document = small_form()
    document["questions"][0]["label"]["de"] = "${second} {name} {nobody}"
    assert told(document) == [
        "Question “first”: worded otherwise in de (label): “Erste” → “${second} {name} {nobody}”."
    ]


def test_long_texts_are_shortened() -> None:
    document = small_form()
    document["questions"][0]["label"]["de"] = "a" * 500
    [sentence] = told(document)
    assert f"“{'a' * SHOWN}…”" in sentence


def test_nothing_and_outside_have_words() -> None:
    document = small_form()
    first = document["questions"].pop(0)
    document["questions"].append({"type": "group", "name": "g", "questions": [{**first, "required": True}]})
    assert told(document) == [
        "Group “g”: new.",
        "Question “first”: moved from outside all groups to “g”.",
        "Question “first”: an answer was required if nothing, and is if “true”.",
    ]


def test_what_comes_with_a_language_is_told_as_a_number() -> None:
    document = copy.deepcopy(small_form())
    document["languages"].append({"code": "ro"})
    document["title"]["ro"] = "Mic"
    for each in (*document["questions"], *document["choices"]["yes_no"]):
        each["label"]["ro"] = "x"
        each["reviewed"] = {"de": "Mara"}
    document["questions"][0]["hint"] = text("Hinweis")
    sentences = told(document)
    assert sentences[0] == "Language “ro”: new."
    assert sentences[-2:] == [
        "4 reviews of texts in de were noted or withdrawn.",
        "5 texts in ro were added.",
    ]
    assert len(sentences) == 1 + 2 + 2
    assert told(small_form(), "en", document)[-1] == "5 texts in ro were removed."
