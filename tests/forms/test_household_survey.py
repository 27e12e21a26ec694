"""The study's own instrument: complete, valid, fit for analysis programs, and closed without consent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import read_answers
from forms.check import check_form, odk_validate
from forms.definition import METADATA, Form, Group, Item, Kind, Question, Repeat, walk
from forms.errors import Code
from forms.expressions import texts_of
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks
from tests.examples import examples
from tests.forms.instances import filled_instances
from tests.tools.format_instruments import formatted

SOURCE = resources.files("forms").joinpath("instruments/household_survey.json").read_bytes()
SURVEY = read_form(SOURCE)

NAMES = re.compile(
    r"\$\{\w+\}|Jobcenter|Ausländerbehörde|Familienkasse|COVID-19|Duisburg|Gelsenkirchen|Dortmund|Essen|Herne|Hagen"
    r"|Mureș|Dolj"
)
"""Names that stay as they are in every language."""
FOREIGN = {
    "de": re.compile("[ȘșȚțĂăÂâÎîŞşŢţĞğıİçÇ]"),
    "ro": re.compile("[ÄäÖöÜüßŞşŢţĞğıİçÇ]"),
    "tr": re.compile("[ÄäßȘșȚțĂăŢţ]"),
    "en": re.compile("[ÄäÖöÜüßȘșȚțĂăÂâÎîŞşŢţĞğıİçÇ]"),
}
"""Letters that a language does not have; for Romanian also those with a cedilla, where a comma belongs."""

RULES = {
    Code.ANSWER_REQUIRED, Code.ANSWER_NOT_ASKED, Code.ANSWER_CONSTRAINT, Code.ANSWER_OUT_OF_RANGE,
    Code.ANSWER_CHOICE_NOT_OFFERED, Code.ANSWER_AND_MISSING,
}  # fmt: skip
"""What answers drawn at random break."""


def _texts(form: Form) -> Iterator[dict[str, str]]:
    yield dict(form.title)
    for choices in (form.choices or {}).values():
        for choice in choices:
            assert choice.label is not None
            yield dict(choice.label)
    assert form.missing is not None
    yield dict(form.missing.label)
    for kind in form.missing.kinds.values():
        yield dict(kind.label)
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


def test_it_asks_enough_and_of_everything() -> None:
    answerable = [question for question in _questions(SURVEY.questions) if question.is_answerable]
    assert len(answerable) >= 120
    sections = {item.name for item in SURVEY.questions if isinstance(item, Group | Repeat)}
    assert sections >= {
        "opening", "respondent", "household", "members", "family", "migration", "moves", "plans", "housing", "work",
        "work_conditions", "languages", "school", "health", "discrimination", "authorities", "organisations", "covid",
        "remittances", "received", "satisfaction", "picture", "closing", "protocol",
    }  # fmt: skip
    assert any(question.kind is Kind.IMAGE for question in answerable)


def test_every_text_stands_in_five_languages_each_in_its_own_letters() -> None:
    codes = ["de", "ro", "bg", "tr", "en"]
    assert [language.code for language in SURVEY.languages] == codes
    for texts in _texts(SURVEY):
        assert list(texts) == codes
        words = {code: NAMES.sub("", text) for code, text in texts.items()}
        if "".join(words.values()).strip(" ()"):
            assert re.search("[а-яА-Я]", words["bg"]), texts
        assert not re.search("[A-Za-z]", words["bg"]), texts
        for code in ("de", "ro", "tr", "en"):
            assert not re.search("[а-яА-Я]", words[code]), texts
            assert not FOREIGN[code].search(words[code]), (code, texts)
        assert all(unicodedata.is_normalized("NFC", text) and text == text.strip() for text in texts.values()), texts


def test_no_text_was_copied_from_another_language() -> None:
    for texts in _texts(SURVEY):
        long = [text for text in texts.values() if len(text) > 24]
        assert len(long) == len(set(long)), texts


def test_names_that_are_put_in_carry_no_ending() -> None:
    """A name or a place may not be inflected by the sentence around it: no letter, hyphen or apostrophe touches it."""
    for texts in _texts(SURVEY):
        for language, text in texts.items():
            for found in re.finditer(r"(.{0,4})\$\{(alias|place_name)\}(.?)", text):
                assert not re.search(r"[\w'’-]", found[1][-1:] + found[3]), text
                assert not re.search(r"\blui $", found[1]), text
                if language == "tr" and found[2] == "place_name":
                    assert found[1].endswith("("), text


def test_each_wording_for_the_region_of_origin_has_one_for_the_arrival_and_both_are_joined() -> None:
    questions = {question.name: question for question in _questions(SURVEY.questions)}
    joined = {name: asked for name, asked in questions.items() if name.endswith("_joined")}
    assert len(joined) >= 5
    for name, question in joined.items():
        found = re.fullmatch(r"coalesce\(\$\{(\w+)\}, \$\{(\w+)\}\)", question.calculation or "")
        assert found, name
        arrival, origin = questions[found[1]], questions[found[2]]
        assert arrival.kind is origin.kind
        assert (arrival.relevant or "").startswith("${place_kind} = 'arrival'"), arrival.name
        assert (origin.relevant or "").startswith("${place_kind} = 'origin'"), origin.name
        choices = [
            {choice.name for choice in SURVEY.choice_list(each.choices or "") or ()} for each in (arrival, origin)
        ]
        assert choices[1] <= choices[0], name


def test_reasons_for_no_answer_are_declared_once_and_are_no_choices() -> None:
    assert SURVEY.missing is not None
    kinds = {kind: declared.code for kind, declared in SURVEY.missing.kinds.items()}
    assert kinds == {"dont_know": -97, "refused": -98, "not_applicable": -96, "broken_off": -95}
    for choices in (SURVEY.choices or {}).values():
        assert not {choice.name for choice in choices} & {*kinds, "no_answer"}
    offering = [question for question in _questions(SURVEY.questions) if question.missing]
    assert len(offering) >= 80
    assert any(question.missing is True for question in offering)
    assert all(len(f"{question.name}_missing") <= 32 for question in offering)
    assert not any(question.missing for question in _questions(SURVEY.questions) if question.consent)


def test_nothing_is_said_to_be_reviewed() -> None:
    assert not any(place.item.reviewed for place in walk(SURVEY))
    assert not any(choice.reviewed for choices in (SURVEY.choices or {}).values() for choice in choices)


def test_every_constraint_says_what_is_expected_and_every_demand_why() -> None:
    for question in _questions(SURVEY.questions):
        assert (question.constraint is None) == (question.constraint_message is None), question.name
        assert (question.required is None) == (question.required_message is None), question.name


def test_without_consent_nothing_more_is_asked() -> None:
    opening = next(item for item in SURVEY.questions if isinstance(item, Group) and item.name == "opening")
    names = [question.name for question in opening.questions]
    assert names[names.index("consent") :] == ["consent", "refusal", "consent_special"]
    for item in SURVEY.questions:
        if isinstance(item, Question):
            assert item.kind in METADATA or item.kind is Kind.CALCULATE
        elif item is not opening:
            assert (item.relevant or "").startswith("${consent} = 'yes'"), item.name
            assert " or " not in (item.relevant or "")


def test_special_categories_and_the_photo_have_a_consent_of_their_own() -> None:
    special = [question for question in _questions(SURVEY.questions) if question.special_category]
    assert {"health_self", "unmet_need", "mother_tongues", "belonging", "disc_grounds"} <= {q.name for q in special}
    for question in special:
        assert (question.relevant or "").startswith("${consent_special} = 'yes'"), question.name
        assert " or " not in (question.relevant or "")
    consents = [question.name for question in _questions(SURVEY.questions) if question.consent]
    assert consents == ["consent", "consent_special", "photo_consent"]
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


def test_it_is_laid_out_so_that_a_change_is_read_in_its_own_lines() -> None:
    assert formatted(SOURCE.decode("utf-8")) == SOURCE.decode("utf-8")


@settings(max_examples=examples(10), deadline=None)
@given(st.data())
def test_its_answers_can_be_read(data: st.DataObject) -> None:
    filled = data.draw(filled_instances(SURVEY))
    answers = read_answers(filled.xml(), SURVEY, "v")
    assert [finding for finding in answers.findings if finding.code not in RULES] == []
    assert [table.name for table in answers.tables] == ["household_survey", "household_survey-members"]
    assert {table.name: table.rows for table in answers.tables if table.rows} == {
        name: rows for name, rows in filled.rows.items() if rows
    }
