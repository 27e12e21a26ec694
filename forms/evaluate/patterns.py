"""Patterns, as far as clients agree on what they match."""

import re

from forms.evaluate.values import Unanswerable

MAX_PATTERN = 1_000
MAX_MATCHED = 10_000
_DIFFERENT = re.compile(r"\[[^\]]*(?:&&|\|\||--|~~|\[)|[+*}]\)[+*{]")
"""Sets within sets, which Python reads otherwise, and repetitions of repetitions, which can take for ever."""


def matches(given: str, pattern: str) -> bool:
    """Whether the text matches the pattern. Raises `Unanswerable` where clients differ on it.

    JavaRosa asks for a match of the whole text, engines in browsers for one of any part.
    """
    if len(pattern) > MAX_PATTERN or len(given) > MAX_MATCHED or _DIFFERENT.search(pattern):
        raise Unanswerable
    try:
        compiled = re.compile(pattern, re.ASCII)
    except (re.error, RecursionError, OverflowError) as error:
        raise Unanswerable from error
    whole = compiled.fullmatch(given) is not None
    if whole != (compiled.search(given) is not None):
        raise Unanswerable
    return whole
