"""Circles: nothing depends, through others, on itself.

These are what JavaRosa, the engine of ODK Collect, calls a cycle: by way of relevance, calculations, `required` and
`read_only`, of which only a relevance reaches what is in a group. A constraint closes no circle, nor does a calculation
with a trigger, which runs when its trigger changes and not when its references do. JavaRosa sees no difference between
the rounds of a repeat.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from forms.definition import Form, Item, Place, Question, Repeat, walk
from forms.errors import Code, Finding
from forms.expressions import expressions_of, references
from forms.tables import counts_itself

_ASKED = frozenset({"relevant", "calculation", "required", "read_only"})
_AROUND = frozenset({"relevant"})
_MAX_CYCLES = 20
_MAX_NAMES = 12


def check_cycles(form: Form) -> Iterator[Finding]:
    """Questions that depend, through others, on themselves."""
    places = tuple(walk(form))
    by_name: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for place in places:
        by_name[place.item.name].append(place.pointer)
        names[place.pointer] = place.item.name
    graph = {place.pointer: _depends_on(place, by_name) for place in places}
    for _ in range(_MAX_CYCLES):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            # The cycle is given with its first element again at its end; each depends on the one before it.
            cycle: list[str] = error.args[1]
            shown = sorted({names[pointer] for pointer in cycle})[:_MAX_NAMES]
            yield Finding(Code.CYCLE, min(cycle), {"names": ", ".join(shown)})
            for before, after in itertools.pairwise(cycle):
                graph[after].discard(before)
        else:
            return


def _depends_on(place: Place, by_name: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    for key, expression in expressions_of(place.item):
        if key in _keys(place.item):
            for reference in references(expression):
                if not reference.last_saved and len(by_name.get(reference.name, ())) == 1:
                    found.update(by_name[reference.name])
    parent = place.pointer.rsplit("/questions/", 1)[0]
    if parent:
        found.add(parent)
    return found


def _keys(item: Item) -> frozenset[str]:
    """The keys by which the item depends on what they name."""
    if isinstance(item, Question):
        return _ASKED if item.trigger is None else _ASKED - {"calculation"}
    # A count that is one answer is read where the repeat is; any other is worked out as a question of its own.
    return _AROUND | {"count"} if isinstance(item, Repeat) and counts_itself(item) else _AROUND
