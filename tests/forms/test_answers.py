"""Instance XML to typed tables: what was given comes back, what does not fit is told and kept."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from forms.answers import Answers, read_answers
from forms.answers.expand import expand_choices
from forms.answers.instance import MAX_BYTES, MAX_DEPTH
from forms.errors import Code, FormError, Severity
from forms.schema import load_form
from forms.tables import layouts
from forms.values import Missing, Unread
from tests.examples import examples
from tests.forms.examples import every_kind
from tests.forms.instances import filled_instances
from tests.forms.strategies import documents

calm = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
EVERY = every_kind()
META = "<meta><instanceID>uuid:1</instanceID></meta>"


def _read(inside: str, *, meta: str = META, version: str | None = None) -> Answers:
    return read_answers(f'<data id="every" version="v">{inside}{meta}</data>'.encode(), EVERY, version)


def _root(inside: str) -> dict[str, Any]:
    answers = _read(inside)
    assert [finding for finding in answers.findings if finding.code not in CONDITIONS] == []
    return answers.tables[0].rows[0]


CONDITIONS = {
    Code.ANSWER_NOT_ASKED,
    Code.ANSWER_REQUIRED,
    Code.ANSWER_CONSTRAINT,
    Code.ANSWER_OUT_OF_RANGE,
    Code.ANSWER_CHOICE_NOT_OFFERED,
}
"""What answers break that fit their types and were drawn without a look at the form's conditions."""


@calm
@given(st.data())
def test_answers_come_back_as_they_were_given(data: st.DataObject) -> None:
    form = EVERY if data.draw(st.booleans()) else load_form(data.draw(documents()))
    filled = data.draw(filled_instances(form))
    answers = read_answers(filled.xml(), form, "v")
    assert {finding.code for finding in answers.findings} <= CONDITIONS
    assert answers.leftovers == ()
    assert sorted(answers.attachments) == sorted(set(filled.attachments))
    for table in answers.tables:
        assert table.rows == filled.rows.get(table.name, [])
        columns = {column.name for column in table.layout.columns}
        for row in table.rows:
            assert set(row) <= columns


@calm
@given(st.data())
def test_answers_that_keep_the_conditions_give_no_finding(data: st.DataObject) -> None:
    form = load_form(data.draw(documents(old=data.draw(st.booleans()))))
    filled = data.draw(filled_instances(form, valid=True))
    assert read_answers(filled.xml(), form, "v").findings == ()


_TEXTS = st.one_of(st.just(""), st.from_regex(r"[a-z0-9 .:-]{1,9}", fullmatch=True))


_NAMES = "a_integer a_date a_geopoint g one many one_other person person_count alias away trip note meta instanceID x"


def _disordered(draw: st.DrawFn, parent: Any, depth: int) -> None:
    """Fill an element with known and unknown names in any order, and text anywhere."""
    parent.text = draw(_TEXTS)
    for name in draw(st.lists(st.sampled_from(_NAMES.split()), max_size=3)) if depth else ():
        child = etree.SubElement(parent, name)
        _disordered(draw, child, depth - 1)
        child.tail = draw(_TEXTS)


@calm
@given(st.data())
def test_no_text_is_ever_dropped(data: st.DataObject) -> None:
    root = etree.Element("data", {"id": "every", "version": "v"})
    _disordered(data.draw, root, 4)
    assert _lost(root, read_answers(etree.tostring(root), EVERY)) == []


@calm
@given(st.data())
def test_no_text_is_dropped_from_a_damaged_instance_of_any_form(data: st.DataObject) -> None:
    form = load_form(data.draw(documents(old=data.draw(st.booleans()))))
    root = data.draw(filled_instances(form)).root
    for _ in range(data.draw(st.integers(1, 4))):
        _damage(data.draw, root)
    assert _lost(root, read_answers(etree.tostring(root), form)) == []


def _damage(draw: st.DrawFn, root: Any) -> None:
    """Copy, move, rename or fill an element anywhere in the tree, the meta element included."""
    elements = list(root.iter())
    one, other = (elements[draw(st.integers(0, len(elements) - 1))] for _ in range(2))
    match draw(st.integers(0, 4)):
        case 0:
            other.append(copy.deepcopy(one))
        case 1 if other not in one.iter():
            other.insert(draw(st.integers(0, len(other))), one)
        case 2 if one is not root:
            one.tag = etree.QName(other).localname
        case 3:
            one.text = draw(_TEXTS)
        case _ if one is not root:
            one.tail = draw(_TEXTS)


def _lost(root: Any, answers: Answers) -> list[str]:
    """The words of an instance that are nowhere in what was read from it."""
    kept = [leftover.text for leftover in answers.leftovers]
    for table in answers.tables:
        for row in table.rows:
            for value in row.values():
                parts = value if isinstance(value, tuple) else (value,)
                kept += [part.isoformat() if isinstance(part, date | time) else str(part) for part in parts]
                kept += [value.kind] if isinstance(value, Missing) else []
    kept += [str(answers.instance_id), str(answers.instance_name), str(answers.deprecated_id), *answers.attachments]
    words = {word for text in root.itertext() for word in text.split()}
    everything = " ".join(kept)
    # Numbers lose a sign or zeros in front.
    return sorted(word for word in words if word not in everything and word.lstrip("0-+.") not in everything)


@settings(calm, max_examples=examples(150))
@given(st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_any_bytes_are_answers_or_refused(source: bytes) -> None:
    try:
        read_answers(source, EVERY)
    except FormError as error:
        assert str(error.code).startswith("answers.")  # noqa: PT017


TYPED = [
    ("<a_text> two  words\n</a_text>", "a_text", " two  words\n"),
    ("<a_integer>-007</a_integer>", "a_integer", -7),
    ("<a_decimal>1.50</a_decimal>", "a_decimal", Decimal("1.50")),
    ("<a_date>2026-02-28</a_date>", "a_date", date(2026, 2, 28)),
    ("<a_time>10:30:00.000Z</a_time>", "a_time", time(10, 30, tzinfo=UTC)),
    ("<a_datetime>2026-02-28T10:30:00.000+02:00</a_datetime>", "a_datetime", datetime(2026, 2, 28, 8, 30, tzinfo=UTC)),
    ("<whole>7</whole>", "whole", 7),
    ("<half>0.5</half>", "half", Decimal("0.5")),
    ("<g><one>yes</one></g>", "g-one", "yes"),
    ("<g><one>other</one><one_other>x</one_other></g>", "g-one_other", "x"),
    ("<g><many>blue red</many></g>", "g-many", ("blue", "red")),
    ("<g><ranked>blue red green</ranked></g>", "g-ranked", ("blue", "red", "green")),
    ("<a_image>1.jpg</a_image>", "a_image", "1.jpg"),
    ("<a_acknowledge>OK</a_acknowledge>", "a_acknowledge", "OK"),
    ("<person_count>2</person_count>", "person_count", 2),
    ("<today>2026-02-28</today>", "today", date(2026, 2, 28)),
    ("<a_integer/>", "a_integer", None),
    ("<a_integer> </a_integer>", "a_integer", None),
]


@pytest.mark.parametrize(("inside", "column", "value"), TYPED, ids=lambda value: str(value)[:30])
def test_each_kind_is_read_as_its_type(inside: str, column: str, value: object) -> None:
    row = _root(inside)
    assert row[column] == value
    assert type(row[column]) is type(value)


def test_a_geopoint_is_split_into_four_columns() -> None:
    row = _root("<a_geopoint>51.5 -7.25 80 4.5</a_geopoint>")
    parts = [row[f"a_geopoint-{part}"] for part in ("latitude", "longitude", "altitude", "accuracy")]
    assert parts == [Decimal("51.5"), Decimal("-7.25"), Decimal("80"), Decimal("4.5")]


def test_an_absent_answer_differs_from_an_empty_one() -> None:
    assert "a_text" not in _root("")
    assert _root("<a_text/>")["a_text"] is None


MISFITS = [
    ("<a_integer>3.0</a_integer>", Code.ANSWER_NOT_INTEGER, "/data/a_integer", "a_integer", "3.0"),
    ("<a_integer>" + "9" * 5000 + "</a_integer>", Code.ANSWER_NOT_INTEGER, "/data/a_integer", "a_integer", "9" * 5000),
    ("<a_decimal>1,5</a_decimal>", Code.ANSWER_NOT_DECIMAL, "/data/a_decimal", "a_decimal", "1,5"),
    ("<a_decimal>NaN</a_decimal>", Code.ANSWER_NOT_DECIMAL, "/data/a_decimal", "a_decimal", "NaN"),
    ("<a_date>2026-02-30</a_date>", Code.ANSWER_NOT_DATE, "/data/a_date", "a_date", "2026-02-30"),
    ("<a_date>20260228</a_date>", Code.ANSWER_NOT_DATE, "/data/a_date", "a_date", "20260228"),
    ("<a_time>25:00:00</a_time>", Code.ANSWER_NOT_TIME, "/data/a_time", "a_time", "25:00:00"),
    ("<a_datetime>2026-02-28</a_datetime>", Code.ANSWER_NOT_DATETIME, "/data/a_datetime", "a_datetime", "2026-02-28"),
    ("<a_geopoint>here</a_geopoint>", Code.ANSWER_NOT_GEOPOINT, "/data/a_geopoint", "a_geopoint-latitude", "here"),
    ("<a_geopoint>91 0</a_geopoint>", Code.ANSWER_NOT_GEOPOINT, "/data/a_geopoint", "a_geopoint-latitude", "91 0"),
]


@pytest.mark.parametrize(("inside", "code", "path", "column", "kept"), MISFITS, ids=lambda value: str(value)[:30])
def test_what_does_not_fit_is_told_and_kept(inside: str, code: Code, path: str, column: str, kept: str) -> None:
    answers = _read(inside)
    assert [(finding.code, finding.pointer) for finding in answers.findings] == [(code, path)]
    value = answers.tables[0].rows[0][column]
    assert isinstance(value, Unread)
    assert value == kept


STRAYS = [
    ("<g><one>maybe</one></g>", Code.ANSWER_UNKNOWN_CHOICE, "/data/g/one", []),
    ("<g><many>red pink</many></g>", Code.ANSWER_UNKNOWN_CHOICE, "/data/g/many", []),
    ("<g><many>red red</many></g>", Code.ANSWER_REPEATED_CHOICE, "/data/g/many", []),
    ("<who>me</who>", Code.ANSWER_UNKNOWN_ELEMENT, "/data/who", ["me"]),
    ("<person><who>me</who></person>", Code.ANSWER_UNKNOWN_ELEMENT, "/data/person[1]/who", ["me"]),
    ("<a_text>a</a_text><a_text>b</a_text>", Code.ANSWER_DUPLICATE_ELEMENT, "/data/a_text", ["b"]),
    ("<a_text>a<b>c</b></a_text>", Code.ANSWER_UNKNOWN_ELEMENT, "/data/a_text/b", ["c"]),
    ("<g>stray</g>", Code.ANSWER_STRAY_TEXT, "/data/g", ["stray"]),
    ("<note>said</note>", Code.ANSWER_STRAY_TEXT, "/data/note", ["said"]),
]


@pytest.mark.parametrize(("inside", "code", "path", "left"), STRAYS, ids=lambda value: str(value)[:40])
def test_what_the_form_does_not_know_is_told_and_kept(inside: str, code: Code, path: str, left: list[str]) -> None:
    answers = _read(inside)
    assert [(finding.code, finding.pointer) for finding in answers.findings] == [(code, path)]
    assert [leftover.text for leftover in answers.leftovers] == left


def test_nested_repeats_know_their_parents() -> None:
    trip = "<trip><year>{}</year></trip>"
    answers = _read(
        f"<person><alias>A</alias><away>{trip.format(1990)}{trip.format(1991)}</away></person>"
        f"<person><alias>B</alias><away>{trip.format(2000)}</away></person>"
        '<person xmlns:jr="http://openrosa.org/javarosa" jr:template=""><alias/></person>'
    )
    people, trips = answers.table("every-person"), answers.table("every-trip")
    assert [(row["row_index"], row["parent_index"], row["alias"]) for row in people.rows] == [(1, 1, "A"), (2, 1, "B")]
    keys = ("row_index", "parent_index", "sibling_index", "year")
    assert [tuple(row[key] for key in keys) for row in trips.rows] == [
        (1, 1, 1, 1990),
        (2, 1, 2, 1991),
        (3, 2, 1, 2000),
    ]
    assert (trips.layout.parent, people.layout.parent) == ("every-person", "every")
    assert {row["instance_id"] for row in trips.rows} == {"uuid:1"}


def test_the_meta_block_is_read_with_and_without_its_namespace() -> None:
    given = {"instanceID": "uuid:1", "deprecatedID": "uuid:0", "instanceName": "N"}
    inner = "".join(f"<{{0}}{name}>{value}</{{0}}{name}>" for name, value in given.items())
    plain = _read("", meta=f"<meta>{inner.format('')}</meta>")
    spaced = _read("", meta=f'<orx:meta xmlns:orx="http://openrosa.org/xforms">{inner.format("orx:")}</orx:meta>')
    for answers in (plain, spaced):
        assert (answers.instance_id, answers.deprecated_id, answers.instance_name) == ("uuid:1", "uuid:0", "N")
        assert answers.findings == ()
    assert [finding.code for finding in _read("", meta="").findings] == [Code.ANSWERS_NO_INSTANCE_ID]


def test_another_form_and_another_version_are_told() -> None:
    found = read_answers(f'<data id="x" version="v">{META}</data>'.encode(), EVERY, "w").findings
    assert [(finding.code, finding.severity) for finding in found] == [
        (Code.ANSWERS_OTHER_FORM, Severity.ERROR),
        (Code.ANSWERS_OTHER_VERSION, Severity.WARNING),
    ]


def test_several_choices_expand_to_columns_of_0_and_1() -> None:
    table = expand_choices(_read("<g><many>red blue</many><ranked/></g>").tables[0], EVERY)
    row = table.rows[0]
    assert [row[f"g-many/{name}"] for name in ("red", "green", "blue")] == [1, 0, 1]
    assert [row[f"g-ranked/{name}"] for name in ("red", "green", "blue")] == [None, None, None]
    assert row["g-many"] == ("red", "blue")
    names = [column.name for column in table.layout.columns]
    assert names[names.index("g-many") :][:4] == ["g-many", "g-many/red", "g-many/green", "g-many/blue"]
    assert "g-many/red" not in expand_choices(_read("").tables[0], EVERY).rows[0]


def test_the_tables_name_each_column_once() -> None:
    for layout in layouts(EVERY):
        names = [column.name for column in layout.columns]
        assert len(names) == len(set(names))
    without = [column.name for layout in layouts(EVERY) for column in layout.columns if column.question is None]
    keys = ["instance_id", "row_index", "parent_index", "sibling_index"]
    assert without == ["instance_id", "instance_name", "form_version", "person_count", *keys, *keys]


LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><data id="every">&c;</data>'
)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (LAUGHS, Code.ANSWERS_DTD),
        (b"\xef\xbb\xbf <?xml version='1.0'?><!-- <x> --><?pi?>\n" + LAUGHS, Code.ANSWERS_DTD),
        (b'<!DOCTYPE data SYSTEM "file:///etc/passwd"><data id="every"/>', Code.ANSWERS_DTD),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data>&x;</data>', Code.ANSWERS_DTD),
        (LAUGHS.decode().encode("utf-16"), Code.ANSWERS_ENCODING),
        (b"<?xml version='1.0' encoding='utf-16'?>" + LAUGHS, Code.ANSWERS_DTD),
        (b"<data>&x;</data>", Code.ANSWERS_SYNTAX),
        (b"<data>", Code.ANSWERS_SYNTAX),
        (b"", Code.ANSWERS_SYNTAX),
        (b"<!--", Code.ANSWERS_SYNTAX),
        (b"<data>\xff</data>", Code.ANSWERS_ENCODING),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), Code.ANSWERS_TOO_DEEP),
        (b"<a>" * 100_000 + b"</a>" * 100_000, Code.ANSWERS_TOO_DEEP),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", Code.ANSWERS_TOO_LARGE),
    ],
    ids=lambda value: str(value)[:40],
)
def test_xml_that_is_not_safe_is_refused(source: bytes, code: Code) -> None:
    with pytest.raises(FormError) as caught:
        read_answers(source, EVERY)
    assert caught.value.code is code


def test_the_deepest_allowed_xml_is_read() -> None:
    source = b'<data id="every">' + b"<a>" * (MAX_DEPTH - 1) + b"</a>" * (MAX_DEPTH - 1) + META.encode() + b"</data>"
    assert [finding.code for finding in read_answers(source, EVERY).findings] == [Code.ANSWER_UNKNOWN_ELEMENT]


LINES = [
    (
        "geotrace",
        "51.5 -7.25 80 4.5; 51.6 -7 81.0 3",
        "LINESTRING Z (-7.25 51.5 80, -7 51.6 81.0)",
    ),
    ("geotrace", "51.5 -7.25;51.6 -7", "LINESTRING (-7.25 51.5, -7 51.6)"),
    ("geoshape", "0 0 1 0;0 1 1 0;1 1 1 0;0 0 9 0;", "POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))"),
]


@pytest.mark.parametrize(("kind", "given", "wkt"), LINES)
def test_lines_and_areas_are_kept_and_written_for_maps(kind: str, given: str, wkt: str) -> None:
    row = _root(f"<a_{kind}>{given}</a_{kind}>")
    assert (row[f"a_{kind}"], row[f"a_{kind}-wkt"]) == (given, wkt)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("geotrace", "1 2"),
        ("geotrace", "1 2;x"),
        ("geotrace", "91 0;0 0"),
        ("geoshape", "0 0;0 1;1 1"),
        ("geotrace", ";"),
    ],
)
def test_what_is_no_line_or_area_is_told_and_kept(kind: str, given: str) -> None:
    answers = _read(f"<a_{kind}>{given}</a_{kind}>")
    assert [each.code.value for each in answers.findings] == [f"answer.not_{kind}"]
    row = answers.tables[0].rows[0]
    assert (row[f"a_{kind}"], row[f"a_{kind}-wkt"]) == (given, None)
    assert isinstance(row[f"a_{kind}"], Unread)
