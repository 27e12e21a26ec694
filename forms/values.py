"""Single answers: from the text of an element to a typed value."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

from forms.errors import Code
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


Value = str | int | Decimal | date | time | datetime | tuple[str, ...] | None


def read_value(text: str | None, kind: ColumnKind) -> tuple[Value, Code | None]:
    """The value of an answer, and the code of what is wrong with it (None where nothing is).

    None stands for an empty answer. What cannot be read comes back as `Unread`.
    """
    if text is None:
        return None, None
    if kind in (ColumnKind.CHOICE, ColumnKind.ATTACHMENT):
        return text.strip(), None
    if kind is ColumnKind.CHOICES:
        return tuple(text.split()), None
    reader = _READERS.get(kind)
    if reader is None:
        return text, None
    pattern, convert, problem = reader
    stripped = text.strip()
    if pattern.fullmatch(stripped):
        try:
            return convert(stripped), None
        except ValueError:
            # Of the right shape, but no such day or hour.
            pass
    return Unread(text), problem


def read_geopoint(text: str | None) -> tuple[Value, Value, Value, Value] | Unread:
    """Latitude and longitude in degrees, altitude and accuracy in metres; the last two may be missing (None)."""
    if text is None:
        return (None, None, None, None)
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(_DECIMAL.fullmatch(part) for part in parts):
        return Unread(text)
    numbers: list[Value] = [Decimal(part) for part in parts]
    if abs(Decimal(parts[0])) > 90 or abs(Decimal(parts[1])) > 180:
        return Unread(text)
    latitude, longitude, altitude, accuracy = (*numbers, None, None)[:4]
    return (latitude, longitude, altitude, accuracy)


_READERS: dict[ColumnKind, tuple[re.Pattern[str], Callable[[str], Value], Code]] = {
    ColumnKind.INTEGER: (_INTEGER, int, Code.ANSWER_NOT_INTEGER),
    ColumnKind.DECIMAL: (_DECIMAL, Decimal, Code.ANSWER_NOT_DECIMAL),
    ColumnKind.DATE: (_DATE, date.fromisoformat, Code.ANSWER_NOT_DATE),
    ColumnKind.TIME: (_TIME, time.fromisoformat, Code.ANSWER_NOT_TIME),
    ColumnKind.DATETIME: (_DATETIME, datetime.fromisoformat, Code.ANSWER_NOT_DATETIME),
}
