"""What can be seen wrong with texts without knowing the languages: what is missing, copied or of another script."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from forms.definition import Form, walk
from forms.expressions import references, texts_of

LANGUAGES = {"de": "Deutsch", "ro": "Română", "bg": "Български", "tr": "Türkçe", "en": "English"}
"""The languages of the study, each by its name in itself."""

_ALLOWED = {
    "de": re.compile("Mureș"),
    "tr": re.compile("Mureș"),
    "bg": re.compile(r"\$\{\w+\}|Jobcenter|COVID-19"),
}
"""Names that keep their letters in a language that does not have them."""

_FOREIGN = {
    "de": re.compile(r"[а-яА-ЯșțşțğıİăĂ]|[“]\w|\w[”]"),
    "ro": re.compile(r"[а-яА-ЯşţŞŢğıİßäöüÄÖÜ“]"),
    "bg": re.compile(r"[A-Za-zыэёЫЭЁ”]"),
    "tr": re.compile(r"[а-яА-ЯșțȘȚţŢßäÄăĂ„]"),
    "en": re.compile(r"[а-яА-ЯşţŞŢğıİßäöüÄÖÜăĂ„]"),
}
"""Letters and quotation marks that a text in the language does not have."""


def texts(form: Form) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text of a form, with the place where it stands."""
    yield "title", form.title
    for name, choices in (form.choices or {}).items():
        for choice in choices:
            assert choice.label is not None
            yield f"{name}/{choice.name}", choice.label
    if form.missing is not None:
        yield "missing", form.missing.label
        for name, kind in form.missing.kinds.items():
            yield f"missing/{name}", kind.label
    for place in walk(form):
        for key, each in texts_of(place.item):
            yield f"{place.item.name}/{key}", each


def faults(form: Form) -> list[str]:
    """What is wrong with the texts, a line each."""
    return [f"{where}: {fault}" for where, each in texts(form) for fault in _faults(each)]


def _faults(text: Mapping[str, str]) -> Iterator[str]:
    if set(text) != set(LANGUAGES):
        yield f"languages {sorted(text)}"
        return
    names = {code: sorted(reference.name for reference in references(each)) for code, each in text.items()}
    ends = {code: each[-1] for code, each in text.items()}
    for code, each in text.items():
        if each != each.strip() or "  " in each or re.search(r" [,.?!]", each):
            yield f"{code} has a blank too many"
        if re.search(r"[\"']", each):
            yield f"{code} has a typewriter's quotation mark"
        if each.count("„") != each.count("“" if code in ("de", "bg") else "”") and code in ("de", "ro", "bg"):
            yield f"{code} has a quotation mark that is not closed"
        bare = _ALLOWED[code].sub("", each) if code in _ALLOWED else each
        if found := _FOREIGN[code].search(bare):
            yield f"{code} has {found.group()!r}"
        if code == "bg" and bare == each and not re.search("[а-яА-Я]", each):
            yield "bg is not Cyrillic"
        if names[code] != names["de"]:
            yield f"{code} names {names[code]}, de {names['de']}"
        if (ends[code] in ".?!:") != (ends["de"] in ".?!:") or (ends[code] == "?") != (ends["de"] == "?"):
            yield f"{code} ends with {ends[code]!r}, de with {ends['de']!r}"
    sentences = [each for each in text.values() if len(each.split()) > 2]
    if len(set(sentences)) != len(sentences):
        yield "the same sentence in two languages"
