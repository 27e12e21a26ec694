"""Answers as hypothesis gives them, and the instance XML that a form app would write of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from lxml import etree

from forms.definition import Form, Group, Item, Kind, Question, Repeat
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
from forms.values import Missing

ORX = "http://openrosa.org/xforms"
_free_text = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="￾￿"), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))
_zones = st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(-timedelta(hours=3, minutes=30))])
_decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10_000, max_value=10_000)
_moments = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=_zones)  # noqa: DTZ001
_file_names = st.from_regex(r"[0-9]{6,13}\.(jpg|m4a|pdf)", fullmatch=True)
_codes = st.from_regex(r"[a-w]{1,5}", fullmatch=True)
_points = st.tuples(
    st.decimals(-90, 90, places=6), st.decimals(-180, 180, places=6), _decimals, st.decimals(0, 500, places=1)
)
_KNOWN = re.compile(r"(not\()?(string-length\()?(\.|kind|\$\{(\w+)\}|\d)\)? ?(!=|=|>|\+) ?('x'|''|\d|\$\{(\w+)\})\)?")


@dataclass
class Filled:
    """An instance and what must be read from it: the rows by table, and the file names."""

    root: Any
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    attachments: list[str] = field(default_factory=list)

    def xml(self) -> bytes:
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")


def holds(condition: str, texts: Mapping[str, str], own: str = "", kind: str = "") -> bool:
    """The few conditions that generated forms have, worked out on the texts of the answers."""
    found = _KNOWN.fullmatch(condition)
    assert found, condition
    left = {".": own, "kind": kind}.get(found[3], found[3])
    left = texts.get(found[4], "") if found[4] else left
    right = texts.get(found[7], "") if found[7] else found[6].strip("'")
    if found[5] == ">":
        result = (len(left) if found[2] else int(left)) > int(right)
    else:
        result = (left == right) is (found[5] == "=")
    return result is not bool(found[1])


class _Filler:
    """Fills in a form: with whatever fits the types, or `valid`, as the conditions of the form allow."""

    def __init__(self, draw: st.DrawFn, form: Form, rounds: int, *, valid: bool) -> None:
        self.draw, self.form, self.rounds, self.valid = draw, form, rounds, valid
        root = etree.Element(form.root_name or "data", {"id": form.xform_id or form.id, "version": "v"})
        self.filled = Filled(root)
        self.texts: dict[str, str] = {}
        self.given: dict[str, list[str]] = {}
        self.audit = False

    def fill(self) -> Filled:
        row: dict[str, Any] = {}
        self.filled.rows[self.form.id] = [row]
        self.items(self.filled.root, self.form.questions, (), row, 1)
        meta = etree.SubElement(self.filled.root, f"{{{ORX}}}meta")
        etree.SubElement(meta, f"{{{ORX}}}instanceID").text = "uuid:1"
        if self.audit:
            etree.SubElement(meta, "audit").text = "audit.csv"
            self.filled.attachments.append("audit.csv")
        row.update(instance_name=None, form_version="v")
        for rows in self.filled.rows.values():
            for each in rows:
                each["instance_id"] = "uuid:1"
        return self.filled

    def items(
        self, parent: Any, items: tuple[Item, ...], prefix: tuple[str, ...], row: dict[str, Any], index: int
    ) -> None:
        for item in items:
            if not self.shown(item):
                continue  # the element is not there
            if isinstance(item, Group):
                group = parent if self.form.flat else etree.SubElement(parent, item.name)
                self.items(group, item.questions, (*prefix, item.name), row, index)
            elif isinstance(item, Repeat):
                self.repeat(parent, item, prefix, row, index)
            elif item.kind is Kind.AUDIT:
                self.audit = True
            else:
                self.question(parent, item, prefix, row)

    def shown(self, item: Item) -> bool:
        self.forget(item)
        if self.valid:
            return item.relevant is None or holds(item.relevant, self.texts)
        return self.draw(st.integers(0, 9)) > 0

    def forget(self, item: Item) -> None:
        self.texts.pop(item.name, None)
        for each in () if isinstance(item, Question) else item.questions:
            self.forget(each)

    def repeat(self, parent: Any, item: Repeat, prefix: tuple[str, ...], row: dict[str, Any], index: int) -> None:
        rows = self.filled.rows.setdefault(repeat_table(self.form, item), [])
        rounds = self.draw(st.integers(0, self.rounds))
        if counts_itself(item):
            etree.SubElement(parent, f"{item.name}_count").text = str(rounds)
            row[column_name(prefix, f"{item.name}_count")] = rounds
        for sibling in range(1, rounds + 1):
            inner: dict[str, Any] = {"row_index": len(rows) + 1, "parent_index": index, "sibling_index": sibling}
            rows.append(inner)
            self.forget(item)
            self.items(etree.SubElement(parent, item.name), item.questions, (), inner, len(rows))

    def question(self, parent: Any, item: Question, prefix: tuple[str, ...], row: dict[str, Any]) -> None:
        element = etree.SubElement(parent, item.name)
        if not has_columns(item):
            return
        name, kind = column_name(prefix, item.name), column_kind(item)
        columns = {name: None} if kind is not ColumnKind.GEOPOINT else dict.fromkeys(_parts(name))
        columns |= {f"{name}-wkt": None} if kind in (ColumnKind.GEOTRACE, ColumnKind.GEOSHAPE) else {}
        missing = self.missing_kind(item)
        if missing is None and not self.left_empty(item):
            text, values = self.answer(kind, item)
            assume(not self.valid or item.constraint is None or holds(item.constraint, self.texts, own=text))
            element.text = text
            columns = dict(zip(columns, values, strict=True))
            self.texts[item.name] = text
            self.given.setdefault(item.name, []).append(text)
            if kind is ColumnKind.ATTACHMENT:
                self.filled.attachments.append(text)
        row.update(columns if missing is None else dict.fromkeys(columns, missing))
        if item.or_other:
            chosen = "other" in (element.text or "").split()
            other = self.draw(_free_text) if chosen or not self.valid else None
            etree.SubElement(parent, f"{item.name}_other").text = other
            row[f"{name}_other"] = other
        if offered_kinds(self.form, item):
            companion = etree.SubElement(parent, f"{item.name}{COMPANION}")
            companion.text = row[f"{name}{COMPANION}"] = missing and missing.kind

    def missing_kind(self, item: Question) -> Missing | None:
        kinds = offered_kinds(self.form, item)
        if not kinds or self.draw(st.integers(0, 2)):
            return None
        name = self.draw(st.sampled_from(sorted(kinds)))
        return Missing(name, kinds[name].code)

    def left_empty(self, item: Question) -> bool:
        required = item.required if isinstance(item.required, bool) else None
        if isinstance(item.required, str):
            required = holds(item.required, self.texts)
        if self.valid and item.is_answerable and required:
            return False
        return self.draw(st.integers(0, 4)) == 0

    def answer(self, kind: ColumnKind, item: Question) -> tuple[str, tuple[Any, ...]]:
        """A text, and the values that it is read as."""
        if kind is ColumnKind.GEOPOINT:
            point = self.draw(_points)
            return _written_point(point), point
        if kind in (ColumnKind.GEOTRACE, ColumnKind.GEOSHAPE):
            points = self.draw(st.lists(_points, min_size=3, max_size=4))
            points += [points[0]] if kind is ColumnKind.GEOSHAPE else []
            text = ";".join(map(_written_point, points))
            corners = ", ".join(f"{east:f} {north:f} {up:f}" for north, east, up, _ in points)
            wkt = f"LINESTRING Z ({corners})" if kind is ColumnKind.GEOTRACE else f"POLYGON Z (({corners}))"
            return text, (text, wkt)
        value = self.value(kind, item)
        return written(value), (value,)

    def value(self, kind: ColumnKind, item: Question) -> Any:
        if kind is ColumnKind.CHOICE:
            return self.draw(st.sampled_from(self.choices(item, several=False)))
        if kind is ColumnKind.CHOICES:
            names = self.choices(item, several=True)
            return tuple(self.draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
        if item.kind is Kind.RANGE and self.valid:
            start, end = (Decimal(str((item.parameters or {}).get(name))) for name in ("start", "end"))
            return self.draw(st.sampled_from([start, end])) if kind is ColumnKind.DECIMAL else int(start)
        strategies: dict[ColumnKind, st.SearchStrategy[Any]] = {
            ColumnKind.INTEGER: st.integers(-(10**12), 10**12),
            ColumnKind.DECIMAL: _decimals,
            ColumnKind.DATE: st.dates(date(1800, 1, 1), date(2200, 1, 1)),
            ColumnKind.TIME: st.times(timezones=_zones),
            ColumnKind.DATETIME: _moments,
            ColumnKind.ATTACHMENT: _file_names,
        }
        return self.draw(strategies.get(kind, _free_text))

    def choices(self, item: Question, *, several: bool) -> list[str]:
        choices = choices_of(self.form, item)
        if choices is not None:
            names = [
                choice.name
                for choice in choices
                if not self.valid
                or item.choice_filter is None
                or holds(item.choice_filter, self.texts, kind=str((choice.values or {}).get("kind", "")))
            ]
            names += ["other"] if item.or_other else []
        elif item.choices_from is not None and self.valid:
            names = [text for text in self.given.get(item.choices_from, []) if text == text.strip()]
            names = [text for text in names if text.split() == [text]] if several else names
        else:
            names = self.draw(st.lists(_codes, min_size=1, max_size=3))
        names = [name for name in dict.fromkeys(names) if not self.valid or item.constraint is None or name != "x"]
        assume(names)
        return names


def _parts(name: str) -> list[str]:
    return [f"{name}-{part}" for part in GEOPOINT_PARTS]


def _written_point(point: tuple[Decimal, ...]) -> str:
    return " ".join(str(part) for part in point)


def written(value: Any) -> str:
    """A value as ODK writes it."""
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@st.composite
def filled_instances(draw: st.DrawFn, form: Form, rounds: int = 3, *, valid: bool = False) -> Filled:
    """A filled instance of the form; a `valid` one keeps all its conditions, as far as generated forms have them."""
    return _Filler(draw, form, rounds, valid=valid).fill()
