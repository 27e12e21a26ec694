"""Points, lines and areas, as ODK writes them: `latitude longitude altitude accuracy`, several joined by `;`."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from forms.errors import Code
from forms.tables import ColumnKind
from forms.values import Doubt, Unread, Value, decimal_of

Point = tuple[Decimal, Decimal, Decimal | None, Decimal | None]
"""Latitude and longitude in degrees, altitude and accuracy in metres; the last two may be missing."""

Spread = Callable[[str], tuple[Value, ...]]
"""Makes a text into the values of several columns. Raises `Doubt`, whose value then belongs into the first one."""


def spread_of(kind: ColumnKind) -> Spread | None:
    """How an answer of that kind fills its columns; None where it has only one."""
    return _SPREADS.get(kind)


def _point(text: str) -> Point | None:
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    numbers = [decimal_of(part) for part in parts]
    latitude, longitude, altitude, accuracy = (*numbers, None, None)[:4]
    if None in numbers or latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return (latitude, longitude, altitude, accuracy)


def _geopoint(text: str) -> tuple[Value, ...]:
    point = _point(text)
    if point is None:
        raise Doubt(Unread(text), (Code.ANSWER_NOT_GEOPOINT, {}))
    return point


def _points(text: str) -> list[Point] | None:
    """The points, or None where one of them is none. A `;` at the end is allowed."""
    points = [_point(each) for each in text.strip().removesuffix(";").split(";")]
    return None if None in points else [point for point in points if point is not None]


def _geotrace(text: str) -> tuple[Value, ...]:
    points = _points(text)
    if points is None or len(points) < 2:
        raise Doubt(Unread(text), (Code.ANSWER_NOT_GEOTRACE, {}))
    return (text, f"LINESTRING{_coordinates(points, '(%s)')}")


def _geoshape(text: str) -> tuple[Value, ...]:
    points = _points(text)
    if points is None or len(points) < 4 or points[0][:2] != points[-1][:2]:
        raise Doubt(Unread(text), (Code.ANSWER_NOT_GEOSHAPE, {}))
    # A ring is closed in all three dimensions; devices measure another altitude at its end.
    return (text, f"POLYGON{_coordinates([*points[:-1], points[0]], '((%s))')}")


def _coordinates(points: Sequence[Point], brackets: str) -> str:
    """Longitude and latitude, and the altitude where every point has one."""
    if all(point[2] is not None for point in points):
        return " Z " + brackets % ", ".join(f"{east:f} {north:f} {up:f}" for north, east, up, _ in points)
    return " " + brackets % ", ".join(f"{east:f} {north:f}" for north, east, _, _ in points)


_SPREADS = {ColumnKind.GEOPOINT: _geopoint, ColumnKind.GEOTRACE: _geotrace, ColumnKind.GEOSHAPE: _geoshape}
