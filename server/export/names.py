"""File names that every system takes, from names that were given on a tablet."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 180
"""Bytes in UTF-8; systems take 255, and a number may be added."""
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"COM{number}" for number in range(10)), *(f"LPT{number}" for number in range(10))}
)
# Separators, what Windows refuses, control characters, surrogates, and marks that turn the direction of writing.
_UNSAFE = re.compile('[<>:"/\\\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}\Z")


def safe_name(name: str) -> str:
    """The name without what a file system refuses or a person could be deceived by; never empty, never a folder's."""
    safe = _UNSAFE.sub("_", unicodedata.normalize("NFC", name)).rstrip(". ")
    if not safe or safe.split(".")[0].upper() in _DEVICES:
        safe = f"_{safe}"
    stem, extension = _split(safe)
    return (_cut(stem, LONGEST - len(extension)) + extension).rstrip(". ")


class Names:
    """Gives each name once, also where upper and lower case are the same."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, name: str) -> str:
        """A safe name that was not given yet: the name itself, or with ``-2``, ``-3`` before its extension."""
        safe = safe_name(name)
        stem, extension = _split(safe)
        number = 1
        while safe.casefold() in self._taken:
            number += 1
            safe = f"{stem}-{number}{extension}"
        self._taken.add(safe.casefold())
        return safe


def _split(name: str) -> tuple[str, str]:
    found = _EXTENSION.search(name)
    return (name[: found.start()], found.group()) if found and found.start() else (name, "")


def _cut(text: str, limit: int) -> str:
    return text.encode("utf-8")[:limit].decode("utf-8", "ignore")
