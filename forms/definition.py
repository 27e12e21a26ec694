"""The form, as it is asked: frozen values without behaviour beyond walking themselves.

Texts are maps from language code to text. Expressions are written as in XLSForm, with `${name}` for the
answer to another question. None always means that the key is not given, so that a form read from JSON and
written again is the same document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

Text = Mapping[str, str]
"""Language code to text."""

Condition = bool | str
"""true, false, or an expression."""

Scalar = str | int | float


class Kind(StrEnum):
    """The type of a question, by its word in the JSON."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    GEOPOINT = "geopoint"
    IMAGE = "image"
    AUDIO = "audio"
    FILE = "file"
    BARCODE = "barcode"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    START = "start"
    END = "end"
    TODAY = "today"
    DEVICEID = "deviceid"
    USERNAME = "username"


METADATA = frozenset({Kind.START, Kind.END, Kind.TODAY, Kind.DEVICEID, Kind.USERNAME})
SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
ATTACHMENTS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.FILE})
UNASKED = METADATA | {Kind.CALCULATE, Kind.HIDDEN, Kind.NOTE}
"""Kinds to which nobody gives an answer."""


class SpecialCategory(StrEnum):
    """The special categories of personal data of Art. 9 (1) DSGVO."""

    ETHNIC_ORIGIN = "ethnic_origin"
    POLITICAL_OPINION = "political_opinion"
    RELIGION_OR_BELIEF = "religion_or_belief"
    TRADE_UNION = "trade_union"
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    SEX_LIFE = "sex_life"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, or one value that is recorded without asking."""

    kind: Kind
    name: str
    label: Text | None = None
    hint: Text | None = None
    guidance: Text | None = None
    relevant: str | None = None
    required: Condition | None = None
    required_message: Text | None = None
    read_only: Condition | None = None
    constraint: str | None = None
    constraint_message: Text | None = None
    calculation: str | None = None
    default: Scalar | None = None
    appearance: str | None = None
    parameters: Mapping[str, Scalar | bool] | None = None
    choices: str | None = None
    choice_filter: str | None = None
    or_other: bool | None = None
    personal: bool | None = None
    special_category: SpecialCategory | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether a person gives an answer to it."""
        return self.kind not in UNASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together; with appearance `field-list` they share one screen."""

    name: str
    questions: tuple["Item", ...]
    label: Text | None = None
    relevant: str | None = None
    read_only: Condition | None = None
    appearance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Questions that are asked several times, once for each member, trip or spell."""

    name: str
    questions: tuple["Item", ...]
    label: Text | None = None
    relevant: str | None = None
    read_only: Condition | None = None
    appearance: str | None = None
    count: int | str | None = None


Item = Question | Group | Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One possible answer. `values` are further columns that a choice filter can look at."""

    name: str
    label: Text
    values: Mapping[str, Scalar] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the form: its code, and its name in itself."""

    code: str
    name: str | None = None

    @property
    def title(self) -> str:
        """The name with the code, as XLSForm writes it: `Deutsch (de)`."""
        return f"{self.name} ({self.code})" if self.name else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A whole form. `choices` maps the name of a choice list to its choices, in the order shown."""

    id: str
    title: Text
    languages: tuple[Language, ...]
    default_language: str
    questions: tuple[Item, ...]
    choices: Mapping[str, tuple[Choice, ...]] | None = None
    instance_name: str | None = None
    style: str | None = None

    def choice_list(self, name: str) -> tuple[Choice, ...] | None:
        """The choices of the list of that name, or None when there is no such list."""
        return (self.choices or {}).get(name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: its JSON pointer, and the names of the groups and repeats around it."""

    item: Item
    pointer: str
    parents: tuple[Group | Repeat, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the outermost parent to the item itself."""
        return (*(parent.name for parent in self.parents), self.item.name)


def walk(form: Form) -> Iterator[Place]:
    """Every question, group and repeat in the order of the form, a parent before its children."""
    yield from _walk(form.questions, "", ())


def _walk(items: tuple[Item, ...], pointer: str, parents: tuple[Group | Repeat, ...]) -> Iterator[Place]:
    for position, item in enumerate(items):
        here = f"{pointer}/questions/{position}"
        yield Place(item, here, parents)
        if not isinstance(item, Question):
            yield from _walk(item.questions, here, (*parents, item))
