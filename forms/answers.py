"""The answers in an instance's XML as typed tables, checked against the form, with no value dropped.

What does not fit its type stays as text in its cell (`Unread`); what has no cell at all stays in `leftovers`. Each
is told as a finding whose pointer is the path of the element, such as `/data/members[2]/age`. A column that is not
in a row was not in the XML (hidden by a relevance, or added by a later version); None means an empty element.
"""

from dataclasses import dataclass, field

from lxml import etree

from forms.definition import Form, Kind
from forms.errors import Code, Finding, Params, Severity
from forms.instance import local_name, parse_instance, text_of
from forms.names import RESERVED_PREFIXES
from forms.plan import AnswerPlan, GroupPlan, plan_of
from forms.tables import GEOPOINT_PARTS, ColumnKind, Layout, layouts
from forms.values import Unread, Value, read_geopoint, read_value

Row = dict[str, Value]

_META_READ = frozenset({"instanceID", "instanceName", "deprecatedID", "audit"})
_META_KNOWN = frozenset({"entity", "timeStart", "timeEnd", "userID"})


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
    """The answers in one instance's XML, typed by the form; for many instances make one `AnswerReader`.

    `version` is the form's version hash; where it is given, an instance of another version is a finding.
    Raises FormError where the XML cannot be read safely (see `forms.instance.parse_instance`).
    """
    return AnswerReader(form, version).read(xml)


class AnswerReader:
    """Reads the instances of one form version."""

    def __init__(self, form: Form, version: str | None = None) -> None:
        self._form_id, self._version = form.id, version
        self._layouts, self._plan = layouts(form), plan_of(form)

    def read(self, xml: bytes) -> Answers:
        """The answers in an instance's XML. Raises and finds as `read_answers` does."""
        return _Reading(self._form_id, self._version, self._layouts).read(parse_instance(xml), self._plan)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the reading is: the row it fills, the number of that row in its table, and the path."""

    row: Row
    index: int
    path: str


class _Reading:
    """The reading of one instance."""

    def __init__(self, form_id: str, version: str | None, tables: tuple[Layout, ...]) -> None:
        self.form_id, self.expected_version = form_id, version
        self.tables = {layout.name: Table(layout) for layout in tables}
        self.findings: list[Finding] = []
        self.leftovers: list[Leftover] = []
        self.attachments: dict[str, None] = {}
        self.meta: dict[str, str | None] = {}

    def read(self, root: etree._Element, plan: GroupPlan) -> Answers:
        form_id, version = root.get("id"), root.get("version")
        path = f"/{local_name(root)}"
        if form_id != self.form_id:
            self._tell(Code.ANSWERS_OTHER_FORM, path, {"found": form_id or "", "expected": self.form_id})
        if self.expected_version is not None and version != self.expected_version:
            params = {"found": version or "", "expected": self.expected_version}
            self._tell(Code.ANSWERS_OTHER_VERSION, path, params, Severity.WARNING)
        row: Row = {}
        self.tables[self.form_id].rows.append(row)
        self._children(root, plan, _Spot(row, 1, path))
        instance_id = self.meta.get("instanceID")
        if instance_id is None:
            self._tell(Code.ANSWERS_NO_INSTANCE_ID, path)
        instance_name = self.meta.get("instanceName")
        row.update(instance_name=instance_name, form_version=version)
        for table in self.tables.values():
            for each in table.rows:
                each["instance_id"] = instance_id
        return Answers(
            form_id=self.form_id,
            version=version,
            instance_id=instance_id,
            instance_name=instance_name,
            deprecated_id=self.meta.get("deprecatedID"),
            tables=tuple(self.tables.values()),
            attachments=tuple(self.attachments),
            leftovers=tuple(self.leftovers),
            findings=tuple(self.findings),
        )

    def _children(self, parent: etree._Element, plan: GroupPlan, spot: _Spot) -> None:
        """Read the elements of the form itself, of a group, or of one round of a repeat."""
        rounds: dict[str, int] = {}
        seen: set[str] = set()
        self._stray(parent, spot.path)
        for element in parent:
            name = local_name(element)
            known = plan.elements.get(name)
            path = f"{spot.path}/{name}"
            if isinstance(known, GroupPlan) and known.table is not None:
                if not _is_template(element):
                    rounds[name] = rounds.get(name, 0) + 1
                    self._round(element, known, rounds[name], spot)
            elif name in seen:
                self._tell(Code.ANSWER_DUPLICATE_ELEMENT, path)
                self._leave(element, path)
            elif isinstance(known, GroupPlan):
                self._children(element, known, _Spot(spot.row, spot.index, path))
            elif isinstance(known, AnswerPlan):
                self._answer(element, known, spot.row, path)
            elif name == "meta" and parent.getparent() is None:
                self._meta(element, path)
            elif not name.startswith(RESERVED_PREFIXES) or len(element) or text_of(element) is not None:
                self._tell(Code.ANSWER_UNKNOWN_ELEMENT, path)
                self._leave(element, path)
            seen.add(name)

    def _round(self, element: etree._Element, plan: GroupPlan, sibling: int, spot: _Spot) -> None:
        rows = self.tables[str(plan.table)].rows
        index = len(rows) + 1
        row: Row = {"row_index": index, "parent_index": spot.index, "sibling_index": sibling}
        rows.append(row)
        self._children(element, plan, _Spot(row, index, f"{spot.path}/{plan.name}[{sibling}]"))

    def _answer(self, element: etree._Element, plan: AnswerPlan, row: Row, path: str) -> None:
        if len(element):
            self._inner(element, path)
        text = text_of(element)
        if plan.kind is ColumnKind.GEOPOINT:
            self._geopoint(text, plan.column, row, path)
            return
        if plan.question is not None and plan.question.kind is Kind.NOTE:
            if text is not None:
                self._tell(Code.ANSWER_STRAY_TEXT, path)
                self.leftovers.append(Leftover(path, text))
            return
        value, problem = read_value(text, plan.kind)
        if problem is not None:
            self._tell(problem, path)
        row[plan.column] = value
        if plan.kind is ColumnKind.ATTACHMENT and isinstance(value, str):
            self.attachments[value] = None
        elif plan.allowed is not None:
            self._choices(value, plan, path)

    def _geopoint(self, text: str | None, name: str, row: Row, path: str) -> None:
        parts = read_geopoint(text)
        if isinstance(parts, Unread):
            self._tell(Code.ANSWER_NOT_GEOPOINT, path)
            parts = (parts, None, None, None)
        for part, value in zip(GEOPOINT_PARTS, parts, strict=True):
            row[f"{name}-{part}"] = value

    def _choices(self, value: Value, plan: AnswerPlan, path: str) -> None:
        given = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
        if not (plan.allowed or frozenset()).issuperset(given):
            name = plan.question.choices if plan.question else None
            self._tell(Code.ANSWER_UNKNOWN_CHOICE, path, {"list": name or ""})
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


def _is_template(element: etree._Element) -> bool:
    return any(str(key).endswith("}template") for key in element.attrib)
