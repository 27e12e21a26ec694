"""The biographical interview: consents by purpose, the phases after Schütze, a calendar of spells, a postscript."""

from __future__ import annotations

import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms.answers import read_answers
from forms.check import check_form, odk_validate
from forms.definition import METADATA, Group, Kind, Question, Repeat, SpecialCategory, walk
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks
from tests.examples import examples
from tests.forms.asked import asked
from tests.forms.instances import filled_instances
from tests.forms.languages import LANGUAGES, faults

SOURCE = resources.files("forms").joinpath("instruments/biographical_interview.json").read_bytes()
INTERVIEW = read_form(SOURCE)
PLACES = {place.item.name: place for place in walk(INTERVIEW)}
QUESTIONS = {name: place.item for name, place in PLACES.items() if isinstance(place.item, Question)}
REPEATS = {name: place.item for name, place in PLACES.items() if isinstance(place.item, Repeat)}
SECTIONS = [item.name for item in INTERVIEW.questions if isinstance(item, Group | Repeat)]

CONSENTS = ["consent", "consent_recording", "consent_special", "consent_contact"]
PHASES = ["main", "immanent", "exmanent", "evaluation"]
ALL_YES = dict.fromkeys(CONSENTS, "yes")
ARRIVAL = {**ALL_YES, "place_kind": "arrival", "study_place": "duisburg"}
ORIGIN = {**ALL_YES, "place_kind": "origin", "study_place": "dolj", "moves_abroad": "2"}
THEMES = " ".join(choice.name for choice in INTERVIEW.choice_list("theme") or ())


def _text(name: str, language: str = "de") -> str:
    return (QUESTIONS[name].label or {})[language]


def _kinds(question: Question) -> tuple[str, ...]:
    assert isinstance(question.missing, tuple)
    return question.missing


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


def test_without_consent_nothing_more_is_asked() -> None:
    before = asked(INTERVIEW, {})
    refused = asked(INTERVIEW, {"consent": "no"})
    assert refused == before | {"refusal"}
    for name in before & set(QUESTIONS):
        question = QUESTIONS[name]
        assert question.kind in METADATA or not question.personal, name
        assert question.special_category is None, name
    assert SECTIONS[:3] == ["preparation", "information", "agreement"]
    for item in INTERVIEW.questions:
        if item.name in SECTIONS[3:]:
            assert (item.relevant or "").startswith("${consent} = 'yes'"), item.name
            assert " or " not in (item.relevant or "")


def test_each_purpose_has_a_consent_of_its_own() -> None:
    assert [name for name, question in QUESTIONS.items() if question.consent] == CONSENTS
    for name in CONSENTS:
        assert (QUESTIONS[name].required, QUESTIONS[name].missing) == (True, None)
    for consent, names in [
        ("consent_recording", {"recording", "mark_recording", "sound"}),
        ("consent_special", {"ex_health", "ex_treatment", "home_languages"}),
        ("consent_contact", {"second_talk", "channels", "family_member"}),
    ]:
        answers = {**ARRIVAL, "themes": THEMES}
        assert names <= asked(INTERVIEW, answers)
        assert not names & asked(INTERVIEW, {**answers, consent: "no"})
    assert "without_recording" in asked(INTERVIEW, {**ALL_YES, "consent_recording": "no"})


def test_what_points_to_a_person_is_marked() -> None:
    special = {name: question.special_category for name, question in QUESTIONS.items() if question.special_category}
    assert special == {
        "ex_health": SpecialCategory.HEALTH,
        "ex_treatment": SpecialCategory.ETHNIC_ORIGIN,
        "home_languages": SpecialCategory.ETHNIC_ORIGIN,
    }
    unmarked = {name for name, question in QUESTIONS.items() if question.is_answerable and not question.personal}
    follow_up = {"second_talk", "wants_results", "channels", "family_member", "help_offered"}
    of_the_situation = {"setting", "others_present", "session_end", "sound", "domain"}
    of_the_opening = {
        "study_place", "place_kind", "ready", "interpreter", "informed", "interview_language",
        "interview_language_other", "consent_form", "themes",
    }  # fmt: skip
    marks = {f"mark_{phase}" for phase in ("recording", "coda", "end", *PHASES)}
    assert unmarked == {*CONSENTS, *marks, *follow_up, *of_the_situation, *of_the_opening}


def test_the_recording_is_of_a_quality_that_can_be_transcribed() -> None:
    recording = QUESTIONS["recording"]
    assert recording.kind is Kind.AUDIO
    assert recording.parameters == {"quality": "normal"}
    assert [question.name for question in QUESTIONS.values() if question.kind is Kind.AUDIO] == ["recording"]


def test_the_phases_follow_each_other_and_each_beginning_is_marked() -> None:
    places = [SECTIONS.index(name) for name in ("main_narrative", "immanent", "exmanent", "evaluation", "calendar")]
    assert places == sorted(places)
    names = list(QUESTIONS)
    marks = [names.index(f"mark_{phase}") for phase in PHASES]
    assert marks == sorted(marks)
    for name, question in QUESTIONS.items():
        if not name.startswith("mark_"):
            continue
        moment = QUESTIONS[name.removeprefix("mark_") + "_at"]
        assert (question.kind, question.appearance) == (Kind.ACKNOWLEDGE, "phase-mark")
        assert moment.trigger == (name,)
        assert moment.calculation == f"if(${{{name}}} = 'OK', now(), '')"


def test_a_mark_is_set_at_the_moment_it_is_tapped() -> None:
    """In the XForm the moment hangs on the event that the tap makes; a calculation would change it ever again."""
    xform = etree.fromstring(compile_with_remarks(INTERVIEW).xml.encode())
    spaces = {"x": "http://www.w3.org/2002/xforms"}
    for phase in PHASES:
        section = PLACES[f"mark_{phase}"].path[0]
        assert xform.xpath(f"//x:bind[@nodeset='/data/{section}/{phase}_at']/@calculate", namespaces=spaces) == []
        events = xform.xpath(f"//*[@ref='/data/{section}/mark_{phase}']/x:setvalue/@event", namespaces=spaces)
        assert events == ["xforms-value-changed"]


def test_the_opening_question_asks_for_the_whole_life_and_is_worded_by_the_place() -> None:
    openings = {"opening_arrival", "opening_origin"}
    assert asked(INTERVIEW, ARRIVAL) & openings == {"opening_arrival"}
    assert asked(INTERVIEW, ORIGIN) & openings == {"opening_origin"}
    for name in openings:
        assert "Ich möchte Sie bitten, mir Ihre Lebensgeschichte zu erzählen." in _text(name)
        assert "wörtlich" in (QUESTIONS[name].hint or {})["de"]
        for language in LANGUAGES:
            assert "${place_name}" in _text(name, language)
            assert "?" not in _text(name, language)
    assert _text("opening_arrival").endswith(_text("opening_origin").split("Alles, was")[1])
    names = list(QUESTIONS)
    assert names.index("place_name") < min(names.index(name) for name in openings)


def test_the_notepad_comes_back_when_its_questions_are_asked() -> None:
    assert "${notepad}" in _text("notepad_shown")
    assert PLACES["notepad"].path[0] == "main_narrative"
    assert PLACES["notepad_shown"].path[0] == "immanent"


def test_only_themes_that_are_open_are_asked_about() -> None:
    prompts = {name for name in QUESTIONS if name.startswith("ex_") and QUESTIONS[name].is_answerable}
    assert not prompts & asked(INTERVIEW, ARRIVAL)
    assert asked(INTERVIEW, {**ARRIVAL, "themes": "work ties"}) & prompts == {"ex_work", "ex_ties"}
    reached = [asked(INTERVIEW, {**place, "themes": THEMES}) & prompts for place in (ARRIVAL, ORIGIN)]
    assert reached[0] | reached[1] == prompts
    assert all(len(each) == len(THEMES.split()) for each in reached)


def test_wordings_by_place_are_joined() -> None:
    joined = {
        name: re.fullmatch(r"coalesce\(\$\{(\w+)\}, \$\{(\w+)\}\)", question.calculation or "")
        for name, question in QUESTIONS.items()
        if "coalesce" in (question.calculation or "")
    }
    assert set(joined) == {"ex_migration", "here_since", "legal_status"}
    for name, found in joined.items():
        assert found, name
        shown = [{found[1], found[2]} & asked(INTERVIEW, {**each, "themes": THEMES}) for each in (ARRIVAL, ORIGIN)]
        assert shown == [{found[1]}, {found[2]}], name


def test_the_calendar_has_what_a_life_history_is_drawn_from() -> None:
    spells, landmarks = REPEATS["spells"], REPEATS["landmarks"]
    assert spells.appearance == "life-history"
    kinds = {question.name: question.kind for question in spells.questions if isinstance(question, Question)}
    years = dict.fromkeys(["start_year", "start_month", "end_year", "end_month"], Kind.INTEGER)
    choices = dict.fromkeys(["domain", "ongoing", "country"], Kind.SELECT_ONE)
    assert kinds == {**years, **choices, "place": Kind.TEXT, "what": Kind.TEXT}
    assert [question.name for question in landmarks.questions] == ["year", "month", "landmark"]
    assert [item.name for item in INTERVIEW.questions].index("landmarks") + 1 == [
        item.name for item in INTERVIEW.questions
    ].index("spells")
    domains = [choice.name for choice in INTERVIEW.choice_list("life_domain") or ()]
    assert domains == ["residence", "family", "work", "education", "care"]
    required = {question.name for question in spells.questions if isinstance(question, Question) and question.required}
    assert required == {"domain", "start_year", "ongoing"}
    assert {QUESTIONS[name].relevant for name in ("end_year", "end_month")} == {"${ongoing} = 'no'"}


def test_reasons_for_no_answer_are_declared_and_every_demand_is_explained() -> None:
    assert INTERVIEW.missing is not None
    kinds = {kind: declared.code for kind, declared in INTERVIEW.missing.kinds.items()}
    assert kinds == {"dont_know": -97, "refused": -98, "not_applicable": -96, "broken_off": -95}
    offered = {kind for question in QUESTIONS.values() if question.missing for kind in _kinds(question)}
    assert offered == set(kinds)
    for choices in (INTERVIEW.choices or {}).values():
        assert not {choice.name for choice in choices} & {*kinds, "no_answer"}
    for name, question in QUESTIONS.items():
        assert (question.constraint is None) == (question.constraint_message is None), name
        assert (question.required is None) == (question.required_message is None), name


def test_it_has_a_sheet_of_social_data_an_agreement_and_a_postscript() -> None:
    asked_for = {
        "birth_year", "gender", "citizenships", "home_languages", "everyday_languages", "marital_status",
        "household_size", "partner_lives", "number_of_children", "child_lives", "education", "occupation",
        "legal_status", "moves_abroad", "first_departure", "countries_lived",
    }  # fmt: skip
    told_after = {
        "setting", "others_present", "mood", "interruptions", "before_recording", "after_recording", "impressions",
        "analytic_ideas",
    }  # fmt: skip
    assert asked_for | told_after <= set(QUESTIONS)
    assert REPEATS["children"].count == "${number_of_children}"
    assert SECTIONS[-3:] == ["follow_up", "postscript_setting", "postscript_notes"]


def test_names_and_labels_suit_analysis_programs() -> None:
    for layer in ((), ("spells",), ("landmarks",), ("children",)):
        names = [
            each.item.name
            for each in walk(INTERVIEW)
            if tuple(p.name for p in each.parents if p.name in REPEATS) == layer
        ]
        assert names
        assert len(names) == len({name.casefold() for name in names})
    for name in PLACES:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,23}", name)
    for choices in (INTERVIEW.choices or {}).values():
        for choice in choices:
            assert all(len(text.encode()) <= 120 for text in (choice.label or {}).values()), choice.name
    for name, question in QUESTIONS.items():
        if question.is_answerable:
            assert all(len(text.encode()) <= 256 for text in (question.label or {}).values()), name


def test_a_section_fits_a_screen() -> None:
    for place in walk(INTERVIEW):
        if isinstance(place.item, Group):
            assert place.item.appearance == "field-list"
            assert sum(isinstance(item, Question) and item.is_answerable for item in place.item.questions) <= 8


def test_it_is_the_same_document_when_written_again() -> None:
    assert version_hash(dump_form(INTERVIEW)) == version_hash(
        dump_form(read_form(canonical_json(dump_form(INTERVIEW))))
    )


@settings(max_examples=examples(5), deadline=None)
@given(st.data())
def test_its_answers_can_be_read(data: st.DataObject) -> None:
    filled = data.draw(filled_instances(INTERVIEW))
    answers = read_answers(filled.xml(), INTERVIEW, "v")
    repeats = [f"biographical_interview-{name}" for name in ("landmarks", "spells", "children")]
    assert [table.name for table in answers.tables] == ["biographical_interview", *repeats]
    assert {table.name: table.rows for table in answers.tables if table.rows} == {
        name: rows for name, rows in filled.rows.items() if rows
    }
