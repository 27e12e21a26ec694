"""The answers in an instance's XML as typed tables, checked against the form, with no value dropped.

What does not fit its type stays as text in its cell (`Unread`); what has no cell at all stays in `leftovers`. Each
is told as a finding whose pointer is the path of the element, such as `/data/members[2]/age`. A column that is not
in a row was not in the XML (hidden by a relevance, or added by a later version); None means an empty element.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from forms.definition import Choice, Form, Group, Item, Kind, Question, Repeat
from forms.errors import Code, Finding, Params, Severity
from forms.instance import local_name, parse_instance, text_of
from forms.tables import (
    GEOPOINT_PARTS,
    ColumnKind,
    Layout,
    column_kind,
    column_name,
    counts_itself,
    layouts,
    repeat_table,
)
from forms.values import Unread, Value, read_geopoint, read_integer, read_value

Row = dict[str, Value]

_META_READ = frozenset({"instanceID", "instanceName", "deprecatedID", "audit"})
_META_KNOWN = frozenset({"entity", "timeStart", "timeEnd", "userID"})
_GENERATED = ("reserved_name_for_field_list_labels_", "generated_table_list_label_")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its rows, each a map from column to value."""

    layout: Layout
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The table's name; see `forms.tables`."""
        return self.layout.name


@dataclass(frozen=True, slots=True)
class Leftover:
    """A text for which the form has no column: the path of its element, and the text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """One filled form. `tables` holds the form's own table first, then one for each repeat."""

    form_id: str
    version: str | None
    instance_id: str | None
    instance_name: str | None
    deprecated_id: str | None
    tables: tuple[Table, ...]
    attachments: tuple[str, ...]
    leftovers: tuple[Leftover, ...]
    findings: tuple[Finding, ...]

    def table(self, name: str) -> Table:
        """The table of that name; KeyError where the form has none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def read_answers(xml: bytes, form: Form, version: str | None = None) -> Answers:
    """The answers in an instance's XML, typed by the form.

    `version` is the form's version hash; where it is given, an instance of another version is a finding.
    Raises FormError where the XML cannot be read safely (see `forms.instance.parse_instance`).
    """
    return _Reader(form, version).read(parse_instance(xml))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the reader is: the row it fills and its number, the path, and the groups around inside the table."""

    row: Row
    index: int
    path: str
    prefix: tuple[str, ...] = ()

    def below(self, name: str) -> "_Spot":
        """The same row, inside an element of that name."""
        return _Spot(self.row, self.index, f"{self.path}/{name}", (*self.prefix, name))


class _Reader:
    def __init__(self, form: Form, version: str | None) -> None:
        self.form, self.expected_version = form, version
        self.tables = {layout.name: Table(layout) for layout in layouts(form)}
        self.findings: list[Finding] = []
        self.leftovers: list[Leftover] = []
        self.attachments: dict[str, None] = {}
        self.meta: dict[str, str | None] = {}

    def read(self, root: etree._Element) -> Answers:
        form_id, version = root.get("id"), root.get("version")
        path = f"/{local_name(root)}"
        if form_id != self.form.id:
            self._tell(Code.ANSWERS_OTHER_FORM, path, {"found": form_id or "", "expected": self.form.id})
        if self.expected_version is not None and version != self.expected_version:
            params = {"found": version or "", "expected": self.expected_version}
            self._tell(Code.ANSWERS_OTHER_VERSION, path, params, Severity.WARNING)
        row: Row = {}
        self.tables[self.form.id].rows.append(row)
        self._children(root, self.form.questions, _Spot(row, 1, path))
        instance_id = self.meta.get("instanceID")
        if instance_id is None:
            self._tell(Code.ANSWERS_NO_INSTANCE_ID, path)
        instance_name = self.meta.get("instanceName")
        row.update(instance_id=instance_id, instance_name=instance_name, form_version=version)
        for table in self.tables.values():
            for each in table.rows:
                each["instance_id"] = instance_id
        return Answers(
            form_id=self.form.id,
            version=version,
            instance_id=instance_id,
            instance_name=instance_name,
            deprecated_id=self.meta.get("deprecatedID"),
            tables=tuple(self.tables.values()),
            attachments=tuple(self.attachments),
            leftovers=tuple(self.leftovers),
            findings=tuple(self.findings),
        )

    def _children(self, parent: etree._Element, items: tuple[Item, ...], spot: _Spot) -> None:
        """Read the elements of the form itself, of a group, or of one round of a repeat."""
        known = {item.name: item for item in items}
        extra = dict(_extra_columns(items))
        rounds: dict[str, int] = {}
        seen: set[str] = set()
        self._stray(parent, spot.path)
        for element in parent:
            name = local_name(element)
            item = known.get(name)
            here = spot.below(name)
            if isinstance(item, Repeat):
                if not _is_template(element):
                    rounds[name] = rounds.get(name, 0) + 1
                    self._round(element, item, rounds[name], spot)
            elif name in seen:
                self._tell(Code.ANSWER_DUPLICATE_ELEMENT, here.path)
                self._leave(element, here.path)
            elif isinstance(item, Group):
                self._children(element, item.questions, here)
            elif isinstance(item, Question):
                self._answer(element, item, spot, here.path)
            elif name in extra:
                self._extra(element, extra[name], column_name(spot.prefix, name), spot.row, here.path)
            elif parent.getparent() is None and name == "meta":
                self._meta(element, here.path)
            elif not name.startswith(_GENERATED) or len(element) or text_of(element) is not None:
                self._tell(Code.ANSWER_UNKNOWN_ELEMENT, here.path)
                self._leave(element, here.path)
            seen.add(name)

    def _round(self, element: etree._Element, item: Repeat, sibling: int, spot: _Spot) -> None:
        rows = self.tables[repeat_table(self.form, item)].rows
        index = len(rows) + 1
        row: Row = {"row_index": index, "parent_index": spot.index, "sibling_index": sibling}
        rows.append(row)
        self._children(element, item.questions, _Spot(row, index, f"{spot.path}/{item.name}[{sibling}]"))

    def _answer(self, element: etree._Element, question: Question, spot: _Spot, path: str) -> None:
        self._inner(element, path)
        text = text_of(element)
        row = spot.row
        name, kind = column_name(spot.prefix, question.name), column_kind(question)
        if question.kind is Kind.NOTE:
            if text is not None:
                self._tell(Code.ANSWER_STRAY_TEXT, path)
                self.leftovers.append(Leftover(path, text))
            return
        if kind is ColumnKind.GEOPOINT:
            self._geopoint(text, name, row, path)
            return
        value, problem = read_value(text, kind)
        if problem is not None:
            self._tell(problem, path)
        row[name] = value
        if kind is ColumnKind.ATTACHMENT and isinstance(value, str):
            self.attachments[value] = None
        elif kind in (ColumnKind.CHOICE, ColumnKind.CHOICES):
            self._choices(value, question, path)

    def _geopoint(self, text: str | None, name: str, row: Row, path: str) -> None:
        parts = read_geopoint(text)
        if isinstance(parts, Unread):
            self._tell(Code.ANSWER_NOT_GEOPOINT, path)
            parts = (parts, None, None, None)
        for part, value in zip(GEOPOINT_PARTS, parts, strict=True):
            row[f"{name}-{part}"] = value

    def _extra(self, element: etree._Element, kind: ColumnKind, column: str, row: Row, path: str) -> None:
        self._inner(element, path)
        text = text_of(element)
        row[column] = text
        if kind is ColumnKind.INTEGER:
            row[column], problem = read_integer(text)
            if problem is not None:
                self._tell(problem, path)

    def _choices(self, value: Value, question: Question, path: str) -> None:
        given = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        choices: tuple[Choice, ...] = self.form.choice_list(question.choices or "") or ()
        allowed = {choice.name for choice in choices} | ({"other"} if question.or_other else set())
        if any(name not in allowed for name in given):
            self._tell(Code.ANSWER_UNKNOWN_CHOICE, path, {"list": question.choices or ""})
        if len(set(given)) < len(given):
            self._tell(Code.ANSWER_REPEATED_CHOICE, path)

    def _meta(self, meta: etree._Element, path: str) -> None:
        self._stray(meta, path)
        for element in meta:
            name = local_name(element)
            here = f"{path}/{name}"
            if name in _META_KNOWN:
                self._leave(element, here)
            elif name not in _META_READ:
                self._tell(Code.ANSWER_UNKNOWN_ELEMENT, here)
                self._leave(element, here)
            elif name in self.meta:
                self._tell(Code.ANSWER_DUPLICATE_ELEMENT, here)
                self._leave(element, here)
            else:
                self._inner(element, here)
                self.meta[name] = text_of(element)
                if name == "audit" and self.meta[name] is not None:
                    self.attachments[str(self.meta[name])] = None

    def _stray(self, element: etree._Element, path: str) -> None:
        """Text between elements."""
        for text in (element.text, *(child.tail for child in element)):
            if text and text.strip():
                self._tell(Code.ANSWER_STRAY_TEXT, path)
                self.leftovers.append(Leftover(path, text.strip()))

    def _inner(self, element: etree._Element, path: str) -> None:
        """Elements inside an answer, where only text belongs."""
        for child in element:
            here = f"{path}/{local_name(child)}"
            self._tell(Code.ANSWER_UNKNOWN_ELEMENT, here)
            self._leave(child, here)
            if child.tail and child.tail.strip():
                self.leftovers.append(Leftover(path, child.tail.strip()))

    def _leave(self, element: etree._Element, path: str) -> None:
        texts = (str(text).strip() for text in element.itertext())
        self.leftovers.extend(Leftover(path, text) for text in texts if text)

    def _tell(self, code: Code, path: str, params: Params | None = None, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(code, path, params or {}, severity))


def _extra_columns(items: tuple[Item, ...]) -> Iterator[tuple[str, ColumnKind]]:
    for item in items:
        if isinstance(item, Question) and item.or_other:
            yield f"{item.name}_other", ColumnKind.TEXT
        elif isinstance(item, Repeat) and counts_itself(item):
            yield f"{item.name}_count", ColumnKind.INTEGER


def _is_template(element: etree._Element) -> bool:
    return any(etree.QName(str(key)).localname == "template" for key in element.attrib)
