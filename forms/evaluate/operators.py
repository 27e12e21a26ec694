"""Operators, and the ways to an answer, as functions of a round."""

import operator
from collections.abc import Callable
from typing import Any

from forms.evaluate.nodes import Run, Texts
from forms.evaluate.scope import Round
from forms.evaluate.values import NAN, Result, Unanswerable, compared, equal

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


def size_of(run: Run, compare: Callable[[Any, Any], bool], limit: float) -> Holds:
    """Compare a value with a number by size."""

    def holds(round_: Round) -> bool:
        value = run(round_)
        kind = value.__class__
        if kind is int or kind is float:
            return compare(value, limit)
        return value is not None and compared(compare, value, limit)

    return holds


def equals_text(column: str | None, run: Run, wanted: str, answer: bool) -> Holds:
    """Whether a value equals a literal text, or not, quickly where it is a text of the same row."""

    def equals(value: Result) -> bool:
        if value.__class__ is str:
            return value == wanted
        if value is None:
            return not wanted
        return equal(value, wanted)

    if column is None:
        return lambda round_: equals(run(round_)) is answer

    def holds(round_: Round) -> bool:
        value = round_.row.get(column)
        if value.__class__ is str:
            return (value == wanted) is answer
        return equals(value) is answer

    return holds


def _divided(one: float, other: float) -> float:
    if other == 0:
        return NAN if one == 0 or one != one else float("inf") * (1 if one > 0 else -1)
    return one / other


def _remainder(one: float, other: float) -> float:
    # XPath 1.0, 3.5: the sign is that of the dividend, as in Java and JavaScript.
    return NAN if other == 0 or one != one or other != other else abs(one) % abs(other) * (1 if one >= 0 else -1)


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": _divided,
    "mod": _remainder,
}
