"""What the reading of an instance gives."""

from dataclasses import dataclass, field

from forms.errors import Finding
from forms.tables import Layout
from forms.values import Value

Row = dict[str, Value]


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
    """A text for which the form has no column: the path of its element or attribute, and the text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """One filled form. `tables` holds the form's own table first, then one for each repeat.

    `unchecked` counts the conditions of which the answers alone did not tell whether they hold.
    """

    form_id: str
    version: str | None
    instance_id: str | None
    instance_name: str | None
    deprecated_id: str | None
    tables: tuple[Table, ...]
    attachments: tuple[str, ...]
    leftovers: tuple[Leftover, ...]
    findings: tuple[Finding, ...]
    unchecked: int = 0

    def table(self, name: str) -> Table:
        """The table of that name; KeyError where the form has none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
