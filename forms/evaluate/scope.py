"""Which answer a name or a path means, seen from the place of an expression."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from forms.definition import Form, Group, Item, Question, Repeat
from forms.evaluate.tree import Call, Node, Path, Reference, Step
from forms.missing import COMPANION, offered_kinds
from forms.tables import ColumnKind, column_kind, column_name, counts_itself, has_columns
from forms.values import Value

ROOT = "data"
"""What the root of an instance is called where the form does not say otherwise."""

Names = tuple[str, ...]
"""The names of the elements from below the root to one of the form."""

NO_CHOICE: Mapping[str, str] = {}


@dataclass(slots=True)
class Round:
    """One row while its expressions are evaluated.

    `row` maps columns to values, `element` holds its answers in the XML, `parent` is the row it belongs to (None for
    the form's own), `number` its place among its siblings from 1. `choice` holds what is known of the choice that a
    filter is asked about.
    """

    row: dict[str, Value]
    element: etree._Element
    parent: "Round | None" = None
    number: int = 1
    choice: Mapping[str, str] = field(default_factory=lambda: NO_CHOICE)


@dataclass(frozen=True, slots=True)
class Target:
    """An element of the form. `table` names the repeat in whose rounds it lies, () for the form's own.

    `column` is where its value stands, None for groups, repeats and what has no single column.
    """

    names: Names
    table: Names
    column: str | None = None
    kind: ColumnKind | None = None


class Scope:
    """Every element of a form by its path and by its name."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.root = form.root_name or ROOT
        self.targets: dict[Names, Target] = {}
        self.by_name: dict[str, list[Target]] = {}
        self.repeats: set[Names] = set()
        for target in self._targets(form.questions, (), (), ()):
            self.targets[target.names] = target
            self.by_name.setdefault(target.names[-1], []).append(target)

    def named(self, name: str) -> Target | None:
        """The one element of that name, or None where there is none or there are several."""
        found = self.by_name.get(name, ())
        return found[0] if len(found) == 1 else None

    def table_of(self, names: Names) -> Names:
        """The innermost repeat around these names, or the repeat itself."""
        return next((names[:end] for end in range(len(names), 0, -1) if names[:end] in self.repeats), ())

    def parent_of(self, table: Names) -> Names:
        """The repeat around a repeat, () where that is the form itself."""
        return self.table_of(table[:-1])

    def _targets(self, items: tuple[Item, ...], names: Names, table: Names, prefix: Names) -> Iterator[Target]:
        for item in items:
            here = (*names, item.name)
            if isinstance(item, Group):
                if self.form.flat:
                    # A flat form has no elements for its groups.
                    here = names
                else:
                    yield Target(here, table)
                yield from self._targets(item.questions, here, table, (*prefix, item.name))
            elif isinstance(item, Repeat):
                self.repeats.add(here)
                yield Target(here, table)
                if counts_itself(item):
                    count = f"{item.name}_count"
                    yield Target((*names, count), table, column_name(prefix, count), ColumnKind.INTEGER)
                yield from self._targets(item.questions, here, here, ())
            else:
                yield from self._of_question(item, names, table, column_name(prefix, item.name))

    def _of_question(self, question: Question, names: Names, table: Names, column: str) -> Iterator[Target]:
        kind = column_kind(question)
        single = has_columns(question) and kind is not ColumnKind.GEOPOINT
        yield Target((*names, question.name), table, column if single else None, kind)
        if question.or_other:
            yield Target((*names, f"{question.name}_other"), table, f"{column}_other", ColumnKind.TEXT)
        if offered_kinds(self.form, question):
            name = f"{question.name}{COMPANION}"
            yield Target((*names, name), table, f"{column}{COMPANION}", ColumnKind.MISSING)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the plain steps of a path lead. `rest` are the steps after them.

    `rest` begins with the predicates of the last name, if it has some. `outward` says that the path only went from an
    element to those around it, so that it means one round of a repeat and not all.
    """

    names: Names
    rest: tuple[Step, ...]
    outward: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: the element it belongs to, and the repeat whose round it is evaluated in.

    `filters` says that plain names mean columns of a choice, as in a choice filter.
    """

    scope: Scope
    names: Names
    table: Names
    filters: bool = False

    def names_of(self, node: Node) -> Names | None:
        """The names that a reference, or a path of plain steps, leads to; None where it is no such thing."""
        if isinstance(node, Reference):
            target = None if node.last_saved else self.scope.named(node.name)
            return None if target is None else target.names
        if not isinstance(node, Path):
            return None
        anchor = self.anchor(node)
        return anchor.names if anchor is not None and not anchor.rest else None

    def anchor(self, path: Path) -> Anchor | None:
        """How far a path leads by plain names; None where it does not begin so."""
        names: Names | None
        steps = path.steps
        if path.start == "/":
            if not steps or steps[0] != Step("child", self.scope.root):
                return None
            names, steps = (), steps[1:]
        elif path.start == Call("current", ()) or (path.start is None and not self.filters):
            names = self.names
        elif isinstance(path.start, Reference):
            names = self.names_of(path.start)
        else:
            return None
        outward = path.start != "/" and not isinstance(path.start, Reference)
        for position, step in enumerate(steps):
            if names is None:
                return None
            if step.axis == "parent" and step.test == "node()":
                names = names[:-1] if names else None
            elif step.axis == "child" and step.test not in ("*", "node()", "text()"):
                names, outward = (*names, step.test), False
            elif step.axis != "self" or step.test != "node()":
                return Anchor(names, steps[position:], outward)
            if step.predicates and names is not None:
                rest = (Step("self", "node()", step.predicates), *steps[position + 1 :])
                return Anchor(names, rest, outward)
        return None if names is None else Anchor(names, (), outward)

    def levels_up(self, table: Names) -> int | None:
        """How many repeats outward the rounds of that table lie: 0 for the own; None where they lie elsewhere."""
        level, here = 0, self.table
        while here != table:
            if not here:
                return None
            level, here = level + 1, self.scope.parent_of(here)
        return level
