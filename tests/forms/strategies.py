"""Forms and answers as hypothesis makes them: valid by construction, unless a name says otherwise."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from forms.definition import METADATA, SELECTS, Kind

LANGUAGES = ("de", "bg", "ro", "sr-Latn")

_CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cn", "Co"), exclude_characters="$￾￿\x7f")
texts = st.text(_CHARACTERS, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
words = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
conditions = st.sampled_from(["1 = 1", "${%s} != ''", "string-length(${%s}) > 2", "not(${%s} = 'x')"])
scalars = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), words, st.sampled_from([0.5, -1.25, 1e15]))


def shuffled(value: Any, seed: random.Random) -> Any:
    """The same JSON document with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        seed.shuffle(keys)
        return {key: shuffled(value[key], seed) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, seed) for each in value]
    return value


class _Maker:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.count = 0
        self.languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
        self.lists = {f"list_{number}": self.choices() for number in range(draw(st.integers(1, 2)))}
        self.earlier: list[str] = []

    def name(self) -> str:
        self.count += 1
        return f"{self.draw(words)}_{self.count}"

    def label(self) -> dict[str, str]:
        return {language: self.draw(texts) for language in self.languages}

    def choices(self) -> list[dict[str, Any]]:
        names = self.draw(st.lists(words, min_size=1, max_size=4, unique=True))
        return [{"name": name, "label": self.label(), "values": {"kind": self.draw(words)}} for name in names]

    def condition(self) -> str:
        condition = self.draw(conditions)
        if "%s" not in condition:
            return condition
        return condition % self.draw(st.sampled_from(self.earlier)) if self.earlier else "2 > 1"

    def maybe(self, item: dict[str, Any], key: str, value: Any) -> None:
        if self.draw(st.booleans()):
            item[key] = value()

    def items(self, depth: int, *, repeats: bool) -> list[dict[str, Any]]:
        return [self.item(depth, repeats=repeats) for _ in range(self.draw(st.integers(1, 4)))]

    def item(self, depth: int, *, repeats: bool) -> dict[str, Any]:
        if depth and self.draw(st.integers(0, 3)) == 0:
            container = self.draw(st.sampled_from(["group", "repeat"])) if repeats else "group"
            item: dict[str, Any] = {"type": container, "name": self.name(), "label": self.label()}
            self.maybe(item, "relevant", self.condition)
            if container == "repeat":
                self.maybe(item, "count", lambda: self.draw(st.sampled_from([2, "1 + 1"])))
            before = list(self.earlier)
            item["questions"] = self.items(depth - 1, repeats=repeats)
            if container == "repeat":
                # What is asked in a repeat has many answers: no reference to it from outside.
                self.earlier = before
            return item
        return self.question(self.draw(st.sampled_from(list(Kind))))

    def question(self, kind: Kind) -> dict[str, Any]:
        item: dict[str, Any] = {"type": kind.value, "name": self.name()}
        self.maybe(item, "personal", lambda: self.draw(st.booleans()))
        if kind in METADATA:
            return item
        self.maybe(item, "relevant", self.condition)
        if kind is Kind.CALCULATE:
            item["calculation"] = self.condition()
        elif kind is Kind.HIDDEN:
            item["default"] = self.draw(scalars)
        else:
            item["label"] = self.label()
            self.maybe(item, "hint", self.label)
            self.maybe(item, "guidance", self.label)
            if kind is not Kind.NOTE:
                self.asked(item, kind)
        if kind not in (Kind.NOTE, Kind.CALCULATE):
            self.earlier.append(item["name"])
        return item

    def asked(self, item: dict[str, Any], kind: Kind) -> None:
        self.maybe(item, "required", lambda: self.draw(st.one_of(st.booleans(), st.just(self.condition()))))
        self.maybe(item, "required_message", self.label)
        self.maybe(item, "read_only", lambda: self.draw(st.booleans()))
        self.maybe(item, "special_category", lambda: self.draw(st.sampled_from(["health", "genetic"])))
        if self.draw(st.booleans()):
            item["constraint"] = ". != 'x'"
            item["constraint_message"] = self.label()
        if kind in SELECTS:
            item["choices"] = self.draw(st.sampled_from(sorted(self.lists)))
            self.maybe(item, "choice_filter", lambda: "kind != 'x'")
        if kind is Kind.RANGE:
            item["parameters"] = self.draw(
                st.sampled_from([{"start": 0, "end": 10, "step": 1}, {"start": -1, "end": 1.5, "step": 0.5}])
            )


@st.composite
def documents(draw: st.DrawFn, *, depth: int = 2, repeats: bool = True) -> dict[str, Any]:
    """A form's JSON that passes the schema and pyxform."""
    maker = _Maker(draw)
    document: dict[str, Any] = {
        "feldbuch_form": 1,
        "id": draw(words),
        "title": maker.label(),
        "languages": [
            {"code": code, "name": name} if name else {"code": code}
            for code, name in ((code, draw(st.sampled_from(["", "Name", "Име"]))) for code in maker.languages)
        ],
        "default_language": maker.languages[0],
        "choices": maker.lists,
        "questions": maker.items(depth, repeats=repeats),
    }
    maker.maybe(document, "style", lambda: "pages")
    maker.maybe(document, "instance_name", maker.condition)
    return document


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def damaged_documents(draw: st.DrawFn) -> Any:
    """A form's JSON with one to three places overwritten, removed or renamed."""
    document: Any = draw(documents())
    for _ in range(draw(st.integers(1, 3))):
        holder, key = _somewhere(draw, document)
        match draw(st.integers(0, 3)):
            case 0:
                holder[key] = draw(json_values)
            case 1:
                del holder[key]
            case 2 if isinstance(holder, dict):
                holder[f"{key}{draw(st.text(max_size=3))}"] = holder.pop(key)
            case _:
                holder[key] = draw(st.sampled_from(["${", "${nobody}", "((", "'", "text", "a b", "1", 5, []]))
    return document


def _somewhere(draw: st.DrawFn, document: Any) -> tuple[Any, Any]:
    holder, found = document, None
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not keys:
            return found if found is not None else (document, draw(st.sampled_from(list(document))))
        key = draw(st.sampled_from(keys))
        found = (holder, key)
        if not isinstance(holder[key], dict | list) or draw(st.integers(0, 3)) == 0:
            return found
        holder = holder[key]
