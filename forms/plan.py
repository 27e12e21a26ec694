"""What a form's instance holds, worked out once for many instances: each element, its column and its type."""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.definition import Form, Group, Item, Question, Repeat
from forms.tables import ColumnKind, column_kind, column_name, counts_itself, repeat_table


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """An element with an answer. `allowed` holds the names of the choices, None where any text will do."""

    question: Question | None
    column: str
    kind: ColumnKind
    allowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """An element that holds others. `table` is the table of a repeat, None for a group."""

    name: str
    elements: Mapping[str, "AnswerPlan | GroupPlan"]
    table: str | None = None


def plan_of(form: Form) -> GroupPlan:
    """The plan of the root element of the form's instances."""
    return GroupPlan(form.id, _elements(form, form.questions, ()), form.id)


def _elements(form: Form, items: tuple[Item, ...], prefix: tuple[str, ...]) -> dict[str, AnswerPlan | GroupPlan]:
    elements: dict[str, AnswerPlan | GroupPlan] = {}
    for item in items:
        if isinstance(item, Group):
            inner = _elements(form, item.questions, (*prefix, item.name))
            elements[item.name] = GroupPlan(item.name, inner)
        elif isinstance(item, Repeat):
            inner = _elements(form, item.questions, ())
            elements[item.name] = GroupPlan(item.name, inner, repeat_table(form, item))
            if counts_itself(item):
                count = f"{item.name}_count"
                elements[count] = AnswerPlan(None, column_name(prefix, count), ColumnKind.INTEGER)
        else:
            column = column_name(prefix, item.name)
            elements[item.name] = AnswerPlan(item, column, column_kind(item), _allowed(form, item))
            if item.or_other:
                elements[f"{item.name}_other"] = AnswerPlan(None, f"{column}_other", ColumnKind.TEXT)
    return elements


def _allowed(form: Form, question: Question) -> frozenset[str] | None:
    if question.choices is None:
        return None
    names = {choice.name for choice in form.choice_list(question.choices) or ()}
    return frozenset(names | ({"other"} if question.or_other else set()))
