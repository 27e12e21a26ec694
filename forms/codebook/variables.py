"""The variables of a form, as a reader of the data needs them: name, question, codes, filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.definition import Choice, Form, Group, Item, Kind, Missing, Question, Repeat, SpecialCategory, Text

_NO_VARIABLE = frozenset({Kind.NOTE})


@dataclass(frozen=True, slots=True)
class Code:
    """A value that a variable can take, and what it means."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable in one language. `filters` are the conditions under which it is asked, the outermost first."""

    name: str
    kind: Kind
    text: str
    codes: tuple[Code, ...]
    missing: tuple[Code, ...]
    filters: tuple[str, ...]
    constraint: str | None
    calculation: str | None
    file: str | None
    personal: bool
    special_category: SpecialCategory | None


@dataclass(frozen=True, slots=True)
class Section:
    """Variables that stand together. `repeat` is the name of the repeat whose rows they describe, or None."""

    title: str
    repeat: str | None
    variables: tuple[Variable, ...]


def sections(form: Form, language: str) -> tuple[Section, ...]:
    """The variables by the groups and repeats of the form, in its order; notes are no variables.

    Texts are in the language, else in the form's default language, else in any.
    """
    return tuple(_Reader(form, language).sections())


def in_language(texts: Text | None, language: str, default: str) -> str:
    """The text in the language, else in the default language, else in the first by code; '' where there is none."""
    if not texts:
        return ""
    return texts.get(language) or texts.get(default) or texts[min(texts)]


class _Reader:
    def __init__(self, form: Form, language: str) -> None:
        self.form, self.language = form, language

    def sections(self) -> Iterator[Section]:
        yield from self._section(self.form.questions, self._text(self.form.title), None, ())

    def _section(
        self, items: tuple[Item, ...], title: str, repeat: str | None, filters: tuple[str, ...]
    ) -> Iterator[Section]:
        """The variables that lie directly here, then the sections within, each in the order of the form."""
        own = tuple(
            self._variable(item, filters)
            for item in items
            if isinstance(item, Question) and item.kind not in _NO_VARIABLE
        )
        if own:
            yield Section(title, repeat, own)
        for item in items:
            if isinstance(item, Group | Repeat):
                inner = (*filters, item.relevant) if item.relevant else filters
                name = item.name if isinstance(item, Repeat) else repeat
                yield from self._section(item.questions, self._text(item.label) or item.name, name, inner)

    def _variable(self, question: Question, filters: tuple[str, ...]) -> Variable:
        return Variable(
            name=question.name,
            kind=question.kind,
            text=self._text(question.label),
            codes=tuple(self._codes(question)),
            missing=tuple(self._missing(question)),
            filters=(*filters, question.relevant) if question.relevant else filters,
            constraint=question.constraint,
            calculation=question.calculation,
            file=question.choices_file,
            personal=bool(question.personal),
            special_category=question.special_category,
        )

    def _codes(self, question: Question) -> Iterator[Code]:
        choices: tuple[Choice, ...] = self.form.choice_list(question.choices or "") or ()
        for choice in choices:
            yield Code(choice.name, self._text(choice.label))
        if question.or_other:
            yield Code("other", "")

    def _missing(self, question: Question) -> Iterator[Code]:
        declared: Missing | None = self.form.missing
        offered = question.missing
        if declared is None or not offered:
            return
        for name, kind in declared.kinds.items():
            if not isinstance(offered, tuple) or name in offered:
                yield Code(str(kind.code), self._text(kind.label))

    def _text(self, texts: Text | None) -> str:
        return in_language(texts, self.language, self.form.default_language)
