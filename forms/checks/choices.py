"""Choice lists: there where they are used, used where they are there, and not empty."""

from collections.abc import Iterator, Mapping

from forms.checks.references import instances_named
from forms.definition import Choice, Form, Kind, Place, Question, walk
from forms.errors import Code, Finding, Severity
from forms.expressions import expressions_of
from forms.names import nearest, pointer

_MAX_NAMES = 8


def check_choices(form: Form) -> Iterator[Finding]:
    """Lists that are missing, empty or unused, choices without a label, `or_other` in a form not in English alone."""
    places = tuple(walk(form))
    used = {name for place in places for _, text in expressions_of(place.item) for name in instances_named(text)}
    used_external: set[str] = set()
    used_tags: set[str] = set()
    english_only = all(language.code.split("-")[0] == "en" for language in form.languages)
    for place in places:
        item = place.item
        if not isinstance(item, Question):
            continue
        if item.kind is Kind.RANGE and item.parameters:
            used.add(str(item.parameters.get("tick_labelset")))
        yield from _named(place, "choices", item.choices, form.choices, used)
        yield from _named(place, "choices_external", item.choices_external, form.external_choices, used_external)
        yield from _named(place, "tags", item.tags, form.tags, used_tags)
        if item.or_other and not english_only:
            where = f"{place.pointer}/or_other"
            yield Finding(Code.OR_OTHER_UNTRANSLATED, where, severity=Severity.WARNING)
    for key, lists, seen in (
        ("choices", form.choices, used),
        ("external_choices", form.external_choices, used_external),
        ("tags", form.tags, used_tags),
    ):
        yield from _lists(key, lists or {}, seen)


def check_codes(form: Form) -> Iterator[Finding]:
    """Notes on lists of which some choices are numbers and some are not: such a variable is a text in statistics."""
    for name, choices in sorted((form.choices or {}).items()):
        words = [choice.name for choice in choices if not choice.name.lstrip("-").isdecimal()]
        if words and len(words) < len(choices):
            shown = ", ".join(words[:_MAX_NAMES])
            yield Finding(Code.MIXED_CODES, pointer("choices", name), {"list": name, "names": shown}, Severity.NOTE)


def _named(
    place: Place, key: str, name: str | None, lists: Mapping[str, tuple[Choice, ...]] | None, used: set[str]
) -> Iterator[Finding]:
    if name is None:
        return
    used.add(name)
    if name not in (lists or {}):
        near = nearest(name, lists or {})
        code = Code.CHOICES_MISSING if near is None else Code.CHOICES_MISSING_NEAR
        params = {"list": name, **({} if near is None else {"nearest": near})}
        yield Finding(code, f"{place.pointer}/{key}", params)


def _lists(key: str, lists: Mapping[str, tuple[Choice, ...]], used: set[str]) -> Iterator[Finding]:
    for name, choices in sorted(lists.items()):
        where = pointer(key, name)
        if name not in used:
            yield Finding(Code.CHOICES_UNUSED, where, {"list": name}, Severity.WARNING)
            continue
        if not choices:
            yield Finding(Code.CHOICES_EMPTY, where, {"list": name})
        for position, choice in enumerate(choices):
            if not choice.label and choice.media is None:
                params = {"name": choice.name, "list": name}
                yield Finding(Code.CHOICE_WITHOUT_LABEL, f"{where}/{position}", params, Severity.WARNING)
