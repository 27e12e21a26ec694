"""Operators, and the ways to an answer, as functions of a round."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from forms.evaluate.nodes import Run, Texts
from forms.evaluate.scope import Round
from forms.evaluate.values import CLOSE, Result, Unanswerable, compared, equal, number, text

Holds = Callable[[Round], bool]
"""Whether something holds in a round. Raises `Unanswerable` where the answers do not tell."""

SIZES: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def outward(round_: Round, level: int) -> Round:
    """The round so many repeats outward."""
    for _ in range(level):
        if round_.parent is None:
            raise Unanswerable
        round_ = round_.parent
    return round_


def from_row(column: str, level: int) -> Run:
    """The value of a column of the row, or of one so many repeats outward."""
    if level == 0:
        return lambda round_: round_.row.get(column)
    if level == 1:
        return lambda round_: round_.parent.row.get(column)  # type: ignore[union-attr]
    return lambda round_: outward(round_, level).row.get(column)


def only(texts: Texts) -> Run:
    """The one text of a set of nodes; empty where there is none. Clients refuse to choose among several."""

    def run(round_: Round) -> Result:
        found = texts(round_)
        if len(found) > 1:
            raise Unanswerable
        return found[0] if found else ""

    return run


def first_given(runs: list[Run], round_: Round) -> Result:
    """The first value that is not empty, else the empty text."""
    for run in runs:
        value = run(round_)
        if value is not None and value != "" and value == value:
            return value
    return ""


def junction_of_two(one: Holds, other: Holds, deciding: bool) -> Holds:
    """`or` of two operands where the truth decides, `and` where the untruth does.

    An operand that cannot be answered does not matter where the other one decides.
    """

    def run(round_: Round) -> bool:
        try:
            if one(round_) is deciding:
                return deciding
        except Unanswerable:
            if other(round_) is deciding:
                return deciding
            raise
        return other(round_)

    return run


def junction(operands: list[Holds], deciding: bool) -> Holds:
    """The same of any number of operands."""

    def run(round_: Round) -> bool:
        unanswered = False
        for operand in operands:
            try:
                if operand(round_) is deciding:
                    return deciding
            except Unanswerable:
                unanswered = True
        if unanswered:
            raise Unanswerable
        return not deciding

    return run


Limit = tuple[Callable[[Any, Any], bool], float]
"""A comparison and the number that a value is compared with."""


def size_of(run: Run, limit: Limit) -> Holds:
    """Compare a value with a number by size."""
    compare, bound = limit

    def holds(round_: Round) -> bool:
        value = run(round_)
        kind = value.__class__
        if kind is int or kind is float:
            return compare(value, bound)
        return value is not None and compared(compare, value, bound)

    return holds


def size_of_column(column: str, limit: Limit) -> Holds:
    """The same of a value of the row."""
    compare, bound = limit

    def holds(round_: Round) -> bool:
        value = round_.row.get(column)
        kind = value.__class__
        if kind is int:
            return compare(value, bound)
        if kind is Decimal:
            return compare(float(value), bound)  # type: ignore[arg-type]
        return value is not None and compared(compare, value, bound)

    return holds


def compares_numbers(compare: Callable[[Any, Any], bool], left: Run, right: Run) -> Holds:
    """Compare two values by size of which one is known to be a number, so that neither can be a moment."""

    def holds(round_: Round) -> bool:
        one, other = left(round_), right(round_)
        kind, other_kind = one.__class__, other.__class__
        if kind is not int and kind is not float:
            one = number(one)
        if other_kind is not int and other_kind is not float:
            other = number(other)
        return compare(one, other)

    return holds


def within(column: str, one: Limit, other: Limit) -> Holds:
    """Compare a value of the row with two numbers, both of which it must keep to: the commonest of constraints."""
    (compare, limit), (compare_too, limit_too) = one, other

    def holds(round_: Round) -> bool:
        value = round_.row.get(column)
        kind = value.__class__
        if kind is Decimal:
            value = float(value)  # type: ignore[arg-type,assignment]
        elif value is None:
            return False
        elif kind is not int:
            return compared(compare, value, limit) and compared(compare_too, value, limit_too)
        return compare(value, limit) and compare_too(value, limit_too)

    return holds


def equals_text(run: Run, wanted: str, answer: bool) -> Holds:
    """Whether a value equals a literal text, or not."""

    def holds(round_: Round) -> bool:
        value = run(round_)
        return equal("" if value is None else value, wanted) is answer

    return holds


def column_equals_text(column: str, wanted: str, answer: bool) -> Holds:
    """The same of a column of the row that holds nothing but texts: most conditions are of this kind."""
    if not wanted:
        return lambda round_: (round_.row.get(column) is None) is answer
    if answer:
        return lambda round_: round_.row.get(column) == wanted
    return lambda round_: round_.row.get(column) != wanted


def equals_number(run: Run, wanted: float, answer: bool) -> Holds:
    """Whether a value equals a literal number, or not."""

    def holds(round_: Round) -> bool:
        value = run(round_)
        kind = value.__class__
        if kind is int:
            return (value == wanted) is answer
        if kind is bool:
            return equal(value, wanted) is answer
        return (abs(number(value) - wanted) < CLOSE) is answer

    return holds


def chosen(column: str, word: str) -> Holds:
    """Whether a choice is among those of a column of the row."""
    word = word.strip()

    def holds(round_: Round) -> bool:
        value = round_.row.get(column)
        if value.__class__ is tuple:
            return word in value
        return f" {word} " in f" {text(value)} "

    return holds


def count_chosen(run: Run) -> Run:
    """How many choices a value holds."""

    def count(round_: Round) -> Result:
        value = run(round_)
        return len(value) if isinstance(value, tuple) else len(text(value).split())

    return count
