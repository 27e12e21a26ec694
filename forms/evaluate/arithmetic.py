"""Calculating with values as numbers."""

import operator
from collections.abc import Callable

from forms.evaluate.nodes import Run
from forms.evaluate.scope import Round
from forms.evaluate.values import NAN, Result, number


def calculates(work: Callable[[float, float], float], left: Run, right: Run) -> Run:
    """Calculate with two values as numbers."""

    def run(round_: Round) -> Result:
        return work(number(left(round_)), number(right(round_)))

    return run


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
