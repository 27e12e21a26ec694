"""The way of a form in and out of JSON, and its bounds."""

import json
from typing import Any

from marshmallow import ValidationError

from forms.definition import Form, Question, walk
from forms.errors import Code, Finding, FormError, FormErrors
from forms.schema.fields import SHOWN
from forms.schema.form import FORMAT_VERSION, FormSchema
from forms.schema.items import MAX_QUESTIONS
from forms.schema.problems import findings

__all__ = ["FORMAT_VERSION", "MAX_BYTES", "MAX_DEPTH", "dump_form", "load_form", "read_form"]

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
"""How deeply groups and repeats may be nested."""
MAX_ERRORS = 1_000
_MAX_NESTING = 2 * MAX_DEPTH + 8

_SCHEMA = FormSchema()


def read_form(source: bytes) -> Form:
    """The form that these bytes of JSON (UTF-8, with or without a byte order mark) define.

    Raises FormErrors with everything that is wrong, each with JSON pointer and code.
    """
    try:
        document = _parse(source)
    except FormError as error:
        raise FormErrors([error.finding()]) from error
    return load_form(document)


def load_form(document: object) -> Form:
    """The form that a parsed JSON document defines. Raises FormErrors with everything that is wrong."""
    try:
        _bound(document)
    except FormError as error:
        raise FormErrors([error.finding()]) from error
    if not isinstance(document, dict):
        raise FormErrors([Finding(Code.EXPECTED_OBJECT)])
    try:
        form: Form = _SCHEMA.load(document)
    except ValidationError as error:
        raise FormErrors(list(findings(error.messages))[:MAX_ERRORS]) from error
    for place in walk(form):
        if len(place.parents) >= MAX_DEPTH and not isinstance(place.item, Question):
            raise FormErrors([Finding(Code.TOO_DEEP, place.pointer, {"limit": MAX_DEPTH})])
    return form


def dump_form(form: Form) -> dict[str, Any]:
    """The form as a JSON document; for a form that was read it is the same document, in our order of keys."""
    document: dict[str, Any] = _SCHEMA.dump(form)
    return document


def _parse(source: bytes) -> object:
    if len(source) > MAX_BYTES:
        raise FormError(Code.TOO_LARGE, params={"limit": MAX_BYTES})
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormError(Code.NOT_UTF8) from error
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise FormError(Code.JSON_SYNTAX, params={"line": error.lineno, "column": error.colno}) from error
    except RecursionError as error:
        raise FormError(Code.TOO_DEEP, params={"limit": MAX_DEPTH}) from error
    except ValueError as error:
        # Python refuses to read integers of thousands of digits.
        raise FormError(Code.BAD_NUMBER) from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise FormError(Code.JSON_DUPLICATE_KEY, params={"key": key[:SHOWN]})
            seen.add(key)
    return found


def _constant(_: str) -> object:
    raise FormError(Code.BAD_NUMBER)


def _bound(document: object) -> None:
    """Walk the document level by level, without recursion, before anything recursive sees it."""
    level, questions = [document], 0
    for _ in range(_MAX_NESTING):
        following: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below = value.get("questions")
                questions += len(below) if isinstance(below, list) else 0
                following.extend(value.values())
            elif isinstance(value, list):
                following.extend(value)
        if questions > MAX_QUESTIONS:
            raise FormError(Code.TOO_MANY_QUESTIONS, params={"limit": MAX_QUESTIONS})
        if not following:
            return
        level = following
    raise FormError(Code.TOO_DEEP, params={"limit": MAX_DEPTH})
