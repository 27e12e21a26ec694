"""Answers against the conditions of the form: what is asked, required, allowed, offered and missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import AnswerReader, Answers
from forms.definition import Form
from forms.errors import Code, Finding, Severity
from forms.schema import load_form
from forms.values import Missing
from tests.examples import examples
from tests.forms.examples import text

KINDS = {"dont_know": -97, "refused": -98}
META = "<meta><instanceID>uuid:1</instanceID></meta>"


def _form(*questions: dict[str, Any], **more: Any) -> Form:
    regions = {"a": "x", "b": "x", "c": "y"}
    return load_form(
        {
            "feldbuch_form": 1,
            "id": "checked",
            "title": text("t"),
            "languages": [{"code": "de"}, {"code": "bg"}],
            "default_language": "de",
            "choices": {
                "yes_no": [{"name": name, "label": text(name)} for name in ("yes", "no")],
                "letters": [
                    {"name": name, "label": text(name), "values": {"region": region}}
                    for name, region in regions.items()
                ],
            },
            "missing": {
                "label": text("Keine Antwort"),
                "kinds": {name: {"code": code, "label": text(name)} for name, code in KINDS.items()},
            },
            "questions": list(questions),
            **more,
        }
    )


def _question(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, **({} if kind == "calculate" else {"label": text(name)}), **more}


def _group(name: str, *questions: dict[str, Any], kind: str = "group", **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), "questions": list(questions), **more}


def _read(form: Form, inside: str) -> Answers:
    return AnswerReader(form).read(f'<data id="checked" version="v">{inside}{META}</data>'.encode())


def _found(form: Form, inside: str) -> list[tuple[Code, str]]:
    return [(each.code, each.pointer) for each in _read(form, inside).findings]


CONSENT = _question("select_one", "consent", choices="yes_no")
BRANCHED = _form(
    CONSENT,
    _group(
        "work",
        _question("text", "job", required=True),
        _question("text", "boss", relevant="${job} != ''", required="${job} = 'mason'"),
        _question("select_one", "sector", choices="letters", or_other=True),
        _group("person", _question("text", "alias", required=True), kind="repeat", relevant="${job} != 'none'"),
        relevant="${consent} = 'yes'",
    ),
)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<consent>no</consent>", []),
        ("<consent>no</consent><work><job/><boss/><sector/></work>", []),
        ("<consent>yes</consent><work><job>x</job></work>", []),
        ("", []),
        ("<consent>yes</consent>", [(Code.ANSWER_REQUIRED, "work/job")]),
        ("<consent>yes</consent><work><job> </job></work>", [(Code.ANSWER_REQUIRED, "work/job")]),
        ("<consent>no</consent><work><job>x</job></work>", [(Code.ANSWER_NOT_ASKED, "work/job")]),
        ("<work><job>x</job></work>", [(Code.ANSWER_NOT_ASKED, "work/job")]),
        (
            "<consent>yes</consent><work><job/><boss>Ana</boss></work>",
            [(Code.ANSWER_NOT_ASKED, "work/boss"), (Code.ANSWER_REQUIRED, "work/job")],
        ),
        ("<consent>yes</consent><work><job>mason</job></work>", [(Code.ANSWER_REQUIRED, "work/boss")]),
        ("<consent>yes</consent><work><job>mason</job><boss>Ana</boss></work>", []),
        (
            "<consent>yes</consent><work><job>x</job><person/><person><alias>A</alias></person></work>",
            [(Code.ANSWER_REQUIRED, "work/person[1]/alias")],
        ),
        (
            "<consent>yes</consent><work><job>none</job><person/><person><alias>A</alias></person></work>",
            [(Code.ANSWER_NOT_ASKED, "work/person[2]/alias")],
        ),
        (
            "<consent>no</consent><work><person><alias>A</alias></person></work>",
            [(Code.ANSWER_NOT_ASKED, "work/person[1]/alias")],
        ),
        (
            "<consent>yes</consent><work><job>x</job><sector>a</sector><sector_other>y</sector_other></work>",
            [(Code.ANSWER_NOT_ASKED, "work/sector_other")],
        ),
        ("<consent>yes</consent><work><job>x</job><sector>other</sector><sector_other>y</sector_other></work>", []),
    ],
)
def test_what_is_asked_and_what_is_required(inside: str, found: list[tuple[Code, str]]) -> None:
    assert _found(BRANCHED, inside) == [(code, f"/data/{path}") for code, path in found]


def test_nothing_is_required_where_nobody_can_answer() -> None:
    form = _form(_question("text", "shown", required=True, read_only=True), _question("note", "told"))
    assert _found(form, "<shown/><told/>") == []


def test_the_condition_that_does_not_hold_is_named() -> None:
    reader = AnswerReader(BRANCHED)
    xml = f"<data id='checked'><consent>no</consent><work><person><alias>A</alias></person></work>{META}</data>"
    (found,) = reader.read(xml.encode()).findings
    assert found.params == {"relevant": "${consent} = 'yes'"}
    assert reader.remarks == ()


@dataclass(frozen=True)
class Condition:
    """A condition in words, and whether it holds: worked out here in Python."""

    words: str
    holds: bool


def _conditions(one: str | None, number: int | None, several: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """Conditions on three answers: a select, a number, a multiple select."""
    simple = st.one_of(
        st.sampled_from(["yes", "no", ""]).map(lambda name: Condition(f"${{one}} = '{name}'", (one or "") == name)),
        st.sampled_from(["yes", ""]).map(lambda name: Condition(f"'{name}' != ${{one}}", (one or "") != name)),
        st.integers(0, 5).map(lambda limit: Condition(f"${{number}} > {limit}", number is not None and number > limit)),
        st.integers(0, 5).map(
            lambda limit: Condition(f"{limit} >= ${{number}}", number is not None and limit >= number)
        ),
        st.integers(0, 5).map(lambda limit: Condition(f"${{number}} + 1 = {limit}", number == limit - 1)),
        st.sampled_from("abc").map(lambda name: Condition(f"selected(${{several}}, '{name}')", name in several)),
        st.integers(0, 3).map(
            lambda count: Condition(f"count-selected(${{several}}) = {count}", len(several) == count)
        ),
    )

    def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        two = st.tuples(inner, inner)
        return st.one_of(
            inner.map(lambda each: Condition(f"not({each.words})", not each.holds)),
            two.map(lambda both: Condition(f"({both[0].words} and {both[1].words})", both[0].holds and both[1].holds)),
            two.map(lambda both: Condition(f"({both[0].words} or {both[1].words})", both[0].holds or both[1].holds)),
            two.map(lambda both: Condition(f"(({both[0].words}) = ({both[1].words}))", both[0].holds is both[1].holds)),
        )

    return st.recursive(simple, joined, max_leaves=6)


@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_what_is_asked_and_required_is_what_the_conditions_say(data: st.DataObject) -> None:
    """Questions under drawn conditions, alone, in groups and in repeats, against a few lines of Python."""
    draw = data.draw
    one, number = draw(st.sampled_from([None, "yes", "no"])), draw(st.one_of(st.none(), st.integers(0, 6)))
    several = tuple(draw(st.lists(st.sampled_from("abc"), unique=True)))
    conditions = _conditions(one, number, several)
    questions: list[dict[str, Any]] = []
    inside = f"<one>{one or ''}</one><number>{'' if number is None else number}</number>"
    inside += f"<several>{' '.join(several)}</several>"
    expected: set[tuple[Code, str]] = set()
    for position in range(draw(st.integers(1, 4))):
        outer, inner, demanded = draw(conditions), draw(conditions), draw(conditions)
        container, name = draw(st.sampled_from(["group", "repeat"])), f"c{position}"
        asked = _question("text", "q", relevant=inner.words, required=demanded.words)
        questions.append(_group(name, asked, kind=container, relevant=outer.words))
        given = draw(st.sampled_from(["<q>here</q>", "<q/>", ""]))
        if draw(st.booleans()):
            inside += f"<{name}>{given}</{name}>"
        elif container == "repeat":
            continue
        else:
            given = ""
        path = f"/data/{name}{'[1]' if container == 'repeat' else ''}/q"
        if "here" in given and not (outer.holds and inner.holds):
            expected.add((Code.ANSWER_NOT_ASKED, path))
        if "here" not in given and outer.holds and inner.holds and demanded.holds:
            expected.add((Code.ANSWER_REQUIRED, path))
    form = _form(
        _question("select_one", "one", choices="yes_no"),
        _question("integer", "number"),
        _question("select_multiple", "several", choices="letters"),
        *questions,
    )
    found = _found(form, inside)
    assert len(found) == len(set(found))
    assert set(found) == expected


BOUND = _form(
    _question("integer", "age", constraint=". >= 16 and . <= 110"),
    _question("date", "from"),
    _question("date", "to", constraint=". >= ${from} or ${from} = ''"),
    _question("range", "mood", parameters={"start": 10, "end": 0, "step": -1}),
    _question("range", "share", parameters={"start": 0, "end": 1, "step": 0.25}),
    _question("text", "region"),
    _question("select_one", "letter", choices="letters", choice_filter="region = ${region}"),
    _question("select_multiple", "letters", choices="letters", choice_filter="region = ${region} or name = 'c'"),
    _question("date", "born", constraint=". <= today() and . > date('1900-01-01')"),
)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<age>16</age>", []),
        ("<age/>", []),
        ("<age>15</age>", [(Code.ANSWER_CONSTRAINT, "age")]),
        ("<age>old</age>", [(Code.ANSWER_NOT_INTEGER, "age")]),
        ("<to>2020-01-01</to>", []),
        ("<from>2020-01-01</from><to>2020-01-01</to>", []),
        ("<from>2020-01-02</from><to>2020-01-01</to>", [(Code.ANSWER_CONSTRAINT, "to")]),
        ("<mood>0</mood>", []),
        ("<mood>11</mood>", [(Code.ANSWER_OUT_OF_RANGE, "mood")]),
        ("<share>0.75</share>", []),
        ("<share>-0.25</share>", [(Code.ANSWER_OUT_OF_RANGE, "share")]),
        ("<region>x</region><letter>a</letter><letters>a b c</letters>", []),
        ("<region>x</region><letter>c</letter>", [(Code.ANSWER_CHOICE_NOT_OFFERED, "letter")]),
        ("<letter>a</letter>", [(Code.ANSWER_CHOICE_NOT_OFFERED, "letter")]),
        ("<region>y</region><letters>c a</letters>", [(Code.ANSWER_CHOICE_NOT_OFFERED, "letters")]),
        ("<region>x</region><letter>q</letter>", [(Code.ANSWER_UNKNOWN_CHOICE, "letter")]),
        ("<born>2999-01-01</born>", []),
        ("<born>1899-01-01</born>", [(Code.ANSWER_CONSTRAINT, "born")]),
    ],
)
def test_constraints_ranges_and_filtered_choices(inside: str, found: list[tuple[Code, str]]) -> None:
    answers = _read(BOUND, inside)
    assert [(each.code, each.pointer) for each in answers.findings] == [(code, f"/data/{path}") for code, path in found]
    assert answers.unchecked == ("<born>2999" in inside)


def test_what_cannot_be_checked_is_remarked_once_with_its_place() -> None:
    form = _form(
        _question("date", "born", constraint=". <= today()"),
        _question("select_one", "town", choices_file="towns.csv"),
        _question("text", "price", relevant="pulldata('prices', 'p', 'name', ${town}) > 3", required=True),
    )
    remarks = AnswerReader(form).remarks
    assert [(each.pointer, each.params["needed"], each.severity) for each in remarks] == [
        ("/questions/0/constraint", "today()", Severity.NOTE),
        ("/questions/1/choices_file", "towns.csv", Severity.NOTE),
        ("/questions/2/relevant", "pulldata()", Severity.NOTE),
    ]
    for inside in ("", "<born>2999-01-01</born><town>anywhere</town><price>3</price>"):
        assert _found(form, inside) == []


def test_choices_that_are_answers_of_a_repeat() -> None:
    form = _form(
        _group("person", _question("text", "alias"), kind="repeat"),
        _question("select_one", "eldest", choices_from="alias"),
    )
    people = "<person><alias>Ana</alias></person><person><alias>Ion</alias></person>"
    assert _found(form, f"{people}<eldest>Ion</eldest>") == []
    assert _found(form, f"{people}<eldest>Eva</eldest>") == [
        (Code.ANSWER_CHOICE_NOT_OFFERED, "/data/eldest"),
    ]


OFFERED = _form(
    _question("integer", "age", required=True, missing=True),
    _question("geopoint", "home", missing=["refused"]),
    _question("select_multiple", "letters", choices="letters", missing=True),
)


def test_a_missing_answer_says_why_in_every_cell_of_it() -> None:
    inside = "<age/><age_missing>dont_know</age_missing><home/><home_missing>refused</home_missing>"
    answers = _read(OFFERED, f"{inside}<letters/><letters_missing/>")
    row = answers.tables[0].rows[0]
    assert answers.findings == ()
    assert (row["age"], row["age_missing"]) == (Missing("dont_know", -97), "dont_know")
    assert {row[f"home-{part}"] for part in ("latitude", "longitude", "altitude", "accuracy")} == {
        Missing("refused", -98)
    }
    assert (row["letters"], row["letters_missing"]) == (None, None)
    # The elements may come in any order, and the answer's own may not be there at all.
    turned = _read(OFFERED, "<age_missing>refused</age_missing><age/>").tables[0].rows[0]
    assert turned["age"] == _read(OFFERED, "<age_missing>refused</age_missing>").tables[0].rows[0]["age"]
    assert turned["age"] == Missing("refused", -98)


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("", [(Code.ANSWER_REQUIRED, "/data/age")]),
        ("<age>3</age>", []),
        ("<age>3</age><age_missing>refused</age_missing>", [(Code.ANSWER_AND_MISSING, "/data/age_missing")]),
        ("<age_missing>lost</age_missing>", [(Code.ANSWER_UNKNOWN_CHOICE, "/data/age_missing")]),
        (
            "<age>3</age><home_missing>dont_know</home_missing>",
            [(Code.ANSWER_UNKNOWN_CHOICE, "/data/home_missing")],
        ),
    ],
)
def test_what_is_wrong_with_a_missing_answer(inside: str, found: list[tuple[Code, str]]) -> None:
    answers = _read(OFFERED, inside)
    assert [(each.code, each.pointer) for each in answers.findings] == found
    kept = str(answers.tables[0].rows[0])
    assert all(word in kept for word in ("3", "refused", "lost", "dont_know") if f">{word}<" in inside)


def test_a_flat_form_has_its_groups_in_the_names_of_columns_alone() -> None:
    form = _form(
        CONSENT, _group("work", _question("text", "job", required=True), relevant="${consent} = 'yes'"), flat=True
    )
    answers = _read(form, "<consent>yes</consent><job>mason</job>")
    assert (answers.findings, answers.tables[0].rows[0]["work-job"]) == ((), "mason")
    assert _found(form, "<consent>yes</consent><job/>") == [(Code.ANSWER_REQUIRED, "/data/job")]
    assert _found(form, "<consent>no</consent><job>x</job>") == [(Code.ANSWER_NOT_ASKED, "/data/job")]


def test_another_namespace_changes_nothing() -> None:
    form = _form(
        _group("person", _question("integer", "age"), kind="repeat"),
        _question("text", "more", relevant="sum(${age}) > 3"),
    )
    inside = f"<person><age>4</age></person><more>x</more>{META}"
    spaced = f'<data xmlns="http://www.w3.org/2002/xforms" id="checked">{inside}</data>'
    prefixed = f'<h:data xmlns:h="http://www.w3.org/2002/xforms" id="checked">{inside}</h:data>'
    for xml in (spaced, prefixed):
        assert AnswerReader(form).read(xml.encode()).findings == ()


def test_an_entity_of_a_repeat_is_left_with_its_texts_and_attributes() -> None:
    form = _form(
        _group("home", _question("text", "street"), kind="repeat"),
        entities=[{"dataset": "homes", "label": "${street}", "repeat": "home"}],
    )
    entity = '<meta><entity dataset="homes" create="1" id="e-1"><label>Hof</label></entity></meta>'
    answers = _read(form, f"<home><street>Hof</street>{entity}</home>")
    assert answers.findings == ()
    assert {(each.path.rpartition("/")[2], each.text) for each in answers.leftovers} == {
        ("@dataset", "homes"), ("@create", "1"), ("@id", "e-1"), ("entity", "Hof"),
    }  # fmt: skip


def test_findings_can_be_told() -> None:
    """Every finding of a check carries what its text needs and nothing of an answer."""
    found: list[Finding] = []
    found += _read(BOUND, "<age>15</age><mood>11</mood><letter>a</letter>").findings
    assert [dict(each.params) for each in found] == [
        {"constraint": ". >= 16 and . <= 110"},
        {"low": "0", "high": "10"},
        {"list": "letters"},
    ]
