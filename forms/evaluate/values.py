"""The values of expressions, and how one becomes a number, a text or a truth.

As in JavaRosa: an absent or empty answer is the empty text; dates are numbers as days since 1970-01-01; a comparison
with a number is one of numbers, any other one of texts.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from forms.values import Missing, Unread, Value

_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(_DATE.pattern + "T.*")
_EPOCH = date(1970, 1, 1).toordinal()
CLOSE = 1e-12
"""Numbers that differ by less are equal."""
NAN = math.nan

MOST = 10**300
"""Whole numbers from here on are none to clients, who count in 64 bits."""

Result = Value | float | bool
"""What an expression gives."""


class Unanswerable(Exception):  # noqa: N818  not an error: the answers alone do not tell
    """What the expression says cannot be known from the answers."""


def number(value: Result) -> float:
    """The value as a number, NaN where it is none. Raises `Unanswerable` for times of day and what was not read."""
    kind = value.__class__
    if kind is str and value.isdigit() and value.isascii():  # type: ignore[union-attr]
        return float(value)  # type: ignore[arg-type]
    if kind is float:
        return value  # type: ignore[return-value]
    if kind is int:
        if not -MOST < value < MOST:  # type: ignore[operator]
            raise Unanswerable
        return value  # type: ignore[return-value]
    if kind is str:
        return _number_of_text(value)  # type: ignore[arg-type]
    if value is None:
        return NAN
    if kind is Decimal or kind is bool:
        return float(value)  # type: ignore[arg-type]
    if kind is date:
        return float(value.toordinal() - _EPOCH)  # type: ignore[union-attr]
    if kind is tuple:
        return _number_of_text(" ".join(value))  # type: ignore[arg-type]
    # Clients disagree on the numbers of moments and times, which depend on where they are.
    raise Unanswerable


def text(value: Result) -> str:
    """The value as a text. Raises `Unanswerable` for moments and times, whose spelling is not kept, and unread ones."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[return-value]
    if value is None:
        return ""
    if kind is tuple:
        return " ".join(value)  # type: ignore[arg-type]
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float or kind is Decimal:
        return _text_of_number(float(number(value)))
    if kind is date:
        return value.isoformat()  # type: ignore[union-attr]
    raise Unanswerable


def truth(value: Result) -> bool:
    """Whether the value counts as true: a text that is not empty, a number other than 0."""
    kind = value.__class__
    if kind is bool:
        return value  # type: ignore[return-value]
    if kind is float or kind is int or kind is Decimal:
        return abs(number(value)) > CLOSE
    if kind is Unread or kind is Missing:
        raise Unanswerable
    return value is not None and value not in ("", ())


_NUMBERS = frozenset({float, int, Decimal})


def equal(left: Result, right: Result) -> bool:
    """Whether two values are equal: as truths if one is a truth, as numbers if one is a number, else as texts."""
    one, other = left.__class__, right.__class__
    if one is bool or other is bool:
        return truth(left) is truth(right)
    if one in _NUMBERS or other in _NUMBERS:
        return abs(number(left) - number(right)) < CLOSE
    return text(left) == text(right)


def compared(compare: Callable[[float, float], bool], left: Result, right: Result) -> bool:
    """Compare two values by size, as numbers; moments only where they are more than a day apart."""
    if _is_moment(left) or _is_moment(right):
        one, other = _days(left), _days(right)
        if abs(one - other) <= 1.5:
            # The same day, or the next: that depends on the zone of whoever looks.
            raise Unanswerable
        return compare(one, other)
    return compare(number(left), number(right))


def _is_moment(value: Result) -> bool:
    kind = value.__class__
    if kind is str:
        return "T" in value and bool(_DATETIME.fullmatch(value))  # type: ignore[operator,arg-type]
    return kind is datetime


def _days(value: Result) -> float:
    if isinstance(value, datetime):
        return float(value.toordinal() - _EPOCH)
    return _number_of_text(str(value)[:10]) if _is_moment(value) else number(value)


def _number_of_text(given: str) -> float:
    given = given.strip()
    if _NUMBER.fullmatch(given):
        return float(given)
    if _DATE.fullmatch(given):
        try:
            return float(date.fromisoformat(given).toordinal() - _EPOCH)
        except ValueError:
            return NAN
    if "," in given or _DATETIME.fullmatch(given):
        # A comma is a point to some clients; a moment is a number whose value depends on the zone.
        raise Unanswerable
    return NAN


def _text_of_number(given: float) -> str:
    if math.isnan(given):
        return "NaN"
    if math.isinf(given):
        return "Infinity" if given > 0 else "-Infinity"
    if given == int(given):
        return str(int(given))
    return repr(given)
