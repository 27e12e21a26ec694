"""Names: each its own, none reserved, and no two questions in one column."""

from collections.abc import Iterator

from forms.definition import Form, Group, Item, Question, Repeat, walk
from forms.errors import Code, Finding, Severity
from forms.missing import COMPANION
from forms.names import RESERVED_NAMES, RESERVED_PREFIXES, UNTOLD, pointer
from forms.tables import counts_itself, layouts

ROOT_NAME = "data"
"""The usual name of the root of an instance, which a repeat may not have."""


def check_names(form: Form) -> Iterator[Finding]:
    """Duplicate, similar and reserved names of questions, choices and languages."""
    if form.instance_id is False:
        yield Finding(Code.NO_INSTANCE_ID, "/instance_id")
    yield from _siblings(form.questions, "")
    repeats: dict[str, str] = {}
    # A form that was imported with its table lists written out holds the names that pyxform makes for them.
    prefixes = RESERVED_PREFIXES if _has_table_list(form) else ("__",)
    for place in walk(form):
        name = place.item.name
        reserved = name in RESERVED_NAMES or name.startswith(prefixes)
        if reserved or (isinstance(place.item, Repeat) and name == (form.root_name or ROOT_NAME)):
            yield Finding(Code.RESERVED_NAME, f"{place.pointer}/name", {"name": name})
        if isinstance(place.item, Repeat):
            if name in repeats:
                params = {"name": name, "other": repeats[name]}
                yield Finding(Code.DUPLICATE_REPEAT, f"{place.pointer}/name", params)
            repeats.setdefault(name, place.pointer)
        if isinstance(place.item, Group | Repeat) and not place.item.questions:
            yield Finding(Code.EMPTY_GROUP, f"{place.pointer}/questions", {"name": name}, Severity.WARNING)
    yield from _choices(form)
    yield from _languages(form)


def check_columns(form: Form) -> Iterator[Finding]:
    """Questions whose answers would share a column, exactly or but for upper and lower case."""
    for layout in layouts(form):
        seen: dict[str, tuple[str, str]] = {}
        for column in layout.columns:
            folded = column.name.casefold()
            if folded not in seen:
                seen[folded] = (column.name, column.pointer)
                continue
            name, other = seen[folded]
            if name == column.name and other != column.pointer:
                params = {"column": column.name, "table": layout.name, "other": other or name}
                yield Finding(Code.COLUMN_COLLISION, f"{column.pointer}/name", params)
            elif name != column.name:
                params = {"name": column.name, "other": name}
                yield Finding(Code.SIMILAR_NAME, f"{column.pointer}/name", params, Severity.WARNING)


def _siblings(items: tuple[Item, ...], parent: str) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for position, item in enumerate(items):
        here = f"{parent}/questions/{position}"
        for name in _elements(item):
            if name in seen:
                yield Finding(Code.DUPLICATE_NAME, f"{here}/name", {"name": name, "other": seen[name]})
            seen.setdefault(name, here)
        if not isinstance(item, Question):
            yield from _siblings(item.questions, here)


def _elements(item: Item) -> Iterator[str]:
    """The names of the elements that an item makes in the XForm, beside its own."""
    yield item.name
    if isinstance(item, Question) and item.or_other:
        yield f"{item.name}_other"
    if isinstance(item, Question) and item.missing:
        yield item.name + COMPANION
    if isinstance(item, Repeat) and counts_itself(item):
        yield f"{item.name}_count"


def _choices(form: Form) -> Iterator[Finding]:
    if form.allow_duplicate_choices:
        return
    for name, choices in sorted((form.choices or {}).items()):
        seen: set[str] = set()
        for position, choice in enumerate(choices):
            if choice.name in seen:
                params = {"name": choice.name, "list": name}
                yield Finding(Code.DUPLICATE_CHOICE, pointer("choices", name, position, "name"), params)
            seen.add(choice.name)


def _languages(form: Form) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, language in enumerate(form.languages):
        if language.code in seen:
            place = pointer("languages", position, "code")
            yield Finding(Code.DUPLICATE_LANGUAGE, place, {"language": language.code})
        seen.add(language.code)
    if form.default_language not in seen and form.default_language != UNTOLD:
        yield Finding(Code.DEFAULT_LANGUAGE, "/default_language", {"language": form.default_language})


def _has_table_list(form: Form) -> bool:
    return any("table-list" in (place.item.appearance or "").split() for place in walk(form))
