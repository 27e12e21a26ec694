"""Objects and lists in a form's JSON. Each list has a bound; an object is never empty."""

import re
from typing import Any

from marshmallow import ValidationError

from forms.errors import Code
from forms.names import MAX_NAME, NAME
from forms.schema.fields import SHOWN, StrictSchema, Value, Word
from forms.schema.problems import invalid


class One(Value):
    """One object of a schema."""

    def __init__(self, schema: StrictSchema, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        self.schema = schema

    def _deserialize(self, value: object, *_: object, **__: object) -> Any:  # noqa: ANN401
        if isinstance(value, dict) and not value:
            raise invalid(Code.EMPTY_MAP)
        return self.schema.load(value)  # type: ignore[arg-type]  # the schema itself refuses what is no object

    def _serialize(self, value: object, *_: object, **__: object) -> Any:  # noqa: ANN401
        return None if value is None else self.schema.dump(value)


class Several(Value):
    """A list of objects of one schema."""

    def __init__(
        self,
        schema: StrictSchema,
        *,
        most: int,
        filled: bool = True,
        **kwargs: Any,  # noqa: ANN401  handed on to marshmallow
    ) -> None:
        super().__init__(**kwargs)
        self.schema, self.most, self.filled = schema, most, filled

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Any, ...]:
        return tuple(self.schema.load(bounded(value, self.most, filled=self.filled), many=True))

    def _serialize(self, value: tuple[Any, ...] | None, *_: object, **__: object) -> list[Any] | None:
        return None if value is None else list(self.schema.dump(value, many=True))


class Names(Value):
    """A list of names, each once."""

    def __init__(
        self,
        *,
        most: int,
        pattern: re.Pattern[str] = NAME,
        code: Code = Code.BAD_NAME,
        **kwargs: Any,  # noqa: ANN401  handed on to marshmallow
    ) -> None:
        super().__init__(**kwargs)
        self.most, self.word = most, Word(pattern=pattern, code=code, limit=MAX_NAME)

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[str, ...]:
        return self.read(value)

    def read(self, value: object) -> tuple[str, ...]:
        """The names."""
        found: list[str] = []
        errors: dict[int, object] = {}
        for position, given in enumerate(bounded(value, self.most)):
            try:
                name = self.word.read(given)
                if name in found:
                    raise invalid(Code.NAMED_TWICE, value=name[:SHOWN])
                found.append(name)
            except ValidationError as error:
                errors[position] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)

    def _serialize(self, value: tuple[str, ...] | None, *_: object, **__: object) -> list[str] | None:
        return None if value is None else list(value)


class NamesOrAll(Names):
    """A list of names, or true for all there are; false is none."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Any:  # noqa: ANN401
        return value if isinstance(value, bool) else self.read(value)

    def _serialize(self, value: Any, *_: object, **__: object) -> Any:  # noqa: ANN401
        return value if isinstance(value, bool) else super()._serialize(value)


def bounded(value: object, most: int, *, filled: bool = True) -> list[Any]:
    """The list, when it is one and holds neither nothing (unless it may) nor more than `most`."""
    if not isinstance(value, list):
        raise invalid(Code.EXPECTED_LIST)
    if filled and not value:
        raise invalid(Code.EMPTY_LIST)
    if len(value) > most:
        raise invalid(Code.TOO_MANY, limit=most)
    return value
