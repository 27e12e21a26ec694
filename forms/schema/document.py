"""The form as a whole: its schema, its bounds, and the way in and out of JSON."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError, post_load

from forms.definition import Choice, Form, Language, Question, walk
from forms.errors import Code, Finding, FormError, FormErrors
from forms.names import CHOICE_NAME, FORM_ID, LANGUAGE, MAX_NAME, NAME
from forms.schema.fields import SHOWN, Columns, StrictSchema, Texts, Value, Word
from forms.schema.items import Items
from forms.schema.problems import findings, invalid

FORMAT_VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
"""How deeply groups and repeats may be nested."""
MAX_QUESTIONS = 10_000
MAX_ERRORS = 1_000
_MAX_NESTING = 2 * MAX_DEPTH + 8


class FormatVersion(Value):
    """The number of this JSON language."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if value != FORMAT_VERSION or not isinstance(value, int) or isinstance(value, bool):
            raise invalid(Code.FORMAT_VERSION, expected=FORMAT_VERSION)
        return FORMAT_VERSION


class LanguageSchema(StrictSchema):
    """A language: its code and its name in itself."""

    code = Word(required=True, pattern=LANGUAGE, code=Code.BAD_LANGUAGE)
    name = Word(limit=MAX_NAME)

    @post_load
    def _language(self, data: dict[str, Any], **_: object) -> Language:
        return Language(**data)


class ChoiceSchema(StrictSchema):
    """A choice: its name, its label, and further columns for choice filters."""

    name = Word(required=True, pattern=CHOICE_NAME, code=Code.BAD_CHOICE_NAME, limit=MAX_NAME)
    label = Texts(required=True)
    values = Columns()

    @post_load
    def _choice(self, data: dict[str, Any], **_: object) -> Choice:
        return Choice(**data)


class _Several(Value):
    """A list of objects of one schema."""

    def __init__(self, schema: StrictSchema, *, filled: bool = False, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self.schema, self.filled = schema, filled

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Any, ...]:
        return self.read(value)

    def read(self, value: object) -> tuple[Any, ...]:
        """The values of the list."""
        if not isinstance(value, list):
            raise invalid(Code.EXPECTED_LIST)
        if self.filled and not value:
            raise invalid(Code.EMPTY_LIST)
        return tuple(self.schema.load(value, many=True))

    def _serialize(self, value: tuple[Any, ...] | None, *_: object, **__: object) -> list[Any] | None:
        return None if value is None else self.write(value)

    def write(self, values: tuple[Any, ...]) -> list[Any]:
        """The list as JSON."""
        return list(self.schema.dump(values, many=True))


class ChoiceLists(Value):
    """The choice lists by name."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        self.each = _Several(ChoiceSchema())

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, tuple[Choice, ...]]:
        if not isinstance(value, dict):
            raise invalid(Code.EXPECTED_OBJECT)
        lists: dict[str, tuple[Choice, ...]] = {}
        errors: dict[str, object] = {}
        for name, choices in value.items():
            try:
                if len(name) > MAX_NAME or not NAME.fullmatch(name):
                    raise invalid(Code.BAD_NAME, value=name[:SHOWN])
                lists[name] = self.each.read(choices)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(lists)

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        if value is None:
            return None
        return {name: self.each.write(choices) for name, choices in value.items()}


class FormSchema(StrictSchema):
    """The whole form."""

    feldbuch_form = FormatVersion(required=True, dump_default=FORMAT_VERSION)
    id = Word(required=True, pattern=FORM_ID, code=Code.BAD_FORM_ID)
    title = Texts(required=True)
    languages = _Several(LanguageSchema(), filled=True, required=True)
    default_language = Word(required=True, pattern=LANGUAGE, code=Code.BAD_LANGUAGE)
    instance_name = Word()
    style = Word(limit=MAX_NAME)
    choices = ChoiceLists()
    questions = Items(required=True)

    @post_load
    def _form(self, data: dict[str, Any], **_: object) -> Form:
        return Form(**{key: value for key, value in data.items() if key != "feldbuch_form"})


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
