"""Single answers: from the text of an element to a typed value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from forms.errors import Code, Params
from forms.tables import ColumnKind

_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,400}(\.[0-9]{0,400})?|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ZONE = r"(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_TIME = re.compile(_CLOCK + _ZONE)
_DATETIME = re.compile(_DATE.pattern + "T" + _CLOCK + _ZONE)


class Unread(str):
    """A text that does not fit the type of its column, kept as it was given."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """No answer, and why: the name of the missing kind, and the user-missing code that stands for it."""

    kind: str
    code: int


Value = str | int | Decimal | date | time | datetime | tuple[str, ...] | Missing | None


class Doubt(Exception):  # noqa: N818  not an error: the value is kept
    """An answer that needs another look. `value` is what stays of it, `problems` codes of what is wrong with it."""

    def __init__(self, value: Value, *problems: tuple[Code, Params]) -> None:
        self.value, self.problems = value, problems
        super().__init__(", ".join(code for code, _ in problems))


Reader = Callable[[str], Value]
"""Makes a value of a text that is not blank. Raises `Doubt`."""


def reader_of(kind: ColumnKind) -> Reader | None:
    """The reader of the answers of a column that are no choices; None where a text stays as it is."""
    return _READERS.get(kind)


def choice_reader(allowed: frozenset[str] | None, list_name: str) -> Reader:
    """The reader of a choice's name; `allowed` is None where any will do."""
    if allowed is None:
        return str.strip

    def read(text: str) -> Value:
        if text in allowed:
            return text
        stripped = text.strip()
        if stripped not in allowed:
            raise Doubt(stripped, (Code.ANSWER_UNKNOWN_CHOICE, {"list": list_name}))
        return stripped

    return read


def kind_reader(kinds: frozenset[str], list_name: str) -> Reader:
    """The reader of a missing kind. It always raises `Doubt`: what it says belongs into another cell as well."""

    def read(text: str) -> Value:
        kind = text.strip()
        if kind not in kinds:
            raise Doubt(kind, (Code.ANSWER_UNKNOWN_CHOICE, {"list": list_name}))
        raise Doubt(kind)

    return read


def choices_reader(allowed: frozenset[str] | None, list_name: str) -> Reader:
    """The reader of several choices, as a tuple in the order given."""

    def read(text: str) -> Value:
        if allowed is not None and text in allowed:
            return (text,)
        given = tuple(text.split())
        unknown = allowed is not None and not allowed.issuperset(given)
        repeated = len(given) > 1 and len(set(given)) < len(given)
        if unknown or repeated:
            raise Doubt(given, *_choice_problems(unknown, repeated, list_name))
        return given

    return read


def _choice_problems(unknown: bool, repeated: bool, list_name: str) -> list[tuple[Code, Params]]:
    problems: list[tuple[Code, Params]] = []
    if unknown:
        problems.append((Code.ANSWER_UNKNOWN_CHOICE, {"list": list_name}))
    if repeated:
        problems.append((Code.ANSWER_REPEATED_CHOICE, {}))
    return problems


def decimal_of(text: str) -> Decimal | None:
    """The number that a text without blanks around it holds, or None where it is none."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _integer(text: str) -> Value:
    if len(text) < 20 and text.isascii() and text.isdigit():
        return int(text)
    return _shaped(text, _INTEGER, int, Code.ANSWER_NOT_INTEGER)


def _shaped(text: str, pattern: re.Pattern[str], convert: Callable[[str], Value], problem: Code) -> Value:
    stripped = text.strip()
    if pattern.fullmatch(stripped):
        try:
            return convert(stripped)
        except ValueError:
            # Of the right shape, but no such day or hour.
            pass
    raise Doubt(Unread(text), (problem, {}))


def _shaped_reader(pattern: re.Pattern[str], convert: Callable[[str], Value], problem: Code) -> Reader:
    return lambda text: _shaped(text, pattern, convert, problem)


_READERS: Mapping[ColumnKind, Reader] = {
    ColumnKind.INTEGER: _integer,
    ColumnKind.DECIMAL: _shaped_reader(_DECIMAL, Decimal, Code.ANSWER_NOT_DECIMAL),
    ColumnKind.DATE: _shaped_reader(_DATE, date.fromisoformat, Code.ANSWER_NOT_DATE),
    ColumnKind.TIME: _shaped_reader(_TIME, time.fromisoformat, Code.ANSWER_NOT_TIME),
    ColumnKind.DATETIME: _shaped_reader(_DATETIME, datetime.fromisoformat, Code.ANSWER_NOT_DATETIME),
    ColumnKind.ATTACHMENT: str.strip,
}
