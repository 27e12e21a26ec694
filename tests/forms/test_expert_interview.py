"""The expert interview: in five languages, closed without consent, with topics for each kind of institution."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import read_answers
from forms.check import check_form, odk_validate
from forms.definition import METADATA, Group, Kind, Question, Repeat, walk
from forms.errors import Code
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks
from tests.examples import examples
from tests.forms.asked import asked
from tests.forms.instances import filled_instances
from tests.forms.languages import LANGUAGES, faults
from tests.tools.format_instruments import formatted

SOURCE = resources.files("forms").joinpath("instruments/expert_interview.json").read_bytes()
INTERVIEW = read_form(SOURCE)
QUESTIONS = {place.item.name: place.item for place in walk(INTERVIEW) if isinstance(place.item, Question)}
TOPICS = {name.removesuffix("_covered") for name in QUESTIONS if name.endswith("_covered")}

OF_THE_ORGANISATION = {"founding", "membership", "funding", "recognition", "transnational"}
OF_THE_ARRIVAL = {"newcomers", "housing", "work", "benefits", "education", "health", "discrimination", "mediation"}
OF_THE_ORIGIN = {"emigration", "stayers", "returnees", "remittances", "origin_schools"}
OF_ALL = {"cooperation", "covid", "balance", "outlook"}

MUNICIPALITY = {"place_kind": "arrival", "institution_kind": "municipality", "consent": "yes"}
CONSENTS = ["consent", "consent_recording", "consent_quotation", "consent_naming", "consent_contact"]
RULES = {
    Code.ANSWER_REQUIRED, Code.ANSWER_NOT_ASKED, Code.ANSWER_CONSTRAINT, Code.ANSWER_OUT_OF_RANGE,
    Code.ANSWER_CHOICE_NOT_OFFERED, Code.ANSWER_AND_MISSING,
}  # fmt: skip
"""What answers drawn at random break."""


def _topics(**answers: str) -> set[str]:
    shown = asked(INTERVIEW, {**MUNICIPALITY, **answers})
    return {name for name in TOPICS if f"{name}_notes" in shown}


def test_it_has_no_finding_at_all() -> None:
    assert check_form(INTERVIEW) == []
    compiled = compile_with_remarks(INTERVIEW)
    assert compiled.remarks == ()
    validation = odk_validate(compiled.xml)
    if validation.skipped:
        pytest.skip(validation.skipped)
    assert validation.findings == ()


def test_its_texts_stand_in_five_languages() -> None:
    assert {language.code: language.name for language in INTERVIEW.languages} == LANGUAGES
    assert INTERVIEW.default_language == "de"
    assert faults(INTERVIEW) == []
    assert all(place.item.reviewed is None for place in walk(INTERVIEW))


def test_a_topic_has_an_opening_question_prompts_notes_and_how_far_it_was_covered() -> None:
    assert len(TOPICS) >= 24
    for name in TOPICS:
        opening, notes, covered = (QUESTIONS[f"{name}_{part}"] for part in ("opening", "notes", "covered"))
        assert opening.kind is Kind.NOTE
        for code in LANGUAGES:
            assert opening.label is not None
            assert opening.hint is not None
            assert opening.label[code].endswith("?")
            prompts = opening.hint[code].split("\n")
            assert len(prompts) >= 4
            assert all(prompt.endswith("?") for prompt in prompts)
        assert (notes.kind, notes.appearance) == (Kind.TEXT, "multiline")
        assert covered.choices == "covered"
        assert covered.missing == ("refused", "not_applicable", "broken_off")


def test_each_kind_of_institution_reaches_its_topics() -> None:
    arrival = OF_THE_ARRIVAL | OF_ALL
    origin = OF_THE_ORIGIN | OF_ALL
    assert _topics() == arrival | {"origin_links", "indicators"}
    assert _topics(institution_kind="migrant_organisation") == arrival | OF_THE_ORGANISATION
    assert _topics(place_kind="origin") == origin | {"germany_contacts", "indicators"}
    assert _topics(place_kind="origin", institution_kind="migrant_organisation") == origin | OF_THE_ORGANISATION
    school = _topics(institution_kind="school")
    assert "education" in school
    assert not {"housing", "work", "benefits", "health"} & school
    assert _topics(institution_kind="school", all_topics="yes") == _topics()


def test_every_topic_is_reached_by_somebody() -> None:
    assert INTERVIEW.choices is not None
    kinds = [choice.name for choice in INTERVIEW.choices["institution_kind"]]
    reached = [_topics(place_kind=place, institution_kind=kind) for place in ("arrival", "origin") for kind in kinds]
    assert set().union(*reached) == TOPICS
    assert all(len(topics) >= 8 for topics in reached)


def test_the_opening_of_a_topic_that_names_the_place_can_do_so() -> None:
    calculation = QUESTIONS["place_name"].calculation
    assert calculation == "coalesce(${place_other}, jr:choice-name(${place}, '${place}'))"
    names = list(QUESTIONS)
    for name, question in QUESTIONS.items():
        if any("${place_name}" in text for text in (question.label or {}).values()):
            assert names.index("place_name") < names.index(name)


def test_without_consent_nothing_more_is_asked() -> None:
    before = asked(INTERVIEW, {})
    assert asked(INTERVIEW, {"consent": "no"}) == before | {"refusal"}
    for name, question in QUESTIONS.items():
        if name in before:
            assert question.kind in METADATA or not question.personal
            assert question.special_category is None
    groups = [item for item in INTERVIEW.questions if isinstance(item, Group | Repeat)]
    for item in groups[2:]:
        assert (item.relevant or "").startswith("${consent} = 'yes'")


def test_each_purpose_has_a_consent_of_its_own() -> None:
    assert [name for name, question in QUESTIONS.items() if question.consent] == CONSENTS
    for purpose, answers, names in [
        ("consent_recording", {"recorded_with": "tablet"}, {"interview_audio"}),
        ("consent_quotation", {}, {"attribution"}),
        ("consent_contact", {}, {"expert_name", "expert_phone", "expert_email"}),
    ]:
        assert names <= asked(INTERVIEW, {**MUNICIPALITY, **answers, purpose: "yes"})
        assert not names & asked(INTERVIEW, {**MUNICIPALITY, **answers, purpose: "no"})


def test_what_points_to_a_person_is_marked() -> None:
    personal = {name for name, question in QUESTIONS.items() if question.personal}
    assert personal >= {"institution_name", "role", "interview_audio", "expert_name", "expert_phone", "expert_email"}
    assert personal >= {"recommended_name", "recommended_contact", "document_file", "document_photo"}
    assert QUESTIONS["health_notes"].special_category == "health"
    assert QUESTIONS["discrimination_notes"].special_category == "ethnic_origin"


def test_names_suit_analysis_programs_also_with_the_companion() -> None:
    names = [place.item.name for place in walk(INTERVIEW)]
    assert len(names) == len({name.casefold() for name in names})
    for name in names:
        room = 32 - (len("_missing") if name in QUESTIONS and QUESTIONS[name].missing else 0)
        assert re.fullmatch(rf"[a-z][a-z0-9_]{{0,{room - 1}}}", name)


def test_a_section_fits_a_screen() -> None:
    for place in walk(INTERVIEW):
        if isinstance(place.item, Group):
            assert place.item.appearance == "field-list"
            assert sum(isinstance(item, Question) and item.is_answerable for item in place.item.questions) <= 8


def test_it_is_the_same_document_when_written_again() -> None:
    assert version_hash(dump_form(INTERVIEW)) == version_hash(
        dump_form(read_form(canonical_json(dump_form(INTERVIEW))))
    )


def test_it_is_laid_out_so_that_a_change_is_read_in_its_own_lines() -> None:
    assert formatted(SOURCE.decode("utf-8")) == SOURCE.decode("utf-8")


@settings(max_examples=examples(10), deadline=None)
@given(st.data())
def test_its_answers_can_be_read(data: st.DataObject) -> None:
    filled = data.draw(filled_instances(INTERVIEW))
    answers = read_answers(filled.xml(), INTERVIEW, "v")
    assert [finding for finding in answers.findings if finding.code not in RULES] == []
    assert [table.name for table in answers.tables] == [
        "expert_interview",
        "expert_interview-documents",
        "expert_interview-recommendations",
    ]
    assert {table.name: table.rows for table in answers.tables if table.rows} == {
        name: rows for name, rows in filled.rows.items() if rows
    }
