"""Forms that are wrong in one place: the document, the place, the code, and the parameters where they matter."""

from __future__ import annotations

import copy
from typing import Any

from forms.errors import Code
from tests.forms.examples import small_form, text, with_question


def changed(path: str, value: Any) -> dict[str, Any]:
    document: Any = small_form()
    holder = document
    *steps, last = path.split("/")[1:]
    for step in steps:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    holder[int(last) if isinstance(holder, list) else last] = value
    return document


def without(key: str) -> dict[str, Any]:
    document = small_form()
    del document[key]
    return document


def asked(**keys: Any) -> dict[str, Any]:
    return with_question(**{"type": "text", "name": "third", "label": text("Dritte"), **keys})


CHOSEN: dict[str, Any] = {"type": "select_one", "name": "third", "label": text("Dritte"), "choices": "yes_no"}
MISSING: dict[str, Any] = {"label": text("Keine Antwort"), "kinds": {"refused": {"code": -98, "label": text("Nein")}}}


def chosen(*without: str, **keys: Any) -> dict[str, Any]:
    return with_question(**{key: value for key, value in CHOSEN.items() if key not in without}, **keys)


def missing(path: str, value: Any) -> dict[str, Any]:
    document = changed("/missing", copy.deepcopy(MISSING))
    holder = document["missing"]
    *steps, last = path.split("/")
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return document


# The keys that came with media, files, entities, missing answers and older XLSForms.
NEW: list[tuple[object, str, Code, dict[str, object] | None]] = [
    (asked(media={}), "/questions/2/media", Code.EMPTY_MAP, {}),
    (asked(media={"images": text("a.png")}), "/questions/2/media/images", Code.UNKNOWN_KEY_NEAR, None),
    (asked(media={"image": "a.png"}), "/questions/2/media/image", Code.EXPECTED_TEXTS, {}),
    (
        asked(media={"image": {"de": "a/b.png"}}),
        "/questions/2/media/image/de",
        Code.BAD_FILE_NAME,
        {"value": "a/b.png"},
    ),
    (asked(media={"image": {"de": ".."}}), "/questions/2/media/image/de", Code.BAD_FILE_NAME, {"value": ".."}),
    (asked(reviewed={"de": "x" * 201}), "/questions/2/reviewed/de", Code.TEXT_TOO_LONG, {"limit": 200}),
    (asked(reviewed="me"), "/questions/2/reviewed", Code.EXPECTED_TEXTS, {}),
    (asked(attributes={"bind": {}}), "/questions/2/attributes/bind", Code.EMPTY_MAP, {}),
    (
        asked(attributes={"bind": {"a b": "1"}}),
        "/questions/2/attributes/bind/a b",
        Code.BAD_ATTRIBUTE,
        {"value": "a b"},
    ),
    (asked(attributes={"bind": {"a": 1}}), "/questions/2/attributes/bind/a", Code.EXPECTED_TEXT, {}),
    (
        asked(attributes={"bind": {"jr:constraintMsg": "No."}}),
        "/questions/2/attributes/bind/jr:constraintMsg",
        Code.ATTRIBUTE_HAS_KEY,
        {"attribute": "jr:constraintMsg", "key": "constraint_message"},
    ),
    (
        with_question(type="start", name="s", attributes={"body": {"a": "1"}}),
        "/questions/2/attributes/body",
        Code.UNKNOWN_KEY,
        None,
    ),
    (asked(trigger=[]), "/questions/2/trigger", Code.EMPTY_LIST, {}),
    (asked(trigger="first"), "/questions/2/trigger", Code.EXPECTED_LIST, {}),
    (asked(trigger=["first", "first"]), "/questions/2/trigger/1", Code.NAMED_TWICE, {"value": "first"}),
    (asked(trigger=["${first}"]), "/questions/2/trigger/0", Code.BAD_NAME, {"value": "${first}"}),
    (asked(missing=[]), "/questions/2/missing", Code.EMPTY_LIST, {}),
    (asked(missing=["Refused"]), "/questions/2/missing/0", Code.BAD_MISSING_KIND, {"value": "Refused"}),
    (asked(required="Yes"), "/questions/2/required", Code.EXPECTED_CONDITION, {}),
    (asked(parameters={"rows": 1.5}), "/questions/2/parameters/rows", Code.EXPECTED_WHOLE_NUMBER, {}),
    (chosen("choices"), "/questions/2", Code.MISSING_KEY, {"key": "choices"}),
    (
        chosen(choices_file="a.csv"),
        "/questions/2/choices_file",
        Code.SECOND_CHOICES,
        {"key": "choices_file", "other": "choices"},
    ),
    (chosen("choices", choices_file="a.txt"), "/questions/2/choices_file", Code.BAD_CHOICES_FILE, {"value": "a.txt"}),
    (chosen("choices", choices_from="${a}"), "/questions/2/choices_from", Code.BAD_NAME, {"value": "${a}"}),
    (chosen(parameters={"value": "code"}), "/questions/2/parameters/value", Code.UNKNOWN_KEY, None),
    (chosen(parameters={"seed": "a"}), "/questions/2/parameters/seed", Code.BAD_PARAMETER, {"parameter": "seed"}),
    (chosen(parameters={"randomize": "true"}), "/questions/2/parameters/randomize", Code.EXPECTED_BOOLEAN, {}),
    (
        with_question(**{**CHOSEN, "type": "select_multiple", "consent": True}),
        "/questions/2/consent",
        Code.UNKNOWN_KEY_NEAR,
        None,
    ),
    (
        with_question(type="audio", name="a", parameters={"quality": "loud"}),
        "/questions/2/parameters/quality",
        Code.UNKNOWN_VALUE,
        None,
    ),
    (
        with_question(type="range", name="r", parameters={"start": "0"}),
        "/questions/2/parameters/start",
        Code.EXPECTED_NUMBER,
        {},
    ),
    (with_question(type="background_geopoint", name="b"), "/questions/2", Code.MISSING_KEY, {"key": "trigger"}),
    (missing("kinds", {}), "/missing/kinds", Code.EMPTY_MAP, {}),
    (missing("kinds/refused/code", 0), "/missing/kinds/refused/code", Code.EXPECTED_MISSING_CODE, {"limit": 999_999}),
    (missing("kinds/refused/code", "-98"), "/missing/kinds/refused/code", Code.EXPECTED_MISSING_CODE, None),
    (missing("kinds/No", MISSING["kinds"]["refused"]), "/missing/kinds/No", Code.BAD_MISSING_KIND, {"value": "No"}),
    (missing("kinds/refused", {"code": 1}), "/missing/kinds/refused", Code.MISSING_KEY, {"key": "label"}),
    (changed("/languages/0/spelling", "a::b"), "/languages/0/spelling", Code.BAD_LANGUAGE_NAME, {"value": "a::b"}),
    (changed("/data_files", {"prices": "xlsx"}), "/data_files/prices", Code.UNKNOWN_VALUE, None),
    (changed("/files", {"prices.csv": "0" * 63}), "/files/prices.csv", Code.BAD_HASH, None),
    (changed("/files", {"a/prices.csv": "0" * 64}), "/files/a~1prices.csv", Code.BAD_FILE_NAME, None),
    (changed("/entities", []), "/entities", Code.EMPTY_LIST, {}),
    (changed("/entities", [{"label": "'x'"}]), "/entities/0", Code.MISSING_KEY, {"key": "dataset"}),
    (changed("/submission", {"url": "not here"}), "/submission/url", Code.BAD_ADDRESS, {"value": "not here"}),
    (changed("/namespaces", {"a": 'x"'}), "/namespaces/a", Code.BAD_ADDRESS, {"value": 'x"'}),
    (changed("/instance_id", True), "/instance_id", Code.EXPECTED_TEXT, {}),
    (changed("/root_name", "a b"), "/root_name", Code.BAD_NAME, {"value": "a b"}),
    (changed("/tags", {}), "/tags", Code.EMPTY_MAP, {}),
    (changed("/title", {f"de-x{n}": "x" for n in range(201)}), "/title", Code.TOO_MANY, {"limit": 200}),
    (changed("/languages", [{"code": "de"}] * 201), "/languages", Code.TOO_MANY, {"limit": 200}),
]


BAD: list[tuple[object, str, Code, dict[str, object] | None]] = [
    ([], "", Code.EXPECTED_OBJECT, {}),
    (without("title"), "", Code.MISSING_KEY, {"key": "title"}),
    (changed("/feldbuch_form", 2), "/feldbuch_form", Code.FORMAT_VERSION, {"expected": 1}),
    (changed("/feldbuch_form", True), "/feldbuch_form", Code.FORMAT_VERSION, {"expected": 1}),
    (changed("/titel", "x"), "/titel", Code.UNKNOWN_KEY_NEAR, {"key": "titel", "nearest": "title"}),
    (changed("/a~b/c".replace("/c", ""), 1), "/a~0b", Code.UNKNOWN_KEY, None),
    (changed("/id", "a b"), "/id", Code.BAD_FORM_ID, {"value": "a b"}),
    (changed("/id", None), "/id", Code.NULL_VALUE, {"key": "id"}),
    (changed("/title", "Klein"), "/title", Code.EXPECTED_TEXTS, {}),
    (changed("/title", {}), "/title", Code.EMPTY_TEXTS, {}),
    (changed("/title/de", "  "), "/title/de", Code.EMPTY_TEXT, {}),
    (changed("/title/de", 7), "/title/de", Code.EXPECTED_TEXT, {}),
    (changed("/title/de", "a\x00b"), "/title/de", Code.ILLEGAL_CHARACTER, {"character": "U+0000"}),
    (changed("/title/de", "a\ud800b"), "/title/de", Code.ILLEGAL_CHARACTER, {"character": "U+D800"}),
    (changed("/title/de", "x" * 32_768), "/title/de", Code.TEXT_TOO_LONG, {"limit": 32_767}),
    (changed("/title/german language", "x"), "/title/german language", Code.BAD_LANGUAGE, None),
    (changed("/languages", {}), "/languages", Code.EXPECTED_LIST, {}),
    (changed("/languages", []), "/languages", Code.EMPTY_LIST, {}),
    (changed("/languages/1", "de"), "/languages/1", Code.EXPECTED_OBJECT, {}),
    (changed("/languages/0/code", "d"), "/languages/0/code", Code.BAD_LANGUAGE, {"value": "d"}),
    (changed("/choices", []), "/choices", Code.EXPECTED_OBJECT, {}),
    (changed("/choices/ a", []), "/choices/ a", Code.BAD_LIST_NAME, {"value": " a"}),
    (changed("/questions/1/choices", "a'b"), "/questions/1/choices", Code.BAD_LIST_NAME, {"value": "a'b"}),
    (changed("/questions/1/choices", "a.csv"), "/questions/1/choices", Code.BAD_LIST_NAME, {"value": "a.csv"}),
    (changed("/choices/feldbuch_x", []), "/choices/feldbuch_x", Code.RESERVED_NAME, {"name": "feldbuch_x"}),
    (changed("/choices/yes_no/0/name", "a\tb"), "/choices/yes_no/0/name", Code.BAD_CHOICE_NAME, {"value": "a\tb"}),
    (changed("/choices/yes_no/0/values", {"label": 1}), "/choices/yes_no/0/values/label", Code.RESERVED_NAME, None),
    (changed("/choices/yes_no/0/values", {"a": []}), "/choices/yes_no/0/values/a", Code.EXPECTED_SCALAR, {}),
    (changed("/questions", {}), "/questions", Code.EXPECTED_LIST, {}),
    (changed("/questions/0", "text"), "/questions/0", Code.EXPECTED_OBJECT, {}),
    (changed("/questions/0", {"name": "x"}), "/questions/0", Code.MISSING_KEY, {"key": "type"}),
    (
        changed("/questions/0/type", "txt"),
        "/questions/0/type",
        Code.UNKNOWN_TYPE_NEAR,
        {"type": "txt", "nearest": "text"},
    ),
    (changed("/questions/0/type", "zzzzzz"), "/questions/0/type", Code.UNKNOWN_TYPE, None),
    (changed("/questions/0/type", 1), "/questions/0/type", Code.EXPECTED_TEXT, {}),
    (changed("/questions/0/name", "1st"), "/questions/0/name", Code.BAD_NAME, {"value": "1st"}),
    (changed("/questions/0/name", "a:b"), "/questions/0/name", Code.BAD_NAME, {"value": "a:b"}),
    (
        changed("/questions/0/lable", 1),
        "/questions/0/lable",
        Code.UNKNOWN_KEY_NEAR,
        {"key": "lable", "nearest": "label"},
    ),
    (changed("/questions/0/choices", "yes_no"), "/questions/0/choices", Code.UNKNOWN_KEY, None),
    (asked(required="  "), "/questions/2/required", Code.EMPTY_TEXT, {}),
    (asked(required=1), "/questions/2/required", Code.EXPECTED_CONDITION, {}),
    (asked(personal="yes"), "/questions/2/personal", Code.EXPECTED_BOOLEAN, {}),
    (asked(special_category="healthy"), "/questions/2/special_category", Code.UNKNOWN_VALUE, None),
    (asked(default=True), "/questions/2/default", Code.EXPECTED_SCALAR, {}),
    (asked(default=float("nan")), "/questions/2/default", Code.BAD_NUMBER, {}),
    (asked(default=2**53), "/questions/2/default", Code.BAD_NUMBER, {}),
    (asked(default=1e300), "/questions/2/default", Code.BAD_NUMBER, {}),
    (asked(relevant=True), "/questions/2/relevant", Code.EXPECTED_TEXT, {}),
    (
        asked(parameters={"row": 3}),
        "/questions/2/parameters/row",
        Code.UNKNOWN_KEY_NEAR,
        {"key": "row", "nearest": "rows"},
    ),
    (asked(parameters={"rows": "3"}), "/questions/2/parameters/rows", Code.EXPECTED_WHOLE_NUMBER, {}),
    (asked(parameters={}), "/questions/2/parameters", Code.EMPTY_MAP, {}),
    (asked(parameters=[]), "/questions/2/parameters", Code.EXPECTED_OBJECT, {}),
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
    *NEW,
    (
        with_question(type="group", name="g", questions=[{"type": "group", "name": "h", "questions": [{"type": "x"}]}]),
        "/questions/2/questions/0/questions/0/type",
        Code.UNKNOWN_TYPE,
        None,
    ),
]
