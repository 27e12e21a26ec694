"""The difference of two versions in sentences, in the languages of the catalogue."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from forms.changes import Change, ChangeCode, Subject, for_data, for_drafts

SHOWN = 160
"""So many characters of a text are shown."""

Catalogue = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a person reads it: what changed, what it means for the data, and for an open draft."""

    sentence: str
    data: str
    drafts: str


@cache
def change_texts() -> Catalogue:
    """The texts by table, code and language."""
    path = files("server.services.study").joinpath("texts", "changes.toml")
    texts: Catalogue = tomllib.loads(path.read_text("utf-8"))
    return texts


def tell_changes(changes: Sequence[Change], language: str = "en") -> Iterator[Told]:
    """The changes in sentences. Texts that came or went with a whole language, and reviews, are told as numbers."""
    texts = _Texts(language)
    whole = {
        (change.code, change.language)
        for change in changes
        if change.spot.subject is Subject.LANGUAGE and change.language is not None
    }
    folded: Counter[tuple[ChangeCode, str]] = Counter()
    for change in changes:
        fold = _fold_of(change, whole)
        if fold is None:
            yield texts.told(change)
        else:
            folded[fold] += 1
    for (code, spoken), count in sorted(folded.items()):
        yield Told(
            texts.of("folded", code.value, {"language": spoken, "count": str(count)}),
            texts.of("data", "nothing", {}),
            texts.of("drafts", "nothing", {}),
        )


def _fold_of(change: Change, whole: Collection[tuple[ChangeCode, str]]) -> tuple[ChangeCode, str] | None:
    """With which others the change is told as a number, if it is."""
    came: Mapping[ChangeCode, ChangeCode]
    came = {ChangeCode.WORDING_ADDED: ChangeCode.ADDED, ChangeCode.WORDING_REMOVED: ChangeCode.REMOVED}
    if change.language is None:
        return None
    with_all = came.get(change.code)
    if change.code is ChangeCode.REVIEW_CHANGED or (with_all is not None and (with_all, change.language) in whole):
        return change.code, change.language
    return None


class _Texts:
    def __init__(self, language: str) -> None:
        self.language = language

    def of(self, table: str, code: str, params: Mapping[str, str]) -> str:
        by_language = change_texts()[table][code]
        return by_language.get(self.language, by_language["en"]).format_map(params)

    def told(self, change: Change) -> Told:
        spot = change.spot
        names = {"name": spot.name, "list": spot.path[0] if spot.path else ""}
        params = {
            "subject": self.of("subjects", spot.subject.value, names),
            "language": change.language or "",
            "key": self._key(change),
            "was": self._value(change, change.was),
            "becomes": self._value(change, change.becomes),
        }
        data, data_params = for_data(change)
        return Told(
            self.of("changes", change.code.value, params),
            self.of("data", data.value, data_params),
            self.of("drafts", for_drafts(change).value, {}),
        )

    def _key(self, change: Change) -> str:
        key = change.key or ""
        return self.of("keys", key, {}) if change.language is not None and key in change_texts()["keys"] else key

    def _value(self, change: Change, value: str | None) -> str:
        if value is None:
            return self.of("words", "nothing", {})
        if value == "" and change.code is ChangeCode.MOVED:
            return self.of("words", "outside", {})
        return self.of("words", "quoted", {"text": value if len(value) <= SHOWN else f"{value[:SHOWN]}…"})
