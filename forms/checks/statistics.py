"""What SPSS and Stata cannot take: names of variables, and labels that they would cut.

Limits: SPSS Statistics 29, command syntax reference, "Variable names" and "VARIABLE LABELS"; Stata 18, user's guide
11.3 "Naming conventions" and `help limits`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.definition import Form, Question, Text, walk
from forms.errors import Code, Finding, Severity
from forms.names import pointer
from forms.tables import Column, ColumnKind, has_columns, layouts
from forms.variables import variable_names

SPSS, STATA = "SPSS", "Stata"
SPSS_NAME_BYTES = 64
STATA_NAME_CHARACTERS = 32

_SPSS_WORDS = frozenset(["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"])
_STATA_WORDS = frozenset(
    [
        "_all",
        "_b",
        "byte",
        "_coef",
        "_cons",
        "double",
        "float",
        "if",
        "in",
        "int",
        "long",
        "_n",
        "_N",
        "_pi",
        "_pred",
        "_rc",
        "_skip",
        "strL",
        "using",
        "with",
    ]
)
_STATA_TEXT_TYPE = re.compile(r"str[0-9]+\Z")
_SPSS_NAME = re.compile(r"[^\W\d_][\w.$#@]*\Z")
_STATA_NAME = re.compile(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class _Limit:
    """How long a label may be: in bytes of UTF-8 or in characters."""

    code: Code
    limit: int
    in_bytes: bool
    severity: Severity

    def is_passed_by(self, text: str) -> bool:
        return len(text) * 4 > self.limit and len(text.encode() if self.in_bytes else text) > self.limit


# Nearly every question of a survey is longer than 80 characters: for Stata that is worth a note, not a warning.
_LABEL = (
    _Limit(Code.SPSS_LABEL_LONG, 256, True, Severity.WARNING),
    _Limit(Code.STATA_LABEL_LONG, 80, False, Severity.NOTE),
)
_CHOICE_LABEL = (
    _Limit(Code.SPSS_CHOICE_LABEL_LONG, 120, True, Severity.WARNING),
    _Limit(Code.STATA_CHOICE_LABEL_LONG, 32_000, False, Severity.WARNING),
)


def check_variables(form: Form) -> Iterator[Finding]:
    """Names that SPSS or Stata do not take, and questions that make the same variable. Warnings.

    Of a question with several columns the longest name stands for all.
    """
    for layout in layouts(form):
        names = variable_names(layout)
        seen: dict[str, str] = {}
        by_question: dict[str, tuple[str, list[str]]] = {}
        for column in layout.columns:
            variable = names[column.name]
            if column.kind is ColumnKind.KEY or not column.pointer:
                continue
            own = column.question.name if column.question is not None else variable
            _, variables = by_question.setdefault(column.pointer, (own, []))
            variables.extend((variable, *_dummies(column, variable, form)))
            other = seen.setdefault(variable.casefold(), column.pointer)
            if other != column.pointer:
                params = {"variable": variable, "other": other}
                yield Finding(Code.VARIABLE_COLLISION, f"{column.pointer}/name", params, Severity.WARNING)
        for where, (own, variables) in by_question.items():
            yield from _names(own, variables, f"{where}/name")


def check_cut_labels(form: Form) -> Iterator[Finding]:
    """Labels that SPSS (warning) or Stata (of variables a note) would cut."""
    for place in walk(form):
        if isinstance(place.item, Question) and has_columns(place.item):
            yield from _cut(place.item.label, _LABEL, f"{place.pointer}/label")
    for name, choices in sorted((form.choices or {}).items()):
        for position, choice in enumerate(choices):
            yield from _cut(choice.label, _CHOICE_LABEL, pointer("choices", name, position, "label"))
    for name, kind in (form.missing.kinds if form.missing else {}).items():
        yield from _cut(kind.label, _CHOICE_LABEL, pointer("missing", "kinds", name, "label"))


def _dummies(column: Column, variable: str, form: Form) -> Iterator[str]:
    """The variables of 0 and 1 that a question with several answers makes beside its own."""
    if column.kind is ColumnKind.CHOICES and column.question is not None:
        for choice in form.choice_list(column.question.choices or "") or ():
            yield f"{variable}_{choice.name}"


def _names(own: str, variables: list[str], where: str) -> Iterator[Finding]:
    """What is wrong with the name of a question, and with the variables that it makes, its own first."""
    longest = max(variables, key=len)
    if len(longest.encode()) > SPSS_NAME_BYTES:
        yield _told(Code.SPSS_NAME_LONG, where, longest, limit=SPSS_NAME_BYTES)
    if len(longest) > STATA_NAME_CHARACTERS:
        yield _told(Code.STATA_NAME_LONG, where, longest, limit=STATA_NAME_CHARACTERS)
    variable = variables[0]
    if not _SPSS_NAME.match(own) or own.endswith("."):
        yield _told(Code.NAME_CHARACTERS, where, own, program=SPSS)
    elif variable.casefold() in _SPSS_WORDS:
        yield _told(Code.NAME_IS_COMMAND, where, variable, program=SPSS)
    if not _STATA_NAME.match(own):
        yield _told(Code.NAME_CHARACTERS, where, own, program=STATA)
    elif variable in _STATA_WORDS or _STATA_TEXT_TYPE.match(variable):
        yield _told(Code.NAME_IS_COMMAND, where, variable, program=STATA)


def _told(code: Code, where: str, variable: str, **params: str | int) -> Finding:
    return Finding(code, where, {"variable": variable, **params}, Severity.WARNING)


def _cut(texts: Text | None, limits: tuple[_Limit, ...], where: str) -> Iterator[Finding]:
    for each in limits if texts else ():
        languages = [language for language, text in sorted((texts or {}).items()) if each.is_passed_by(text)]
        if languages:
            params: Mapping[str, str | int] = {"languages": ", ".join(languages), "limit": each.limit}
            yield Finding(each.code, where, params, each.severity)
