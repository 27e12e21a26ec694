"""Canonical JSON and base64url, held against the general implementations."""

import base64
from contextlib import suppress
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from sync.envelope.encoding import MAX_INTEGER, b64u, canonical, from_b64u, parse_canonical
from sync.errors import EnvelopeError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(0, MAX_INTEGER) | TEXTS
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=5)


@given(OBJECTS)
@example({"\U00010000": 1, "\uffff": 2})
@example({chr(letter): chr(letter) for letter in range(0x250)})
def test_the_fast_way_writes_what_rfc_8785_says(value: dict[str, Any]) -> None:
    encoded = canonical(value)
    assert encoded == rfc8785.dumps(value)
    assert parse_canonical(encoded, "code") == value


@given(OBJECTS, st.data())
def test_no_second_form_of_a_value_is_read(value: dict[str, Any], data: st.DataObject) -> None:
    encoded = canonical(value)
    at = data.draw(st.integers(0, len(encoded)))
    added = data.draw(st.sampled_from([b" ", b"\n", b"0", b",", b'"', b"-", b".0", b"{}"]))
    changed = encoded[:at] + added + encoded[at:]
    with suppress(EnvelopeError):
        assert canonical(parse_canonical(changed, "code")) == changed


@given(st.binary(max_size=64) | st.text(alphabet='{}[]",:0123456789.eE+-\\utrnfalsd \n', max_size=64).map(str.encode))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b'{"a":' + b"1" * 5000 + b"}")
def test_only_one_error_comes_out_of_reading(data: bytes) -> None:
    with suppress(EnvelopeError):
        assert canonical(parse_canonical(data, "code")) == data


@given(st.binary(max_size=70))
def test_base64url_comes_back(data: bytes) -> None:
    text = b64u(data)
    assert from_b64u(text) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(st.text(alphabet="AQgwZz09-_+/= \n", max_size=9))
def test_base64url_has_one_form(text: str) -> None:
    with suppress(ValueError):
        assert b64u(from_b64u(text)) == text


def test_a_lone_surrogate_is_not_written() -> None:
    for text in ("\ud800", "\U0001f3e0\ud800"):
        with pytest.raises(ValueError, match=r"surrogates|code"):
            canonical({"a": text})
