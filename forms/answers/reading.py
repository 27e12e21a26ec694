"""From an instance's XML to rows: every element into its cell, and what has no cell into what is left over."""

from dataclasses import dataclass, field

from lxml import etree

from forms.answers.checking import Checker, Filled
from forms.answers.instance import bound_depth, local_name, parse_instance, text_of
from forms.answers.plan import FormPlan, GroupPlan, Leaf, NoteLeaf, SpreadLeaf, TablePlan, plan_of
from forms.answers.results import Answers, Leftover, Row, Table
from forms.definition import Form
from forms.errors import Code, Finding, Params, Severity
from forms.names import RESERVED_PREFIXES
from forms.tables import layouts
from forms.values import Doubt, Value

_META_READ = frozenset({"instanceID", "instanceName", "deprecatedID", "audit"})
_META_KNOWN = frozenset({"entity", "timeStart", "timeEnd", "userID", "deviceID", "email", "phoneNumber", "username"})


def read_answers(xml: bytes, form: Form, version: str | None = None) -> Answers:
    """The answers in one instance's XML, typed by the form; for many instances make one `AnswerReader`.

    `version` is the form's version hash; where it is given, an instance of another version is a finding.
    Raises FormError where the XML cannot be read safely (see `forms.answers.instance.parse_instance`).
    """
    return AnswerReader(form, version).read(xml)


class AnswerReader:
    """Reads and checks the instances of one form version.

    `remarks` tells, once, which conditions of the form cannot be checked on answers alone, and why; their pointers are
    JSON pointers into the form.
    """

    def __init__(self, form: Form, version: str | None = None) -> None:
        self.layouts = layouts(form)
        self._form, self._version = form, version
        self._plan: FormPlan = plan_of(form)
        self.remarks: tuple[Finding, ...] = self._plan.remarks

    def read(self, xml: bytes) -> Answers:
        """The answers in an instance's XML. Raises and finds as `read_answers` does."""
        return self.read_tree(parse_instance(xml))

    def read_tree(self, root: etree._Element) -> Answers:
        """The same of XML that was parsed by `forms.answers.instance.parse_instance`; the tree is used up."""
        reading = _Reading({layout.name: Table(layout) for layout in self.layouts})
        reading.head(root, self._form.xform_id or self._form.id, self._version)
        reading.rows(root, self._plan.root)
        return reading.result(self._form, root)


@dataclass(slots=True)
class _Reading:
    """The reading of one instance."""

    tables: dict[str, Table]
    findings: list[Finding] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    attachments: dict[str, None] = field(default_factory=dict)
    meta: dict[str, str | None] = field(default_factory=dict)
    rounds: list[Filled] = field(default_factory=list)
    unchecked: int = 0

    def head(self, root: etree._Element, form_id: str, version: str | None) -> None:
        """See whether the instance is one of this form and version."""
        found, path = root.get("id"), f"/{local_name(root)}"
        if found != form_id:
            self._tell(Code.ANSWERS_OTHER_FORM, path, {"found": found or "", "expected": form_id})
        if version is not None and root.get("version") != version:
            params = {"found": root.get("version") or "", "expected": version}
            self._tell(Code.ANSWERS_OTHER_VERSION, path, params, Severity.WARNING)

    def rows(self, root: etree._Element, plan: TablePlan) -> None:
        """Read all rows, check them, and then fold in why answers are missing."""
        row: Row = {}
        self.tables[plan.name].rows.append(row)
        filled = Filled(row, root, plan=plan, path=f"/{local_name(root)}")
        self.rounds.append(filled)
        self._children(root, plan, filled)
        checker = Checker(self.findings)
        checker.check(self.rounds)
        self.unchecked = checker.unchecked
        for round_ in self.rounds:
            self._missing(round_)
            for column in round_.plan.attachments:
                if isinstance(name := round_.row.get(column), str):
                    self.attachments[name] = None

    def result(self, form: Form, root: etree._Element) -> Answers:
        """What was read."""
        instance_id = self.meta.get("instanceID")
        if instance_id is None and form.instance_id is not False:
            self._tell(Code.ANSWERS_NO_INSTANCE_ID, f"/{local_name(root)}")
        for table in self.tables.values():
            for row in table.rows:
                row["instance_id"] = instance_id
        version, name = root.get("version"), self.meta.get("instanceName")
        self.rounds[0].row.update(instance_name=name, form_version=version)
        return Answers(
            form_id=form.id,
            version=version,
            instance_id=instance_id,
            instance_name=name,
            deprecated_id=self.meta.get("deprecatedID"),
            tables=tuple(self.tables.values()),
            attachments=tuple(self.attachments),
            leftovers=tuple(self.leftovers),
            findings=tuple(self.findings),
            unchecked=self.unchecked,
        )

    def _children(self, parent: etree._Element, plan: TablePlan | GroupPlan, filled: Filled) -> None:
        """Read the elements of a row, or of a group in it. This runs for every answer: it is written to be quick."""
        row, seen, find = filled.row, filled.seen, plan.elements.get
        if parent.text is not None:
            self._stray(parent.text, plan, filled)
        for element in parent:
            tag = element.tag
            known = find(tag)
            if known is None and tag[0] == "{":
                known = find(local_name(element))
                if known is not None:
                    # Elements are known by their local names alone; so must be the paths of expressions.
                    element.tag = local_name(element)
            if type(known) is Leaf and (column := known.column) not in row and not len(element):
                text = element.text
                if text is None or text.isspace():
                    row[column] = None
                elif (read := known.read) is None:
                    row[column] = text
                else:
                    try:
                        row[column] = read(text)
                    except Doubt as doubt:
                        row[column] = self._doubted(doubt, known, filled)
            elif type(known) is GroupPlan and known.path not in seen:
                seen[known.path] = 1
                self._children(element, known, filled)
            elif isinstance(known, NoteLeaf) and element.text is None and not len(element):
                pass
            elif isinstance(known, TablePlan):
                if not _is_template(element):
                    number = seen[known.path] = seen.get(known.path, 0) + 1
                    self._round(element, known, number, filled)
            else:
                self._other(element, known, plan, filled)
            if element.tail is not None:
                self._stray(element.tail, plan, filled)

    def _round(self, element: etree._Element, plan: TablePlan, number: int, outer: Filled) -> None:
        rows = self.tables[plan.name].rows
        row: Row = {
            "row_index": len(rows) + 1,
            # The form's own row has no number: it is the first and only one.
            "parent_index": outer.row.get("row_index", 1),
            "sibling_index": number,
        }
        rows.append(row)
        filled = Filled(row, element, outer, number, plan=plan, path=f"{outer.path}/{plan.path}[{number}]")
        self.rounds.append(filled)
        self._children(element, plan, filled)

    def _other(self, element: etree._Element, known: object, plan: TablePlan | GroupPlan, filled: Filled) -> None:
        """What is not simply one answer in one cell."""
        name = local_name(element)
        path = f"{_path(plan, filled)}/{name}"
        if isinstance(known, Leaf | SpreadLeaf | NoteLeaf | GroupPlan):
            column = known.column if isinstance(known, Leaf) else None
            column = known.columns[0] if isinstance(known, SpreadLeaf) else column
            if isinstance(known, GroupPlan) or column in filled.row:
                self._tell(Code.ANSWER_DUPLICATE_ELEMENT, path)
                self._leave(element, path)
            else:
                self._answer(element, known, filled, path)
        elif name == "meta" and isinstance(plan, TablePlan) and plan.entity:
            self._meta(element, path, filled)
        elif not name.startswith(RESERVED_PREFIXES) or len(element) or text_of(element) is not None:
            self._tell(Code.ANSWER_UNKNOWN_ELEMENT, path)
            self._leave(element, path)

    def _answer(self, element: etree._Element, known: Leaf | SpreadLeaf | NoteLeaf, filled: Filled, path: str) -> None:
        self._inner(element, path)
        text = text_of(element)
        if isinstance(known, NoteLeaf):
            if text is not None:
                self._tell(Code.ANSWER_STRAY_TEXT, path)
                self.leftovers.append(Leftover(path, text))
            return
        columns = known.columns if isinstance(known, SpreadLeaf) else (known.column,)
        filled.row.update(dict.fromkeys(columns))
        if text is None:
            return
        try:
            values = (
                known.spread(text) if isinstance(known, SpreadLeaf) else (known.read(text) if known.read else text,)
            )
        except Doubt as doubt:
            values = (self._doubted(doubt, known, filled),)
        filled.row.update(zip(columns, values, strict=False))

    def _doubted(self, doubt: Doubt, known: Leaf | SpreadLeaf, filled: Filled) -> Value:
        for code, params in doubt.problems:
            self._tell(code, f"{filled.path}/{known.path}", params)
        if isinstance(known, Leaf) and known.column in filled.plan.companions:
            filled.missing.append(known.column)
        return doubt.value

    def _missing(self, filled: Filled) -> None:
        """Put why an answer is missing into the cells of the answer."""
        row = filled.row
        for column in filled.missing:
            kind, companion = row[column], filled.plan.companions[column]
            if any(row.get(answer) is not None for answer in companion.answers):
                self._tell(Code.ANSWER_AND_MISSING, f"{filled.path}/{companion.path}")
            elif missing := companion.kinds.get(str(kind)):
                row.update(dict.fromkeys(companion.answers, missing))

    def _meta(self, meta: etree._Element, path: str, filled: Filled) -> None:
        self._stray(meta.text, None, filled, path)
        for element in meta:
            name = local_name(element)
            here = f"{path}/{name}"
            if name in _META_KNOWN:
                self._leave(element, here)
            elif name not in _META_READ or filled.parent is not None:
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
            self._stray(element.tail, None, filled, path)

    def _stray(self, text: str | None, plan: TablePlan | GroupPlan | None, filled: Filled, path: str = "") -> None:
        """Text between elements."""
        if text is not None and not text.isspace():
            path = path or _path(plan, filled)
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
        """Keep the texts and attributes of an element that has no cell."""
        if len(element):
            bound_depth(element)
        for each in element.iter():
            for name, value in each.attrib.items():
                if value.strip():
                    local = str(name).rpartition("}")[2]
                    self.leftovers.append(Leftover(f"{path}/@{local}", str(value)))
        texts = (str(text).strip() for text in element.itertext())
        self.leftovers.extend(Leftover(path, text) for text in texts if text)

    def _tell(self, code: Code, path: str, params: Params | None = None, severity: Severity = Severity.ERROR) -> None:
        self.findings.append(Finding(code, path, params or {}, severity))


def _path(plan: TablePlan | GroupPlan | None, filled: Filled) -> str:
    """The path of the element that the plan is of."""
    return f"{filled.path}/{plan.path}" if isinstance(plan, GroupPlan) else filled.path


def _is_template(element: etree._Element) -> bool:
    return any(str(key).endswith("}template") for key in element.attrib)
