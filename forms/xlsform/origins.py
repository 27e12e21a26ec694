"""Where in the spreadsheet each part of the form's JSON came from, so that what is said of it is told at the cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms.errors import Finding
from forms.xlsform.book import Book, Place
from forms.xlsform.grouping import Grouped, Tokens
from forms.xlsform.sheets import SETTINGS, SURVEY

_TOKENS: Mapping[str, Tokens] = {
    "type": ("type",),
    "choices": ("type",),
    "choices_file": ("type",),
    "choices_from": ("type",),
    "choices_external": ("type",),
    "tags": ("type",),
    "or_other": ("type",),
    "questions": ("type",),
    "name": ("name",),
    "label": ("label",),
    "media": ("media",),
    "hint": ("hint",),
    "guidance": ("guidance_hint",),
    "relevant": ("bind", "relevant"),
    "required": ("bind", "required"),
    "required_message": ("bind", "jr:requiredMsg"),
    "read_only": ("bind", "readonly"),
    "constraint": ("bind", "constraint"),
    "constraint_message": ("bind", "jr:constraintMsg"),
    "no_app_message": ("bind", "jr:noAppErrorString"),
    "calculation": ("bind", "calculate"),
    "save_to": ("bind", "entities:saveto"),
    "appearance": ("control", "appearance"),
    "count": ("control", "jr:count"),
    "bind": ("bind",),
    "body": ("control",),
    "instance": ("instance",),
    "big_image": ("big-image",),
}
_SETTINGS: Mapping[str, Tokens] = {
    "id": ("id_string",),
    "xform_id": ("id_string",),
    "title": ("title",),
    "version_label": ("version",),
    "root_name": ("name",),
    "attributes": ("attribute",),
    "submission": ("submission_url",),
    "languages": ("default_language",),
    "instance_id": ("omit_instanceID",),
    "allow_duplicate_choices": ("allow_choice_duplicates",),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """The row that an object of the JSON was made from."""

    grouped: Grouped
    position: int


class Origins:
    """The rows that the objects of one form's JSON were made from."""

    def __init__(self, book: Book, settings: Grouped) -> None:
        self.book, self.settings = book, settings
        self._of: dict[int, Origin] = {}
        self._kept: list[object] = []

    def note(self, part: dict[str, Any], origin: Origin) -> None:
        """Remember where an object came from."""
        self._of[id(part)] = origin
        # Kept, so that no other object takes over its number.
        self._kept.append(part)

    def place(self, document: Mapping[str, Any], pointer: str, spellings: Mapping[str, str]) -> Place:
        """The cell behind a JSON pointer into the document; `spellings` are the languages by their codes."""
        keys = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
        value: Any = document
        origin, rest = None, keys
        for number, key in enumerate(keys):
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError, TypeError):
                break
            if id(value) in self._of:
                origin, rest = self._of[id(value)], keys[number + 1 :]
        if origin is None:
            return self._setting(keys)
        tokens: list[str] = []
        for key in rest:
            tokens.extend(_TOKENS.get(key, (spellings.get(key, key),)))
        return origin.grouped.place(origin.position, *tokens)

    def _setting(self, keys: list[str]) -> Place:
        own = self.book.own
        for position, row in enumerate(own.rows if own is not None else ()):
            if own is not None and keys and (row["place"], row["key"]) == ("", keys[0]):
                return own.place(position, "value")
        if not keys or SETTINGS not in self.book.tables:
            return self.book.place(SURVEY)
        tokens = _SETTINGS.get(keys[0], (keys[0],))
        return self.settings.place(0 if self.settings.rows else None, *tokens, *keys[1:])

    def moved(self, document: Mapping[str, Any], finding: Finding, spellings: Mapping[str, str]) -> Finding:
        """The same finding, told at the cell."""
        place = self.place(document, finding.pointer, spellings)
        return place.finding(finding.code, finding.params, finding.severity)
