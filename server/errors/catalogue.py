"""The catalogue: code to text, remedy and HTTP status, in German and English.

The texts lie in ``server/errors/texts/*.toml``, one table a code::

    ["vault.passphrase.wrong"]
    status = 403
    en = { reason = "The passphrase is wrong.", remedy = "Try again." }
    de = { reason = "Die Passphrase ist falsch.", remedy = "Versuchen Sie es noch einmal." }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads: the reason in one sentence, and what to do."""

    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A code of the catalogue."""

    code: str
    status: int
    texts: Mapping[str, Text]


@cache
def catalogue() -> Mapping[str, Entry]:
    """All entries by code. Raises ``ValueError`` when two files hold the same code or a language is missing."""
    entries: dict[str, Entry] = {}
    for path in sorted(files("server.errors").joinpath("texts").iterdir(), key=lambda each: each.name):
        if not path.name.endswith(".toml"):
            continue
        for code, table in tomllib.loads(path.read_text("utf-8")).items():
            if code in entries:
                raise ValueError(f"{code} stands twice in the catalogue")
            texts = {language: Text(**table[language]) for language in LANGUAGES}
            entries[code] = Entry(code, table["status"], texts)
    return entries


def explain(code: str, params: Mapping[str, str | int], language: str = "en") -> Text:
    """The text and remedy of a code with its parameters filled in.

    An unknown code gives a text that names the code, so that a fault in the catalogue never hides an error.
    """
    entry = catalogue().get(code)
    if entry is None:
        return Text(code, "")
    text = entry.texts.get(language, entry.texts["en"])
    return Text(_fill(text.reason, params), _fill(text.remedy, params))


def http_status(code: str) -> int:
    """The HTTP status that a code is answered with; 500 for an unknown code."""
    entry = catalogue().get(code)
    return entry.status if entry else 500


class _Given(dict[str, str | int]):
    """Parameters for ``str.format_map``; one that was not given stays as its placeholder."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def _fill(template: str, params: Mapping[str, str | int]) -> str:
    return template.format_map(_Given(params))
