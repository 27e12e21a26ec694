"""Multiple selections as columns of 0 and 1, for programs that know no lists."""

from collections.abc import Iterator

from forms.answers.results import Row, Table
from forms.definition import Form, Question
from forms.tables import Column, ColumnKind, Layout, choices_of
from forms.values import Missing, Value


def expand_choices(table: Table, form: Form) -> Table:
    """The table with, after each column of several choices, one column `name/choice` of 0 or 1 for each choice.

    An empty answer gives None in each, a missing one its kind, an absent one no entry: nothing ticked is not known to
    be a no. The list itself stays. A choice that the list does not hold has no column; it stays in the list.
    """
    expansion = Expansion(table.layout, form)
    return Table(expansion.layout, [expansion.row(row) for row in table.rows])


class Expansion:
    """The same for many tables of one layout. `layout` is what they become."""

    def __init__(self, layout: Layout, form: Form) -> None:
        columns: list[Column] = []
        self._dummies: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        for column in layout.columns:
            columns.append(column)
            if column.kind is not ColumnKind.CHOICES or column.question is None:
                continue
            named = tuple((name, f"{column.name}/{name}") for name in _choice_names(column.question, form))
            columns.extend(Column(dummy, ColumnKind.DUMMY, column.question, column.pointer) for _, dummy in named)
            self._dummies.append((column.name, named))
        self.layout = Layout(layout.name, tuple(columns), layout.parent, layout.repeat)

    def row(self, row: Row) -> Row:
        """A row with its columns of 0 and 1; the row itself where it has none."""
        if not self._dummies:
            return row
        expanded = dict(row)
        for column, named in self._dummies:
            if column in row:
                expanded.update(_given(row[column], named))
        return expanded


def _given(value: Value, named: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, Value]]:
    for name, dummy in named:
        if isinstance(value, tuple):
            yield dummy, int(name in value)
        else:
            yield dummy, value if isinstance(value, Missing) else None


def _choice_names(question: Question, form: Form) -> tuple[str, ...]:
    names = [choice.name for choice in choices_of(form, question) or ()]
    if question.or_other:
        names.append("other")
    return tuple(dict.fromkeys(names))
