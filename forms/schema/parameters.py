"""The parameters of each type, as in XLSForm, with the kind of value that each takes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from forms.definition import Kind, Scalar
from forms.errors import Code
from forms.expressions import is_reference
from forms.names import MAX_NAME
from forms.schema.fields import Value, exact_number, is_number, legal_text, one_of, truth
from forms.schema.problems import invalid, unknown_word

SEPARATOR = re.compile(r"[\s;,=]")
"""What ends a value in XLSForm's column of parameters."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter's value: `number`, `whole` (0 or more), `truth`, `words` (one of them), `seed`, or `text`."""

    takes: str
    words: tuple[str, ...] = ()

    def read(self, name: str, value: object) -> Scalar | bool:
        """The value of the parameter of that name. Raises a ValidationError with one problem."""
        match self.takes:
            case "truth":
                return truth(value)
            case "words":
                return one_of(value, self.words)
            case "number":
                return number(value)
            case "whole":
                return whole(value)
            case "seed" if is_number(value):
                return number(value)
            case _:
                text = legal_text(value, MAX_NAME)
                if SEPARATOR.search(text) or (self.takes == "seed" and not is_reference(text)):
                    raise invalid(Code.BAD_PARAMETER, parameter=name)
                return text

    def from_cell(self, text: str) -> Scalar | bool:
        """The value that a cell of an XLSForm means; the text itself where it is none of this parameter."""
        if self.takes == "truth" and text in ("true", "false"):
            return text == "true"
        if self.takes in ("number", "whole", "seed"):
            for kind in (int, float):
                try:
                    return kind(text)
                except ValueError:
                    continue
        return text


def number(value: object) -> float:
    """A number."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise invalid(Code.EXPECTED_NUMBER)
    return exact_number(value)


def whole(value: object) -> int:
    """A whole number from 0 up."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid(Code.EXPECTED_WHOLE_NUMBER)
    return int(exact_number(value))


_NUMBER, _WHOLE, _TRUTH, _TEXT, _SEED = (Parameter(takes) for takes in ("number", "whole", "truth", "text", "seed"))
_RANK = {"randomize": _TRUTH, "seed": _SEED}
_SELECT = {**_RANK, "value": _TEXT, "label": _TEXT}
_LINE = {"incremental": _TRUTH, "allow-mock-accuracy": _TRUTH, "reference-geometry": _TEXT}

PARAMETERS: Mapping[Kind, Mapping[str, Parameter]] = {
    Kind.TEXT: {"rows": _WHOLE},
    Kind.RANGE: {
        "start": _NUMBER,
        "end": _NUMBER,
        "step": _NUMBER,
        "tick_interval": _NUMBER,
        "tick_labelset": _TEXT,
        "placeholder": _NUMBER,
    },
    Kind.SELECT_ONE: _SELECT,
    Kind.SELECT_MULTIPLE: _SELECT,
    Kind.RANK: _RANK,
    Kind.GEOPOINT: {
        "capture-accuracy": _NUMBER,
        "warning-accuracy": _NUMBER,
        "allow-mock-accuracy": _TRUTH,
        "reference-geometry": _TEXT,
    },
    Kind.GEOTRACE: _LINE,
    Kind.GEOSHAPE: _LINE,
    Kind.IMAGE: {"max-pixels": _WHOLE, "app": _TEXT},
    Kind.AUDIO: {"quality": Parameter("words", ("voice-only", "low", "normal", "external"))},
    Kind.BACKGROUND_AUDIO: {"quality": Parameter("words", ("voice-only", "low", "normal"))},
    Kind.AUDIT: {
        "location-priority": Parameter("words", ("no-power", "low-power", "balanced", "high-accuracy")),
        "location-min-interval": _WHOLE,
        "location-max-age": _WHOLE,
        "track-changes": _TRUTH,
        "track-changes-reasons": Parameter("words", ("on-form-edit",)),
        "identify-user": _TRUTH,
    },
}
"""The parameters of each kind, as in XLSForm; a kind that is not here has none."""

ONLY_WITH_FILE = frozenset({"value", "label"})
"""Parameters of a select that say which columns of a file hold a choice's name and label."""


class Parameters(Value):
    """A question's parameters: known names, each with a value of its kind."""

    def __init__(self, known: Mapping[str, Parameter], **kwargs: Any) -> None:  # noqa: ANN401  for marshmallow
        super().__init__(**kwargs)
        self.known = known

    def _deserialize(self, value: object, *_: object, **__: object) -> Mapping[str, Scalar | bool]:
        if not isinstance(value, dict):
            raise invalid(Code.EXPECTED_OBJECT)
        if not value:
            raise invalid(Code.EMPTY_MAP)
        found: dict[str, Scalar | bool] = {}
        errors: dict[str, object] = {}
        for name, given in value.items():
            try:
                found[name] = self._read(name, given)
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return MappingProxyType(found)

    def _read(self, name: str, given: object) -> Scalar | bool:
        if name not in self.known:
            known = tuple(self.known)
            raise ValidationError([unknown_word(Code.UNKNOWN_KEY, Code.UNKNOWN_KEY_NEAR, "key", name, known)])
        return self.known[name].read(name, given)

    def _serialize(self, value: Mapping[str, Any] | None, *_: object, **__: object) -> dict[str, Any] | None:
        return None if value is None else dict(value)
