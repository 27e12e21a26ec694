"""What a form holds and XLSForm has no place for: columns of our own in the survey, and a sheet of our own.

The sheet has three columns: `place`, a JSON pointer in which a choice is named and not counted (empty for the form
itself); `key`; and `value`, as JSON. pyxform passes over the sheet, and over columns of the survey that it does not
know. So a form that was exported, edited elsewhere and imported again keeps what the other program knew nothing of.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from forms.definition import Form, Item, Question, Text, walk
from forms.expressions import texts_of
from forms.names import UNTOLD, pointer
from forms.schema import dump_form
from forms.xlsform.book import Book
from forms.xlsform.sheets import OWN_PREFIX, Row

MADE_FOR = f"{OWN_PREFIX}made_for"
"""Marks a row that was made for the question named in it."""

LISTS = ("choices", "external_choices", "tags")
"""The keys of a form that map the names of lists to choices."""

_WORDS = ("or_other", "consent", "personal", "special_category")


def own_columns(item: Item) -> Row:
    """The cells of our own for the row of an item."""
    row: Row = {}
    if item.reviewed is not None:
        row[f"{OWN_PREFIX}reviewed"] = as_json(dict(item.reviewed))
    if isinstance(item, Question):
        for key in _WORDS:
            value = getattr(item, key)
            # That there is an open answer stands in the type; that there is none may have been said or not.
            if value is not None and not (key == "or_other" and value):
                row[f"{OWN_PREFIX}{key}"] = value if isinstance(value, bool) else str(value)
        if item.missing is not None:
            offered = item.missing if isinstance(item.missing, bool) else " ".join(item.missing)
            row[f"{OWN_PREFIX}missing"] = offered
    return row


def read_own_columns(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of an item's JSON that stand in the cells of our own of its row."""
    found: dict[str, Any] = {}
    for key in _WORDS:
        value = cells.get(f"{OWN_PREFIX}{key}")
        if value is not None:
            found[key] = truth(value)
    offered = cells.get(f"{OWN_PREFIX}missing")
    if offered is not None:
        offered = truth(offered)
        found["missing"] = offered.split() if isinstance(offered, str) else offered
    reviewed = cells.get(f"{OWN_PREFIX}reviewed")
    if reviewed is not None:
        found["reviewed"] = from_json(reviewed)
    return found


def own_rows(form: Form, version: str) -> Iterator[Row]:
    """The rows of the sheet of our own."""
    document = dump_form(form)
    yield _row("", "version", version)
    for key in ("id", "xform_id", "title", "languages", "default_language", "version_label", "missing", "files"):
        if key in document:
            yield _row("", key, document[key])
    undeclared = sorted(_languages_in(form) - {language.code for language in form.languages} - {UNTOLD})
    if undeclared:
        yield _row("", "undeclared_languages", undeclared)
    # The column of the settings cannot say no.
    if form.flat is False:
        yield _row("", "flat", False)
    for group in LISTS:
        for name, choices in sorted((getattr(form, group) or {}).items()):
            if not choices:
                yield _row(pointer(group), name, [])
            for place, choice in zip(choice_places(group, name, (each.name for each in choices)), choices, strict=True):
                if choice.reviewed is not None:
                    yield _row(place, "reviewed", dict(choice.reviewed))


def choice_places(group: str, list_name: str, names: Iterable[str]) -> Iterator[str]:
    """The place of each choice of a list, told by its name; namesakes are counted from the second on."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield pointer(group, list_name, name, *([seen[name]] if seen[name] > 1 else []))


def as_json(value: object) -> str:
    """A value as JSON in ASCII, which no spreadsheet program alters."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True)


def from_json(text: object) -> Any:  # noqa: ANN401  whatever the JSON holds
    """What `as_json` wrote; the text itself where somebody wrote something else."""
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return text


def truth(value: object) -> Any:  # noqa: ANN401
    """True or false where the cell says so in one of XLSForm's words, else what it says."""
    if isinstance(value, str) and value.strip().lower() in ("yes", "true", "no", "false"):
        return value.strip().lower() in ("yes", "true")
    return value


def _row(place: str, key: str, value: object) -> Row:
    return {"place": place, "key": key, "value": as_json(value)}


def _languages_in(form: Form) -> set[str]:
    """The languages of all texts that stand in columns."""
    found: set[str] = set()
    for texts in _texts(form):
        found.update(texts)
    return found


def _texts(form: Form) -> Iterator[Text]:
    holders: list[object] = [place.item for place in walk(form)]
    for group in LISTS:
        holders.extend(choice for choices in (getattr(form, group) or {}).values() for choice in choices)
    for holder in holders:
        yield from (texts for _, texts in texts_of(holder))
        media = getattr(holder, "media", None)
        if media is not None:
            yield from (texts for field in fields(media) if (texts := getattr(media, field.name)))
    if form.missing is not None:
        yield form.missing.label
        yield from (kind.label for kind in form.missing.kinds.values())


def own_values(book: Book) -> dict[str, Any]:
    """What our own sheet says, by place and key: `title`, `/choices/colour/red/reviewed`."""
    if book.own is None:
        return {}
    found: dict[str, Any] = {}
    for row in book.own.rows:
        place, key = str(row["place"]), str(row["key"])
        found[f"{place}{pointer(key)}" if place else key] = from_json(row["value"])
    for key in ("languages", "undeclared_languages"):
        found[key] = [each for each in _list(found.get(key)) if _is_language(each, declared=key == "languages")]
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_language(value: object, *, declared: bool) -> bool:
    """Whether it is a language as our sheet tells it; somebody may have written over it."""
    if not declared:
        return isinstance(value, str)
    return (
        isinstance(value, dict) and isinstance(value.get("code"), str) and value.keys() <= {"code", "name", "spelling"}
    )
