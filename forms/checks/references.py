"""References: each names one question, constraints look back, and nothing depends on itself."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from forms.definition import Form, Place, Text, walk
from forms.errors import Code, Finding, Severity
from forms.expressions import (
    expressions_of,
    is_closed,
    looks_at_other_rounds,
    references,
    texts_of,
)
from forms.names import nearest

_META = frozenset({"instanceID", "instanceName"})
_MAX_CYCLES = 20
_MAX_NAMES = 12


def check_references(form: Form) -> Iterator[Finding]:
    """Expressions that are not closed, and references that name nothing, several questions, or a later one."""
    places = tuple(walk(form))
    order: dict[str, list[int]] = defaultdict(list)
    for position, place in enumerate(places):
        order[place.item.name].append(position)
    for position, place in enumerate(places):
        for key, expression in expressions_of(place.item):
            where = f"{place.pointer}/{key}"
            if key != "default" and not is_closed(expression):
                yield Finding(Code.EXPRESSION_SYNTAX, where, {"key": key})
            yield from _resolve(expression, key, where, order)
            if key == "constraint":
                yield from _later(expression, where, position, order)
        for key, texts in texts_of(place.item):
            yield from _in_texts(texts, key, f"{place.pointer}/{key}", order)
    for name, choices in (form.choices or {}).items():
        for number, choice in enumerate(choices):
            yield from _in_texts(choice.label or {}, "label", f"/choices/{name}/{number}/label", order)
    if form.instance_name is not None:
        if not is_closed(form.instance_name):
            yield Finding(Code.EXPRESSION_SYNTAX, "/instance_name", {"key": "instance_name"})
        yield from _resolve(form.instance_name, "instance_name", "/instance_name", order)


def check_cycles(form: Form) -> Iterator[Finding]:
    """Questions whose relevance, calculation or count depends, through others, on themselves."""
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
        if key not in ("relevant", "calculation", "count"):
            continue
        for reference in references(expression):
            if reference.last_saved or len(by_name.get(reference.name, ())) != 1:
                continue
            (target,) = by_name[reference.name]
            if target != place.pointer or not looks_at_other_rounds(expression):
                found.add(target)
    parent = place.pointer.rsplit("/questions/", 1)[0]
    if parent:
        found.add(parent)
    return found


def _resolve(expression: str, key: str, where: str, order: dict[str, list[int]]) -> Iterator[Finding]:
    for name in dict.fromkeys(reference.name for reference in references(expression)):
        found = order.get(name, ())
        if not found and name not in _META:
            near = nearest(name, order)
            if near is None:
                yield Finding(Code.UNKNOWN_REFERENCE, where, {"name": name, "key": key})
            else:
                params = {"name": name, "key": key, "nearest": near}
                yield Finding(Code.UNKNOWN_REFERENCE_NEAR, where, params)
        elif len(found) > 1:
            yield Finding(Code.AMBIGUOUS_REFERENCE, where, {"name": name, "key": key})


def _later(expression: str, where: str, position: int, order: dict[str, list[int]]) -> Iterator[Finding]:
    for name in dict.fromkeys(found.name for found in references(expression) if not found.last_saved):
        if len(order.get(name, ())) == 1 and order[name][0] > position:
            yield Finding(Code.LATER_REFERENCE, where, {"name": name}, Severity.WARNING)


def _in_texts(texts: Text, key: str, where: str, order: dict[str, list[int]]) -> Iterator[Finding]:
    for language, text in sorted(texts.items()):
        yield from _resolve(text, key, f"{where}/{language}", order)
