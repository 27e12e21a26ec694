"""Lengths and areas on a sphere, as the functions `distance` and `area` give them."""

import itertools
import math
from collections.abc import Iterator, Sequence

from forms.evaluate.values import Unanswerable

RADIUS = 6_378_100.0
"""Metres; the sphere that JavaRosa and Enketo compute on."""


def distance(lines: Sequence[str]) -> float:
    """The length in metres of the line through the points, given as `latitude longitude ...;` in one or more texts."""
    points = list(_points(lines))
    return sum(_between(one, other) for one, other in itertools.pairwise(points))


def area(lines: Sequence[str]) -> float:
    """The area in square metres within the ring of points; 0 for fewer than three."""
    points = list(_points(lines))
    if len(points) < 3:
        return 0.0
    if points[0] != points[-1]:
        points.append(points[0])
    total = sum(
        (other[1] - one[1]) * (2 + math.sin(one[0]) + math.sin(other[0])) for one, other in itertools.pairwise(points)
    )
    return abs(total * RADIUS * RADIUS / 2.0)


def _points(lines: Sequence[str]) -> Iterator[tuple[float, float]]:
    """Latitude and longitude in radians."""
    for point in (each for line in lines for each in line.split(";")):
        parts = point.split()
        if not parts:
            continue
        try:
            yield math.radians(float(parts[0])), math.radians(float(parts[1]))
        except (ValueError, IndexError) as error:
            raise Unanswerable from error


def _between(one: tuple[float, float], other: tuple[float, float]) -> float:
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(half)))
