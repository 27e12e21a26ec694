"""The tables that the answers to a form fill: one for the form, and one for each repeat.

The form's table is called as the form; a repeat's `form-repeat`, as in `household_survey-members`. A column is
called by the names of the groups around it, inside its table, and its own, joined by "-": `housing-rent`.

Key columns: the form's table has `instance_id`, `instance_name` and `form_version`. A repeat's table has
`instance_id`; `row_index`, the number of the row within its table and instance; `parent_index`, the `row_index` of
the row it belongs to (1 where that is the form itself); and `sibling_index`, its place among the rows of that
parent. All count from 1, so two tables are joined by `instance_id` and `parent_index` = `row_index`.

Some questions have further columns, after their own:

- a geopoint has no column of its own name but four: `-latitude`, `-longitude` (degrees), `-altitude`, `-accuracy`
  (metres);
- a geotrace or geoshape has its points as they were given (`latitude longitude altitude accuracy;` and so on), and
  `-wkt`, the same as well-known text (ISO 19125: longitude first), which programs for maps read;
- a question with `or_other` has `_other`, the words that were given for it;
- a question that offers missing kinds has `_missing`, the name of the kind, such as `refused`. The question's own cell
  then holds `forms.answers.values.Missing`, which programs write as the kind's user-missing code, such as -98, in
  columns of numbers and of text alike. In a column of numbers the code is declared as user-missing; in a text, where
  somebody may have typed the same characters, it is `_missing` that tells an answer from its absence.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from forms.definition import Choice, Form, Group, Item, Kind, Question, Repeat
from forms.expressions import is_reference
from forms.missing import COMPANION, offered_kinds


class ColumnKind(StrEnum):
    """What the cells of a column hold, in Python's types."""

    KEY = "key"  # str or int
    TEXT = "text"  # str
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # decimal.Decimal
    DATE = "date"  # datetime.date
    TIME = "time"  # datetime.time, with its zone where it was given
    DATETIME = "datetime"  # datetime.datetime, with its zone where it was given
    CHOICE = "choice"  # str, a choice's name
    CHOICES = "choices"  # tuple of str, in the order given
    ATTACHMENT = "attachment"  # str, a file name
    GEOPOINT = "geopoint"  # decimal.Decimal, one of four columns
    GEOTRACE = "geotrace"  # str, points of a line as they were given
    GEOSHAPE = "geoshape"  # str, points of a ring as they were given
    WKT = "wkt"  # str, the line or ring as well-known text
    MISSING = "missing"  # str, the name of a missing kind
    DUMMY = "dummy"  # 0 or 1, for one choice of several


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, and the question it comes from (None for keys)."""

    name: str
    kind: ColumnKind
    question: Question | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table without rows. `parent` is the name of the table its rows belong to, None for the form's own."""

    name: str
    columns: tuple[Column, ...]
    parent: str | None = None
    repeat: str | None = None


ROOT_KEYS = ("instance_id", "instance_name", "form_version")
REPEAT_KEYS = ("instance_id", "row_index", "parent_index", "sibling_index")
GEOPOINT_PARTS = ("latitude", "longitude", "altitude", "accuracy")

_RANGE_NUMBERS = ("start", "end", "step", "tick_interval", "placeholder")

_KINDS = {
    Kind.INTEGER: ColumnKind.INTEGER,
    Kind.DECIMAL: ColumnKind.DECIMAL,
    Kind.SELECT_ONE: ColumnKind.CHOICE,
    Kind.SELECT_MULTIPLE: ColumnKind.CHOICES,
    Kind.RANK: ColumnKind.CHOICES,
    Kind.DATE: ColumnKind.DATE,
    Kind.TODAY: ColumnKind.DATE,
    Kind.TIME: ColumnKind.TIME,
    Kind.DATETIME: ColumnKind.DATETIME,
    Kind.START: ColumnKind.DATETIME,
    Kind.END: ColumnKind.DATETIME,
    Kind.GEOPOINT: ColumnKind.GEOPOINT,
    Kind.START_GEOPOINT: ColumnKind.GEOPOINT,
    Kind.BACKGROUND_GEOPOINT: ColumnKind.GEOPOINT,
    Kind.GEOTRACE: ColumnKind.GEOTRACE,
    Kind.GEOSHAPE: ColumnKind.GEOSHAPE,
    Kind.IMAGE: ColumnKind.ATTACHMENT,
    Kind.AUDIO: ColumnKind.ATTACHMENT,
    Kind.VIDEO: ColumnKind.ATTACHMENT,
    Kind.FILE: ColumnKind.ATTACHMENT,
    Kind.BACKGROUND_AUDIO: ColumnKind.ATTACHMENT,
    Kind.OSM: ColumnKind.ATTACHMENT,
}


def column_kind(question: Question) -> ColumnKind:
    """What the answer to a question becomes."""
    if question.kind is Kind.RANGE:
        # As pyxform decides: whole numbers, unless a bound or a step has a fraction.
        given = (question.parameters or {}).get
        whole = all(_is_whole(given(name, 1)) for name in _RANGE_NUMBERS)
        return ColumnKind.INTEGER if whole else ColumnKind.DECIMAL
    return _KINDS.get(question.kind, ColumnKind.TEXT)


def has_columns(question: Question) -> bool:
    """Whether the question has a place in a table: a note only where it shows a value; audit stands in the meta."""
    if question.kind is Kind.NOTE:
        return question.calculation is not None or question.default is not None
    return question.kind is not Kind.AUDIT


def choices_of(form: Form, question: Question) -> tuple[Choice, ...] | None:
    """The choices that the form itself holds for a question; None where they come from elsewhere, or there are none."""
    if question.choices is not None:
        return form.choice_list(question.choices) or ()
    if question.choices_external is not None:
        return (form.external_choices or {}).get(question.choices_external, ())
    return None


def column_name(prefix: tuple[str, ...], name: str) -> str:
    """The column of a name inside these groups."""
    return "-".join((*prefix, name))


def repeat_table(form: Form, repeat: Repeat) -> str:
    """The name of the table of a repeat."""
    return f"{form.id}-{repeat.name}"


def counts_itself(repeat: Repeat) -> bool:
    """Whether the XForm holds an element `<repeat>_count` of its own: where the count is no plain `${name}`."""
    return repeat.count is not None and not (isinstance(repeat.count, str) and is_reference(repeat.count))


def layouts(form: Form) -> tuple[Layout, ...]:
    """The tables of a form, its own first, then the repeats in the order of the form."""
    return tuple(_layouts(form, form.questions, form.id, None, None, ROOT_KEYS, ""))


def _layouts(
    form: Form,
    items: tuple[Item, ...],
    name: str,
    parent: str | None,
    repeat: str | None,
    keys: tuple[str, ...],
    pointer: str,
) -> Iterator[Layout]:
    columns = [Column(key, ColumnKind.KEY) for key in keys]
    repeats: list[tuple[Repeat, str]] = []
    _columns(form, items, (), pointer, columns, repeats)
    yield Layout(name, tuple(columns), parent, repeat)
    for inner, place in repeats:
        table = repeat_table(form, inner)
        yield from _layouts(form, inner.questions, table, name, inner.name, REPEAT_KEYS, place)


def _columns(
    form: Form,
    items: tuple[Item, ...],
    prefix: tuple[str, ...],
    pointer: str,
    columns: list[Column],
    repeats: list[tuple[Repeat, str]],
) -> None:
    for position, item in enumerate(items):
        here = f"{pointer}/questions/{position}"
        if isinstance(item, Group):
            _columns(form, item.questions, (*prefix, item.name), here, columns, repeats)
        elif isinstance(item, Repeat):
            repeats.append((item, here))
            if counts_itself(item):
                count = column_name(prefix, f"{item.name}_count")
                columns.append(Column(count, ColumnKind.INTEGER, None, here))
        elif has_columns(item):
            columns.extend(_question_columns(form, item, prefix, here))


def _question_columns(form: Form, question: Question, prefix: tuple[str, ...], pointer: str) -> Iterator[Column]:
    name, kind = column_name(prefix, question.name), column_kind(question)
    if kind is ColumnKind.GEOPOINT:
        for part in GEOPOINT_PARTS:
            yield Column(f"{name}-{part}", kind, question, pointer)
    else:
        yield Column(name, kind, question, pointer)
    if kind in (ColumnKind.GEOTRACE, ColumnKind.GEOSHAPE):
        yield Column(f"{name}-wkt", ColumnKind.WKT, question, pointer)
    if question.or_other:
        yield Column(f"{name}_other", ColumnKind.TEXT, question, pointer)
    if offered_kinds(form, question):
        yield Column(f"{name}{COMPANION}", ColumnKind.MISSING, question, pointer)


def _is_whole(value: object) -> bool:
    try:
        return float(str(value)).is_integer()
    except ValueError:
        return False
