"""What stands in the columns of a table: numbers in one spelling, and keys that stand once."""

from __future__ import annotations

from server.errors.error import CodedError
from server.services.study.datasets.numbers import Spelling, is_code, is_unclear, looks_like_number
from server.services.study.datasets.options import Reading
from server.services.study.datasets.problems import Problems, shown
from server.services.study.datasets.table import Column

Numbered = list[tuple[int, list[str]]]
"""Rows with their numbers."""


def typed(names: list[str], rows: Numbered, reading: Reading, problems: Problems) -> tuple[Column, ...]:
    """The columns; the numbers in ``rows`` are rewritten with a point. What is wrong goes to the problems.

    A column is numeric where more than half of its values look like numbers and none like a code (``05112``). Then all
    must be numbers, in the spelling of the file: a value that is none was not meant to be there.
    """
    spelling = Spelling(reading.point, reading.thousands)
    columns: list[Column] = []
    for place, name in enumerate(names):
        values = [row[place] for _, row in rows if row[place]]
        numeric = name not in reading.text and not any(map(is_code, values))
        numeric = numeric and 2 * sum(map(looks_like_number, values)) > len(values)
        columns.append(Column(name, numeric))
        if not numeric:
            continue
        if not reading.is_clear:
            _check_points(place, name, rows, problems)
        for number, row in rows:
            if row[place]:
                value = spelling.read(row[place])
                if value is None:
                    wrong = shown(row[place])
                    problems.add(CodedError("dataset.not_number", row=number, column=name, value=wrong))
                else:
                    row[place] = value
    if reading.key:
        _check_key([names.index(name) for name in reading.key], reading.key, rows, problems)
    return tuple(columns)


def _check_points(place: int, name: str, rows: Numbered, problems: Problems) -> None:
    """See that some number of the column tells what its points mean; else they could all stand between thousands."""
    pointed = [(number, row[place]) for number, row in rows if "." in row[place]]
    if pointed and all(is_unclear(value) for _, value in pointed):
        number, value = pointed[0]
        problems.add(CodedError("dataset.number_unclear", row=number, column=name, value=shown(value)))


def _check_key(places: list[int], names: tuple[str, ...], rows: Numbered, problems: Problems) -> None:
    """See that the columns of the key are filled and that no two rows have the same."""
    first: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        values = tuple(row[place] for place in places)
        for name, value in zip(names, values, strict=True):
            if not value:
                problems.add(CodedError("dataset.key_empty", row=number, column=name))
        if all(values):
            other = first.setdefault(values, number)
            if other != number:
                key = shown(", ".join(values))
                problems.add(
                    CodedError("dataset.key_twice", row=number, key=key, other=other, columns=", ".join(names))
                )
