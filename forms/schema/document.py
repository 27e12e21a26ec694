"""The form as a whole: its schema, its bounds, and the way in and out of JSON."""

import json
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, post_load

from forms.definition import Form, Question, walk
from forms.errors import Code, Finding, FormError, FormErrors
from forms.names import FORM_ID, LANGUAGE, MAX_NAME, NAME
from forms.schema.fields import SHOWN, StrictSchema, Truth, Value, Word, legal_text, one_of
from forms.schema.items import MAX_QUESTIONS, Items
from forms.schema.lists import One, Several
from forms.schema.maps import Mapped, Namespaces, Texts, XmlAttributes
from forms.schema.parts import ChoiceLists, EntitySchema, LanguageSchema, MissingSchema, SubmissionSchema
from forms.schema.problems import findings, invalid

FORMAT_VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
"""How deeply groups and repeats may be nested."""
MAX_LANGUAGES = 200
MAX_ENTITIES = 100
MAX_ERRORS = 1_000
_MAX_NESTING = 2 * MAX_DEPTH + 8


class FormatVersion(Value):
    """The number of this JSON language."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if value != FORMAT_VERSION or not isinstance(value, int) or isinstance(value, bool):
            raise invalid(Code.FORMAT_VERSION, expected=FORMAT_VERSION)
        return FORMAT_VERSION


class InstanceId(Value):
    """What the XForm preloads as its instanceID, or false for none."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str | bool:
        return False if value is False else legal_text(value, MAX_NAME)


class DataFileKind(StrEnum):
    """What an external data file is written in."""

    CSV = "csv"
    XML = "xml"


class DataFiles(Mapped):
    """External data files: the name of the instance, and what the file is written in."""

    def read(self, value: object) -> str:
        """The kind of file."""
        return one_of(value, tuple(DataFileKind))


class FormSchema(StrictSchema):
    """The whole form."""

    feldbuch_form = FormatVersion(required=True, dump_default=FORMAT_VERSION)
    id = Word(required=True, pattern=FORM_ID, code=Code.BAD_FORM_ID)
    title = Texts(required=True)
    languages = Several(LanguageSchema(), most=MAX_LANGUAGES, required=True)
    default_language = Word(required=True, pattern=LANGUAGE, code=Code.BAD_LANGUAGE)
    version_label = Word(limit=MAX_NAME)
    instance_name = Word()
    style = Word(limit=MAX_NAME)
    submission = One(SubmissionSchema())
    xform_id = Word(limit=MAX_NAME)
    instance_id = InstanceId()
    flat = Truth()
    root_name = Word(pattern=NAME, limit=MAX_NAME)
    attributes = XmlAttributes()
    namespaces = Namespaces()
    data_files = DataFiles()
    entities = Several(EntitySchema(), most=MAX_ENTITIES)
    missing = One(MissingSchema())
    choices = ChoiceLists()
    allow_duplicate_choices = Truth()
    external_choices = ChoiceLists()
    tags = ChoiceLists()
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
