"""The codebook names each variable once, with what it means."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings

from forms.codebook.markdown import codebook_page
from forms.codebook.variables import sections
from forms.definition import Kind, Question, walk
from forms.schema import load_form
from tests.examples import examples
from tests.forms.strategies import documents

FORM: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "visit",
    "title": {"de": "Besuch", "bg": "Посещение"},
    "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
    "default_language": "de",
    "missing": {
        "label": {"de": "Keine Antwort", "bg": "Без отговор"},
        "kinds": {
            "dont_know": {"code": -97, "label": {"de": "Weiß nicht", "bg": "Не знае"}},
            "refused": {"code": -98, "label": {"de": "Verweigert", "bg": "Отказва"}},
        },
    },
    "choices": {
        "yes_no": [
            {"name": "yes", "label": {"de": "Ja", "bg": "Да"}, "reviewed": {"bg": "I. Leser"}},
            {"name": "no", "label": {"de": "Nein", "bg": "Не"}},
        ]
    },
    "questions": [
        {"type": "select_one", "name": "consent", "choices": "yes_no", "label": {"de": "Ja?", "bg": "Да?"}},
        {
            "type": "repeat",
            "name": "members",
            "label": {"de": "Mitglied", "bg": "Член"},
            "relevant": "${consent} = 'yes'",
            "questions": [
                {"type": "text", "name": "alias", "personal": True, "label": {"de": "Kürzel *", "bg": "Прякор"}},
                {
                    "type": "integer",
                    "name": "age",
                    "relevant": "${alias} != ''",
                    "constraint": ". < 120",
                    "missing": ["refused"],
                    "label": {"de": "Wie alt ist ${alias}?", "bg": "На колко години е ${alias}?"},
                },
            ],
        },
    ],
}


def test_a_variable_is_told_with_filters_missing_codes_and_the_repeat_it_belongs_to() -> None:
    page = codebook_page(load_form(FORM), "de")
    member = page.partition("## Mitglied\n")[2]
    assert "Eine Zeile je Eintrag von `members`." in member
    assert "Kürzel \\*" in member
    assert "personenbezogen" in member
    age = member.partition("### `age`\n")[2]
    assert "Wie alt ist `${alias}`?" in age
    assert "- Gefragt, wenn `${consent} = 'yes'`\n- Gefragt, wenn `${alias} != ''`" in age
    assert "- Zulässig: `. < 120`" in age
    assert age.endswith("Fehlende Werte: `-98` Verweigert\n")


def test_another_language_has_its_texts_and_says_what_was_reviewed() -> None:
    page = codebook_page(load_form(FORM), "bg")
    assert page.startswith("# Codebook: Посещение\n")
    assert "Languages: Deutsch (draft); Български (reviewed: 1 of 6 texts)" in page
    assert "- `yes` Да" in page


@settings(max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_every_variable_has_one_entry_and_every_code_its_line(document: dict[str, Any]) -> None:
    form = load_form(json.loads(json.dumps(document)))
    asked = [place.item for place in walk(form) if isinstance(place.item, Question) and place.item.kind != Kind.NOTE]
    told = [variable for section in sections(form, "de") for variable in section.variables]
    assert sorted(each.name for each in asked) == sorted(each.name for each in told)
    for variable in told:
        choices = next(each.choices for each in asked if each.name == variable.name)
        names = [choice.name for choice in form.choice_list(choices or "") or ()]
        assert [code.value for code in variable.codes][: len(names)] == names
    page = codebook_page(form, "de")
    assert len(re.findall(r"^### ", page, re.MULTILINE)) == len(told)
