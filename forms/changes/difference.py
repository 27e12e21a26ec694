"""The whole difference of two versions of a form."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from forms.changes.keys import item_changes, shown, text_changes, value_change
from forms.changes.lists import list_changes
from forms.changes.model import Change, ChangeCode, Spot, Subject
from forms.changes.order import out_of_order
from forms.changes.pairs import Node, Pairs, pair, tree_of
from forms.definition import Form, Language, Missing, Question, Repeat
from forms.names import pointer
from forms.tables import ColumnKind, column_kind, layouts

_TOLD_APART = frozenset({"title", "languages", "questions", "missing", "choices", "external_choices", "tags"})


def difference(old: Form, new: Form) -> tuple[Change, ...]:
    """Every change from one version to the other, in the order of the new one; nothing where the JSON is the same.

    A question that is not in both under one name is added or removed, unless it can be guessed that it was renamed.
    Exchanging the two gives the same changes, each turned round.
    """
    return tuple(_Difference(old, new).changes())


class _Difference:
    def __init__(self, old: Form, new: Form) -> None:
        self.forms = (old, new)
        self.columns = (_columns(old), _columns(new))
        self.trees = (tree_of(old), tree_of(new))
        self.pairs: Pairs = pair(*self.trees)

    def changes(self) -> Iterator[Change]:
        old, new = self.forms
        whole = (Spot(Subject.FORM, "", (old.id,)), Spot(Subject.FORM, "", (new.id,)))
        for each in fields(Form):
            if each.name not in _TOLD_APART:
                yield from value_change(each.name, getattr(old, each.name), getattr(new, each.name), *whole)
        yield from text_changes("title", old.title, new.title, *whole)
        yield from _languages(old, new, whole)
        yield from _missing(old.missing, new.missing, whole)
        yield from self._items()
        questions = [
            (first.item, second.item)
            for first, second in self.pairs.items()
            if isinstance(first.item, Question) and isinstance(second.item, Question)
        ]
        yield from list_changes(old, new, questions)

    def _items(self) -> Iterator[Change]:
        partner = {second: first for first, second in self.pairs.items()}
        moved = self._out_of_order(partner)
        gone = iter([node for node in self.trees[0].walk() if node not in self.pairs])
        waiting = next(gone, None)
        order = {node: place for place, node in enumerate(self.trees[0].walk())}
        for node in self.trees[1].walk():
            first = partner.get(node)
            if first is None:
                yield Change(ChangeCode.ADDED, None, self._spot(1, node))
                continue
            while waiting is not None and order[waiting] < order[first]:
                yield Change(ChangeCode.REMOVED, self._spot(0, waiting), None)
                waiting = next(gone, None)
            yield from self._pair(first, node, moved)
        while waiting is not None:
            yield Change(ChangeCode.REMOVED, self._spot(0, waiting), None)
            waiting = next(gone, None)

    def _pair(self, first: Node, second: Node, moved: frozenset[Node]) -> Iterator[Change]:
        was, now = self._spot(0, first), self._spot(1, second)
        if first.name != second.name:
            yield Change(ChangeCode.RENAMED, was, now, "name", None, first.name, second.name)
        if first.parent is not None and second.parent is not None and self.pairs.get(first.parent) is not second.parent:
            around = "/".join(first.path[:-1]), "/".join(second.path[:-1])
            yield Change(ChangeCode.MOVED, was, now, None, None, *around)
        elif first in moved:
            yield Change(ChangeCode.REORDERED, was, now)
        if first.item is not None and second.item is not None:
            yield from item_changes(first.item, second.item, was, now)

    def _out_of_order(self, partner: Mapping[Node, Node]) -> frozenset[Node]:
        """The nodes of the old tree that stand elsewhere among the same neighbours."""
        found: set[Node] = set()
        for first, second in self.pairs.items():
            here = [child for child in first.children if child in self.pairs and self.pairs[child].parent is second]
            there = [partner[child] for child in second.children if partner.get(child) in set(here)]
            # One name for both sides, so that what stays is chosen alike whichever side is called old.
            names = {child: repr(sorted((child.path, self.pairs[child].path))) for child in here}
            moved = out_of_order([names[child] for child in here], [names[child] for child in there])
            found |= {child for child in here if names[child] in moved}
        return frozenset(found)

    def _spot(self, side: int, node: Node) -> Spot:
        item = node.item
        if isinstance(item, Question):
            table, column = self.columns[side].get(node.pointer, (None, None))
            kind = column_kind(item) if column is not None else None
            return Spot(Subject.QUESTION, node.pointer, node.path, table, column, kind, item.is_answerable)
        if isinstance(item, Repeat):
            return Spot(Subject.REPEAT, node.pointer, node.path, f"{self.forms[side].id}-{item.name}")
        return Spot(Subject.GROUP, node.pointer, node.path)


def _columns(form: Form) -> dict[str, tuple[str, str]]:
    """The table and column in which the answers to each question begin, by the question's pointer."""
    found: dict[str, tuple[str, str]] = {}
    for layout in layouts(form):
        for column in layout.columns:
            if column.question is not None and column.pointer not in found:
                name = column.name
                if column.kind is ColumnKind.GEOPOINT:
                    name = name.rpartition("-")[0]
                found[column.pointer] = (layout.name, name)
    return found


def _languages(old: Form, new: Form, whole: tuple[Spot, Spot]) -> Iterator[Change]:
    sides = [{language.code: (place, language) for place, language in enumerate(form.languages)} for form in (old, new)]
    for code in sorted(sides[0].keys() | sides[1].keys()):
        was, now = (_language_spot(code, side.get(code)) for side in sides)
        if was is None or now is None:
            yield Change(ChangeCode.ADDED if was is None else ChangeCode.REMOVED, was, now, language=code)
            continue
        first, second = (side[code][1] for side in sides)
        yield from value_change("name", first.name, second.name, was, now)
        yield from value_change("spelling", first.spelling, second.spelling, was, now)
    common = sides[0].keys() & sides[1].keys()
    orders = [[language.code for language in form.languages if language.code in common] for form in (old, new)]
    if orders[0] != orders[1]:
        yield Change(ChangeCode.KEY_CHANGED, *whole, "languages", None, *(", ".join(each) for each in orders))


def _language_spot(code: str, found: tuple[int, Language] | None) -> Spot | None:
    return None if found is None else Spot(Subject.LANGUAGE, f"/languages/{found[0]}", (code,))


def _missing(old: Missing | None, new: Missing | None, whole: tuple[Spot, Spot]) -> Iterator[Change]:
    yield from text_changes("missing", old.label if old else None, new.label if new else None, *whole)
    before, after = (each.kinds if each else {} for each in (old, new))
    for name in sorted(before.keys() | after.keys()):
        spot = Spot(Subject.MISSING, pointer("missing", "kinds", name), (name,))
        if name not in before:
            yield Change(ChangeCode.ADDED, None, spot, None, None, None, shown(after[name].code))
        elif name not in after:
            yield Change(ChangeCode.REMOVED, spot, None, None, None, shown(before[name].code))
        else:
            yield from value_change("code", before[name].code, after[name].code, spot, spot, ChangeCode.CODE_CHANGED)
            yield from text_changes("label", before[name].label, after[name].label, spot, spot)
