"""The rows of a survey as a tree, with the old short forms written out: table lists and loops.

A `table-list` group becomes what pyxform makes of it: a group on one screen, whose questions show their choices as the
columns of a table. A `loop` becomes a group for each choice of its list. The names that pyxform makes up for these, by
the number of the row, are kept, so that the answers of such a form stay under the same names.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyxform import aliases, constants
from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

from forms.xlsform.grouping import Grouped
from forms.xlsform.own import MADE_FOR
from forms.xlsform.sheets import FIRST_ROW

Cells = dict[str, Any]
"""The cells of a row in pyxform's groups."""


@dataclass(slots=True)
class Node:
    """A question, or a group (`word` says which kind) with what it holds. `position` is its row, counted from 0."""

    cells: Cells
    position: int
    word: str | None = None
    children: list["Node"] = field(default_factory=list)
    loop_over: str | None = None


@dataclass(slots=True)
class Survey:
    """The tree of a survey, and the settings that it holds in rows of their own."""

    nodes: list[Node]
    settings: dict[str, str]


def survey_of(grouped: Grouped) -> Survey:
    """The tree of the survey; pyxform must have taken it."""
    return _Planter(grouped).survey()


class _Planter:
    def __init__(self, grouped: Grouped) -> None:
        self.grouped = grouped
        self.root = Node({}, -1)
        self.stack = [self.root]
        self.settings: dict[str, str] = {}
        # The list of the table list that is open; true before its first question.
        self.table: str | bool | None = None

    def survey(self) -> Survey:
        for position, cells in enumerate(self.grouped.rows):
            row = copy.deepcopy(cells)
            if aliases.yes_no.get(row.pop("disabled", None)) or not row.get(constants.TYPE) or MADE_FOR in row:
                continue
            self._row(row, position)
        return Survey(self.root.children, self.settings)

    def _row(self, row: Cells, position: int) -> None:
        word = row[constants.TYPE] = aliases._type_alias_map.get(row[constants.TYPE], row[constants.TYPE])
        setting = aliases.settings_header.get(word)
        begin, end = RE_BEGIN_CONTROL.search(word), RE_END_CONTROL.search(word)
        if word == "audit":
            row[constants.NAME] = "audit"
        elif setting:
            self.settings[setting] = str(row.get(constants.NAME))
            return
        elif word == "note":
            row.setdefault(constants.NAME, f"generated_note_name_{position + FIRST_ROW}")
        if end:
            self.stack.pop()
            self.table = None
        elif begin:
            self._begin(row, position, aliases.control[begin["type"]], begin["list_name"])
        elif word in aliases.control.values():
            # A group that is neither begun nor ended holds nothing.
            self.stack[-1].children.append(
                Node(row, position, constants.REPEAT if word == constants.REPEAT else constants.GROUP)
            )
        else:
            if self.table is not None and (select := RE_SELECT.search(word)):
                self._in_table(row, position, select)
            self.stack[-1].children.append(Node(row, position))

    def _begin(self, row: Cells, position: int, word: str, list_name: str | None) -> None:
        node = Node(row, position, word, loop_over=list_name if word == constants.LOOP else None)
        self.stack[-1].children.append(node)
        self.stack.append(node)
        words = (row.get(constants.CONTROL, {}).get(constants.APPEARANCE) or "").split()
        if constants.TABLE_LIST not in words:
            return
        self.table = True
        others = [each for each in words if each != constants.TABLE_LIST]
        row[constants.CONTROL][constants.APPEARANCE] = " ".join([constants.FIELD_LIST, *others])
        if constants.LABEL in row or constants.HINT in row:
            note = {constants.TYPE: "note", constants.NAME: f"generated_table_list_label_{position + FIRST_ROW}"}
            note |= {key: row.pop(key) for key in (constants.LABEL, constants.HINT) if key in row}
            node.children.append(Node(note, position))

    def _in_table(self, row: Cells, position: int, select: Any) -> None:  # noqa: ANN401  a match of pyxform's
        list_name = select[constants.LIST_NAME_U]
        if self.table is True:
            self.table = list_name
            header = {
                constants.TYPE: f"{select['select_command']} {list_name}",
                constants.NAME: f"reserved_name_for_field_list_labels_{position + FIRST_ROW}",
                constants.CONTROL: {constants.APPEARANCE: "label"},
            }
            self.stack[-1].children.append(Node(header, position))
        row.setdefault(constants.CONTROL, {})[constants.APPEARANCE] = constants.LIST_NOLABEL


def lists_with_other(nodes: list[Node]) -> Iterator[str]:
    """The choice lists to which a question adds the choice "other"."""
    for node in nodes:
        select = RE_SELECT.search(str(node.cells[constants.TYPE])) if node.word is None else None
        if select is not None and select["specify_other"] is not None:
            yield select[constants.LIST_NAME_U]
        yield from lists_with_other(node.children)


def written_out(node: Node, lists: Mapping[str, list[Cells]]) -> Node:
    """A loop as groups, one for each choice of its list; any other node as it is, with its children written out."""
    if node.loop_over is None:
        node.children = [written_out(child, lists) for child in node.children]
        return node
    rounds: list[Node] = []
    for choice in lists[node.loop_over]:
        if choice[constants.NAME] == "none":
            continue
        children = [_filled(child, choice) for child in node.children]
        group = Node({**choice, constants.TYPE: "begin group"}, node.position, constants.GROUP, children)
        rounds.append(written_out(group, lists))
    return Node(node.cells, node.position, constants.GROUP, rounds)


def _filled(node: Node, choice: Cells) -> Node:
    """A question of a loop for one choice: `%(name)s` and `%(label)s` filled in."""
    label = choice[constants.LABEL]
    by_language = (
        {language: {**choice, constants.LABEL: text} for language, text in label.items()}
        if isinstance(label, Mapping)
        else {}
    )
    cells = dict(_substituted(node.cells, choice, by_language))
    return Node(cells, node.position, node.word, copy.deepcopy(node.children), node.loop_over)


def _substituted(cells: Cells, choice: Cells, by_language: Mapping[str, Cells]) -> Iterator[tuple[str, Any]]:
    for key, value in cells.items():
        if isinstance(value, str):
            yield key, value % choice
        elif isinstance(value, Mapping):
            yield key, {inner: text % by_language.get(inner, choice) for inner, text in value.items()}
        else:
            yield key, value
