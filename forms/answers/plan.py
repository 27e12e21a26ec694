"""What a form's instances hold, worked out once: each element, its column, how it is read and what is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.answers.conditions import ALWAYS, Asked, CheckMaker, Checks, Spot
from forms.answers.places import Spread, spread_of
from forms.definition import Form, Group, Item, Question, Repeat
from forms.errors import Finding
from forms.missing import COMPANION, offered_kinds
from forms.tables import (
    GEOPOINT_PARTS,
    ColumnKind,
    column_kind,
    column_name,
    counts_itself,
    has_columns,
    repeat_table,
)
from forms.values import Missing, Reader, choice_reader, choices_reader, reader_of

Prefix = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element whose answer fills one column. `path` leads to it from the element of its row."""

    path: str
    column: str
    read: Reader


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
    """The element that says why there is no answer: its path and column, and the columns of the answer."""

    path: str
    column: str
    answers: tuple[str, ...]
    kinds: Mapping[str, Missing]


@dataclass(slots=True)
class TablePlan:
    """A table: the form's own, or that of a repeat, with the elements of one of its rows.

    `path` leads to the repeat from the element of the row it belongs to, and `condition` is the number of the condition
    under which it is asked there. `entity` says that a row has a meta element of its own.
    """

    name: str
    path: str
    condition: int
    checks: Checks
    entity: bool = False
    elements: dict[str, "ElementPlan"] = field(default_factory=dict)
    companions: list[Companion] = field(default_factory=list)
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
    planner.items(form.questions, root, root.elements, (), Spot(root.checks, (), ALWAYS, ""))
    return FormPlan(root, tuple(planner.checks.remarks))


class _Planner:
    def __init__(self, form: Form) -> None:
        self.form, self.checks = form, CheckMaker(form)
        self.entities = {each.repeat for each in form.entities or ()}

    def items(
        self,
        items: tuple[Item, ...],
        table: TablePlan,
        elements: dict[str, ElementPlan],
        prefix: Prefix,
        outer: Spot,
    ) -> None:
        """Plan the elements of one parent, whose names from the element of its row are `prefix`."""
        for position, item in enumerate(items):
            path = (*prefix, item.name)
            spot = Spot(
                outer.checks, (*outer.names, item.name), outer.condition, f"{outer.pointer}/questions/{position}"
            )
            asked = self.checks.condition(item.relevant, spot)
            if isinstance(item, Group):
                held: dict[str, ElementPlan] = {}
                elements[item.name] = GroupPlan("/".join(path), held)
                self.items(item.questions, table, held, path, Spot(outer.checks, spot.names, asked, spot.pointer))
            elif isinstance(item, Repeat):
                self._repeat(item, elements, prefix, asked, spot)
            else:
                asked_spot = Spot(outer.checks, spot.names, asked, spot.pointer)
                self._question(item, table, elements, path, column_name(prefix, item.name), asked_spot)

    def _repeat(self, repeat: Repeat, elements: dict[str, ElementPlan], prefix: Prefix, asked: int, spot: Spot) -> None:
        checks = Checks(spot.names)
        path = "/".join((*prefix, repeat.name))
        table = TablePlan(repeat_table(self.form, repeat), path, asked, checks, repeat.name in self.entities)
        self.items(repeat.questions, table, table.elements, (), Spot(checks, spot.names, ALWAYS, spot.pointer))
        elements[repeat.name] = table
        if counts_itself(repeat):
            name = f"{repeat.name}_count"
            column = column_name(prefix, name)
            elements[name] = Leaf("/".join((*prefix, name)), column, reader_of(ColumnKind.INTEGER))

    def _question(
        self,
        question: Question,
        table: TablePlan,
        elements: dict[str, ElementPlan],
        names: Prefix,
        column: str,
        spot: Spot,
    ) -> None:
        path, kind = "/".join(names), column_kind(question)
        if not has_columns(question):
            elements[question.name] = NoteLeaf(path)
            return
        columns = _columns(column, kind)
        spread = spread_of(kind)
        if spread is None:
            elements[question.name] = Leaf(path, column, self._reader(question, kind))
        else:
            elements[question.name] = SpreadLeaf(path, columns, spread)
        if kind is ColumnKind.ATTACHMENT:
            table.attachments.append(column)
        if question.or_other:
            other = f"{question.name}_other"
            elements[other] = Leaf(f"{path}_other", f"{column}_other", reader_of(ColumnKind.TEXT))
        companion = self._companion(question, table, elements, path, column, columns)
        self.checks.question(question, Asked(columns[0], path), spot, companion)

    def _companion(
        self,
        question: Question,
        table: TablePlan,
        elements: dict[str, ElementPlan],
        path: str,
        column: str,
        columns: tuple[str, ...],
    ) -> Asked | None:
        kinds = {name: Missing(name, kind.code) for name, kind in offered_kinds(self.form, question).items()}
        if not kinds:
            return None
        name, asked = f"{question.name}{COMPANION}", Asked(f"{column}{COMPANION}", f"{path}{COMPANION}")
        elements[name] = Leaf(asked.path, asked.column, choice_reader(frozenset(kinds), name))
        table.companions.append(Companion(asked.path, asked.column, columns, kinds))
        return asked

    def _reader(self, question: Question, kind: ColumnKind) -> Reader:
        allowed: frozenset[str] | None = None
        if question.choices is not None:
            names = {choice.name for choice in self.form.choice_list(question.choices) or ()}
            allowed = frozenset(names | ({"other"} if question.or_other else set()))
        if kind is ColumnKind.CHOICE:
            return choice_reader(allowed, question.choices or "")
        if kind is ColumnKind.CHOICES:
            return choices_reader(allowed, question.choices or "")
        return reader_of(kind)


def _columns(column: str, kind: ColumnKind) -> tuple[str, ...]:
    """The columns of an answer, but for those of its companions."""
    if kind is ColumnKind.GEOPOINT:
        return tuple(f"{column}-{part}" for part in GEOPOINT_PARTS)
    if kind in (ColumnKind.GEOTRACE, ColumnKind.GEOSHAPE):
        return (column, f"{column}-wkt")
    return (column,)
