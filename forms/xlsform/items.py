"""The tree of a survey as the JSON of questions, groups and repeats."""

import os.path
import re
from collections.abc import Mapping
from typing import Any

from pyxform import aliases, constants
from pyxform.parsing.parameters import parse as parse_parameters
from pyxform.xls2json import RE_OSM, RE_SELECT

from forms.definition import Kind
from forms.errors import Code, Finding, Severity
from forms.names import UNTOLD
from forms.schema.items import SCHEMAS
from forms.schema.parameters import PARAMETERS
from forms.xlsform.book import as_text
from forms.xlsform.cells import Unsupported, media_of, number_in, spelled, texts
from forms.xlsform.companions import required_alone
from forms.xlsform.grouping import Grouped
from forms.xlsform.languages import Languages
from forms.xlsform.nodes import Cells, Node
from forms.xlsform.origins import Origin, Origins
from forms.xlsform.own import read_own_columns
from forms.xlsform.sheets import scalar_text
from forms.xlsform.types import MEANINGS, SELECTS, WITH_PARAMETERS, Meaning

Json = dict[str, Any]

_REFERENCE = re.compile(r"\$\{([^{}#]+)\}")
_REFERENCES = re.compile(r"\$\{(?:last-saved#)?([^{}#]+)\}")
_NUMERIC = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.RANGE})
_TRUTHS = {**{word: text == "true()" for word, text in aliases.BINDING_CONVERSIONS.items()}}
_PLAIN_TRUTHS = {**_TRUTHS, "true()": True, "false()": False}

_BIND_TEXTS = {
    "jr:requiredMsg": "required_message",
    "jr:constraintMsg": "constraint_message",
    "jr:noAppErrorString": "no_app_message",
}
_BIND_CONDITIONS = {"required": "required", "readonly": "read_only"}
_BIND_WORDS = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "entities:saveto": "save_to",
}
_BIND_OF = {key: name for names in (_BIND_TEXTS, _BIND_CONDITIONS, _BIND_WORDS) for name, key in names.items()}


class Items:
    """Makes the JSON of items; `remarks` are what was left out because it changes nothing."""

    def __init__(
        self, grouped: Grouped, origins: Origins, languages: Languages, none_option: Mapping[str, list[Cells]] | None
    ) -> None:
        """`none_option` are the choice lists where the settings ask for an answer "none", else None."""
        self.grouped, self.origins, self.languages = grouped, origins, languages
        self.exact = grouped.book.exact
        self.none_option = none_option
        self.none_added: set[str] = set()
        self.remarks: list[Finding] = []
        self.at = 0

    def all(self, nodes: list[Node]) -> list[Json]:
        """The JSON of some nodes, in their order."""
        return [self.one(node) for node in nodes]

    def one(self, node: Node) -> Json:
        """The JSON of one node."""
        self.at = node.position
        item = self._question(node.cells) if node.word is None else self._container(node.cells, node.word)
        self._fit(item)
        item.update(read_own_columns(node.cells))
        self.origins.note(item, Origin(self.grouped, node.position))
        if node.word is not None:
            item["questions"] = self.all(node.children)
        return item

    def _container(self, cells: Cells, word: str) -> Json:
        item: Json = {"type": word, "name": as_text(cells["name"])}
        self._shown(item, cells)
        body = dict(cells.get("control") or {})
        if "intent" in cells:
            body["intent"] = cells["intent"]
        if word == constants.REPEAT and "jr:count" in body:
            count = body.pop("jr:count")
            item["count"] = count if self.exact and isinstance(count, int) else self._count(as_text(count))
        self._bound(item, dict(cells.get("bind") or {}))
        self._attributes(item, body, cells.get("instance"))
        return item

    def _count(self, text: str) -> int | str:
        return int(text) if not self.exact and text.isdecimal() and text == str(int(text)) else text

    def _question(self, cells: Cells) -> Json:
        word = str(cells["type"])
        select = RE_SELECT.search(word)
        osm = RE_OSM.search(word) if select is None else None
        meaning = MEANINGS.get("osm" if osm else word) if select is None else _select(select)
        if meaning is None:
            raise Unsupported(word, "type")
        bind = {**meaning.bind, **(cells.get("bind") or {})}
        kind = meaning.kind
        if kind is Kind.CALCULATE and "calculate" not in bind and not self.exact:
            kind = Kind.HIDDEN
        item: Json = {"type": kind.value, "name": as_text(cells["name"])}
        if meaning.hint is not None:
            item["hint"] = {UNTOLD: meaning.hint}
        self._shown(item, cells)
        if select is not None:
            self._choices(item, select, cells)
        elif osm is not None and self.grouped.book.table("osm").rows:
            item["tags"] = osm["list_name"]
        if select is not None and self.none_option is not None and kind is Kind.SELECT_MULTIPLE:
            self._none_option(bind, select["list_name"], self.none_option)
        self._bound(item, bind)
        if "required" in item:
            item["required"] = required_alone(item["name"], item["required"]) if self.exact else item["required"]
        body = dict(cells.get("control") or {})
        if select is not None or word in WITH_PARAMETERS:
            self._parameters(item, kind, cells, body)
        if "default" in cells:
            item["default"] = self._default(kind, cells["default"])
        if "choice_filter" in cells:
            item["choice_filter"] = as_text(cells["choice_filter"])
        if "trigger" in cells:
            item["trigger"] = _REFERENCES.findall(as_text(cells["trigger"]))
        self._attributes(item, body, cells.get("instance"))
        return item

    def _shown(self, item: Json, cells: Cells) -> None:
        for column, key in (("label", "label"), ("hint", "hint"), ("guidance_hint", "guidance")):
            if column in cells:
                item[key] = texts(cells[column], self.languages, column)
        media = cells.get("media")
        # What stands in a column that says no kind of medium is shown nowhere.
        if isinstance(media, Mapping):
            item["media"] = media_of(media, self.languages)

    def _choices(self, item: Json, select: re.Match[str], cells: Cells) -> None:
        name = select["list_name"]
        reference = _REFERENCE.fullmatch(name)
        if aliases.select[select["select_command"]] == constants.SELECT_ONE_EXTERNAL:
            item["choices_external"] = name
        elif os.path.splitext(name)[1] in constants.EXTERNAL_INSTANCE_EXTENSIONS:
            item["choices_file"] = name
        elif reference is not None:
            item["choices_from"] = reference[1]
        elif "${" in name:
            raise Unsupported(str(cells["type"]), "type")
        else:
            item["choices"] = name
        if select["specify_other"] is not None:
            item["or_other"] = True

    def _none_option(self, bind: Cells, list_name: str, lists: Mapping[str, list[Cells]]) -> None:
        """What pyxform adds at the first question of a list that has no such choice."""
        if list_name in self.none_added or {"name": "none", "label": "None"} in lists.get(list_name, []):
            return
        self.none_added.add(list_name)
        none = "(.='none' or not(selected(., 'none')))"
        bind["constraint"] = f"{bind['constraint']} and {none}" if "constraint" in bind else none

    def _bound(self, item: Json, bind: Cells) -> None:
        for name, key in _BIND_TEXTS.items():
            if name in bind:
                item[key] = texts(bind.pop(name), self.languages, "bind", name)
        truths = _TRUTHS if self.exact else _PLAIN_TRUTHS
        for name, key in _BIND_CONDITIONS.items():
            # Where the type has no key for it, it becomes an attribute, which is a text.
            if name in bind and key in SCHEMAS[item["type"]].keys:
                value = bind.pop(name)
                item[key] = value if isinstance(value, bool) else truths.get(as_text(value), as_text(value))
        for name, key in _BIND_WORDS.items():
            if name in bind:
                item[key] = as_text(bind.pop(name))
        if bind:
            item["attributes"] = {"bind": {name: self._attribute(value) for name, value in bind.items()}}

    def _parameters(self, item: Json, kind: Kind, cells: Cells, body: Cells) -> None:
        raw = as_text(cells.get("parameters", ""))
        # pyxform makes small letters of the values; what we wrote ourselves is taken as it stands.
        given = dict(each.split("=", 1) for each in raw.split()) if self.exact else parse_parameters(raw, 0)
        found: Json = {}
        for name, text in given.items():
            parameter = PARAMETERS.get(kind, {}).get(name)
            found[name] = text if parameter is None else spelled(parameter.from_cell(text), text)
            if name == "incremental" and not self.exact:
                # Whatever the word, pyxform makes this of it.
                found[name] = True
        rows = as_text(body.get("rows", ""))
        if kind is Kind.TEXT and not self.exact and rows.isdecimal() and str(int(rows)) == rows:
            del body["rows"]
            found.setdefault("rows", int(rows))
        if found:
            item["parameters"] = found

    def _default(self, kind: Kind, value: Any) -> str | int | float:  # noqa: ANN401  a cell
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]  # a number of a workbook of ours
        if self.exact or kind not in _NUMERIC:
            return value
        return number_in(value)

    def _attributes(self, item: Json, body: Cells, instance: Any) -> None:  # noqa: ANN401  cells in a group
        if "appearance" in body:
            item["appearance"] = self._attribute(body.pop("appearance"))
        for element, given in (("body", body), ("instance", instance)):
            if given:
                found = {name: self._attribute(value) for name, value in given.items()}
                item.setdefault("attributes", {})[element] = found

    @staticmethod
    def _attribute(value: Any) -> str:  # noqa: ANN401  a cell, or cells in groups, of which pyxform makes this too
        return str(value) if isinstance(value, Mapping) else as_text(value)

    def _fit(self, item: Json) -> None:
        """Leave out, or say by an attribute, what the type knows no key for."""
        schema = SCHEMAS[item["type"]]
        known = set(schema.keys)
        for key in [key for key in item if key not in known and key != "questions"]:
            value = item.pop(key)
            name = _BIND_OF.get(key)
            if key in _BIND_TEXTS.values() and set(value) == {UNTOLD}:
                value = value[UNTOLD]
            if name is not None and isinstance(value, str | bool):
                bind = item.setdefault("attributes", {}).setdefault("bind", {})
                bind[name] = scalar_text(value) if isinstance(value, bool) else value
            else:
                self._left_out(key)
        attributes = item.get("attributes", {})
        for element in [element for element in attributes if element not in _elements(item["type"])]:
            del attributes[element]
            self._left_out(element)
        if not attributes:
            item.pop("attributes", None)

    def _left_out(self, key: str) -> None:
        names = {"appearance": ("control", "appearance"), "body": ("control",)}
        place = self.grouped.place(self.at, *names.get(key, (key,)))
        self.remarks.append(place.finding(Code.COLUMN_UNUSED, {"what": key}, Severity.NOTE))


def _select(select: re.Match[str]) -> Meaning:
    return Meaning(SELECTS[aliases.select[select["select_command"]]])


def _elements(type_: str) -> tuple[str, ...]:
    """The XForm elements whose attributes a type can name."""
    field = SCHEMAS[type_].fields.get("attributes")
    return () if field is None else field.schema.keys  # type: ignore[attr-defined]  # it is an object of one schema
