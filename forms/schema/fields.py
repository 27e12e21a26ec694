"""The kinds of single values in a form's JSON, as marshmallow fields, and the schema that all others share."""

import math
import re
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from marshmallow import RAISE, Schema, fields, missing

from forms.errors import Code
from forms.names import ILLEGAL, MAX_NAME
from forms.schema.problems import Problem, invalid

MAX_TEXT = 32_767
"""As much as a cell of a spreadsheet holds."""
MAX_EXACT = 2**53 - 1
SHOWN = 80
YES_NO = re.compile(r"\s*([Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*")
"""What XLSForm reads as true or false: as JSON it must be true or false itself, so that there is one spelling."""

# Marshmallow hands on whatever stands here; its annotation knows texts only.
_ERRORS: dict[str, Any] = {"required": [Problem(Code.MISSING_KEY)], "null": [Problem(Code.NULL_VALUE)]}

E = TypeVar("E", bound=StrEnum)


class StrictSchema(Schema):
    """A schema that refuses unknown keys, naming the known ones, and writes only what is given.

    `order` names keys in the order in which they are written; keys that are not in it come last.
    """

    order: ClassVar[tuple[str, ...]] = ()

    class Meta:
        """Marshmallow's options."""

        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        places = {key: place for place, key in enumerate(self.order)}
        self.dump_fields = dict(sorted(self.dump_fields.items(), key=lambda each: places.get(each[0], len(places))))
        messages: dict[str, Any] = {
            "type": [Problem(Code.EXPECTED_OBJECT)],
            "unknown": [Problem(Code.UNKNOWN_KEY, known=self.keys)],
        }
        self.error_messages = messages

    def json_rules(self) -> dict[str, Any]:
        """What JSON Schema must say beside the keys and their values: the rules of the schema's own hooks."""
        return {}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that this schema knows, in the order in which they are written."""
        return tuple(field.data_key or name for name, field in self.dump_fields.items())

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ANN401  as marshmallow has it
        """The value as JSON: what is given, and nothing else."""
        if many:
            return [self.dump(each) for each in obj]
        # Marshmallow's own would prepare every key, of which most questions have few.
        found: dict[str, Any] = {}
        for name, field in self.dump_fields.items():
            attribute = field.attribute or name
            value = getattr(obj, attribute, None)
            if value is None and field.dump_default is not missing:
                value = field.dump_default
            if value is not None:
                found[name] = field._serialize(value, attribute, obj)
        return found


def told(description: str, example: object) -> dict[str, Any]:
    """What a field is for, in plain sentences, and an example of its value: for the reference and the JSON Schema."""
    return {"metadata": {"description": description, "example": example}}


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
        return self.read(value)

    def read(self, value: object) -> str:
        """The text, when it is one of those."""
        text = legal_text(value, self.limit)
        if self.pattern and not self.pattern.fullmatch(text):
            raise invalid(self.code, value=text[:SHOWN])
        return text


class Truth(Value):
    """true or false, and nothing else."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        return truth(value)


def truth(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise invalid(Code.EXPECTED_BOOLEAN)
    return value


class ConditionField(Value):
    """true, false, or an expression."""

    def _deserialize(self, value: object, *_: object, **__: object) -> bool | str:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or YES_NO.fullmatch(value):
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


class MissingCode(Value):
    """The code of a kind of missing answer: a whole number that is not 0."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < abs(value) <= MAX_MISSING_CODE:
            raise invalid(Code.EXPECTED_MISSING_CODE, limit=MAX_MISSING_CODE)
        return value


MAX_MISSING_CODE = 999_999
"""Six digits: the widest code that no program for statistics shortens."""


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
        self.words, self.known = words, tuple(word.value for word in words)

    def _deserialize(self, value: object, *_: object, **__: object) -> StrEnum:
        return self.words(one_of(value, self.known))

    def _serialize(self, value: StrEnum | None, *_: object, **__: object) -> str | None:
        return None if value is None else value.value


class OneOf(Value):
    """One of a few words."""

    def __init__(self, *known: str, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        self.known = known

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        return one_of(value, self.known)


def one_of(value: object, known: tuple[str, ...]) -> str:
    """The text, when it is one of the known words."""
    text = legal_text(value, MAX_NAME)
    if text not in known:
        raise invalid(Code.UNKNOWN_VALUE, value=text[:SHOWN], known=", ".join(known))
    return text
