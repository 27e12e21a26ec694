"""The study's own instrument: complete, valid, fit for analysis programs, and closed without consent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import read_answers
from forms.check import check_form, odk_validate
from forms.definition import METADATA, Form, Group, Item, Kind, Question, Repeat, walk
from forms.expressions import texts_of
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks
from tests.examples import examples
from tests.forms.instances import filled_instances

SOURCE = resources.files("forms").joinpath("instruments/household_survey.json").read_bytes()
SURVEY = read_form(SOURCE)


def _texts(form: Form) -> Iterator[dict[str, str]]:
    yield dict(form.title)
    for choices in (form.choices or {}).values():
        for choice in choices:
            yield dict(choice.label)
    for place in walk(form):
        for _, texts in texts_of(place.item):
            yield dict(texts)


def _questions(items: tuple[Item, ...]) -> Iterator[Question]:
    for item in items:
        if isinstance(item, Question):
            yield item
        else:
            yield from _questions(item.questions)


def test_it_has_no_finding_at_all() -> None:
    assert check_form(SURVEY) == []
    compiled = compile_with_remarks(SURVEY)
    assert compiled.remarks == ()
    validation = odk_validate(compiled.xml)
    if validation.skipped:
        pytest.skip(validation.skipped)
    assert validation.findings == ()


def test_it_asks_enough() -> None:
    answerable = [question for question in _questions(SURVEY.questions) if question.is_answerable]
    assert len(answerable) >= 36
    sections = {item.name for item in SURVEY.questions if isinstance(item, Group | Repeat)}
    assert {"opening", "respondent", "members", "migration", "housing", "work", "remittances", "picture"} <= sections
    assert any(question.kind is Kind.IMAGE for question in answerable)


def test_every_text_stands_in_both_languages_in_its_own_script() -> None:
    assert [language.code for language in SURVEY.languages] == ["de", "bg"]
    for texts in _texts(SURVEY):
        assert set(texts) == {"de", "bg"}
        words = re.sub(r"\$\{\w+\}|Jobcenter", "", texts["bg"])
        assert re.search("[а-яА-Я]", words), texts
        assert not re.search("[A-Za-z]", words), texts
        assert not re.search("[а-яА-Я]", texts["de"]), texts


def test_every_constraint_says_what_is_expected_and_every_demand_why() -> None:
    for question in _questions(SURVEY.questions):
        assert (question.constraint is None) == (question.constraint_message is None), question.name
        assert (question.required is None) == (question.required_message is None), question.name


def test_without_consent_nothing_more_is_asked() -> None:
    opening = next(item for item in SURVEY.questions if isinstance(item, Group) and item.name == "opening")
    names = [question.name for question in opening.questions]
    assert names[names.index("consent") :] == ["consent", "refusal"]
    for item in SURVEY.questions:
        if isinstance(item, Question):
            assert item.kind in METADATA or item.kind is Kind.CALCULATE
        elif item is not opening:
            assert (item.relevant or "").startswith("${consent} = 'yes'"), item.name
            assert " or " not in (item.relevant or "")


def test_the_photo_has_a_consent_of_its_own() -> None:
    photo = next(question for question in _questions(SURVEY.questions) if question.kind is Kind.IMAGE)
    assert photo.relevant == "${photo_consent} = 'yes'"
    assert photo.personal


def test_names_suit_analysis_programs() -> None:
    names = [place.item.name for place in walk(SURVEY)]
    assert len(names) == len({name.casefold() for name in names})
    for name in names:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name)
    for choices in (SURVEY.choices or {}).values():
        for choice in choices:
            assert re.fullmatch(r"[a-z][a-z0-9_]{0,31}", choice.name)


def test_a_section_fits_a_screen() -> None:
    for place in walk(SURVEY):
        if isinstance(place.item, Group):
            assert place.item.appearance == "field-list"
            assert sum(isinstance(item, Question) and item.is_answerable for item in place.item.questions) <= 8


def test_it_is_the_same_document_when_written_again() -> None:
    assert version_hash(dump_form(SURVEY)) == version_hash(dump_form(read_form(canonical_json(dump_form(SURVEY)))))


@settings(max_examples=examples(10), deadline=None)
@given(st.data())
def test_its_answers_can_be_read(data: st.DataObject) -> None:
    filled = data.draw(filled_instances(SURVEY))
    answers = read_answers(filled.xml(), SURVEY, "v")
    assert answers.findings == ()
    assert [table.name for table in answers.tables] == ["household_survey", "household_survey-members"]
    assert {table.name: table.rows for table in answers.tables if table.rows} == {
        name: rows for name, rows in filled.rows.items() if rows
    }
