"""What can be read off an expression without evaluating it: its references, and whether it is closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from forms.definition import Question, Repeat, Text

_REFERENCE = re.compile(r"\$\{\s*(last-saved#)?([^{}]*?)\s*\}")
_OPEN_REFERENCE = re.compile(r"\$\{[^}]*$")
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
_CLOSING = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}`; `last_saved` is for the answer in the record saved before."""

    name: str
    last_saved: bool


def references(text: str) -> tuple[Reference, ...]:
    """Every `${name}` in an expression or a label."""
    return tuple(Reference(name, bool(last)) for last, name in _REFERENCE.findall(text))


def is_reference(text: str) -> bool:
    """Whether the text is one `${name}` and nothing else."""
    return bool(_REFERENCE.fullmatch(text.strip()))


def is_closed(expression: str) -> bool:
    """Whether every quote, bracket and `${` of the expression is closed."""
    bare = _LITERAL.sub("", expression)
    if "'" in bare or '"' in bare or _OPEN_REFERENCE.search(bare):
        return False
    still_open: list[str] = []
    for character in bare:
        if character in "([":
            still_open.append(character)
        elif character in _CLOSING and (not still_open or still_open.pop() != _CLOSING[character]):
            return False
    return not still_open


def expressions_of(item: object) -> Iterator[tuple[str, str]]:
    """The key and text of each expression of a question, group or repeat."""
    for key in ("relevant", "required", "read_only", "constraint", "calculation", "choice_filter"):
        value = getattr(item, key, None)
        if isinstance(value, str):
            yield key, value
    if isinstance(item, Repeat) and isinstance(item.count, str):
        yield "count", item.count
    if isinstance(item, Question) and isinstance(item.default, str) and references(item.default):
        yield "default", item.default


def texts_of(item: object) -> Iterator[tuple[str, Text]]:
    """The key and languages of each text of a question, group, repeat or choice."""
    for key in ("label", "hint", "guidance", "required_message", "constraint_message", "no_app_message"):
        value = getattr(item, key, None)
        if value is not None:
            yield key, value
