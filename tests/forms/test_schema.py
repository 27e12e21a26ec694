"""Each way in which a form's JSON can be wrong, with its place, its code and its parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms.errors import Code, Finding, FormErrors
from forms.schema import MAX_BYTES, MAX_DEPTH, MAX_QUESTIONS, dump_form, load_form, read_form
from forms.version import canonical_json, version_hash
from tests.forms.broken import BAD, asked, changed
from tests.forms.examples import every_kind, small_form, text, with_question


def _refusals(document: object) -> tuple[Finding, ...]:
    with pytest.raises(FormErrors) as caught:
        load_form(document)
    return caught.value.errors


@pytest.mark.parametrize(("document", "pointer", "code", "params"), BAD, ids=lambda value: str(value)[:40])
def test_a_wrong_form_is_refused_with_place_and_code(
    document: object, pointer: str, code: Code, params: dict[str, object] | None
) -> None:
    (error,) = _refusals(document)
    assert (error.code, error.pointer) == (code, pointer)
    if params is not None:
        assert error.params == params


def test_every_error_is_told_at_once() -> None:
    document = changed("/titel", 1)
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
    plain, explicit = asked(), asked(required=False)
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
        json.loads(json.dumps(asked(default=0)).replace('"default": 0', f'"default": {n}')) for n in ("10", "1e1")
    )
    assert version_hash(one) == version_hash(other)
