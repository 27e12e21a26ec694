"""The versions of a form side by side: each instance read under its own, all of them in one set of tables.

The columns are those of the newest version in its order, then what older versions add. Choices are joined in the same
way: those of the newest version first. The form's own table has the column `form_version`.

Where an older version asks a question of the same name in the same place and its answers are of another type, they
stand in a column of their own, called `name:type` as in `age:text`. Where a repeat lay in another one before, its older
rows stand in a table of their own, called `form-repeat:parent`. A question that moved has one column in each place. All
of that is told as findings, whose pointers lead into the newest version that has the question. No question, group or
choice can be called with a colon, so such a name means nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.answers.expand import Expansion
from forms.answers.instance import parse_instance
from forms.answers.reading import AnswerReader
from forms.answers.results import Answers, Row
from forms.definition import Choice, Form
from forms.errors import Code, Finding, FormError, Severity
from forms.tables import Column, ColumnKind, Layout, choices_of, layouts

Place = tuple[str, str]
"""A table and a column."""

_COMPANIONS = frozenset({ColumnKind.KEY, ColumnKind.DUMMY, ColumnKind.WKT, ColumnKind.MISSING})


@dataclass(frozen=True, slots=True)
class _Version:
    """What a version's tables and columns are called side by side, and how its rows are expanded."""

    reader: AnswerReader
    expansions: Mapping[str, Expansion]
    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]


class SideBySide:
    """All versions of a form. `forms` maps version hashes to forms, the newest first.

    `layouts` are the tables of all of them, with a column of 0 and 1 for each choice of a multiple selection.
    `choices` has all choices of a column, by table and column. `findings` tells what changed between versions such that
    its answers stand apart, and `remarks` what cannot be checked, by version (see `AnswerReader`).
    """

    def __init__(self, forms: Mapping[str, Form]) -> None:
        union = _Union()
        self._versions: dict[str, _Version] = {}
        for version, form in forms.items():
            expansions = {layout.name: Expansion(layout, form) for layout in layouts(form)}
            tables, columns = union.take(form, expansions)
            self._versions[version] = _Version(AnswerReader(form, version), expansions, tables, columns)
        self.layouts: tuple[Layout, ...] = union.layouts()
        self.choices: Mapping[Place, tuple[Choice, ...]] = {
            place: tuple(choices.values()) for place, choices in union.choices.items()
        }
        self.findings: tuple[Finding, ...] = tuple(union.findings)
        self.remarks: Mapping[str, tuple[Finding, ...]] = {
            version: each.reader.remarks for version, each in self._versions.items()
        }

    def read(self, xml: bytes, version: str | None = None) -> Answers:
        """The answers of an instance, under the given version or the one that the XML names.

        Raises FormError `answers.unknown_version` and as `forms.answers.instance.parse_instance` does.
        """
        root = parse_instance(xml)
        version = root.get("version") if version is None else version
        found = self._versions.get(version or "")
        if found is None:
            raise FormError(Code.ANSWERS_UNKNOWN_VERSION, params={"found": version or ""})
        return found.reader.read_tree(root)

    def rows(self, answers: Answers, version: str | None = None) -> Iterator[tuple[str, Row]]:
        """The rows of what `read` gave, under the same version, as they stand in `layouts`, with their table's name."""
        found = self._versions[answers.version or "" if version is None else version]
        for table in answers.tables:
            expand, name, columns = found.expansions[table.name], found.tables[table.name], found.columns[table.name]
            for row in table.rows:
                expanded = expand.row(row)
                yield name, {columns.get(key, key): value for key, value in expanded.items()} if columns else expanded


class _Union:
    """The tables and columns of the versions that were taken so far."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[Layout, dict[str, Column]]] = {}
        self.choices: dict[Place, dict[str, Choice]] = {}
        self.findings: list[Finding] = []
        self._places: dict[str, tuple[str, Column]] = {}

    def take(self, form: Form, expansions: Mapping[str, Expansion]) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        """Add a version; gives what its tables are called here, and its columns where they are called otherwise."""
        tables: dict[str, str] = {}
        columns: dict[str, dict[str, str]] = {}
        own: dict[str, tuple[str, Column]] = {}
        for expansion in expansions.values():
            layout = expansion.layout
            parent = None if layout.parent is None else tables[layout.parent]
            tables[layout.name] = name = self._table(layout, parent)
            known = self.found[name][1]
            columns[layout.name] = renamed = _renamed(layout, known)
            for column in layout.columns:
                here = renamed.get(column.name, column.name)
                known.setdefault(here, Column(here, column.kind, column.question, column.pointer))
                if column.kind in (ColumnKind.CHOICE, ColumnKind.CHOICES) and column.question is not None:
                    joined = self.choices.setdefault((name, here), {})
                    for choice in choices_of(form, column.question) or ():
                        joined.setdefault(choice.name, choice)
                if column.kind not in _COMPANIONS and column.question is not None:
                    own.setdefault(column.question.name, (name, column))
        self._tell(own)
        return tables, columns

    def layouts(self) -> tuple[Layout, ...]:
        """All tables with all columns."""
        return tuple(
            Layout(name, tuple(columns.values()), layout.parent, layout.repeat)
            for name, (layout, columns) in self.found.items()
        )

    def _table(self, layout: Layout, parent: str | None) -> str:
        """What the table is called: a repeat whose rows belong to another table than before has a name of its own."""
        name = layout.name
        if name in self.found and self.found[name][0].parent != parent:
            name = f"{layout.name}:{parent}"
            before = {
                "name": layout.repeat or "",
                "before": parent or "",
                "after": self.found[layout.name][0].parent or "",
            }
            if name not in self.found:
                self.findings.append(Finding(Code.ANSWERS_MOVED, "", before, Severity.WARNING))
        self.found.setdefault(name, (Layout(name, (), parent, layout.repeat), {}))
        return name

    def _tell(self, own: Mapping[str, tuple[str, Column]]) -> None:
        """Tell what is not as in the newer versions."""
        for name, (table, column) in own.items():
            newer_table, newer = self._places.setdefault(name, (table, column))
            if newer_table != table or _base(newer) != _base(column):
                places = {"before": f"{table} {_base(column)}", "after": f"{newer_table} {_base(newer)}"}
                self._warn(Code.ANSWERS_MOVED, newer, {"name": name, **places})
            if newer.kind is not column.kind:
                kinds = {"before": column.kind.value, "after": newer.kind.value}
                self._warn(Code.ANSWERS_TYPE_CHANGED, newer, {"name": name, "table": table, **kinds})

    def _warn(self, code: Code, column: Column, params: dict[str, str]) -> None:
        finding = Finding(code, column.pointer, params, Severity.WARNING)
        if finding not in self.findings:
            self.findings.append(finding)


def _base(column: Column) -> str:
    """The name of the question's column, also where it is spread over several."""
    return column.name.removesuffix("-latitude") if column.kind is ColumnKind.GEOPOINT else column.name


def _renamed(layout: Layout, known: Mapping[str, Column]) -> dict[str, str]:
    """New names for the columns whose answers are of another type than what stands under their name already."""
    renamed: dict[str, str] = {}
    for column in layout.columns:
        list_name, slash, choice = column.name.partition("/")
        if column.kind is ColumnKind.DUMMY and list_name in renamed:
            renamed[column.name] = f"{renamed[list_name]}{slash}{choice}"
        elif column.name in known and known[column.name].kind is not column.kind:
            renamed[column.name] = f"{column.name}:{column.kind.value}"
    return renamed
