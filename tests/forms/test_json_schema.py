"""The published JSON Schema: it takes what we take, and refuses what we refuse."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings

from forms.errors import Code, FormErrors
from forms.schema import load_form
from forms.schema.json_schema import json_schema
from server.cli.form import form as form_command
from tests.examples import examples
from tests.forms.broken import BAD
from tests.forms.damage import damaged_documents
from tests.forms.strategies import documents

calm = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

ONLY_OURS = frozenset({Code.TOO_DEEP, Code.TOO_MANY_QUESTIONS})
"""What spans the document, and JSON Schema cannot tell."""

INSTRUMENTS = sorted(each.name for each in files("forms.instruments").iterdir() if each.name.endswith(".json"))


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(json_schema())


def test_it_is_a_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_every_reference_in_it_is_there() -> None:
    text = json.dumps(json_schema())
    named = {part.split('"', 1)[0] for part in text.split('"#/$defs/')[1:]}
    assert named - json_schema()["$defs"].keys() == set()


@calm
@given(documents(old=True))
def test_it_takes_every_form(document: dict[str, Any]) -> None:
    assert [error.message for error in _validator().iter_errors(document)] == []


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_it_takes_our_instruments(name: str) -> None:
    document = json.loads(files("forms.instruments").joinpath(name).read_text("utf-8"))
    assert [error.message for error in _validator().iter_errors(document)] == []


@pytest.mark.parametrize(
    ("document", "code"), [(document, code) for document, _, code, _ in BAD], ids=lambda value: str(value)[:40]
)
def test_it_refuses_what_is_wrong(document: object, code: Code) -> None:
    # NaN is no JSON; a validator that is handed Python's cannot tell.
    if "nan" not in str(document):
        assert not _validator().is_valid(document)


@settings(calm, max_examples=examples(60))
@given(damaged_documents())
def test_it_refuses_what_we_refuse_and_takes_what_we_take(document: Any) -> None:
    refused = _refusals(document)
    if refused:
        assert not _validator().is_valid(document) or refused <= ONLY_OURS
    else:
        assert [error.message for error in _validator().iter_errors(document)] == []


def _refusals(document: object) -> set[Code]:
    try:
        load_form(document)
    except FormErrors as refused:
        return {error.code for error in refused.errors}
    return set()


def test_a_command_prints_it() -> None:
    printed = CliRunner().invoke(form_command, ["schema"], catch_exceptions=False)
    assert json.loads(printed.output) == json_schema()
