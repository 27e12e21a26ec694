"""Properties of the form's JSON: identity, stability of the hash, and no surprise whatever comes in."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.check import check_form
from forms.errors import FormError, FormErrors, Severity
from forms.schema import dump_form, load_form, read_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_xform
from tests.examples import examples
from tests.forms.damage import damaged_documents, json_values
from tests.forms.strategies import documents, shuffled

calm = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@calm
@given(documents())
def test_a_form_read_and_written_is_the_same_document(document: dict[str, Any]) -> None:
    form = load_form(document)
    assert canonical_json(dump_form(form)) == canonical_json(document)
    assert load_form(dump_form(form)) == form


@calm
@given(documents(), st.randoms(use_true_random=False), st.sampled_from([None, 0, 3]))
def test_the_hash_ignores_key_order_and_white_space(
    document: dict[str, Any], seed: random.Random, indent: int | None
) -> None:
    written = json.dumps(shuffled(document, seed), indent=indent, ensure_ascii=seed.random() < 0.5)
    again = read_form(b"\xef\xbb\xbf" + written.encode())
    assert version_hash(dump_form(again)) == version_hash(document)


@calm
@given(documents(), st.sampled_from(["de", "bg", "ro", "sr-Latn"]))
def test_the_hash_changes_with_a_text(document: dict[str, Any], language: str) -> None:
    before = version_hash(document)
    changed = json.loads(json.dumps(document))
    changed["title"][language] = changed["title"].get(language, "") + "x"
    assert version_hash(changed) != before


@settings(calm, max_examples=examples(30))
@given(documents(), st.randoms(use_true_random=False))
def test_one_version_always_compiles_to_one_xform(document: dict[str, Any], seed: random.Random) -> None:
    canonical = json.loads(canonical_json(document))
    assert compile_xform(load_form(shuffled(document, seed))) == compile_xform(load_form(canonical))


@calm
@given(documents())
def test_a_valid_form_has_no_errors(document: dict[str, Any]) -> None:
    assert [found for found in check_form(load_form(document)) if found.severity is Severity.ERROR] == []


@settings(calm, max_examples=examples(100))
@given(damaged_documents())
def test_a_damaged_form_is_refused_at_places_that_exist(document: Any) -> None:
    try:
        form = load_form(document)
    except FormErrors as refused:
        for error in refused.errors:
            _resolve(document, error.pointer)
        return
    findings = check_form(form)
    for finding in findings:
        _resolve(document, finding.pointer)
    try:
        xml = compile_xform(form)
    except FormError as error:
        _resolve(document, error.pointer)
        assert any(finding.severity is Severity.ERROR for finding in findings)
    else:
        assert xml.startswith("<?xml")


@settings(calm, max_examples=examples(100))
@given(json_values)
def test_any_json_is_a_form_or_refused(value: Any) -> None:
    with pytest.raises(FormErrors):
        load_form(value)
    with pytest.raises(FormErrors):
        read_form(json.dumps(value).encode())


@settings(calm, max_examples=examples(100))
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_with_a_code(source: bytes) -> None:
    with pytest.raises(FormErrors):
        read_form(source)


def _resolve(document: Any, pointer: str) -> Any:
    """The value a JSON pointer (RFC 6901) points at; fails where there is none."""
    value = document
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
