"""The codebook as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.codebook.variables import Code, Section, Variable, in_language, sections
from forms.codebook.words import WORDS, Words
from forms.definition import Form, walk
from forms.schema import dump_form
from forms.version import version_hash

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")
_SHOWN_VERSION = 12


def codebook_page(form: Form, language: str) -> str:
    """The page with the form's texts in this language (else in the default one), ending in a line break."""
    words = WORDS.get(language.split("-", maxsplit=1)[0], WORDS["en"])
    return "\n".join(_page(form, language, words)) + "\n"


def _page(form: Form, language: str, words: Words) -> Iterator[str]:
    parts = sections(form, language)
    yield f"# {words.codebook}: {_plain(in_language(form.title, language, form.default_language))}"
    yield ""
    yield words.made
    yield ""
    yield f"- `{form.id}`, {words.version} `{version_hash(dump_form(form))[:_SHOWN_VERSION]}`"
    yield f"- {words.variables.format(count=sum(len(part.variables) for part in parts))}"
    yield f"- {words.languages}: " + "; ".join(_languages(form, words))
    yield f"- {words.ended}"
    for part in parts:
        yield from _section(part, words)


def _languages(form: Form, words: Words) -> Iterator[str]:
    """Each language with how many of the questions, groups and choices that have a text were read over in it."""
    marks = [place.item.reviewed or {} for place in walk(form) if place.item.label]
    marks += [choice.reviewed or {} for choices in (form.choices or {}).values() for choice in choices]
    for language in form.languages:
        reviewed = sum(language.code in each for each in marks)
        state = words.reviewed.format(reviewed=reviewed, all=len(marks)) if reviewed else words.draft
        yield f"{language.name or language.code} ({state})"


def _section(section: Section, words: Words) -> Iterator[str]:
    yield ""
    yield f"## {_plain(section.title)}"
    if section.repeat:
        yield ""
        yield words.repeat.format(repeat=section.repeat)
    for variable in section.variables:
        yield from _variable(variable, words)


def _variable(variable: Variable, words: Words) -> Iterator[str]:
    yield ""
    yield f"### `{variable.name}`"
    yield ""
    yield _plain(variable.text) or f"*{words.no_text}*"
    yield ""
    yield f"- {words.type}: `{variable.kind.value}`" + "".join(f", {mark}" for mark in _marks(variable, words))
    for condition in variable.filters:
        yield f"- {words.asked_if} {_code(condition)}"
    if variable.constraint:
        yield f"- {words.allowed}: {_code(variable.constraint)}"
    if variable.calculation:
        yield f"- {words.calculated} {_code(variable.calculation)}"
    if variable.file:
        yield f"- {words.codes_from} `{variable.file}`"
    if variable.codes:
        yield ""
        yield from (_value(code) for code in variable.codes)
    if variable.missing:
        yield ""
        yield f"{words.missing}: " + ", ".join(f"`{each.value}` {_plain(each.label)}" for each in variable.missing)


def _marks(variable: Variable, words: Words) -> Iterator[str]:
    if variable.personal:
        yield words.personal
    if variable.special_category:
        yield words.special_category.format(category=variable.special_category.value)


def _value(code: Code) -> str:
    return f"- `{code.value}` {_plain(code.label)}".rstrip()


def _plain(text: str) -> str:
    """A text on one line, in which Markdown finds nothing of its own but the references to other answers."""
    parts = re.split(r"(\$\{[^}]*\})", " ".join(text.split()))
    return "".join(f"`{part}`" if part.startswith("${") else _SPECIAL.sub(r"\\\1", part) for part in parts)


def _code(expression: str) -> str:
    """An expression as code on one line."""
    text = " ".join(expression.split())
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"
