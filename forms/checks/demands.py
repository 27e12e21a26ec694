"""Which answers an expression demands: what must have been answered, and how, for it to be true.

Only what is certain is read off: `${consent} = 'yes' and ${age} > 17` demands the answer yes to `consent` and some
answer to `age`; with `or` instead, one of the two.
"""

import re
from collections.abc import Callable

Allows = Callable[[str, str | None], bool]
"""Whether an answer to the question of that name will do; None is any answer."""

_MAX_DEPTH = 40
_REFERENCE = r"\$\{\s*([^{}#]+?)\s*\}"
_LITERAL = r"(?:'([^']*)'|\"([^\"]*)\"|(-?[0-9]+(?:\.[0-9]+)?))"
_EQUAL = re.compile(rf"{_REFERENCE}\s*=\s*{_LITERAL}")
_EQUAL_TURNED = re.compile(rf"{_LITERAL}\s*=\s*{_REFERENCE}")
_SELECTED = re.compile(rf"selected\(\s*{_REFERENCE}\s*,\s*{_LITERAL}\s*\)")
_COMPARED = re.compile(rf"{_REFERENCE}\s*[<>]=?\s*-?[0-9.]+|-?[0-9.]+\s*[<>]=?\s*{_REFERENCE}")
_GIVEN = re.compile(rf"{_REFERENCE}\s*!=\s*(?:''|\"\")|string-length\(\s*{_REFERENCE}\s*\)\s*>=?\s*[0-9]+")
_NOT_NOTHING = re.compile(r"string-length\([^)]*\)\s*>=\s*0+\Z")
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^}]*\}|[()\[\]]|[\w.-]+|\s+|.")


def demands(expression: str, allows: Allows, depth: int = 0) -> bool:
    """Whether the expression can only be true where an answer is given that `allows` says yes to.

    `allows` is asked for each answer that some part of the expression needs.
    """
    if depth > _MAX_DEPTH:
        return False
    alternatives = _split(expression, "or")
    if len(alternatives) > 1:
        return all(demands(each, allows, depth + 1) for each in alternatives)
    together = _split(expression, "and")
    if len(together) > 1:
        return any(demands(each, allows, depth + 1) for each in together)
    bare = expression.strip()
    if bare.startswith("(") and _closes_at_end(bare):
        return demands(bare[1:-1], allows, depth + 1)
    needed = _needed(bare)
    return needed is not None and allows(*needed)


def _needed(bare: str) -> tuple[str, str | None] | None:
    """The name and the answer that a comparison needs to be true; None as the answer is any."""
    for pattern, name_first in ((_EQUAL, True), (_SELECTED, True), (_EQUAL_TURNED, False)):
        found = pattern.fullmatch(bare)
        if found:
            groups = found.groups()
            name, values = (groups[0], groups[1:]) if name_first else (groups[-1], groups[:-1])
            value = next((each for each in values if each is not None), "")
            return (name, value) if value else None
    for pattern in (_COMPARED, _GIVEN):
        found = pattern.fullmatch(bare)
        if found and not _NOT_NOTHING.match(bare):
            return next(each for each in found.groups() if each), None
    return None


def _split(expression: str, word: str) -> list[str]:
    """The parts between `and` or `or` that stand in no brackets and no quotes."""
    parts, depth = [""], 0
    for each in _TOKEN.findall(expression):
        depth += (each in "([") - (each in ")]") if len(each) == 1 else 0
        if each == word and depth == 0:
            parts.append("")
        else:
            parts[-1] += each
    return parts


def _closes_at_end(bare: str) -> bool:
    """Whether the bracket that the text begins with is closed by its last character."""
    depth = 0
    words = _TOKEN.findall(bare)
    for position, each in enumerate(words):
        depth += (each == "(") - (each == ")")
        if depth == 0:
            return position == len(words) - 1
    return False
