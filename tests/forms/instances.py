"""Answers as hypothesis gives them, and the instance XML that a form app would write of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from forms.definition import Form, Group, Item, Kind, Question, Repeat
from forms.tables import ColumnKind, column_kind, column_name, counts_itself, repeat_table

_free_text = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="￾￿"), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))
_zones = st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(-timedelta(hours=3, minutes=30))])
_decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10_000, max_value=10_000)
_moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=_zones)  # noqa: DTZ001
_file_names = st.from_regex(r"[0-9]{6,13}\.(jpg|m4a|pdf)", fullmatch=True)


@dataclass
class Filled:
    """An instance and what must be read from it: the rows by table, and the file names."""

    root: Any
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)

    def xml(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")


class _Filler:
    def __init__(self, draw: st.DrawFn, form: Form, rounds: int) -> None:
        self.draw, self.form, self.rounds = draw, form, rounds
        self.filled = Filled(etree.Element("data", {"id": form.id, "version": "v"}))

    def fill(self) -> Filled:
        row: dict[str, Any] = {}
        self.filled.rows[self.form.id] = [row]
        self.items(self.filled.root, self.form.questions, (), row, 1)
        orx = "http://openrosa.org/xforms"
        meta = etree.SubElement(self.filled.root, f"{{{orx}}}meta")
        etree.SubElement(meta, f"{{{orx}}}instanceID").text = "uuid:1"
        row.update(instance_name=None, form_version="v")
        for rows in self.filled.rows.values():
            for each in rows:
                each["instance_id"] = "uuid:1"
        return self.filled

    def items(
        self, parent: Any, items: tuple[Item, ...], prefix: tuple[str, ...], row: dict[str, Any], index: int
    ) -> None:
        for item in items:
            if self.draw(st.integers(0, 9)) == 0:
                continue  # hidden by a relevance: the element is not there
            if isinstance(item, Group):
                group = etree.SubElement(parent, item.name)
                self.items(group, item.questions, (*prefix, item.name), row, index)
            elif isinstance(item, Repeat):
                self.repeat(parent, item, prefix, row, index)
            else:
                self.question(parent, item, prefix, row)

    def repeat(self, parent: Any, item: Repeat, prefix: tuple[str, ...], row: dict[str, Any], index: int) -> None:
        rows = self.filled.rows.setdefault(repeat_table(self.form, item), [])
        rounds = self.draw(st.integers(0, self.rounds))
        if counts_itself(item):
            etree.SubElement(parent, f"{item.name}_count").text = str(rounds)
            row[column_name(prefix, f"{item.name}_count")] = rounds
        for sibling in range(1, rounds + 1):
            inner: dict[str, Any] = {"row_index": len(rows) + 1, "parent_index": index, "sibling_index": sibling}
            rows.append(inner)
            self.items(etree.SubElement(parent, item.name), item.questions, (), inner, len(rows))

    def question(self, parent: Any, item: Question, prefix: tuple[str, ...], row: dict[str, Any]) -> None:
        element = etree.SubElement(parent, item.name)
        if item.kind is Kind.NOTE:
            return
        name, kind = column_name(prefix, item.name), column_kind(item)
        empty = self.draw(st.integers(0, 4)) == 0
        if kind is ColumnKind.GEOPOINT:
            parts = (None,) * 4 if empty else self.geopoint()
            element.text = None if empty else " ".join(str(part) for part in parts)
            for part, value in zip(("latitude", "longitude", "altitude", "accuracy"), parts, strict=True):
                row[f"{name}-{part}"] = value
        else:
            row[name] = None if empty else self.value(kind, item)
            element.text = written(row[name])
            if kind is ColumnKind.ATTACHMENT and row[name]:
                self.filled.attachments.append(row[name])
        if item.or_other:
            other = None if empty else self.draw(_free_text)
            etree.SubElement(parent, f"{item.name}_other").text = other
            row[f"{name}_other"] = other

    def geopoint(self) -> tuple[Decimal, ...]:
        return (
            self.draw(st.decimals(-90, 90, places=6)),
            self.draw(st.decimals(-180, 180, places=6)),
            self.draw(_decimals),
            self.draw(st.decimals(0, 500, places=1)),
        )

    def value(self, kind: ColumnKind, item: Question) -> Any:
        names = [choice.name for choice in self.form.choice_list(item.choices or "") or ()]
        strategies: dict[ColumnKind, st.SearchStrategy[Any]] = {
            ColumnKind.INTEGER: st.integers(-(10**12), 10**12),
            ColumnKind.DECIMAL: _decimals,
            ColumnKind.DATE: st.dates(date(1800, 1, 1), date(2200, 1, 1)),
            ColumnKind.TIME: st.times(timezones=_zones),
            ColumnKind.DATETIME: _moments,
            ColumnKind.ATTACHMENT: _file_names,
        }
        if kind is ColumnKind.CHOICE:
            return self.draw(st.sampled_from(names))
        if kind is ColumnKind.CHOICES:
            return tuple(self.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
        return self.draw(strategies.get(kind, _free_text))


def written(value: Any) -> str | None:
    """A value as ODK writes it."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@st.composite
def filled_instances(draw: st.DrawFn, form: Form, rounds: int = 3) -> Filled:
    """A filled instance of the form."""
    return _Filler(draw, form, rounds).fill()
