"""Each way in which a form's JSON can be wrong, with its place, its code and its parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.errors import Code, Finding, FormErrors
from forms.schema import MAX_BYTES, MAX_DEPTH, MAX_QUESTIONS, dump_form, load_form, read_form
from forms.version import canonical_json, version_hash
from tests.forms.examples import every_kind, small_form, text, with_question


def _refusals(document: object) -> tuple[Finding, ...]:
    with pytest.raises(FormErrors) as caught:
        load_form(document)
    return caught.value.errors


def _set(path: str, value: Any) -> dict[str, Any]:
    document: Any = small_form()
    holder = document
    *steps, last = path.split("/")[1:]
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return document


def _without(key: str) -> dict[str, Any]:
    document = small_form()
    del document[key]
    return document


def _asked(**keys: Any) -> dict[str, Any]:
    return with_question(**{"type": "text", "name": "third", "label": text("Dritte"), **keys})


BAD = [
    ([], "", Code.EXPECTED_OBJECT, {}),
    (_without("title"), "", Code.MISSING_KEY, {"key": "title"}),
    (_set("/feldbuch_form", 2), "/feldbuch_form", Code.FORMAT_VERSION, {"expected": 1}),
    (_set("/feldbuch_form", True), "/feldbuch_form", Code.FORMAT_VERSION, {"expected": 1}),
    (_set("/titel", "x"), "/titel", Code.UNKNOWN_KEY_NEAR, {"key": "titel", "nearest": "title"}),
    (_set("/a~b/c".replace("/c", ""), 1), "/a~0b", Code.UNKNOWN_KEY, None),
    (_set("/id", "a b"), "/id", Code.BAD_FORM_ID, {"value": "a b"}),
    (_set("/id", None), "/id", Code.NULL_VALUE, {"key": "id"}),
    (_set("/title", "Klein"), "/title", Code.EXPECTED_TEXTS, {}),
    (_set("/title", {}), "/title", Code.EMPTY_TEXTS, {}),
    (_set("/title/de", "  "), "/title/de", Code.EMPTY_TEXT, {}),
    (_set("/title/de", 7), "/title/de", Code.EXPECTED_TEXT, {}),
    (_set("/title/de", "a\x00b"), "/title/de", Code.ILLEGAL_CHARACTER, {"character": "U+0000"}),
    (_set("/title/de", "a\ud800b"), "/title/de", Code.ILLEGAL_CHARACTER, {"character": "U+D800"}),
    (_set("/title/de", "x" * 20_001), "/title/de", Code.TEXT_TOO_LONG, {"limit": 20_000}),
    (_set("/title/german language", "x"), "/title/german language", Code.BAD_LANGUAGE, None),
    (_set("/languages", {}), "/languages", Code.EXPECTED_LIST, {}),
    (_set("/languages", []), "/languages", Code.EMPTY_LIST, {}),
    (_set("/languages/1", "de"), "/languages/1", Code.EXPECTED_OBJECT, {}),
    (_set("/languages/0/code", "d"), "/languages/0/code", Code.BAD_LANGUAGE, {"value": "d"}),
    (_set("/choices", []), "/choices", Code.EXPECTED_OBJECT, {}),
    (_set("/choices/a'b", []), "/choices/a'b", Code.BAD_LIST_NAME, {"value": "a'b"}),
    (_set("/choices/a.csv", []), "/choices/a.csv", Code.BAD_LIST_NAME, {"value": "a.csv"}),
    (_set("/choices/feldbuch_x", []), "/choices/feldbuch_x", Code.RESERVED_NAME, {"name": "feldbuch_x"}),
    (_set("/choices/yes_no/0/name", "a\tb"), "/choices/yes_no/0/name", Code.BAD_CHOICE_NAME, {"value": "a\tb"}),
    (_set("/choices/yes_no/0/values", {"label": 1}), "/choices/yes_no/0/values/label", Code.RESERVED_NAME, None),
    (_set("/choices/yes_no/0/values", {"a": []}), "/choices/yes_no/0/values/a", Code.EXPECTED_SCALAR, {}),
    (_set("/questions", {}), "/questions", Code.EXPECTED_LIST, {}),
    (_set("/questions/0", "text"), "/questions/0", Code.EXPECTED_OBJECT, {}),
    (_set("/questions/0", {"name": "x"}), "/questions/0", Code.MISSING_KEY, {"key": "type"}),
    (_set("/questions/0/type", "txt"), "/questions/0/type", Code.UNKNOWN_TYPE_NEAR, {"type": "txt", "nearest": "text"}),
    (_set("/questions/0/type", "zzzzzz"), "/questions/0/type", Code.UNKNOWN_TYPE, None),
    (_set("/questions/0/type", 1), "/questions/0/type", Code.EXPECTED_TEXT, {}),
    (_set("/questions/0/name", "1st"), "/questions/0/name", Code.BAD_NAME, {"value": "1st"}),
    (_set("/questions/0/name", "a:b"), "/questions/0/name", Code.BAD_NAME, {"value": "a:b"}),
    (_set("/questions/0/lable", 1), "/questions/0/lable", Code.UNKNOWN_KEY_NEAR, {"key": "lable", "nearest": "label"}),
    (_set("/questions/0/choices", "yes_no"), "/questions/0/choices", Code.UNKNOWN_KEY, None),
    (_asked(required="  "), "/questions/2/required", Code.EMPTY_TEXT, {}),
    (_asked(required=1), "/questions/2/required", Code.EXPECTED_CONDITION, {}),
    (_asked(personal="yes"), "/questions/2/personal", Code.EXPECTED_BOOLEAN, {}),
    (_asked(special_category="healthy"), "/questions/2/special_category", Code.UNKNOWN_VALUE, None),
    (_asked(default=True), "/questions/2/default", Code.EXPECTED_SCALAR, {}),
    (_asked(default=float("nan")), "/questions/2/default", Code.BAD_NUMBER, {}),
    (_asked(default=2**53), "/questions/2/default", Code.BAD_NUMBER, {}),
    (_asked(default=1e300), "/questions/2/default", Code.BAD_NUMBER, {}),
    (_asked(relevant=True), "/questions/2/relevant", Code.EXPECTED_TEXT, {}),
    (
        _asked(parameters={"row": 3}),
        "/questions/2/parameters/row",
        Code.UNKNOWN_KEY_NEAR,
        {"key": "row", "nearest": "rows"},
    ),
    (_asked(parameters={"rows": "3"}), "/questions/2/parameters/rows", Code.EXPECTED_WHOLE_NUMBER, {}),
    (_asked(parameters={}), "/questions/2/parameters", Code.EMPTY_MAP, {}),
    (_asked(parameters=[]), "/questions/2/parameters", Code.EXPECTED_OBJECT, {}),
    (
        with_question(type="date", name="d", label=text("d"), parameters={}),
        "/questions/2/parameters",
        Code.UNKNOWN_KEY,
        None,
    ),
    (with_question(type="start", name="s", appearance="w1"), "/questions/2/appearance", Code.UNKNOWN_KEY, None),
    (with_question(type="rank", name="r", label=text("r")), "/questions/2", Code.MISSING_KEY, {"key": "choices"}),
    (with_question(type="calculate", name="c"), "/questions/2", Code.MISSING_KEY, {"key": "calculation"}),
    (with_question(type="group", name="g"), "/questions/2", Code.MISSING_KEY, {"key": "questions"}),
    (with_question(type="repeat", name="r", count=-1, questions=[]), "/questions/2/count", Code.EXPECTED_COUNT, {}),
    (with_question(type="repeat", name="r", count=True, questions=[]), "/questions/2/count", Code.EXPECTED_COUNT, {}),
    (
        with_question(type="group", name="g", questions=[{"type": "group", "name": "h", "questions": [{"type": "x"}]}]),
        "/questions/2/questions/0/questions/0/type",
        Code.UNKNOWN_TYPE,
        None,
    ),
]


@pytest.mark.parametrize(("document", "pointer", "code", "params"), BAD, ids=lambda value: str(value)[:40])
def test_a_wrong_form_is_refused_with_place_and_code(
    document: object, pointer: str, code: Code, params: dict[str, object] | None
) -> None:
    (error,) = _refusals(document)
    assert (error.code, error.pointer) == (code, pointer)
    if params is not None:
        assert error.params == params


def test_every_error_is_told_at_once() -> None:
    document = _set("/titel", 1)
    document["questions"][0]["lable"] = 1
    document["choices"]["yes_no"][1]["label"] = "Nein"
    document["default_language"] = ""
    places = {error.pointer for error in _refusals(document)}
    assert places == {"/titel", "/questions/0/lable", "/choices/yes_no/1/label", "/default_language"}


@pytest.mark.parametrize(
    ("source", "code", "params"),
    [
        (b'{"a": 1,}', Code.JSON_SYNTAX, {"line": 1, "column": 9}),
        (b"", Code.JSON_SYNTAX, {"line": 1, "column": 1}),
        (b'{"id": "a", "id": "b"}', Code.JSON_DUPLICATE_KEY, {"key": "id"}),
        (b'{"id": NaN}', Code.BAD_NUMBER, {}),
        (b'{"id": ' + b"9" * 5000 + b"}", Code.BAD_NUMBER, {}),
        (b'{"id": "\xff"}', Code.NOT_UTF8, {}),
        (b"[" * 100_000, Code.TOO_DEEP, {"limit": MAX_DEPTH}),
        (b"[" * 500 + b"]" * 500, Code.TOO_DEEP, {"limit": MAX_DEPTH}),
        (b" " * (MAX_BYTES + 1), Code.TOO_LARGE, {"limit": MAX_BYTES}),
    ],
    ids=lambda value: str(value)[:20],
)
def test_bytes_that_are_no_form_are_refused(source: bytes, code: Code, params: dict[str, object]) -> None:
    with pytest.raises(FormErrors) as caught:
        read_form(source)
    (error,) = caught.value.errors
    assert (error.code, error.pointer, error.params) == (code, "", params)


def _nested(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "text", "name": "deep", "label": text("t")}
    for level in range(levels):
        inner = {"type": "group", "name": f"g{level}", "questions": [inner]}
    return with_question(**inner)


def test_groups_may_be_nested_to_the_limit_and_no_deeper() -> None:
    load_form(_nested(MAX_DEPTH))
    (error,) = _refusals(_nested(MAX_DEPTH + 1))
    assert (error.code, error.params) == (Code.TOO_DEEP, {"limit": MAX_DEPTH})
    assert error.pointer == "/questions/2" + "/questions/0" * MAX_DEPTH


def test_a_form_holds_no_more_questions_than_the_limit() -> None:
    document = small_form()
    question = {"type": "text", "name": "q", "label": {"de": "q"}}
    document["questions"] = [question] * (MAX_QUESTIONS + 1)
    (error,) = _refusals(document)
    assert (error.code, error.params) == (Code.TOO_MANY_QUESTIONS, {"limit": MAX_QUESTIONS})


def test_what_is_not_given_differs_from_what_is_given_as_usual() -> None:
    plain, explicit = _asked(), _asked(required=False)
    assert version_hash(plain) != version_hash(explicit)
    assert dump_form(load_form(explicit))["questions"][2]["required"] is False
    assert "required" not in dump_form(load_form(plain))["questions"][2]


def test_a_dumped_form_reads_in_the_order_a_person_expects() -> None:
    assert list(dump_form(every_kind()))[:3] == ["feldbuch_form", "id", "title"]
    assert list(dump_form(every_kind())["questions"][6])[:3] == ["type", "name", "label"]


def test_the_version_hash_is_the_sha256_of_rfc_8785() -> None:
    document = {"b": [1.0, 1e21, "ü\u2028"], "a": None}
    assert canonical_json(document) == '{"a":null,"b":[1,1e+21,"ü\u2028"]}'.encode()
    assert version_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_numbers_written_differently_name_one_version() -> None:
    one, other = (
        json.loads(json.dumps(_asked(default=0)).replace('"default": 0', f'"default": {n}')) for n in ("10", "1e1")
    )
    assert version_hash(one) == version_hash(other)
