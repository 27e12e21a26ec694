"""What marshmallow finds, told as findings: code, JSON pointer, parameters, and the nearest known word."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from forms.errors import Code, Finding, Params
from forms.names import nearest, pointer

MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """A message as our fields give it to marshmallow; `known` holds the words allowed in that place."""

    code: Code
    params: Params = field(default_factory=dict)
    known: tuple[str, ...] = ()


def invalid(code: Code, **params: str | int) -> ValidationError:
    """The marshmallow error for one problem with the value at hand."""
    return ValidationError([Problem(code, params)])


def unknown_word(code: Code, near: Code, key: str, word: str, known: tuple[str, ...]) -> Problem:
    """The problem that a word is none of the known ones, with the nearest one where there is one."""
    found = nearest(word, known)
    if found is not None:
        return Problem(near, {key: word[:MAX_SHOWN], "nearest": found})
    return Problem(code, {key: word[:MAX_SHOWN], "known": ", ".join(known)})


def findings(messages: object) -> Iterator[Finding]:
    """Every finding in the messages of a marshmallow ValidationError, in the order of the document."""
    yield from _findings(messages, ())


def _findings(messages: object, place: tuple[str | int, ...]) -> Iterator[Finding]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _findings(inner, place if key == SCHEMA else (*place, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _findings(inner, place)
    elif isinstance(messages, Problem):
        yield _finding(messages, place)
    else:
        raise TypeError(f"a field gave a message of its own: {messages!r}")


def _finding(problem: Problem, place: tuple[str | int, ...]) -> Finding:
    if problem.code is Code.UNKNOWN_KEY:
        key = str(place[-1])
        problem = unknown_word(Code.UNKNOWN_KEY, Code.UNKNOWN_KEY_NEAR, "key", key, problem.known)
    elif problem.code in (Code.MISSING_KEY, Code.NULL_VALUE):
        problem = Problem(problem.code, {"key": str(place[-1])})
        if problem.code is Code.MISSING_KEY:
            # The key is not there to be pointed at: the object that lacks it is.
            place = place[:-1]
    return Finding(problem.code, pointer(*place), problem.params)
