"""The kinds of values in a form's JSON, as marshmallow fields, and the schema that all others share."""

import math
import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_dump

from forms.errors import Code
from forms.names import ILLEGAL, LANGUAGE, MAX_NAME
from forms.schema.problems import Problem, invalid, unknown_word

MAX_TEXT = 20_000
MAX_EXACT = 2**53 - 1
SHOWN = 80

_SEPARATOR = re.compile(r"[\s;,=]")
# Marshmallow hands on whatever stands here; its annotation knows texts only.
_ERRORS: dict[str, Any] = {"required": [Problem(Code.MISSING_KEY)], "null": [Problem(Code.NULL_VALUE)]}

E = TypeVar("E", bound=StrEnum)


class StrictSchema(Schema):
    """A schema that refuses unknown keys, naming the known ones, and writes only what is given."""

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        known = tuple(field.data_key or name for name, field in self.fields.items())
        messages: dict[str, Any] = {
            "type": [Problem(Code.EXPECTED_OBJECT)],
            "unknown": [Problem(Code.UNKNOWN_KEY, known=known)],
        }
        self.error_messages = messages

    @post_dump
    def _leave_out_what_is_not_given(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return {key: value for key, value in data.items() if value is not None}


class Value(fields.Field[Any]):
    """A field with our codes for a missing key and for null."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(error_messages=_ERRORS, **kwargs)


def legal_text(value: object, limit: int = MAX_TEXT) -> str:
    """The text itself, when it is a text that is not blank, not too long, and that XML can carry."""
    if not isinstance(value, str):
        raise invalid(Code.EXPECTED_TEXT)
    if not value.strip():
        raise invalid(Code.EMPTY_TEXT)
    if len(value) > limit:
        raise invalid(Code.TEXT_TOO_LONG, limit=limit)
    found = ILLEGAL.search(value)
    if found:
        raise invalid(Code.ILLEGAL_CHARACTER, character=f"U+{ord(found.group()):04X}")
    return value


def exact_number(value: float) -> float:
    """The number itself, when canonical JSON carries it exactly."""
    if not math.isfinite(value) or abs(value) > MAX_EXACT:
        raise invalid(Code.BAD_NUMBER)
    return value


def is_number(value: object) -> bool:
    """Whether JSON calls it a number; Python's booleans are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


class Word(Value):
    """A text on one value: a name (with a pattern and its code), an expression, an appearance."""

    def __init__(
        self,
        *,
        pattern: re.Pattern[str] | None = None,
        code: Code = Code.BAD_NAME,
        limit: int = MAX_TEXT,
        **kwargs: Any,  # noqa: ANN401  handed on to marshmallow
    ) -> None:
        super().__init__(**kwargs)
        self.pattern, self.code, self.limit = pattern, code, limit

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        text = legal_text(value, self.limit)
        if self.pattern and not self.pattern.fullmatch(text):
            raise invalid(self.code, value=text[:SHOWN])
        return text


class Texts(Value):
    """A map from language code to text."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, str]:
        if not isinstance(value, dict):
            raise invalid(Code.EXPECTED_TEXTS)
        if not value:
            raise invalid(Code.EMPTY_TEXTS)
        errors: dict[str, object] = {}
        for language, text in value.items():
            if not LANGUAGE.fullmatch(language):
                errors[language] = [Problem(Code.BAD_LANGUAGE, {"value": language[:SHOWN]})]
                continue
            try:
                legal_text(text)
            except ValidationError as error:
                errors[language] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(dict(value))

    def _serialize(self, value: Mapping[str, str] | None, *_: object, **__: object) -> dict[str, str] | None:
        return None if value is None else dict(value)


class Truth(Value):
    """true or false, and nothing else."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if not isinstance(value, bool):
            raise invalid(Code.EXPECTED_BOOLEAN)
        return value


class ConditionField(Value):
    """true, false, or an expression."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool | str:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str):
            raise invalid(Code.EXPECTED_CONDITION)
        return legal_text(value)


class CountField(Value):
    """How often a repeat is asked: a whole number from 0 up, or an expression."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int | str:
        if isinstance(value, str):
            return legal_text(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise invalid(Code.EXPECTED_COUNT)
        return int(exact_number(value))


def scalar(value: object) -> str | int | float:
    """A text or a number."""
    if isinstance(value, str):
        return legal_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact_number(value)
    raise invalid(Code.EXPECTED_SCALAR)


class ScalarField(Value):
    """A text or a number, such as a default."""

    def _deserialize(self, value: object, *_: object, **__: object) -> str | int | float:
        return scalar(value)


class EnumField(Value):
    """One of the words of an enumeration."""

    def __init__(self, words: type[E], **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        self.words = words

    def _deserialize(self, value: object, *_: object, **__: object) -> StrEnum:
        text = legal_text(value, MAX_NAME)
        known = tuple(word.value for word in self.words)
        if text not in known:
            raise invalid(Code.UNKNOWN_VALUE, value=text[:SHOWN], known=", ".join(known))
        return self.words(text)

    def _serialize(self, value: StrEnum | None, *_: object, **__: object) -> str | None:
        return None if value is None else value.value


class Parameters(Value):
    """A question's parameters: known names, each with a text, a number or true and false."""

    def __init__(self, known: tuple[str, ...], **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        self.known = known

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, str | int | float | bool]:
        if not isinstance(value, dict):
            raise invalid(Code.EXPECTED_OBJECT)
        errors: dict[str, object] = {}
        for name, given in value.items():
            try:
                self._check(name, given)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(dict(value))

    def _check(self, name: str, given: object) -> None:
        if name not in self.known:
            raise ValidationError([unknown_word(Code.UNKNOWN_KEY, Code.UNKNOWN_KEY_NEAR, "key", name, self.known)])
        if not isinstance(given, bool) and isinstance(scalar(given), str) and _SEPARATOR.search(str(given)):
            raise invalid(Code.BAD_PARAMETER, parameter=name)

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        return None if value is None else dict(value)


class Columns(Value):
    """Further columns of a choice: names, each with a text or a number."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, str | int | float]:
        if not isinstance(value, dict):
            raise invalid(Code.EXPECTED_OBJECT)
        errors: dict[str, object] = {}
        for name, given in value.items():
            try:
                if not COLUMN.fullmatch(name) or name in KEPT_COLUMNS:
                    raise invalid(Code.BAD_NAME, value=name[:SHOWN])
                scalar(given)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(dict(value))

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        return None if value is None else dict(value)


COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_LIST_COLUMNS = frozenset({"name", "label", "list_name", "value", "caption", "itextId"})
_MEDIA_COLUMNS = frozenset({"image", "audio", "video", "big-image", "media"})
KEPT_COLUMNS = _LIST_COLUMNS | _MEDIA_COLUMNS
