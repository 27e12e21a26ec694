"""Which question of the new version is which of the old: by place and name, by name alone, or by a guess.

Nothing here depends on which of the two is called old: exchanging them gives the same pairs.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from forms.definition import Form, Group, Item, Question, Repeat, Text

_ALIKE = 0.75
"""From this share of common trigrams on, two texts are taken for one that was rewritten."""
_ALIKE_INSIDE = 0.5
"""From this share of common names on, two groups are taken for one that was renamed."""
_REACH = 10
"""How far apart, among what was added and removed at one place, a question and its new name may be."""


@dataclass(eq=False)
class Node:
    """A question, group or repeat in its tree; the root stands for the form and has no item."""

    item: Item | None
    pointer: str
    path: tuple[str, ...]
    parent: "Node | None" = None
    children: "list[Node]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name; '' for the root."""
        return self.path[-1] if self.path else ""

    @property
    def is_question(self) -> bool:
        """Whether it is a question; groups and repeats are taken for one another."""
        return isinstance(self.item, Question)

    def walk(self) -> "Iterator[Node]":
        """All that is below it, in the order of the form."""
        waiting = list(reversed(self.children))
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    @cached_property
    def inside(self) -> frozenset[str]:
        """The names below it."""
        return frozenset(node.name for node in self.walk())

    @cached_property
    def said(self) -> Mapping[str, frozenset[str]]:
        """The trigrams of its text by language; of what has no text, of its calculation."""
        label: Text | None = self.item.label if self.item is not None else None
        if label:
            return {language: _trigrams(text) for language, text in label.items()}
        calculation = self.item.calculation if isinstance(self.item, Question) else None
        return {"": _trigrams(calculation)} if calculation else {}


Pairs = dict[Node, Node]
"""Old to new."""


def tree_of(form: Form) -> Node:
    """The form's questions as a tree."""
    root = Node(None, "", ())
    _grow(root, form.questions)
    return root


def _grow(parent: Node, items: tuple[Item, ...]) -> None:
    for position, item in enumerate(items):
        node = Node(item, f"{parent.pointer}/questions/{position}", (*parent.path, item.name), parent)
        parent.children.append(node)
        if isinstance(item, Group | Repeat):
            _grow(node, item.questions)


def pair(old: Node, new: Node) -> Pairs:
    """The pairs of two trees, their roots among them."""
    return _Pairing(old, new).run()


class _Pairing:
    def __init__(self, old: Node, new: Node) -> None:
        self.roots = (old, new)
        self.pairs: Pairs = {}
        self.taken: set[Node] = set()

    def run(self) -> Pairs:
        self._take(*self.roots)
        # A container that is found brings others to light, in it or around it.
        while any([self._moved(False), self._renamed(False, _inside_alike, _ALIKE_INSIDE)]):
            pass
        self._moved(True)
        self._renamed(True, _said_alike, _ALIKE)
        return self.pairs

    def _take(self, old: Node, new: Node) -> None:
        """Make a pair, and pairs of what has the same name directly in both, down to the bottom."""
        waiting = [(old, new)]
        while waiting:
            old, new = waiting.pop()
            self.pairs[old] = new
            self.taken |= {old, new}
            by_name: dict[tuple[str, bool], list[Node]] = defaultdict(list)
            for child in self._left(new.children):
                by_name[child.name, child.is_question].append(child)
            for child in self._left(old.children):
                same = by_name[child.name, child.is_question]
                if same:
                    waiting.append((child, same.pop(0)))

    def _left(self, nodes: Iterable[Node]) -> list[Node]:
        return [node for node in nodes if node not in self.taken]

    def _unpaired(self, questions: bool) -> tuple[list[Node], list[Node]]:
        old, new = ([node for node in self._left(root.walk()) if node.is_question is questions] for root in self.roots)
        return old, new

    def _moved(self, questions: bool) -> bool:
        """Pair what has a name that only one on each side is left with."""
        sides = self._unpaired(questions)
        once = [{name for name, count in Counter(each.name for each in side).items() if count == 1} for side in sides]
        new = {node.name: node for node in sides[1]}
        found = False
        for node in sides[0]:
            if node.name in once[0] & once[1] and not {node, new[node.name]} & self.taken:
                self._take(node, new[node.name])
                found = True
        return found

    def _renamed(self, questions: bool, likeness: Callable[[Node, Node], float], enough: float) -> bool:
        """Pair what stands in the same place, is of the same type and nearly the same, the most alike first."""
        old_names, new_names = (root.inside for root in self.roots)
        guesses: list[tuple[float, list[tuple[str, ...]], Node, Node]] = []
        for old_parent, new_parent in tuple(self.pairs.items()):
            gone = self._by_gap(old_parent, new_names, questions)
            come = self._by_gap(new_parent, old_names, questions)
            for gap in gone.keys() & come.keys():
                for position, old in enumerate(gone[gap]):
                    for new in come[gap][max(position - _REACH, 0) : position + _REACH + 1]:
                        score = likeness(old, new) if _same_type(old, new) else 0.0
                        if score >= enough:
                            guesses.append((-score, sorted((old.path, new.path)), old, new))
        guesses.sort(key=lambda guess: guess[:2])
        found = False
        for _, _, old, new in guesses:
            if old not in self.taken and new not in self.taken:
                self._take(old, new)
                found = True
        return found

    def _by_gap(self, parent: Node, other_names: frozenset[str], questions: bool) -> dict[int, list[Node]]:
        """What is unpaired in the parent and has a name of its own, by how many paired ones stand before it."""
        gaps: dict[int, list[Node]] = defaultdict(list)
        before = 0
        for child in parent.children:
            if child in self.taken:
                before += 1
            elif child.is_question is questions and child.name not in other_names:
                gaps[before].append(child)
        return gaps


def _same_type(old: Node, new: Node) -> bool:
    if isinstance(old.item, Question) and isinstance(new.item, Question):
        return old.item.kind is new.item.kind
    return type(old.item) is type(new.item)


def _said_alike(old: Node, new: Node) -> float:
    """The mean likeness of the texts in the languages that both have."""
    common = old.said.keys() & new.said.keys()
    return sum(_dice(old.said[each], new.said[each]) for each in common) / len(common) if common else 0.0


def _inside_alike(old: Node, new: Node) -> float:
    return _dice(old.inside, new.inside)


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {' '.join(text.casefold().split())} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))
