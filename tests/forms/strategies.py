"""Forms as hypothesis makes them: valid by construction, unless a name says otherwise."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from forms.definition import METADATA, Kind
from forms.schema import PARAMETERS, keys_of
from tests.forms.wholes import MISSING, further_keys

LANGUAGES = ("de", "bg", "ro", "sr-Latn", "default")

_CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cn", "Co"), exclude_characters="$￾￿\x7f")
texts = st.text(_CHARACTERS, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
words = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
conditions = st.sampled_from(["1 = 1", "${%s} != ''", "string-length(${%s}) > 2", "not(${%s} = 'x')"])
scalars = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), words, st.sampled_from([0.5, -1.25, 1e15]))

_RANGES = [{"start": 0, "end": 10, "step": 1}, {"start": -1, "end": 1.5, "step": 0.5}]
_GIVEN = {
    "rows": 3,
    "capture-accuracy": 2.5,
    "warning-accuracy": 10,
    "allow-mock-accuracy": True,
    "incremental": True,
    "max-pixels": 1024,
    "quality": "low",
    "track-changes": True,
    "identify-user": False,
}
_UNLABELLED = METADATA | {Kind.CALCULATE, Kind.HIDDEN}
_ONCE = frozenset({Kind.AUDIT, Kind.START_GEOPOINT, Kind.BACKGROUND_AUDIO})
_EXTRA = (
    *("media", "hint", "guidance", "relevant", "required", "required_message", "read_only", "constraint"),
    *("calculation", "default", "appearance", "parameters", "trigger", "missing", "save_to", "personal"),
    *("special_category", "reviewed", "attributes", "no_app_message", "choice_filter", "or_other"),
)
"""Keys of questions that are drawn, a few for each question, where its type knows them."""


def shuffled(value: Any, seed: random.Random) -> Any:
    """The same JSON document with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        seed.shuffle(keys)
        return {key: shuffled(value[key], seed) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, seed) for each in value]
    return value


class Maker:
    """Draws the parts of one form that must fit each other: languages, lists, and names that are there already."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.count = 0
        self.languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
        self.lists = {f"list_{number}": self.choices() for number in range(draw(st.integers(1, 2)))}
        self.external: dict[str, Any] = {}
        self.tags: dict[str, Any] = {}
        self.missing = draw(st.lists(st.sampled_from(sorted(MISSING)), max_size=3, unique=True))
        self.entity = draw(st.booleans())
        self.consent = draw(st.booleans())
        self.earlier: list[str] = []
        self.hidden: set[str] = set()
        self.rounds: list[str] = []
        self.once: set[Kind] = set()
        self.saved = 0

    @property
    def seen(self) -> list[str]:
        """Earlier questions that are shown: only those can set something off."""
        return [name for name in self.earlier if name not in self.hidden]

    def name(self) -> str:
        self.count += 1
        return f"{self.draw(words)}_{self.count}"

    def label(self) -> dict[str, str]:
        return {language: self.draw(texts) for language in self.languages}

    def media(self) -> dict[str, Any]:
        given = self.draw(st.sampled_from([("image",), ("audio",), ("image", "big_image"), ("video", "audio")]))
        return {medium: {language: f"{medium} {language}.png" for language in self.languages} for medium in given}

    def readers(self) -> dict[str, str]:
        return {self.draw(st.sampled_from(self.languages)): "Ioana P."}

    def choices(self) -> list[dict[str, Any]]:
        names = self.draw(st.lists(words, min_size=1, max_size=4, unique=True))
        found = [{"name": name, "label": self.label(), "values": {"kind": self.draw(words)}} for name in names]
        if self.draw(st.integers(0, 3)) == 0:
            found[-1] |= {"media": self.media(), "reviewed": self.readers()}
        return found

    def condition(self) -> str:
        condition = self.draw(conditions)
        if "%s" not in condition:
            return condition
        return condition % self.draw(st.sampled_from(self.earlier)) if self.earlier else "2 > 1"

    def maybe(self, item: dict[str, Any], key: str, value: Any) -> None:
        if self.draw(st.booleans()):
            item[key] = value()

    def items(self, depth: int, *, repeats: bool, within: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        return [self.item(depth, repeats=repeats, within=within) for _ in range(self.draw(st.integers(1, 4)))]

    def item(self, depth: int, *, repeats: bool, within: tuple[str, ...]) -> dict[str, Any]:
        if depth and self.draw(st.integers(0, 3)) == 0:
            container = self.draw(st.sampled_from(["group", "repeat"])) if repeats else "group"
            return self.container(container, depth, repeats=repeats, within=within)
        return self.question(self.draw(st.sampled_from(list(Kind))), within)

    def container(self, type_: str, depth: int, *, repeats: bool, within: tuple[str, ...]) -> dict[str, Any]:
        item: dict[str, Any] = {"type": type_, "name": self.name(), "label": self.label()}
        if self.draw(st.booleans()):
            extra = {"relevant": self.condition, "hint": self.label, "media": self.media, "reviewed": self.readers}
            key = self.draw(st.sampled_from(sorted(extra)))
            item[key] = extra[key]()
        self.maybe(item, "appearance", lambda: "field-list")
        if type_ == "repeat":
            self.maybe(item, "count", lambda: self.draw(st.sampled_from([2, "1 + 1"])))
        before = list(self.earlier)
        item["questions"] = self.items(depth - 1, repeats=repeats, within=(*within, type_))
        if type_ == "repeat":
            # What is asked in a repeat has many answers: no reference to it from outside, but choices of it.
            inner = [each["name"] for each in item["questions"] if each["type"] == "text"]
            self.rounds += [] if "repeat" in within else inner
            self.earlier = before
        return item

    def question(self, kind: Kind, within: tuple[str, ...] = ()) -> dict[str, Any]:
        impossible = kind in _ONCE and (within or kind in self.once)
        # pyxform 4.5 fails on osm in a repeat.
        impossible = impossible or (kind is Kind.OSM and "repeat" in within)
        if impossible or (kind is Kind.BACKGROUND_GEOPOINT and not self.seen):
            kind = Kind.TEXT
        self.once.add(kind)
        item: dict[str, Any] = {"type": kind.value, "name": "audit" if kind is Kind.AUDIT else self.name()}
        if kind not in _UNLABELLED:
            item["label"] = self.label()
        self.needed(item, kind)
        known = [key for key in _EXTRA if key in keys_of(kind.value) and key not in item]
        for key in self.draw(st.lists(st.sampled_from(known), max_size=4, unique=True)):
            value = self.extra(key, item, kind, within)
            if value is not None:
                item[key] = value
        if kind not in METADATA | {Kind.NOTE, Kind.CALCULATE, Kind.TRIGGER}:
            self.earlier.append(item["name"])
        if kind is Kind.HIDDEN:
            self.hidden.add(item["name"])
        return item

    def needed(self, item: dict[str, Any], kind: Kind) -> None:
        """What a question of the kind cannot do without."""
        match kind:
            case Kind.CALCULATE:
                item["calculation"] = self.condition()
            case Kind.BACKGROUND_GEOPOINT:
                item["trigger"] = [self.seen[-1]]
            case Kind.RANGE:
                item["parameters"] = dict(self.draw(st.sampled_from(_RANGES)))
            case Kind.OSM:
                item["tags"] = "buildings"
                self.tags.setdefault("buildings", [{"name": "roof", "label": self.label()}])
            case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE | Kind.RANK:
                self.source(item, kind)

    def source(self, item: dict[str, Any], kind: Kind) -> None:
        """Where the choices come from."""
        known = ["choices", "choices", "choices_file"]
        known += ["choices_from"] if self.rounds and "choices_from" in keys_of(kind) else []
        known += ["choices_external"] if self.earlier and "choices_external" in keys_of(kind) else []
        match self.draw(st.sampled_from(known)):
            case "choices_file":
                item["choices_file"] = self.draw(st.sampled_from(["places.csv", "areas.xml", "map.geojson"]))
                columns = {} if kind is Kind.RANK else {"value": "code", "label": "title"}
                self.maybe(item, "parameters", lambda: {**columns, "randomize": True})
            case "choices_from":
                item["choices_from"] = self.draw(st.sampled_from(self.rounds))
            case "choices_external":
                item["choices_external"] = "outside"
                item["choice_filter"] = f"kind = ${{{self.earlier[-1]}}}"
                self.external.setdefault("outside", self.choices())
            case _:
                item["choices"] = self.draw(st.sampled_from(sorted(self.lists)))

    def extra(self, key: str, item: dict[str, Any], kind: Kind, within: tuple[str, ...]) -> Any:
        """A value for a key that a question may have; None where it cannot have one here."""
        match key:
            case "media":
                return self.media()
            case "hint" | "guidance" | "required_message" | "constraint_message" | "no_app_message":
                return self.label()
            case "relevant" | "calculation":
                return self.condition()
            case "required":
                return self.draw(st.one_of(st.booleans(), st.just(self.condition())))
            case "read_only" | "personal":
                return self.draw(st.booleans())
            case "constraint":
                item["constraint_message"] = self.label()
                return ". != 'x'"
            case "default":
                return self.draw(scalars) if kind is Kind.HIDDEN else None
            case "appearance":
                return "w2"
            case "parameters":
                known = [each for each in PARAMETERS[kind] if each in _GIVEN]
                chosen = self.draw(st.lists(st.sampled_from(known), min_size=1, unique=True)) if known else []
                return {name: _GIVEN[name] for name in chosen} or None
            case "trigger" if self.seen:
                return self.draw(st.lists(st.sampled_from(self.seen), min_size=1, max_size=2, unique=True))
            case _:
                return self.ours(key, item, within)

    def ours(self, key: str, item: dict[str, Any], within: tuple[str, ...]) -> Any:
        """The same for keys that XLSForm does not have, and the rarer ones that it has."""
        match key:
            case "missing":
                subsets = (
                    st.lists(st.sampled_from(self.missing), min_size=1, unique=True) if self.missing else st.none()
                )
                return self.draw(st.one_of(st.just(True), subsets)) if self.missing else None
            case "save_to":
                self.saved += 1
                return f"property_{self.saved}" if self.entity and "repeat" not in within else None
            case "special_category":
                return self.draw(st.sampled_from(["health", "genetic"]))
            case "reviewed":
                return self.readers()
            case "attributes":
                return self.draw(
                    st.sampled_from([{"bind": {"odk:x": "1 > 0"}}, {"instance": {"odk:tag": "t", "y": "2"}}])
                )
            case "choice_filter":
                return "kind != 'x'" if "choices" in item and "or_other" not in item else None
            case "or_other":
                return True if "choices" in item and "choice_filter" not in item else None
            case _:
                return None


@st.composite
def documents(draw: st.DrawFn, *, depth: int = 2, repeats: bool = True, old: bool = False) -> dict[str, Any]:
    """A form's JSON that passes the schema and pyxform; `old` ones may have a flat instance, or no instanceID."""
    maker = Maker(draw)
    document: dict[str, Any] = {
        "feldbuch_form": 1,
        "id": draw(words),
        "title": maker.label(),
        "languages": [
            {"code": code, "name": name} if name and code != "default" else {"code": code}
            for code, name in ((code, draw(st.sampled_from(["", "Name", "Име"]))) for code in maker.languages)
        ],
        "default_language": maker.languages[0],
        "choices": maker.lists,
    }
    opening = []
    if maker.consent:
        maker.lists["yes_no"] = [{"name": name, "label": maker.label()} for name in ("yes", "no")]
        consent = {"type": "select_one", "name": "agreed", "label": maker.label(), "choices": "yes_no", "consent": True}
        opening.append(consent)
        maker.earlier.append("agreed")
    document["questions"] = opening + maker.items(depth, repeats=repeats)
    further_keys(draw, maker, document, old=old)
    return document
