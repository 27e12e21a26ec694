"""The choice lists of an XLSForm as the JSON of choices."""

from collections.abc import Mapping
from typing import Any

from pyxform.validators.pyxform.choices import validate_headers

from forms.errors import Code, Finding, FormErrors, Severity
from forms.names import pointer
from forms.xlsform.book import as_text
from forms.xlsform.cells import Unsupported, media_of, texts
from forms.xlsform.grouping import Grouped
from forms.xlsform.languages import Languages
from forms.xlsform.nodes import Cells, Node, lists_with_other
from forms.xlsform.origins import Origin, Origins
from forms.xlsform.own import choice_places
from forms.xlsform.sheets import CHOICES, OWN_PREFIX

Json = dict[str, Any]

_LIST = "list name"


def lists_in_the_end(sheet: Grouped, nodes: list[Node]) -> dict[str, list[Cells]]:
    """The choice lists as pyxform has them in the end: with the choice "other" where a question asks for it."""
    lists: dict[str, list[Cells]] = {}
    for cells in sheet.rows:
        if _LIST in cells:
            lists.setdefault(cells[_LIST], []).append({key: value for key, value in cells.items() if key != _LIST})
    for name in lists_with_other(nodes):
        if not any(choice["name"] == "other" for choice in lists[name]):
            labels = [choice.get("label") for choice in lists[name]]
            spellings = sorted({spelling for label in labels if isinstance(label, dict) for spelling in label})
            lists[name].append({"name": "other", "label": dict.fromkeys(spellings, "Other") or "Other"})
    return lists


class Lists:
    """Makes the JSON of choices; `own` is what our own sheet says, `remarks` are what was left out."""

    def __init__(self, origins: Origins, languages: Languages, own: Mapping[str, Any]) -> None:
        self.origins, self.languages, self.own = origins, languages, own
        self.remarks: list[Finding] = []

    def of(self, key: str, sheet: Grouped) -> Json:
        """The lists of one sheet by their names; `key` is that of the form's JSON. Raises FormErrors."""
        # Of these, pyxform says that columns with blanks in their names are for remarks.
        dropped = set(validate_headers(tuple(sheet.headers), [])) if sheet.sheet == CHOICES else set()
        found: Json = {}
        for position, cells in enumerate(sheet.rows):
            name = cells.get(_LIST)
            if name is None or (sheet.book.exact and str(name).startswith(OWN_PREFIX)):
                continue
            if "name" not in cells:
                place = sheet.place(position, "name")
                self.remarks.append(place.finding(Code.COLUMN_UNUSED, {"what": "name"}, Severity.NOTE))
                continue
            try:
                choice = self._choice({each: value for each, value in cells.items() if each not in dropped})
            except Unsupported as unsupported:
                raise FormErrors([unsupported.finding(sheet, position)]) from unsupported
            self.origins.note(choice, Origin(sheet, position))
            found.setdefault(as_text(name), []).append(choice)
        self._own(key, found)
        return found

    def _choice(self, cells: Cells) -> Json:
        choice: Json = {"name": as_text(cells["name"])}
        if "label" in cells:
            choice["label"] = texts(cells["label"], self.languages, "label")
        if isinstance(cells.get("media"), Mapping):
            choice["media"] = media_of(cells["media"], self.languages)
        values: Json = {}
        for column, value in cells.items():
            if column not in (_LIST, "name", "label", "media"):
                if isinstance(value, Mapping):
                    raise Unsupported(f"{column}::{next(iter(value), '')}", column)
                values[column] = value
        if values:
            choice["values"] = values
        return choice

    def _own(self, key: str, lists: Json) -> None:
        """Who has read the choices over, and the lists that hold none, as our own sheet says."""
        for place, own in self.own.items():
            if place.startswith(pointer(key)) and place.count("/") == 2 and own == []:
                lists.setdefault(place.split("/")[2].replace("~1", "/").replace("~0", "~"), [])
        for name, choices in lists.items():
            places = choice_places(key, name, [choice["name"] for choice in choices])
            for place, choice in zip(places, choices, strict=True):
                if f"{place}/reviewed" in self.own:
                    choice["reviewed"] = self.own[f"{place}/reviewed"]
