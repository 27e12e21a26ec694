"""Dates, as the functions `date` and `format-date` give them."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from forms.evaluate.values import Result, Unanswerable, number


def date_of(given: Result) -> Result:
    """The date that a text, or a number of days since 1970-01-01, means; an empty value stays so."""
    if given is None or given == "" or isinstance(given, date):
        return given
    days = number(given)
    if math.isnan(days):
        raise Unanswerable
    try:
        return date(1970, 1, 1) + timedelta(days=math.floor(days))
    except OverflowError as error:
        raise Unanswerable from error


_FORMATS: Mapping[str, Callable[[date], str]] = {
    "Y": lambda day: f"{day.year:04}",
    "y": lambda day: f"{day.year % 100:02}",
    "m": lambda day: f"{day.month:02}",
    "n": lambda day: str(day.month),
    "d": lambda day: f"{day.day:02}",
    "e": lambda day: str(day.day),
    "%": lambda _: "%",
}


def format_date(given: Result, pattern: str) -> str:
    """A date as `%Y-%m-%d` and the like say. Raises `Unanswerable` for words, which depend on the device's language."""
    day = date_of(given)
    if day is None or day == "":
        return ""
    if day.__class__ is not date:
        raise Unanswerable

    def part(found: re.Match[str]) -> str:
        if found[1] not in _FORMATS:
            # Names of months and days are in the language of the device; hours are not known of a day.
            raise Unanswerable
        return _FORMATS[found[1]](day)

    return re.sub(r"%(.?)", part, pattern)
