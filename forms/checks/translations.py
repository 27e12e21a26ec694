"""Translations: every text is there in every declared language, and in no other."""

from collections.abc import Iterator

from forms.definition import Form, Text, walk
from forms.errors import Code, Finding
from forms.expressions import texts_of
from forms.names import pointer


def check_translations(form: Form) -> Iterator[Finding]:
    """Texts that lack a declared language, and texts in a language that is not declared."""
    declared = tuple(dict.fromkeys(language.code for language in form.languages))
    for where, texts in _texts(form):
        for language in declared:
            if language not in texts:
                yield Finding(Code.MISSING_TRANSLATION, where, {"language": language})
        for language in sorted(set(texts) - set(declared)):
            yield Finding(Code.UNDECLARED_LANGUAGE, f"{where}/{language}", {"language": language})


def _texts(form: Form) -> Iterator[tuple[str, Text]]:
    yield "/title", form.title
    for name, choices in sorted((form.choices or {}).items()):
        for position, choice in enumerate(choices):
            if choice.label is not None:
                yield pointer("choices", name, position, "label"), choice.label
    for place in walk(form):
        for key, texts in texts_of(place.item):
            yield f"{place.pointer}/{key}", texts
