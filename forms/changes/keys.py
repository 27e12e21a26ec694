"""What differs between two things that are the same: texts by language, conditions, and every other key."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from forms.changes.model import Change, ChangeCode, Spot
from forms.definition import Choice, Group, Item, Kind, Media, Question, Repeat, Text
from forms.version import canonical_json

_TEXTS = frozenset({"label", "hint", "guidance", "required_message", "constraint_message", "no_app_message"})
_CODES = {
    "relevant": ChangeCode.RELEVANCE_CHANGED,
    "required": ChangeCode.REQUIRED_CHANGED,
    "constraint": ChangeCode.CONSTRAINT_CHANGED,
    "calculation": ChangeCode.CALCULATION_CHANGED,
    "trigger": ChangeCode.CALCULATION_CHANGED,
    "default": ChangeCode.DEFAULT_CHANGED,
    "count": ChangeCode.COUNT_CHANGED,
    "choice_filter": ChangeCode.FILTER_CHANGED,
    "or_other": ChangeCode.OTHER_CHANGED,
    "missing": ChangeCode.KINDS_CHANGED,
    "consent": ChangeCode.PROTECTION_CHANGED,
    "personal": ChangeCode.PROTECTION_CHANGED,
    "special_category": ChangeCode.PROTECTION_CHANGED,
}
_SOURCES = ("choices", "choices_file", "choices_from", "choices_external")
_ALL_KEYS = tuple(dict.fromkeys(each.name for kind in (Question, Group, Repeat) for each in fields(kind)))
_ELSEWHERE = frozenset({"name", "questions", "kind", *_SOURCES})


def item_changes(old: Item, new: Item, was: Spot, now: Spot) -> Iterator[Change]:
    """Everything that differs between two questions, groups or repeats, but for their names and what is in them."""
    before, after = type_of(old), type_of(new)
    if before != after:
        yield Change(ChangeCode.TYPE_CHANGED, was, now, "type", None, before, after)
    yield from _source(old, new, was, now)
    for key in _keys(old, new):
        first, second = getattr(old, key, None), getattr(new, key, None)
        yield from _key(key, first, second, was, now)


def choice_changes(old: Choice, new: Choice, was: Spot, now: Spot) -> Iterator[Change]:
    """Everything that differs between two choices of one name."""
    for key in ("label", "media", "values", "reviewed"):
        yield from _key(key, getattr(old, key), getattr(new, key), was, now)


def text_changes(key: str, old: Text | None, new: Text | None, was: Spot, now: Spot) -> Iterator[Change]:
    """The languages in which a text was added, removed or worded otherwise."""
    first, second = old or {}, new or {}
    for language in sorted(first.keys() | second.keys()):
        before, after = first.get(language), second.get(language)
        if before != after:
            code = ChangeCode.WORDING_CHANGED
            if before is None or after is None:
                code = ChangeCode.WORDING_ADDED if before is None else ChangeCode.WORDING_REMOVED
            yield Change(code, was, now, key, language, before, after)


def value_change(
    key: str, old: object, new: object, was: Spot, now: Spot, code: ChangeCode = ChangeCode.KEY_CHANGED
) -> Iterator[Change]:
    """The change of a key whose value is read as a whole, if it is one."""
    if not (old is None and new is None) and json_of(old) != json_of(new):
        yield Change(code, was, now, key, None, shown(old), shown(new))


def type_of(item: Item) -> str:
    """The item's type, by its word in the JSON."""
    if isinstance(item, Question):
        return item.kind.value
    return "group" if isinstance(item, Group) else "repeat"


def json_of(value: object) -> bytes:
    """A value as canonical JSON, to compare it as the version hash does."""
    return canonical_json(_plain(value))


def shown(value: object) -> str | None:
    """A value as a person reads it: texts as they are, anything else as JSON; None where there is none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json_of(value).decode()


def _keys(old: Item, new: Item) -> list[str]:
    """The keys of both, in the order in which the language lists them."""
    given = {each.name for item in (old, new) for each in fields(item)} - _ELSEWHERE
    return [key for key in _ALL_KEYS if key in given]


def _key(key: str, old: object, new: object, was: Spot, now: Spot) -> Iterator[Change]:
    if key in _TEXTS:
        yield from text_changes(key, _texts(old), _texts(new), was, now)
    elif key == "media":
        for each in fields(Media):
            yield from _by_language(each.name, getattr(old, each.name, None), getattr(new, each.name, None), was, now)
    elif key == "reviewed":
        yield from _by_language("reviewed", old, new, was, now, ChangeCode.REVIEW_CHANGED)
    else:
        yield from value_change(key, old, new, was, now, _CODES.get(key, ChangeCode.KEY_CHANGED))


def _by_language(
    key: str, old: object, new: object, was: Spot, now: Spot, code: ChangeCode = ChangeCode.MEDIA_CHANGED
) -> Iterator[Change]:
    first, second = _texts(old), _texts(new)
    for language in sorted(first.keys() | second.keys()):
        before, after = first.get(language), second.get(language)
        if before != after:
            yield Change(code, was, now, key, language, before, after)


def _source(old: Item, new: Item, was: Spot, now: Spot) -> Iterator[Change]:
    before, after = source_of(old), source_of(new)
    if before != after:
        yield Change(ChangeCode.LIST_CHANGED, was, now, "choices", None, before[1], after[1])


def source_of(item: Item) -> tuple[str | None, str | None]:
    """The key that says where a question's choices come from, and what it says."""
    for key in _SOURCES:
        value = getattr(item, key, None)
        if value is not None:
            return key, str(value)
    return None, None


def _texts(value: object) -> Mapping[str, str]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: object) -> object:
    """A value as what JSON is made of, without what is not given."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({each.name: getattr(value, each.name) for each in fields(value)})
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Kind) else value
