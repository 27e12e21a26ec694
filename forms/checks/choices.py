"""Choice lists: there where they are used, used where they are there, and not empty."""

from collections.abc import Iterator

from forms.definition import Form, Kind, Question, walk
from forms.errors import Code, Finding, Severity
from forms.names import nearest, pointer


def check_choices(form: Form) -> Iterator[Finding]:
    """Lists that are missing, empty or unused, and `or_other` in a form that is not English alone."""
    lists = form.choices or {}
    used: set[str] = set()
    english_only = all(language.code.split("-")[0] == "en" for language in form.languages)
    for place in walk(form):
        item = place.item
        if not isinstance(item, Question):
            continue
        if item.kind is Kind.RANGE and item.parameters:
            used.add(str(item.parameters.get("tick_labelset")))
        if item.choices is None:
            continue
        used.add(item.choices)
        if item.choices not in lists:
            near = nearest(item.choices, lists)
            code = Code.CHOICES_MISSING if near is None else Code.CHOICES_MISSING_NEAR
            params = {"list": item.choices, **({} if near is None else {"nearest": near})}
            yield Finding(code, f"{place.pointer}/choices", params)
        elif not lists[item.choices]:
            params = {"list": item.choices}
            yield Finding(Code.CHOICES_EMPTY, pointer("choices", item.choices), params)
        if item.or_other and not english_only:
            where = f"{place.pointer}/or_other"
            yield Finding(Code.OR_OTHER_UNTRANSLATED, where, severity=Severity.WARNING)
    for name in sorted(set(lists) - used):
        yield Finding(Code.CHOICES_UNUSED, pointer("choices", name), {"list": name}, Severity.WARNING)
