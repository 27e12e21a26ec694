"""Texts: each question has one, in every language of the form and of the study, asking for the same answers."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from forms.checks.references import media_of
from forms.definition import UNASKED, Choice, Form, Item, Kind, Media, Question, Text, walk
from forms.errors import Code, Finding, Params, Severity
from forms.expressions import references, texts_of
from forms.names import UNTOLD, pointer

_TITLE = "/title"


def check_labels(form: Form) -> Iterator[Finding]:
    """What is asked without a label; pyxform refuses it where there is no hint, picture or sound either."""
    for place in walk(form):
        item = place.item
        if not isinstance(item, Question) or _is_unread(item) or item.label:
            continue
        if "label" in (item.appearance or "").split():
            # It shows the labels of its choices, above questions with the appearance `list-nolabel`.
            continue
        if item.hint or item.media is not None:
            yield Finding(Code.ONLY_HINT, place.pointer, {"name": item.name}, Severity.WARNING)
        else:
            yield Finding(Code.LABEL_MISSING, place.pointer, {"name": item.name})


def check_translations(form: Form, study: Collection[str] = ()) -> Iterator[Finding]:
    """Languages of the study and declared languages that a text lacks, and texts in a language not declared.

    What is missing is the gate; what is not declared is an error. A text that names other answers than the default
    language's does is a warning, and so is a title that was not translated at all.
    """
    declared = tuple(dict.fromkeys(language.code for language in form.languages))
    for language in study:
        if not any(code == language or code.startswith(f"{language}-") for code in declared):
            yield Finding(Code.STUDY_LANGUAGE, "/languages", {"language": language}, Severity.GATE)
    if len(form.title) == 1 and len(declared) > 1 and UNTOLD not in form.title:
        yield Finding(Code.TITLE_UNTRANSLATED, _TITLE, {"language": min(form.title)}, Severity.WARNING)
    for where, texts in all_texts(form):
        # The title of an XLSForm cannot be translated: there it is a name, the same for all.
        is_a_name = where == _TITLE and (len(texts) == 1 or UNTOLD in texts)
        for language in declared if not is_a_name else ():
            if language not in texts:
                yield Finding(Code.MISSING_TRANSLATION, where, {"language": language}, Severity.GATE)
        yield from _references(form.default_language, where, texts)
    for where, texts in (*all_texts(form), *_unread(form)):
        yield from _undeclared(declared, where, texts)
    for where, files in _all_media(form):
        medium = where.rpartition("/")[2]
        for language in declared:
            if language not in files:
                params = {"language": language, "medium": medium}
                yield Finding(Code.MISSING_MEDIA, where, params, Severity.GATE)
        yield from _undeclared(declared, where, files)


def check_reviews(form: Form) -> Iterator[Finding]:
    """A note for each language with texts that nobody has reviewed: how many of the questions and choices."""
    items = [(place.item.reviewed or {}, _spoken(place.item)) for place in walk(form) if not _is_unread(place.item)]
    items += [(choice.reviewed or {}, frozenset(choice.label or {})) for _, choice in _choices(form)]
    for position, language in enumerate(form.languages):
        code = language.code
        there = [code in reviewed for reviewed, spoken in items if code in spoken]
        if not all(there):
            params: Params = {"language": code, "count": there.count(False), "total": len(there)}
            yield Finding(Code.DRAFT_TEXTS, f"/languages/{position}", params, Severity.NOTE)


def all_texts(form: Form) -> Iterator[tuple[str, Text]]:
    """The pointer and the languages of every text that somebody reads."""
    yield _TITLE, form.title
    if form.missing is not None:
        yield "/missing/label", form.missing.label
        for name, kind in form.missing.kinds.items():
            yield pointer("missing", "kinds", name, "label"), kind.label
    for where, choice in _choices(form):
        if choice.label is not None:
            yield f"{where}/label", choice.label
    for place in walk(form):
        if not _is_unread(place.item):
            for key, texts in texts_of(place.item):
                yield f"{place.pointer}/{key}", texts


def _unread(form: Form) -> Iterator[tuple[str, Text]]:
    """Texts that the form holds and nobody sees, such as the label of a calculation."""
    for place in walk(form):
        if _is_unread(place.item):
            for key, texts in texts_of(place.item):
                yield f"{place.pointer}/{key}", texts


def _is_unread(item: Item) -> bool:
    return isinstance(item, Question) and item.kind in UNASKED and item.kind is not Kind.NOTE


def _undeclared(declared: Iterable[str], where: str, texts: Text) -> Iterator[Finding]:
    for language in sorted(texts.keys() - {*declared, UNTOLD}):
        yield Finding(Code.UNDECLARED_LANGUAGE, f"{where}/{language}", {"language": language})


def _references(default: str, where: str, texts: Text) -> Iterator[Finding]:
    if len(texts) < 2 or not any("${" in text for text in texts.values()):
        return
    first = default if default in texts else min(texts)
    named = _named(texts[first])
    for language, text in sorted(texts.items()):
        different = _named(text) ^ named
        if different:
            params = {"language": language, "other": first, "names": ", ".join(sorted(different))}
            yield Finding(Code.TEXT_REFERENCES, f"{where}/{language}", params, Severity.WARNING)


def _named(text: str) -> frozenset[str]:
    return frozenset(reference.name for reference in references(text))


def _spoken(item: object) -> frozenset[str]:
    return frozenset(language for _, texts in texts_of(item) for language in texts)


def _choices(form: Form) -> Iterator[tuple[str, Choice]]:
    lists: Mapping[str, Mapping[str, tuple[Choice, ...]] | None]
    lists = {"choices": form.choices, "external_choices": form.external_choices, "tags": form.tags}
    for key, named in lists.items():
        for name, choices in sorted((named or {}).items()):
            for position, choice in enumerate(choices):
                yield pointer(key, name, position), choice


def _all_media(form: Form) -> Iterator[tuple[str, Text]]:
    holders: Iterator[tuple[str, Media | None]]
    holders = iter([(where, choice.media) for where, choice in _choices(form)])
    for where, media in (*holders, *((place.pointer, place.item.media) for place in walk(form))):
        for medium, files in media_of(media):
            yield f"{where}/media/{medium}", files
