"""Multiple selections as columns of 0 and 1, for programs that know no lists."""

from collections.abc import Iterator

from forms.answers import Row, Table
from forms.definition import Form, Question
from forms.tables import Column, ColumnKind, Layout


def expand_choices(table: Table, form: Form) -> Table:
    """The table with, after each column of several choices, one column `name/choice` of 0 or 1 for each choice.

    An empty answer gives None in each, an absent one no entry: nothing ticked is not known to be a no. The list
    itself stays. A choice that the list does not hold has no column; it stays in the list.
    """
    columns: list[Column] = []
    for column in table.layout.columns:
        columns.append(column)
        columns.extend(_dummies(column, form))
    layout = Layout(table.layout.name, tuple(columns), table.layout.parent, table.layout.repeat)
    return Table(layout, [_row(row, table.layout, form) for row in table.rows])


def _row(row: Row, layout: Layout, form: Form) -> Row:
    expanded = dict(row)
    for column in layout.columns:
        if column.name not in row:
            continue
        value = row[column.name]
        for dummy in _dummies(column, form):
            choice = dummy.name[len(column.name) + 1 :]
            expanded[dummy.name] = int(choice in value) if isinstance(value, tuple) else None
    return expanded


def _dummies(column: Column, form: Form) -> Iterator[Column]:
    if column.kind is not ColumnKind.CHOICES or column.question is None:
        return
    for name in _choice_names(column.question, form):
        yield Column(f"{column.name}/{name}", ColumnKind.DUMMY, column.question, column.pointer)


def _choice_names(question: Question, form: Form) -> tuple[str, ...]:
    choices = form.choice_list(question.choices or "") or ()
    names = [choice.name for choice in choices]
    if question.or_other:
        names.append("other")
    return tuple(dict.fromkeys(names))
