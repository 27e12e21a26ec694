"""The parameters of each type, as in XLSForm, with the kind of value that each takes."""

import math
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
from forms.version import canonical_json

SEPARATOR = re.compile(r"[\s;,=]")
"""What ends a value in XLSForm's column of parameters."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its value is a `number`, `whole` (0 or more), `truth`, `words` (one of them), `seed`, or `text`."""

    takes: str
    description: str
    example: Scalar | bool
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


def _is_spelled_otherwise(text: str) -> bool:
    number = float(text)
    return len(text) <= MAX_NAME and math.isfinite(number) and canonical_json(exact_number(number)).decode() != text


SPELLED = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?")
"""How a text may spell a number."""


def number(value: object) -> float | str:
    """A number, or a text that spells one as JSON does not, such as 1.0: the XForm keeps the spelling."""
    if isinstance(value, str) and SPELLED.fullmatch(value) and _is_spelled_otherwise(value):
        return value
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise invalid(Code.EXPECTED_NUMBER)
    return exact_number(value)


def whole(value: object) -> int | str:
    """A whole number from 0 up, or a text that spells one as JSON does not, such as 010."""
    if isinstance(value, str) and value.isdecimal() and value.isascii() and _is_spelled_otherwise(value):
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid(Code.EXPECTED_WHOLE_NUMBER)
    return int(exact_number(value))


_MOCK = Parameter("truth", "`true` also takes places that an app made up.", True)
_GEOMETRY = Parameter(
    "text", "Shapes to show on the map: the name of a choice list, file or entity, or a repeat as `${name}`.", "streets"
)
_RANK = {
    "randomize": Parameter("truth", "`true` shows the choices in a random order.", True),
    "seed": Parameter("seed", "A number, or an answer, from which the order follows; with `randomize`.", 42),
}
_SELECT = {
    **_RANK,
    "value": Parameter("text", "The column of the file that is kept as the answer; with `choices_file`.", "code"),
    "label": Parameter("text", "The column of the file that is shown; with `choices_file`.", "title"),
}
_LINE = {
    "incremental": Parameter("truth", "`true` records points while one walks along.", True),
    "allow-mock-accuracy": _MOCK,
    "reference-geometry": _GEOMETRY,
}
_QUALITY = ("voice-only", "low", "normal")
_QUALITY_TOLD = "How well it sounds, and how large the file becomes."

PARAMETERS: Mapping[Kind, Mapping[str, Parameter]] = {
    Kind.TEXT: {"rows": Parameter("whole", "How many lines the box shows.", 3)},
    Kind.RANGE: {
        "start": Parameter("number", "Where the range begins; 1 where it is not given.", 0),
        "end": Parameter("number", "Where it ends; 10 where it is not given.", 10),
        "step": Parameter("number", "How far one step goes; 1 where it is not given.", 1),
        "tick_interval": Parameter("number", "How far marks lie apart.", 2),
        "tick_labelset": Parameter("text", "A choice list whose labels stand at the marks.", "agreement"),
        "placeholder": Parameter("number", "Where the handle stands before anybody moved it.", 5),
    },
    Kind.SELECT_ONE: _SELECT,
    Kind.SELECT_MULTIPLE: _SELECT,
    Kind.RANK: _RANK,
    Kind.GEOPOINT: {
        "capture-accuracy": Parameter("number", "From how many metres on the place is taken by itself.", 10),
        "warning-accuracy": Parameter("number", "From how many metres on there is a warning.", 50),
        "allow-mock-accuracy": _MOCK,
        "reference-geometry": _GEOMETRY,
    },
    Kind.GEOTRACE: _LINE,
    Kind.GEOSHAPE: _LINE,
    Kind.IMAGE: {
        "max-pixels": Parameter("whole", "How many pixels the longer side keeps.", 1024),
        "app": Parameter("text", "The Android app that takes the picture.", "org.example.camera"),
    },
    Kind.AUDIO: {"quality": Parameter("words", _QUALITY_TOLD, "voice-only", (*_QUALITY, "external"))},
    Kind.BACKGROUND_AUDIO: {"quality": Parameter("words", _QUALITY_TOLD, "voice-only", _QUALITY)},
    Kind.AUDIT: {
        "location-priority": Parameter(
            "words",
            "How exactly places are recorded; the three keys on the location go together.",
            "balanced",
            ("no-power", "low-power", "balanced", "high-accuracy"),
        ),
        "location-min-interval": Parameter("whole", "How many seconds lie between two places, at least.", 60),
        "location-max-age": Parameter("whole", "How many seconds old a place may be.", 120),
        "track-changes": Parameter("truth", "`true` records answers before and after each change.", True),
        "track-changes-reasons": Parameter(
            "words", "Asks why a finished form is changed.", "on-form-edit", ("on-form-edit",)
        ),
        "identify-user": Parameter("truth", "`true` asks who is filling in the form.", True),
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
