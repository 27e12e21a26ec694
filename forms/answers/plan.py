"""What a form's instances hold, worked out once: each element, its column, how it is read and what is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.answers.conditions import ALWAYS, CheckMaker, Checks, Spot
from forms.answers.places import Spread, spread_of
from forms.definition import Form, Group, Item, Question, Repeat
from forms.errors import Finding
from forms.missing import COMPANION, offered_kinds
from forms.tables import (
    GEOPOINT_PARTS,
    ColumnKind,
    choices_of,
    column_kind,
    column_name,
    counts_itself,
    has_columns,
    repeat_table,
)
from forms.values import Missing, Reader, choice_reader, choices_reader, kind_reader, reader_of

Prefix = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose answer fills one column. `path` leads to it from the element of its row.

    `read` is None where the text itself is the value.
    """

    path: str
    column: str
    read: Reader | None


@dataclass(frozen=True, slots=True)
class SpreadLeaf:
    """An element whose answer fills several columns."""

    path: str
    columns: tuple[str, ...]
    spread: Spread


@dataclass(frozen=True, slots=True)
class NoteLeaf:
    """An element in which nothing stands."""

    path: str


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """An element that holds others."""

    path: str
    elements: Mapping[str, "ElementPlan"]


@dataclass(frozen=True, slots=True)
class Companion:
    """The element that says why there is no answer: its path, and the columns of the answer."""

    path: str
    answers: tuple[str, ...]
    kinds: Mapping[str, Missing]


@dataclass(slots=True)
class TablePlan:
    """A table: the form's own, or that of a repeat, with the elements of one of its rows.

    `path` leads to the repeat from the element of the row it belongs to, and `condition` is the number of the condition
    under which it is asked there. `entity` says that a row has a meta element of its own. `companions` are known by
    their columns.
    """

    name: str
    path: str
    condition: int
    checks: Checks
    entity: bool = False
    elements: dict[str, "ElementPlan"] = field(default_factory=dict)
    companions: dict[str, Companion] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)


ElementPlan = Leaf | SpreadLeaf | NoteLeaf | GroupPlan | TablePlan


@dataclass(frozen=True, slots=True)
class FormPlan:
    """The plan of the root element, and what of the form's conditions cannot be checked on answers alone."""

    root: TablePlan
    remarks: tuple[Finding, ...]


def plan_of(form: Form) -> FormPlan:
    """The plan of a form's instances."""
    planner = _Planner(form)
    root = TablePlan(form.id, "", ALWAYS, Checks(), entity=True)
    planner.items(form.questions, _Parent(root, root.elements), Spot(root.checks, (), ALWAYS, ""))
    return FormPlan(root, tuple(planner.checks.remarks))


@dataclass(frozen=True, slots=True)
class _Parent:
    """The element whose children are planned: its row's table, and the names of the groups around them in the row.

    `path` are the names of elements, `groups` all groups: in a flat form groups have no elements.
    """

    table: TablePlan
    elements: dict[str, ElementPlan]
    path: Prefix = ()
    groups: Prefix = ()

    def path_to(self, name: str) -> str:
        """The path of a child from the element of its row."""
        return "/".join((*self.path, name))


class _Planner:
    def __init__(self, form: Form) -> None:
        self.form, self.checks = form, CheckMaker(form)
        self.entities = {each.repeat for each in form.entities or ()}

    def items(self, items: tuple[Item, ...], parent: _Parent, outer: Spot) -> None:
        """Plan the children of an element. `outer` says under which condition they are asked."""
        for position, item in enumerate(items):
            pointer = f"{outer.pointer}/questions/{position}"
            spot = Spot(outer.checks, (*outer.names, item.name), outer.condition, pointer)
            spot = Spot(outer.checks, spot.names, self.checks.condition(item.relevant, spot), pointer)
            if isinstance(item, Group):
                self._group(item, parent, spot)
            elif isinstance(item, Repeat):
                self._repeat(item, parent, spot)
            else:
                self._question(item, parent, spot)

    def _group(self, group: Group, parent: _Parent, spot: Spot) -> None:
        groups = (*parent.groups, group.name)
        if self.form.flat:
            spot = Spot(spot.checks, spot.names[:-1], spot.condition, spot.pointer)
            self.items(group.questions, _Parent(parent.table, parent.elements, parent.path, groups), spot)
            return
        held: dict[str, ElementPlan] = {}
        parent.elements[group.name] = GroupPlan(parent.path_to(group.name), held)
        self.items(group.questions, _Parent(parent.table, held, (*parent.path, group.name), groups), spot)

    def _repeat(self, repeat: Repeat, parent: _Parent, spot: Spot) -> None:
        table = TablePlan(
            name=repeat_table(self.form, repeat),
            path=parent.path_to(repeat.name),
            condition=spot.condition,
            checks=Checks(spot.names),
            entity=repeat.name in self.entities,
        )
        parent.elements[repeat.name] = table
        inner = Spot(table.checks, spot.names, ALWAYS, spot.pointer)
        self.items(repeat.questions, _Parent(table, table.elements), inner)
        if counts_itself(repeat):
            name = f"{repeat.name}_count"
            column = column_name(parent.groups, name)
            parent.elements[name] = Leaf(parent.path_to(name), column, reader_of(ColumnKind.INTEGER))

    def _question(self, question: Question, parent: _Parent, spot: Spot) -> None:
        path, kind, elements = parent.path_to(question.name), column_kind(question), parent.elements
        if not has_columns(question):
            elements[question.name] = NoteLeaf(path)
            return
        column = column_name(parent.groups, question.name)
        columns = _columns(column, kind)
        spread = spread_of(kind)
        if spread is None:
            elements[question.name] = Leaf(path, column, self._reader(question, kind))
        else:
            elements[question.name] = SpreadLeaf(path, columns, spread)
        if kind is ColumnKind.ATTACHMENT:
            parent.table.attachments.append(column)
        if question.or_other:
            other = f"{question.name}_other"
            elements[other] = Leaf(f"{path}_other", f"{column}_other", reader_of(ColumnKind.TEXT))
        kinds = {name: Missing(name, kind.code) for name, kind in offered_kinds(self.form, question).items()}
        companion = None
        if kinds:
            name, companion = f"{question.name}{COMPANION}", (f"{column}{COMPANION}", f"{path}{COMPANION}")
            elements[name] = Leaf(companion[1], companion[0], kind_reader(frozenset(kinds), name))
            parent.table.companions[companion[0]] = Companion(companion[1], columns, kinds)
        self.checks.question(question, (columns[0], path), spot, companion)

    def _reader(self, question: Question, kind: ColumnKind) -> Reader | None:
        allowed: frozenset[str] | None = None
        choices = choices_of(self.form, question)
        if choices is not None:
            allowed = frozenset({choice.name for choice in choices} | ({"other"} if question.or_other else set()))
        list_name = question.choices or question.choices_external or ""
        if kind is ColumnKind.CHOICE:
            return choice_reader(allowed, list_name)
        if kind is ColumnKind.CHOICES:
            return choices_reader(allowed, list_name)
        return reader_of(kind)


def _columns(column: str, kind: ColumnKind) -> tuple[str, ...]:
    """The columns of an answer, but for those of its companions."""
    if kind is ColumnKind.GEOPOINT:
        return tuple(f"{column}-{part}" for part in GEOPOINT_PARTS)
    if kind in (ColumnKind.GEOTRACE, ColumnKind.GEOSHAPE):
        return (column, f"{column}-wkt")
    return (column,)
