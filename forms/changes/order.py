"""The order of two lists of the same things: which of them were moved."""

from bisect import bisect_left
from collections.abc import Sequence


def out_of_order(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """What must be moved to bring `old` into the order of `new`: as little as possible.

    Both hold the same things, each once. Where several could stay, those with the smaller names do, so that both
    directions give the same.
    """
    if list(old) == list(new):
        return frozenset()
    position = {name: place for place, name in enumerate(new)}
    following = _longest_from([position[name] for name in old])
    by_length: dict[int, list[int]] = {}
    for place, length in enumerate(following):
        by_length.setdefault(length, []).append(place)
    staying: set[str] = set()
    at, reached = -1, -1
    for length in range(max(following), 0, -1):
        able = [place for place in by_length[length] if place > at and position[old[place]] > reached]
        at = min(able, key=lambda place: old[place])
        reached = position[old[at]]
        staying.add(old[at])
    return frozenset(old) - staying


def _longest_from(numbers: list[int]) -> list[int]:
    """For each number, how long the longest rising run of what follows it is, itself included."""
    tails: list[int] = []
    lengths = []
    for number in reversed(numbers):
        place = bisect_left(tails, -number)
        tails[place : place + 1] = [-number]
        lengths.append(place + 1)
    return lengths[::-1]
