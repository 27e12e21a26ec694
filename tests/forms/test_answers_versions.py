"""Versions of a form in one set of tables: nothing is mixed that is not the same, and nothing is lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.answers import AnswerReader
from forms.answers.expand import expand_choices
from forms.answers.versions import SideBySide
from forms.errors import Code, FormError
from forms.schema import load_form
from tests.examples import examples
from tests.forms.examples import small_form, text
from tests.forms.instances import filled_instances
from tests.forms.strategies import documents

META = "<meta><instanceID>uuid:1</instanceID></meta>"


def _version(*questions: dict[str, Any], **choices: tuple[str, ...]) -> dict[str, Any]:
    document = copy.deepcopy(small_form())
    document["questions"] = list(questions)
    document["choices"] |= {
        name: [{"name": choice, "label": text(choice)} for choice in names] for name, names in choices.items()
    }
    return document


def _question(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), **more}


def _holding(kind: str, name: str, *questions: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "name": name, "label": text(name), "questions": list(questions)}


def _side_by_side(**documents: dict[str, Any]) -> SideBySide:
    """The versions by their names here, the newest first."""
    return SideBySide({version: load_form(document) for version, document in documents.items()})


def _columns(versions: SideBySide) -> dict[str, list[str]]:
    return {layout.name: [column.name for column in layout.columns] for layout in versions.layouts}


def _rows(versions: SideBySide, version: str, inside: str) -> list[tuple[str, dict[str, Any]]]:
    answers = versions.read(f'<data id="small" version="{version}">{inside}{META}</data>'.encode())
    assert answers.findings == ()
    return list(versions.rows(answers))


def test_columns_and_choices_are_those_of_the_newest_and_then_what_older_ones_add() -> None:
    several = _question("select_multiple", "several", choices="colours")
    versions = _side_by_side(
        new=_version(_question("text", "c"), several, _question("text", "a"), colours=("red", "blue")),
        old=_version(_question("text", "a"), _question("text", "b"), several, colours=("green", "red")),
    )
    keys = ["instance_id", "instance_name", "form_version"]
    dummies = ["several/red", "several/blue"]
    assert _columns(versions) == {"small": [*keys, "c", "several", *dummies, "a", "b", "several/green"]}
    assert [choice.name for choice in versions.choices["small", "several"]] == ["red", "blue", "green"]
    assert versions.findings == ()
    ((_, old),) = _rows(versions, "old", "<a>1</a><b>2</b><several>green</several>")
    ((_, new),) = _rows(versions, "new", "<c>3</c><several>red</several><a/>")
    assert (old["form_version"], old["b"], old["several/green"], old["several/red"]) == ("old", "2", 1, 0)
    assert "c" not in old
    assert "several/blue" not in old
    assert (new["form_version"], new["several/red"], new["a"]) == ("new", 1, None)


def test_a_question_of_another_type_has_a_column_of_its_own() -> None:
    versions = _side_by_side(
        third=_version(_question("integer", "age"), _question("select_one", "way", choices="yes_no")),
        second=_version(_question("text", "age"), _question("select_multiple", "way", choices="yes_no")),
        first=_version(_question("integer", "age"), _question("geopoint", "way")),
    )
    columns = _columns(versions)["small"]
    assert columns[3:9] == ["age", "way", "age:text", "way:choices", "way:choices/yes", "way:choices/no"]
    ((_, row),) = _rows(versions, "second", "<age>about 30</age><way>no</way>")
    assert (row["age:text"], row["way:choices"], row["way:choices/no"]) == ("about 30", ("no",), 1)
    assert not {"age", "way", "way/no"} & set(row)
    ((_, row),) = _rows(versions, "first", "<age>3</age><way>1 2</way>")
    assert (row["age"], str(row["way-latitude"])) == (3, "1")
    told = [(each.code, each.pointer, each.params["before"], each.params["after"]) for each in versions.findings]
    assert told == [
        (Code.ANSWERS_TYPE_CHANGED, "/questions/0", "text", "integer"),
        (Code.ANSWERS_TYPE_CHANGED, "/questions/1", "choices", "choice"),
        (Code.ANSWERS_TYPE_CHANGED, "/questions/1", "geopoint", "choice"),
    ]


def test_a_question_that_moved_has_a_column_in_each_place() -> None:
    age = _question("integer", "age")
    versions = _side_by_side(
        new=_version(_holding("repeat", "person", age), _holding("group", "g", _question("text", "word"))),
        old=_version(age, _question("text", "word"), _holding("repeat", "person", _question("text", "alias"))),
    )
    assert {(each.code, *each.params.values()) for each in versions.findings} == {
        (Code.ANSWERS_MOVED, "age", "small age", "small-person age"),
        (Code.ANSWERS_MOVED, "word", "small word", "small g-word"),
    }
    assert _columns(versions)["small"][3:] == ["g-word", "age", "word"]
    assert _columns(versions)["small-person"][4:] == ["age", "alias"]


def test_rows_of_a_repeat_that_lay_in_another_one_stand_in_a_table_of_their_own() -> None:
    trip = _holding(
        "repeat", "trip", _question("integer", "year"), _holding("repeat", "stop", _question("text", "town"))
    )
    versions = _side_by_side(
        new=_version(_holding("repeat", "person", trip)),
        old=_version(_holding("repeat", "person", _question("text", "alias")), trip),
    )
    tables = {layout.name: layout.parent for layout in versions.layouts}
    assert tables == {
        "small": None,
        "small-person": "small",
        "small-trip": "small-person",
        "small-stop": "small-trip",
        "small-trip:small": "small",
        "small-stop:small-trip:small": "small-trip:small",
    }
    rows = _rows(versions, "old", "<trip><year>2001</year><stop><town>Varna</town></stop></trip>")
    assert [name for name, _ in rows] == ["small", "small-trip:small", "small-stop:small-trip:small"]
    rows = _rows(versions, "new", "<person><trip><year>2001</year></trip></person>")
    assert [name for name, _ in rows] == ["small", "small-person", "small-trip"]
    assert {(each.code, each.params["name"]) for each in versions.findings} >= {(Code.ANSWERS_MOVED, "trip")}


def test_each_instance_is_read_under_its_own_version() -> None:
    versions = _side_by_side(new=_version(_question("integer", "a")), old=_version(_question("text", "a")))
    xml = f'<data id="small" version="old"><a>x</a>{META}</data>'.encode()
    assert versions.read(xml).tables[0].rows[0]["a"] == "x"
    # The version may be known from elsewhere, as from a signed cover; what the XML says is then compared with it.
    codes = [each.code for each in versions.read(xml, "new").findings]
    assert codes == [Code.ANSWERS_OTHER_VERSION, Code.ANSWER_NOT_INTEGER]
    for unknown in (xml.replace(b'"old"', b'"lost"'), xml.replace(b' version="old"', b"")):
        with pytest.raises(FormError) as caught:
            versions.read(unknown)
        assert caught.value.code is Code.ANSWERS_UNKNOWN_VERSION
    assert set(versions.remarks) == {"new", "old"}


def _renamed(document: dict[str, Any], form_id: str) -> dict[str, Any]:
    return {**document, "id": form_id}


@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_no_value_is_lost_or_changed_between_the_version_and_the_union(data: st.DataObject) -> None:
    """Versions that share nothing but names that fall together by chance, and one that is drawn twice."""
    drawn = [data.draw(documents()) for _ in range(2)]
    forms = [load_form(_renamed(document, "one")) for document in (*drawn, drawn[0])]
    versions = SideBySide({f"v{number}": form for number, form in enumerate(forms)})
    columns = {name: set(names) for name, names in _columns(versions).items()}
    for number, form in enumerate(forms):
        xml = data.draw(filled_instances(form)).xml().replace(b'version="v"', f'version="v{number}"'.encode())
        answers = AnswerReader(form).read(xml)
        expected = [row for table in answers.tables for row in expand_choices(table, form).rows]
        found = list(versions.rows(versions.read(xml)))
        for (table, row), before in zip(found, expected, strict=True):
            assert set(row) <= columns[table]
            assert list(row.values()) == list(before.values())
            assert {name.partition(":")[0] for name in row} <= {name.partition("/")[0] for name in before} | set(before)
    for layout in versions.layouts:
        kinds = {column.name: column.kind for column in layout.columns}
        assert len(kinds) == len(layout.columns)
