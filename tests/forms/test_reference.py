"""The reference of the form language: every key of every type stands in it, and its examples can be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from forms.definition import (
    Attributes,
    Choice,
    Entity,
    Form,
    Group,
    Kind,
    Language,
    Media,
    Missing,
    MissingKind,
    Question,
    Repeat,
    Submission,
)
from forms.schema import PARAMETERS, dump_form, load_form
from forms.schema.fields import StrictSchema, Value
from forms.schema.items import SCHEMAS
from forms.schema.lists import One, Several
from forms.schema.maps import Mapped
from forms.schema.parameters import ONLY_WITH_FILE
from forms.schema.reference import explained, reference, type_example
from forms.schema.selects import SOURCES
from server.cli.form import form as form_command
from tests.forms.examples import small_form
from tests.tools.write_reference import PAGE

NAMED = dict(explained())
CHOSEN = frozenset({"select_one", "select_multiple", "rank"})


def _minimal(name: str, schema: StrictSchema, key: str) -> dict[str, Any]:
    """What an object of the schema cannot do without, beside that key."""
    document = {each: schema.fields[each].metadata["example"] for each in schema.keys if schema.fields[each].required}
    if name in SCHEMAS:
        document["type"] = name
    if name in CHOSEN and key not in SOURCES:
        document["choices"] = "yes_no"
    if name == Kind.CALCULATE:
        document["calculation"] = "1 + 1"
    return document


@pytest.mark.parametrize("name", NAMED)
def test_every_key_has_an_explanation(name: str) -> None:
    for key in NAMED[name].keys:
        told = NAMED[name].fields[key].metadata
        assert told.get("description", "").strip().endswith("."), f"{key} has no explanation"
        assert "example" in told, f"{key} has no example"


@pytest.mark.parametrize("name", NAMED)
def test_the_example_of_every_key_can_be_used(name: str) -> None:
    schema = NAMED[name]
    for key in schema.keys:
        document = _minimal(name, schema, key)
        if key != "type":
            document[key] = schema.fields[key].metadata["example"]
        assert schema.dump(schema.load(document)) == document, key


@pytest.mark.parametrize("kind", PARAMETERS)
def test_the_example_of_every_parameter_can_be_used(kind: Kind) -> None:
    for name, parameter in PARAMETERS[kind].items():
        assert parameter.description.endswith("."), name
        document = _minimal(kind.value, SCHEMAS[kind], "parameters") | {"parameters": {name: parameter.example}}
        if name in ONLY_WITH_FILE:
            document = {key: value for key, value in document.items() if key != "choices"} | {"choices_file": "a.csv"}
        assert SCHEMAS[kind].dump(SCHEMAS[kind].load(document)) == document, name


@pytest.mark.parametrize("word", SCHEMAS)
def test_the_example_of_every_type_can_be_used(word: str) -> None:
    document = small_form() | {"questions": [type_example(word)]}
    assert document["questions"][0]["type"] == word
    assert dump_form(load_form(document)) == document


def test_every_object_of_the_language_is_explained() -> None:
    told = {type(schema) for schema in NAMED.values()}
    # The same with one key less.
    missing = {each.__name__ for each in set(_objects(NAMED["The form"])) - told} - {"BodylessAttributesSchema"}
    assert missing == set()


def _objects(schema: StrictSchema) -> Iterator[type[StrictSchema]]:
    yield type(schema)
    items = SCHEMAS.values() if "questions" in schema.fields and schema is NAMED["The form"] else ()
    for inner in (*(_held(field) for field in schema.fields.values()), *items):
        if inner is not None:
            yield from _objects(inner)


def _held(field: object) -> StrictSchema | None:
    if isinstance(field, Mapped):
        return _held(field.each)
    return field.schema if isinstance(field, One | Several) else None


def test_every_value_of_a_definition_has_its_key() -> None:
    asked = {key for kind in Kind for key in SCHEMAS[kind].keys}
    assert asked == {each.name for each in dataclasses.fields(Question)} - {"kind"} | {"type"}
    for held, name, ours in (
        *((Form, "The form", {"feldbuch_form"}), (Group, "group", {"type"}), (Repeat, "repeat", {"type"})),
        *((Choice, "Choices", set()), (Language, "Languages", set()), (Entity, "Entities", set())),
        *((Submission, "Submission", set()), (Media, "Media", set()), (Attributes, "Attributes", set())),
        *((Missing, "Missing answers", set()), (MissingKind, "A kind of missing answer", set())),
    ):
        assert set(NAMED[name].keys) - ours == {each.name for each in dataclasses.fields(held)}, name


def test_every_field_is_one_of_ours() -> None:
    fields = [field for _, schema in explained() for field in schema.fields.values()]
    assert [field for field in fields if not isinstance(field, Value)] == []


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference(), "run: python -m tests.tools.write_reference"


def test_the_page_names_every_key_of_every_object() -> None:
    page = reference()
    for name, schema in NAMED.items():
        heading = f"### `{name}`" if name in SCHEMAS else f"## {name}"
        section = page.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0].split("\n### ", 1)[0]
        assert [key for key in schema.keys if key != "type" and f"`{key}`" not in section] == [], name


def test_a_command_prints_it() -> None:
    assert CliRunner().invoke(form_command, ["reference"], catch_exceptions=False).output == reference()
