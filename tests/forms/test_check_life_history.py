"""A life history has what a calendar is drawn from, or the author is told what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forms.check import check_form
from forms.errors import Code, Severity
from forms.schema import load_form
from tests.forms.examples import small_form, text

INSTRUMENTS = sorted((Path(__file__).resolve().parents[2] / "forms/instruments").glob("*.json"))


def ask(name: str, kind: str, **keys: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), **keys}


def choose(name: str, choices: str, kind: str = "select_one") -> dict[str, Any]:
    return ask(name, kind, choices=choices)


DOMAIN = choose("domain", "life_domain")
START, END = ask("start_year", "integer"), ask("end_year", "integer")
ONGOING = choose("ongoing", "yes_no")


def history(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    label = text("spells")
    return {"type": "repeat", "name": "spells", "label": label, "questions": list(questions)} | {
        "appearance": "life-history",
        **keys,
    }


def told(*questions: dict[str, Any]) -> list[tuple[Code, str]]:
    document = small_form()
    document["choices"]["life_domain"] = [{"name": name, "label": text(name)} for name in ("residence", "work")]
    document["choices"]["event"] = [
        {"name": name, "label": text(name)} for name in ("accession_2007", "wall_1989_11", "2020_03", "covid")
    ]
    document["questions"] += questions
    findings = [each for each in check_form(load_form(document)) if "life_history" in each.code.value]
    assert {each.severity for each in findings} <= {Severity.WARNING}
    return [(each.code, each.pointer) for each in findings]


@pytest.mark.parametrize(
    "questions",
    [
        (DOMAIN, START, END),
        (DOMAIN, START, END, ONGOING, ask("start_month", "integer"), ask("what", "text")),
        (DOMAIN, ask("start", "date", appearance="month-year"), ask("end", "date", appearance="year")),
        ({"type": "group", "name": "when", "label": text("when"), "questions": [START, END]}, DOMAIN),
    ],
)
def test_what_has_all_it_needs_is_not_mentioned(questions: tuple[dict[str, Any], ...]) -> None:
    assert told(history(*questions)) == []


def test_a_repeat_without_the_appearance_may_be_anything() -> None:
    assert told(history(START, appearance="minimal")) == []


@pytest.mark.parametrize(
    ("questions", "lacking"),
    [((START, END), "domain"), ((DOMAIN, END), "start_year"), ((DOMAIN, START, ONGOING), "end_year")],
)
def test_what_is_lacking_is_named(questions: tuple[dict[str, Any], ...], lacking: str) -> None:
    assert told(history(*questions)) == [(Code.LIFE_HISTORY_LACKS, "/questions/2")]
    document = {**small_form(), "questions": [history(*questions)]}
    document["choices"]["life_domain"] = [{"name": "work", "label": text("work")}]
    params = [each.params for each in check_form(load_form(document)) if each.code is Code.LIFE_HISTORY_LACKS]
    assert [each["lacking"] for each in params] == [lacking]


def test_a_question_in_a_repeat_within_is_not_one_of_the_spell() -> None:
    inner = {"type": "repeat", "name": "jobs", "label": text("jobs"), "questions": [END]}
    assert told(history(DOMAIN, START, inner)) == [(Code.LIFE_HISTORY_LACKS, "/questions/2")]


@pytest.mark.parametrize(
    ("wrong", "code", "place"),
    [
        (ask("start_month", "text"), Code.LIFE_HISTORY_KIND, "/questions/2/questions/3/type"),
        (ask("country", "text"), Code.LIFE_HISTORY_KIND, "/questions/2/questions/3/type"),
        (ask("gap_confirmed", "text"), Code.LIFE_HISTORY_KIND, "/questions/2/questions/3/type"),
        (choose("ongoing", "life_domain"), Code.LIFE_HISTORY_YES_NO, "/questions/2/questions/3"),
    ],
)
def test_a_question_that_is_read_otherwise_is_told_at_its_place(wrong: dict[str, Any], code: Code, place: str) -> None:
    assert told(history(DOMAIN, START, END, wrong)) == [(code, place)]


def test_spells_that_the_form_counts_cannot_be_drawn() -> None:
    assert told(history(DOMAIN, START, END, count=3)) == [(Code.LIFE_HISTORY_COUNTED, "/questions/2/count")]


def test_landmarks_and_events_are_looked_at_beside_a_life_history_only() -> None:
    landmarks = {"type": "repeat", "name": "landmarks", "label": text("l"), "questions": [ask("landmark", "text")]}
    events = choose("historical_events", "event", "select_multiple")
    assert told(landmarks, events) == []
    assert told(landmarks, events, history(DOMAIN, START, END)) == [
        (Code.LIFE_HISTORY_LACKS, "/questions/2"),
        (Code.LIFE_HISTORY_EVENT, "/choices/event/3/name"),
    ]


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda path: path.stem)
def test_our_instruments_have_what_their_calendars_need(instrument: Path) -> None:
    form = load_form(json.loads(instrument.read_text("utf-8")))
    assert [each for each in check_form(form) if "life_history" in each.code.value] == []
