"""The contact protocol: outcomes by the codes of AAPOR, a final one that is worked out, a draw that stays."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import pytest
from lxml import etree

from forms.check import check_form, odk_validate
from forms.definition import Group, Kind, Question, Repeat, walk
from forms.schema import dump_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_with_remarks, compile_xform
from tests.forms.javarosa import recalculated
from tests.forms.languages import LANGUAGES, faults

SOURCE = resources.files("forms").joinpath("instruments/contact_protocol.json").read_bytes()
PROTOCOL = read_form(SOURCE)
QUESTIONS = {place.item.name: place.item for place in walk(PROTOCOL) if isinstance(place.item, Question)}
OUTCOMES = {choice.name: dict(choice.values or {}) for choice in PROTOCOL.choice_list("outcome") or ()}
XF = "{http://www.w3.org/2002/xforms}"

AAPOR = {
    "complete": "1.1", "partial": "1.2", "refusal_household": "2.111", "refusal_respondent": "2.112",
    "breakoff": "2.12", "no_entry": "2.23", "nobody_home": "2.24", "respondent_away": "2.25", "respondent_out": "2.25",
    "appointment": "2.25", "deceased": "2.31", "unable": "2.32", "language_household": "2.331",
    "language_respondent": "2.332", "language_interviewer": "2.333", "other_eligible": "2.36", "unsafe": "3.17",
    "not_located": "3.18", "nobody_home_unknown": "3.21", "call_back": "3.21", "refusal_unscreened": "3.21",
    "other_unknown": "3.90", "out_of_sample": "4.10", "business": "4.51", "institution": "4.52",
    "group_quarters": "4.53", "vacant": "4.61", "seasonal": "4.62", "vacant_other": "4.63", "no_eligible": "4.70",
}  # fmt: skip
"""AAPOR, Standard Definitions, final disposition codes for in-person household surveys."""

Attempt = Mapping[str, str]


def test_it_has_no_finding_at_all() -> None:
    assert check_form(PROTOCOL) == []
    compiled = compile_with_remarks(PROTOCOL)
    assert compiled.remarks == ()
    validation = odk_validate(compiled.xml)
    if validation.skipped:
        pytest.skip(validation.skipped)
    assert validation.findings == ()


def test_its_texts_stand_in_five_languages() -> None:
    assert {language.code: language.name for language in PROTOCOL.languages} == LANGUAGES
    assert PROTOCOL.default_language == "de"
    assert faults(PROTOCOL) == []
    assert all(place.item.reviewed is None for place in walk(PROTOCOL))


def test_every_outcome_has_its_code_and_says_whether_it_ends_the_case() -> None:
    assert {name: values["aapor"] for name, values in OUTCOMES.items()} == AAPOR
    groups = {choice.name for choice in PROTOCOL.choice_list("outcome_group") or ()}
    assert {values["group"] for values in OUTCOMES.values()} == groups
    assert QUESTIONS["outcome"].choice_filter == "group = ${outcome_group}"
    for name, values in OUTCOMES.items():
        assert values["status"] in ("interim", "final"), name
        interview, eligible = values["group"] == "interview", str(values["aapor"]).startswith(("2.", "4."))
        assert (values["weight"] == 3) == interview, name
        assert values["weight"] in ((3,) if interview else (1, 2)), name
        if values["status"] == "final" and eligible:
            assert values["weight"] == 2, name


def test_nothing_about_persons_is_asked_before_they_agreed_and_no_name_ever() -> None:
    names = list(QUESTIONS)
    consent = names.index("screening_consent")
    personal = [name for name, question in QUESTIONS.items() if question.personal or question.special_category]
    assert personal
    assert all(names.index(name) > consent for name in personal)
    assert {"designation", "birthday_person", "listed_age", "eligible_count"} <= set(personal)
    for name in ("case_code", "dwelling_note", "attempt_note", "closing_note", "designation", "birthday_person"):
        hint = (QUESTIONS[name].hint or {})["de"]
        assert re.search("[Kk]eine? Namen?|[Oo]hne Namen", hint), name
    assert not any(question.kind in (Kind.GEOPOINT, Kind.IMAGE, Kind.AUDIO) for question in QUESTIONS.values())


def test_nobody_is_asked_for_the_reason_of_a_refusal() -> None:
    note = QUESTIONS["refusal_words"]
    assert note.relevant == "${outcome_group} = 'refusal'"
    assert "Fragen Sie nicht nach dem Grund." in (note.label or {})["de"]
    assert QUESTIONS["refusal_reasons"].required is None
    assert QUESTIONS["no_return"].required is True


def test_reasons_for_no_answer_are_declared_and_every_demand_is_explained() -> None:
    assert PROTOCOL.missing is not None
    kinds = {kind: declared.code for kind, declared in PROTOCOL.missing.kinds.items()}
    assert kinds == {"dont_know": -97, "refused": -98, "not_applicable": -96, "broken_off": -95}
    assert any(question.missing for question in QUESTIONS.values())
    for name, question in QUESTIONS.items():
        assert (question.constraint is None) == (question.constraint_message is None), name
        assert (question.required is None) == (question.required_message is None), name


def test_names_and_labels_suit_analysis_programs() -> None:
    names = [place.item.name for place in walk(PROTOCOL)]
    assert len(names) == len({name.casefold() for name in names})
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,23}", name) for name in names)
    for choices in (PROTOCOL.choices or {}).values():
        for choice in choices:
            assert all(len(text.encode()) <= 120 for text in (choice.label or {}).values()), choice.name


def test_a_section_fits_a_screen() -> None:
    for place in walk(PROTOCOL):
        if isinstance(place.item, Group):
            assert place.item.appearance == "field-list"
            assert sum(isinstance(item, Question) and item.is_answerable for item in place.item.questions) <= 8


def test_it_is_the_same_document_when_written_again() -> None:
    assert version_hash(dump_form(PROTOCOL)) == version_hash(dump_form(read_form(canonical_json(dump_form(PROTOCOL)))))


@functools.cache
def _xform() -> str:
    return compile_xform(PROTOCOL)


def _met(outcome: str, **more: str) -> Attempt:
    return {"outcome": outcome, "met": "adult", **more}


def _nobody(outcome: str = "nobody_home") -> Attempt:
    return {"outcome": outcome, "met": "nobody"}


def _case(attempts: Sequence[Attempt], closed: str = "yes", **answers: str) -> bytes:
    """An instance with these contact attempts, as it lies on a tablet before its calculations are done."""
    (root,) = etree.fromstring(_xform().encode()).iterfind(f".//{XF}instance[1]/*")
    people = answers.pop("people", "").split()
    for name, rounds in (("attempts", attempts), ("persons", [{"designation": each} for each in people])):
        template, first = root.findall(f"{XF}{name}")
        root.remove(template)
        for answered in rounds:
            each = copy.deepcopy(first)
            _fill(each, answered)
            first.addprevious(each)
        root.remove(first)
    _fill(root, {"case_closed": closed, **answers})
    return etree.tostring(root)


def _fill(element: etree._Element, answers: Mapping[str, str]) -> None:
    for name, value in answers.items():
        next(element.iter(f"{XF}{name}")).text = value
        if name == "outcome":
            next(element.iter(f"{XF}outcome_group")).text = str(OUTCOMES[value]["group"])


def _written(done: bytes) -> dict[str, str]:
    return {etree.QName(each).localname: each.text or "" for each in etree.fromstring(done).iter(etree.Element)}


FINAL: dict[str, tuple[Sequence[Attempt], str, str]] = {
    "an interview": ([_nobody(), _met("complete")], "complete", "1.1"),
    "a refusal stays when nobody opens later": (
        [_met("refusal_household"), _nobody()], "refusal_household", "2.111",
    ),
    "an interview after a refusal": ([_met("refusal_respondent"), _met("complete")], "complete", "1.1"),
    "an interview stays when a second visit fails": ([_met("partial"), _met("breakoff")], "partial", "1.2"),
    "the last of two refusals": (
        [_met("refusal_household"), _met("refusal_respondent")], "refusal_respondent", "2.112",
    ),
    "an appointment that was never kept": ([_met("appointment"), _nobody()], "appointment", "2.25"),
    "found out by a neighbour who lives there": (
        [_met("call_back"), {"outcome": "nobody_home", "met": "neighbour"}], "nobody_home", "2.24",
    ),
    "never anybody": ([_nobody("nobody_home_unknown")] * 12, "nobody_home_unknown", "3.21"),
    "nobody has been there": ([], "not_attempted", "3.11"),
}  # fmt: skip


OF_EACH = {f"only {name}": ([_met(name)], name, code) for name, code in AAPOR.items()}
OPEN = "still open"
REFUSED = "said no for good"


def _stop() -> Group:
    return next(item for item in PROTOCOL.questions if isinstance(item, Group) and item.name == "stop")


def _listed(people: str, draw: str, **answers: str) -> bytes:
    screened = {"place_kind": "arrival", "screening_consent": "yes", "eligible_arrival": "yes"}
    listed = {"eligible_count": str(len(people.split())), "selection_method": "listing", "list_closed": "yes"}
    return _case([_met("appointment")], "no", people=people, draw=draw, **{**screened, **listed, **answers})


DRAWS: dict[str, tuple[str, str, dict[str, str], str, str]] = {
    "the first": ("mother father daughter grandson", "0", {}, "1", "mother"),
    "the second": ("mother father daughter grandson", "0.49", {}, "2", "father"),
    "the last": ("mother father daughter grandson", "0.999", {}, "4", "grandson"),
    "not before the list is closed": ("mother father", "0.9", {"list_closed": "no"}, "", ""),
    "what was drawn stays": (
        "mother father daughter", "0.9", {"selected_number": "1", "count_drawn": "4"}, "1", "mother",
    ),
}  # fmt: skip
"""Who is on the list, the random number, further answers, and the number and the person that are selected."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The instances by name, with their calculations done by JavaRosa at one go."""
    given = {name: _case(attempts) for name, (attempts, _, _) in {**FINAL, **OF_EACH}.items()}
    given[OPEN] = _case([_met("appointment")], closed="no")
    given[REFUSED] = _case([_met("refusal_household", no_return="yes"), _nobody()])
    given |= {name: _listed(people, draw, **more) for name, (people, draw, more, _, _) in DRAWS.items()}
    folder = tmp_path_factory.mktemp("javarosa")
    return dict(zip(given, recalculated(_xform(), list(given.values()), folder), strict=True))


def test_the_final_outcome_is_worked_out_from_the_attempts(done: dict[str, bytes]) -> None:
    for name, (attempts, outcome, code) in {**FINAL, **OF_EACH}.items():
        written = _written(done[name])
        assert (written["final_outcome"], written["final_aapor"]) == (outcome, code), name
        assert written["last_outcome"] == (attempts[-1]["outcome"] if attempts else "")
        assert written["number_of_attempts"] == str(len(attempts))


def test_an_open_case_has_no_final_outcome(done: dict[str, bytes]) -> None:
    written = _written(done[OPEN])
    assert (written["final_outcome"], written["final_aapor"]) == ("", "")
    assert (written["last_aapor"], written["attempt_status"]) == ("2.25", "interim")


def test_a_household_that_said_no_for_good_is_left_alone(done: dict[str, bytes]) -> None:
    assert [_written(done[name])["never_again"] for name in (REFUSED, OPEN)] == ["1", "0"]
    assert _stop().relevant == "${never_again} = 1"


def test_chance_selects_a_person_once(done: dict[str, bytes]) -> None:
    for name, (_, draw, _, number, person) in DRAWS.items():
        written = _written(done[name])
        assert (written["selected_number"], written["selected_person"]) == (number, person), name
        assert written["draw"] == draw


def test_the_random_number_is_made_once(done: dict[str, bytes], tmp_path: Path) -> None:
    drawn = _written(done[OPEN])["draw"]
    assert 0 <= float(drawn) < 1
    (again,) = recalculated(_xform(), [done[OPEN]], tmp_path)
    assert _written(again)["draw"] == drawn


def test_a_list_is_closed_by_the_draw() -> None:
    people = next(item for item in PROTOCOL.questions if isinstance(item, Repeat) and item.name == "persons")
    assert all(isinstance(each, Question) and each.read_only == "${list_closed} = 'yes'" for each in people.questions)
    for name in ("eligible_count", "selection_method", "list_closed"):
        assert re.search(r"\$\{(count_drawn|selected_number)\} = ''", QUESTIONS[name].constraint or ""), name


def test_nobody_takes_the_place_of_the_selected_person() -> None:
    question = QUESTIONS["no_substitute"]
    assert (question.kind, question.required) == (Kind.ACKNOWLEDGE, True)
    assert {"next_birthday", "last_birthday", "listing"} == {
        choice.name for choice in PROTOCOL.choice_list("selection_method") or ()
    }
