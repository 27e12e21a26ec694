"""The profile of an organisation: in five languages, worded by the place, and nothing published without a yes."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import read_answers
from forms.check import check_form, odk_validate
from forms.definition import METADATA, Group, Question, Repeat, walk
from forms.errors import Code
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks
from tests.examples import examples
from tests.forms.asked import asked
from tests.forms.instances import filled_instances
from tests.forms.languages import LANGUAGES, faults
from tests.tools.format_instruments import formatted

SOURCE = resources.files("forms").joinpath("instruments/organisation_profile.json").read_bytes()
PROFILE = read_form(SOURCE)
QUESTIONS = {place.item.name: place.item for place in walk(PROFILE) if isinstance(place.item, Question)}
BY_PLACE = ("charitable", "district", "has_links")
BEGUN = {"place_kind": "arrival", "place": "duisburg", "consent": "yes"}
RULES = {
    Code.ANSWER_REQUIRED, Code.ANSWER_NOT_ASKED, Code.ANSWER_CONSTRAINT, Code.ANSWER_OUT_OF_RANGE,
    Code.ANSWER_CHOICE_NOT_OFFERED, Code.ANSWER_AND_MISSING,
}  # fmt: skip
"""What answers drawn at random break."""


def test_it_has_no_finding_at_all() -> None:
    assert check_form(PROFILE) == []
    compiled = compile_with_remarks(PROFILE)
    assert compiled.remarks == ()
    validation = odk_validate(compiled.xml)
    if validation.skipped:
        pytest.skip(validation.skipped)
    assert validation.findings == ()


def test_its_texts_stand_in_five_languages() -> None:
    assert {language.code: language.name for language in PROFILE.languages} == LANGUAGES
    assert PROFILE.default_language == "de"
    assert faults(PROFILE) == []
    assert all(place.item.reviewed is None for place in walk(PROFILE))


def test_it_asks_what_makes_a_profile() -> None:
    sections = {item.name for item in PROFILE.questions if isinstance(item, Group | Repeat)}
    assert sections >= {
        "organisation",
        "seat",
        "activities",
        "bridging",
        "people",
        "staff",
        "funding",
        "links",
        "partners",
    }
    assert sections >= {"local", "covid", "needs", "contact", "directory"}
    assert sum(question.is_answerable for question in QUESTIONS.values()) >= 70
    assert PROFILE.choices is not None
    fields = {choice.name for choice in PROFILE.choices["field"]}
    assert fields >= {
        "authorities",
        "translation",
        "advice",
        "legal_aid",
        "education",
        "culture",
        "religious",
        "sports",
    }
    assert fields >= {"women", "youth"}


@pytest.mark.parametrize(("kind", "other"), [("arrival", "origin"), ("origin", "arrival")])
def test_the_place_decides_the_wording(kind: str, other: str) -> None:
    shown = asked(PROFILE, {**BEGUN, "place_kind": kind})
    for name in BY_PLACE:
        assert f"{name}_{kind}" in shown
        assert f"{name}_{other}" not in shown
        assert QUESTIONS[name].calculation == f"coalesce(${{{name}_arrival}}, ${{{name}_origin}})"
    linked = asked(PROFILE, {**BEGUN, "place_kind": kind, f"has_links_{kind}": "yes", "has_partners": "yes"})
    assert {"link_countries", "link_kinds", "visit_frequency", "partners", "partner_name"} <= linked
    assert not {"link_countries", "partners"} & asked(PROFILE, {**BEGUN, "place_kind": kind, f"has_links_{kind}": "no"})


def test_lists_that_differ_by_place_have_something_for_either() -> None:
    assert PROFILE.choices is not None
    filtered = {
        str(question.choices)
        for question in QUESTIONS.values()
        if "kind = ${place_kind}" in (question.choice_filter or "")
    }
    assert filtered >= {"legal_form", "target_group", "authority", "network"}
    for name in filtered:
        kinds = [(choice.values or {}).get("kind") for choice in PROFILE.choices[name]]
        assert set(kinds) <= {"arrival", "origin", "both"}
        assert {"arrival", "origin"} <= set(kinds)


def test_without_consent_nothing_more_is_asked() -> None:
    before = asked(PROFILE, {"place_kind": "arrival"})
    assert asked(PROFILE, {"place_kind": "arrival", "consent": "no"}) == before | {"refusal"}
    for name in before & set(QUESTIONS):
        question = QUESTIONS[name]
        assert question.kind in METADATA or not question.personal
        assert question.special_category is None
    groups = [item for item in PROFILE.questions if isinstance(item, Group | Repeat)]
    for item in groups[1:]:
        assert (item.relevant or "").startswith("${consent} = 'yes'")


def test_publication_and_contact_have_consents_of_their_own() -> None:
    assert [name for name, question in QUESTIONS.items() if question.consent] == [
        "consent",
        "consent_contact",
        "consent_directory",
    ]
    contact = {"contact_name", "contact_role", "contact_phone", "contact_email"}
    assert all(QUESTIONS[name].personal for name in contact)
    assert contact <= asked(PROFILE, {**BEGUN, "consent_contact": "yes"})
    assert not contact & asked(PROFILE, {**BEGUN, "consent_contact": "no"})
    assert "directory_parts" in asked(PROFILE, {**BEGUN, "consent_directory": "yes"})
    assert "directory_parts" not in asked(PROFILE, {**BEGUN, "consent_directory": "no"})
    assert "${consent_contact} = 'yes'" in (QUESTIONS["directory_parts"].constraint or "")


def test_the_origin_of_members_is_of_a_special_category_and_stays_out_of_the_directory() -> None:
    assert QUESTIONS["member_groups"].special_category == "ethnic_origin"
    assert PROFILE.choices is not None
    parts = {choice.name for choice in PROFILE.choices["directory_part"]}
    assert parts == {"name", "address", "activities", "links", "contact_person"}


def test_none_stands_alone_in_every_list_that_has_it() -> None:
    assert PROFILE.choices is not None
    for question in QUESTIONS.values():
        names = {choice.name for choice in PROFILE.choices.get(question.choices or "", ())}
        if question.kind == "select_multiple" and "none" in names:
            assert question.constraint == "not(selected(., 'none') and count-selected(.) > 1)", question.name


def test_every_demand_and_constraint_says_what_is_expected() -> None:
    for question in QUESTIONS.values():
        assert (question.constraint is None) == (question.constraint_message is None), question.name
        assert (question.required is None) == (question.required_message is None), question.name


def test_names_suit_analysis_programs_also_with_the_companion() -> None:
    names = [place.item.name for place in walk(PROFILE)]
    assert len(names) == len({name.casefold() for name in names})
    for name in names:
        room = 32 - (len("_missing") if name in QUESTIONS and QUESTIONS[name].missing else 0)
        assert re.fullmatch(rf"[a-z][a-z0-9_]{{0,{room - 1}}}", name)


def test_a_section_fits_a_screen() -> None:
    for place in walk(PROFILE):
        if isinstance(place.item, Group):
            assert place.item.appearance == "field-list"
            shown = [item for item in place.item.questions if isinstance(item, Question) and item.is_answerable]
            assert len(shown) <= 9, place.item.name


def test_it_is_the_same_document_when_written_again() -> None:
    assert version_hash(dump_form(PROFILE)) == version_hash(dump_form(read_form(canonical_json(dump_form(PROFILE)))))


def test_it_is_laid_out_so_that_a_change_is_read_in_its_own_lines() -> None:
    assert formatted(SOURCE.decode("utf-8")) == SOURCE.decode("utf-8")


@settings(max_examples=examples(10), deadline=None)
@given(st.data())
def test_its_answers_can_be_read(data: st.DataObject) -> None:
    filled = data.draw(filled_instances(PROFILE))
    answers = read_answers(filled.xml(), PROFILE, "v")
    assert [finding for finding in answers.findings if finding.code not in RULES] == []
    assert [table.name for table in answers.tables] == ["organisation_profile", "organisation_profile-partners"]
    assert {table.name: table.rows for table in answers.tables if table.rows} == {
        name: rows for name, rows in filled.rows.items() if rows
    }
