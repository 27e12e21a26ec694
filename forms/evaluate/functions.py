"""The functions of ODK XForms that look at single values, and at lists of the texts of nodes.

A function says how many arguments it takes and what each is made into before. What clients do differently, such as
patterns that match only a part of a text, is left unanswered.
"""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from forms.evaluate.days import date_of, format_date
from forms.evaluate.earth import area, distance
from forms.evaluate.patterns import matches
from forms.evaluate.values import NAN, Result, Unanswerable, number, text, truth


@dataclass(frozen=True, slots=True)
class Function:
    """A function of single values. `takes` makes the arguments, the last one also of all that follow."""

    run: Callable[..., Result]
    takes: tuple[Callable[[Result], Any], ...]
    least: int
    most: int | None = None

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return self.least <= count and (self.most is None or count <= self.most)

    def converter(self, position: int) -> Callable[[Result], Any]:
        """What makes the argument at that position, from 0."""
        return self.takes[min(position, len(self.takes) - 1)]


def _whole(value: float) -> int:
    if math.isnan(value) or math.isinf(value):
        raise Unanswerable
    return int(value)


def _substr(given: str, start: float, end: float | None = None) -> str:
    size = len(given)
    first, last = _whole(start), size if end is None else _whole(end)
    first, last = (size + each if each < 0 else each for each in (first, last))
    return given[max(0, first) : max(0, last)]


def _substring(given: str, start: float, length: float = math.inf) -> str:
    # XPath 1.0, 4.2: positions count from 1 and are rounded.
    if math.isnan(start) or math.isnan(length):
        return ""
    first, last = math.floor(start + 0.5), math.floor(start + 0.5) + math.floor(length + 0.5) if length < 1e9 else 1e9
    return "".join(each for place, each in enumerate(given, 1) if first <= place < last)


def _round(given: float, places: float = 0) -> float:
    digits = _whole(places)
    if math.isnan(given) or math.isinf(given) or abs(digits) > 30:
        return given if abs(digits) <= 30 else NAN
    way = ROUND_HALF_DOWN if given < 0 else ROUND_HALF_UP
    return float(Decimal(repr(given)).quantize(Decimal(1).scaleb(-digits), way))


def _int(given: float) -> float:
    return given if math.isnan(given) or math.isinf(given) else float(math.trunc(given))


def _floor(way: Callable[[float], int]) -> Callable[[float], float]:
    return lambda given: given if math.isnan(given) or math.isinf(given) else float(way(given))


def _math(function: Callable[..., float]) -> Callable[..., float]:
    def run(*given: float) -> float:
        try:
            return function(*given)
        except (ValueError, OverflowError, ZeroDivisionError):
            return NAN

    return run


def _selected_at(given: str, position: float) -> str:
    words, at = given.split(), _whole(position)
    return words[at] if 0 <= at < len(words) else ""


def _checklist(least: float, most: float, *flags: bool) -> bool:
    count = sum(flags)
    return (least < 0 or count >= _whole(least)) and (most < 0 or count <= _whole(most))


def _weighted(least: float, most: float, *pairs: Result) -> bool:
    if len(pairs) % 2:
        raise Unanswerable
    total = sum(number(weight) for flag, weight in zip(pairs[::2], pairs[1::2], strict=True) if truth(flag))
    return least <= total <= most


_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _digest(given: str, algorithm: str, encoding: str = "base64") -> str:
    if algorithm not in _DIGESTS or encoding not in ("base64", "hex"):
        raise Unanswerable
    digest = hashlib.new(_DIGESTS[algorithm], given.encode(), usedforsecurity=False).digest()
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def _base64_decode(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Unanswerable from error


def _translate(given: str, old: str, new: str) -> str:
    table = {ord(each): None if at >= len(new) else new[at] for at, each in reversed(list(enumerate(old)))}
    return given.translate(table)


def _as_it_is(value: Result) -> Result:
    return value


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(abs, (number,), 1, 1),
    "acos": Function(_math(math.acos), (number,), 1, 1),
    "asin": Function(_math(math.asin), (number,), 1, 1),
    "atan": Function(_math(math.atan), (number,), 1, 1),
    "atan2": Function(_math(math.atan2), (number,), 2, 2),
    "base64-decode": Function(_base64_decode, (text,), 1, 1),
    "boolean": Function(bool, (truth,), 1, 1),
    "boolean-from-string": Function(lambda given: given == "1" or given.lower() == "true", (text,), 1, 1),
    "ceiling": Function(_floor(math.ceil), (number,), 1, 1),
    "checklist": Function(_checklist, (number, number, truth), 2),
    "contains": Function(lambda given, part: part in given, (text,), 2, 2),
    "cos": Function(_math(math.cos), (number,), 1, 1),
    "date": Function(date_of, (_as_it_is,), 1, 1),
    "digest": Function(_digest, (text,), 2, 3),
    "ends-with": Function(str.endswith, (text,), 2, 2),
    "exp": Function(_math(math.exp), (number,), 1, 1),
    "exp10": Function(_math(lambda given: 10.0**given), (number,), 1, 1),
    "false": Function(lambda: False, (), 0, 0),
    "floor": Function(_floor(math.floor), (number,), 1, 1),
    "format-date": Function(format_date, (_as_it_is, text), 2, 2),
    "int": Function(_int, (number,), 1, 1),
    "is-selected": Function(lambda given, word: f" {word.strip()} " in f" {given} ", (text,), 2, 2),
    "log": Function(_math(math.log), (number,), 1, 1),
    "log10": Function(_math(math.log10), (number,), 1, 1),
    "normalize-space": Function(lambda given: " ".join(given.split()), (text,), 1, 1),
    "not": Function(lambda given: not given, (truth,), 1, 1),
    "number": Function(float, (number,), 1, 1),
    "pi": Function(lambda: math.pi, (), 0, 0),
    "pow": Function(_math(math.pow), (number,), 2, 2),
    "regex": Function(matches, (text,), 2, 2),
    "round": Function(_round, (number,), 1, 2),
    "selected": Function(lambda given, word: f" {word.strip()} " in f" {given} ", (text,), 2, 2),
    "selected-at": Function(_selected_at, (text, number), 2, 2),
    "sin": Function(_math(math.sin), (number,), 1, 1),
    "sqrt": Function(_math(math.sqrt), (number,), 1, 1),
    "starts-with": Function(str.startswith, (text,), 2, 2),
    "string": Function(str, (text,), 1, 1),
    "string-length": Function(lambda given: float(len(given)), (text,), 1, 1),
    "substr": Function(_substr, (text, number), 2, 3),
    "substring": Function(_substring, (text, number), 2, 3),
    "substring-after": Function(lambda given, part: given.partition(part)[2] if part else given, (text,), 2, 2),
    "substring-before": Function(
        lambda given, part: given.partition(part)[0] if part and part in given else "", (text,), 2, 2
    ),
    "tan": Function(_math(math.tan), (number,), 1, 1),
    "translate": Function(_translate, (text,), 3, 3),
    "true": Function(lambda: True, (), 0, 0),
    "weighted-checklist": Function(_weighted, (number, number, _as_it_is), 2),
}
"""By name."""


def _extreme(choose: Callable[[Sequence[float]], float]) -> Callable[[Sequence[Result]], Result]:
    def run(given: Sequence[Result]) -> Result:
        numbers = [each for each in map(number, given) if not math.isnan(each)]
        return choose(numbers) if numbers else NAN

    return run


LIST_FUNCTIONS: Mapping[str, Callable[[Sequence[Result]], Result]] = {
    "area": lambda given: area([text(each) for each in given]),
    "concat": lambda given: "".join(text(each) for each in given),
    "count": lambda given: float(len(given)),
    "count-non-empty": lambda given: float(sum(1 for each in given if text(each))),
    "distance": lambda given: distance([text(each) for each in given]),
    "enclosed-area": lambda given: area([text(each) for each in given]),
    "max": _extreme(max),
    "min": _extreme(min),
    "sum": lambda given: sum(each for each in map(number, given) if not math.isnan(each)),
}
"""Functions of the values of a set of nodes, or of all their arguments."""

ONLY_NODES = frozenset({"count", "count-non-empty", "sum"})
"""List functions that are asked about nodes alone."""
