"""The difference of two versions: each kind of change in the words of the form, and properties that hold for all."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.changes import Change, ChangeCode, DataMeaning, DraftMeaning, Subject, difference, for_data, for_drafts
from forms.changes.order import out_of_order
from forms.definition import (
    Attributes,
    Choice,
    Entity,
    Form,
    Group,
    Kind,
    Language,
    Media,
    Missing,
    Question,
    Repeat,
    Submission,
    walk,
)
from forms.schema import dump_form, load_form
from forms.version import canonical_json
from tests.forms.examples import small_form, text
from tests.forms.strategies import documents

TURNED = {
    ChangeCode.ADDED: ChangeCode.REMOVED,
    ChangeCode.REMOVED: ChangeCode.ADDED,
    ChangeCode.WORDING_ADDED: ChangeCode.WORDING_REMOVED,
    ChangeCode.WORDING_REMOVED: ChangeCode.WORDING_ADDED,
}


def base() -> dict[str, Any]:
    document = small_form()
    document["questions"] += [
        {
            "type": "group",
            "name": "home",
            "label": text("Wohnen"),
            "questions": [
                {"type": "integer", "name": "rent", "label": text("Wie hoch ist die Miete im Monat?")},
                {"type": "integer", "name": "rooms", "label": text("Wie viele Zimmer hat die Wohnung?")},
            ],
        },
        {
            "type": "repeat",
            "name": "people",
            "label": text("Personen"),
            "questions": [{"type": "text", "name": "alias", "label": text("Wie heißt die Person?")}],
        },
    ]
    document["missing"] = {"label": text("Keine"), "kinds": {"refused": {"code": -98, "label": text("Verweigert")}}}
    return document


def changed(path: str, value: Any = None) -> dict[str, Any]:
    """The base with the value at a JSON pointer replaced; None removes it."""
    document = copy.deepcopy(base())
    *holders, last = path.strip("/").split("/")
    at: Any = document
    for token in holders:
        at = at[int(token)] if isinstance(at, list) else at.setdefault(token, {})
    if value is None:
        del at[int(last) if isinstance(at, list) else last]
    elif isinstance(at, list):
        at[int(last) : int(last) + 1] = [value]
    else:
        at[last] = value
    return document


def changes(new: dict[str, Any], old: dict[str, Any] | None = None) -> list[Change]:
    return list(difference(load_form(old or base()), load_form(new)))


def one(new: dict[str, Any], old: dict[str, Any] | None = None) -> Change:
    [change] = changes(new, old)
    return change


RENT = base()["questions"][2]["questions"][0]


@pytest.mark.parametrize(
    ("new", "code", "name", "data", "drafts"),
    [
        (changed("/questions/0"), "removed", "first", "column_ends", "loses"),
        (changed("/questions/2/questions/0"), "removed", "rent", "column_ends", "loses"),
        (changed("/questions/0/label/de", "Anders"), "wording_changed", "first", "other_words", "shows"),
        (changed("/questions/0/label/bg"), "wording_removed", "first", "nothing", "shows"),
        (changed("/questions/0/hint", {"de": "h"}), "wording_added", "first", "nothing", "shows"),
        (changed("/questions/2/label/de", "Anders"), "wording_changed", "home", "other_words", "shows"),
        (changed("/questions/0/media/image/de", "a.png"), "media_changed", "first", "other_words", "shows"),
        (changed("/questions/0/type", "integer"), "type_changed", "first", "other_type", "loses"),
        (changed("/questions/0/type", "barcode"), "type_changed", "first", "same_column", "loses"),
        (changed("/questions/0/type", "note"), "type_changed", "first", "column_ends", "loses"),
        (changed("/questions/3/type", "group"), "type_changed", "people", "two_tables", "loses"),
        (changed("/questions/0/relevant", "1 = 1"), "relevance_changed", "first", "other_people", "may_hide"),
        (changed("/questions/3/relevant", "1 = 1"), "relevance_changed", "people", "other_people", "may_hide"),
        (changed("/questions/0/required", True), "required_changed", "first", "other_gaps", "checks"),
        (changed("/questions/0/constraint", ". != 1"), "constraint_changed", "first", "other_range", "checks"),
        (changed("/questions/0/calculation", "1"), "calculation_changed", "first", "other_values", "works_out"),
        (changed("/questions/0/trigger", ["second"]), "calculation_changed", "first", "other_values", "works_out"),
        (changed("/questions/0/default", "x"), "default_changed", "first", "other_values", "nothing"),
        (changed("/questions/1/choice_filter", "1 = 1"), "filter_changed", "second", "other_range", "checks"),
        (changed("/questions/1/or_other", True), "other_changed", "second", "further_column", "nothing"),
        (changed("/questions/0/missing", True), "kinds_changed", "first", "further_column", "nothing"),
        (changed("/questions/0/personal", True), "protection_changed", "first", "protection", "nothing"),
        (changed("/questions/1/consent", True), "protection_changed", "second", "protection", "nothing"),
        (changed("/questions/0/read_only", True), "key_changed", "first", "other_range", "checks"),
        (changed("/questions/0/appearance", "w1"), "key_changed", "first", "nothing", "nothing"),
        (changed("/questions/0/attributes/bind/x", "1"), "key_changed", "first", "nothing", "nothing"),
        (changed("/questions/0/reviewed", {"de": "Mara"}), "review_changed", "first", "nothing", "nothing"),
        (changed("/questions/3/count", 2), "count_changed", "people", "other_rounds", "may_hide"),
        (changed("/title/de", "Anders"), "wording_changed", "small", "nothing", "shows"),
        (changed("/style", "pages"), "key_changed", "small", "nothing", "nothing"),
        (changed("/id", "other"), "key_changed", "other", "other_form", "other_form"),
        (changed("/languages/1/name", "Б"), "key_changed", "bg", "nothing", "nothing"),
        (changed("/languages/2", {"code": "ro"}), "added", "ro", "nothing", "nothing"),
        (changed("/missing/kinds/refused/code", -99), "code_changed", "refused", "code_replaced", "nothing"),
        (changed("/missing/kinds/x", {"code": -9, "label": text("x")}), "added", "x", "new_code", "nothing"),
        (changed("/missing/label/de", "x"), "wording_changed", "small", "nothing", "shows"),
        (changed("/choices/yes_no/1"), "removed", "no", "code_ends", "loses_code"),
        (changed("/choices/yes_no/2", {"name": "perhaps"}), "added", "perhaps", "new_code", "nothing"),
        (changed("/choices/yes_no/0/label/de", "Jawohl"), "wording_changed", "yes", "other_words", "shows"),
        (changed("/choices/yes_no/0/values", {"a": 1}), "key_changed", "yes", "nothing", "nothing"),
        (changed("/choices/spare", [{"name": "x"}]), "added", "spare", "nothing", "nothing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_change_is_named_and_told_what_it_means(
    new: dict[str, Any], code: str, name: str, data: str, drafts: str
) -> None:
    change = one(new)
    assert (change.code, change.spot.name) == (code, name)
    assert (for_data(change)[0], for_drafts(change)) == (data, drafts)


def test_wording_is_told_with_its_language_and_both_texts() -> None:
    change = one(changed("/questions/0/label/bg", "Друг"))
    assert (change.key, change.language, change.was, change.becomes) == ("label", "bg", "Erste", "Друг")
    assert change.spot.pointer == "/questions/0"


def test_a_question_that_is_called_otherwise_is_guessed() -> None:
    renamed = {**RENT, "name": "monthly_rent", "label": text("Wie hoch ist die Kaltmiete im Monat?")}
    name, *wording = changes(changed("/questions/2/questions/0", renamed))
    assert (name.code, name.was, name.becomes) == (ChangeCode.RENAMED, "rent", "monthly_rent")
    assert for_data(name) == (
        DataMeaning.TWO_COLUMNS,
        {"before": "small: home-rent", "after": "small: home-monthly_rent"},
    )
    assert for_drafts(name) is DraftMeaning.LOSES
    assert [(each.code, each.language) for each in wording] == [
        (ChangeCode.WORDING_CHANGED, "bg"),
        (ChangeCode.WORDING_CHANGED, "de"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {**RENT, "name": "income", "label": text("Was verdienen Sie?")},
        {**RENT, "name": "monthly_rent", "type": "decimal"},
    ],
)
def test_another_question_in_its_place_is_another(other: dict[str, Any]) -> None:
    found = changes(changed("/questions/2/questions/0", other))
    assert sorted((each.code, each.spot.name) for each in found) == [
        (ChangeCode.ADDED, other["name"]),
        (ChangeCode.REMOVED, "rent"),
    ]


def test_a_group_that_is_called_otherwise_keeps_its_questions() -> None:
    change = one(changed("/questions/2/name", "housing"))
    assert (change.code, change.was, change.becomes) == (ChangeCode.RENAMED, "home", "housing")
    assert for_data(change)[0] is DataMeaning.COLUMNS_RENAMED


def test_a_question_that_moved_is_told_with_both_columns() -> None:
    document = base()
    document["questions"][3]["questions"].append(document["questions"][2]["questions"].pop(0))
    change = one(document)
    assert (change.code, change.was, change.becomes) == (ChangeCode.MOVED, "home", "people")
    assert for_data(change) == (DataMeaning.TWO_COLUMNS, {"before": "small: home-rent", "after": "small-people: rent"})


def test_a_repeat_that_moved_is_told_once() -> None:
    document = base()
    document["questions"][2]["questions"].append(document["questions"].pop())
    change = one(document)
    assert (change.code, change.spot.subject, change.becomes) == (ChangeCode.MOVED, Subject.REPEAT, "home")
    assert for_data(change)[0] is DataMeaning.TWO_TABLES


def test_a_new_group_around_old_questions_moves_them() -> None:
    document = base()
    first, second, *rest = document["questions"]
    document["questions"] = [{"type": "group", "name": "start", "questions": [first, second]}, *rest]
    found = [(each.code, each.spot.name) for each in changes(document)]
    assert found == [(ChangeCode.ADDED, "start"), (ChangeCode.MOVED, "first"), (ChangeCode.MOVED, "second")]


def test_of_an_exchanged_order_as_little_as_possible_is_told() -> None:
    document = base()
    document["questions"].insert(0, document["questions"].pop())
    change = one(document)
    assert (change.code, change.spot.name) == (ChangeCode.REORDERED, "people")
    choices = base()
    choices["choices"]["yes_no"].reverse()
    change = one(choices)
    assert (change.code, change.spot.subject) == (ChangeCode.REORDERED, Subject.CHOICE)


def test_a_question_that_takes_another_list_has_both_compared() -> None:
    document = base()
    document["choices"]["answers"] = [*document["choices"].pop("yes_no"), {"name": "perhaps", "label": text("p")}]
    document["questions"][1]["choices"] = "answers"
    source, choice = changes(document)
    assert (source.code, source.was, source.becomes) == (ChangeCode.LIST_CHANGED, "yes_no", "answers")
    assert (choice.code, choice.spot.path) == (ChangeCode.ADDED, ("answers", "perhaps"))


def test_a_list_that_came_and_one_that_went() -> None:
    document = base()
    document["choices"]["spare"] = [{"name": "x", "label": text("x")}]
    gone = one(base(), document)
    assert (gone.code, gone.spot.subject, gone.spot.name) == (ChangeCode.REMOVED, Subject.LIST, "spare")


def turned(change: Change) -> Change:
    return replace(
        change,
        code=TURNED.get(change.code, change.code),
        old=change.new,
        new=change.old,
        was=change.becomes,
        becomes=change.was,
    )


def by_name(document: dict[str, Any]) -> dict[str, list[bytes]]:
    """The JSON of each question of a name, without what is in a group."""

    def items(questions: list[dict[str, Any]]) -> Any:
        for each in questions:
            yield each["name"], canonical_json({key: value for key, value in each.items() if key != "questions"})
            yield from items(each.get("questions", []))

    found: dict[str, list[bytes]] = {}
    for name, written in items(document["questions"]):
        found.setdefault(name, []).append(written)
    return {name: sorted(each) for name, each in found.items()}


class Maker:
    """Makes a form by chance, and another that has much of it in common. Faster than drawing each of its parts."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def pair(self) -> tuple[dict[str, Any], dict[str, Any]]:
        first = self.form()
        second = copy.deepcopy(first)
        for _ in range(self.random.randint(1, 6)):
            self.edit(second)
        return first, second

    def form(self) -> dict[str, Any]:
        document = {**small_form(), "missing": base()["missing"], "questions": self.items(0)}
        document["choices"] = {name: self.choices() for name in ("l1", "l2")}
        return document

    def items(self, depth: int) -> list[dict[str, Any]]:
        return [self.item(depth, name) for name in self.names(6 - 2 * depth)]

    def names(self, most: int) -> list[str]:
        return self.random.sample([f"q{number}" for number in range(14)], self.random.randint(1, most))

    def item(self, depth: int, name: str) -> dict[str, Any]:
        if depth < 2 and self.random.random() < 0.35:
            kind = self.random.choice(["group", "repeat"])
            return {"type": kind, "name": name, "label": self.label(), "questions": self.items(depth + 1)}
        kind = self.random.choice(["text", "integer", "select_one", "note", "geopoint"])
        more = {"choices": self.random.choice(["l1", "l2"])} if kind == "select_one" else {}
        return {"type": kind, "name": name, "label": self.label(), **more}

    def label(self) -> dict[str, str]:
        words = ["wie", "viel", "hoch", "miete", "person", "jahr", "ort"]
        return text(" ".join(self.random.choices(words, k=self.random.randint(1, 5))))

    def choices(self) -> list[dict[str, Any]]:
        return [{"name": name, "label": self.label()} for name in self.names(5)]

    def edit(self, document: dict[str, Any]) -> None:
        """One change, wherever it falls; what cannot be loaded any more is mended by the caller."""
        holders = [document["questions"]]
        for questions in holders:
            holders += [each["questions"] for each in questions if "questions" in each]
        here, there = self.random.choice(holders), self.random.choice(holders)
        each = self.random.choice(here) if here else None
        choices = document["choices"][self.random.choice(["l1", "l2"])]
        match self.random.randint(0, 9):
            case 0 if each is not None:
                each["name"] = self.names(1)[0]
            case 1 if each is not None:
                each["label"][self.random.choice(["de", "bg"])] += " neu"
            case 2 if each is not None and there not in [each.get("questions")]:
                here.remove(each)
                # Into a group that may lie in itself, it is lost; that is a change as well.
                there.insert(self.random.randint(0, len(there)), each)
            case 3:
                self.random.shuffle(here)
            case 4 if each is not None:
                here.remove(each)
            case 5:
                here.insert(self.random.randint(0, len(here)), self.item(2, self.names(1)[0]))
            case 6:
                self.random.shuffle(choices)
            case 7:
                choices[0] = {"name": self.names(1)[0], "label": self.label()}
            case 8 if each is not None:
                each["appearance"] = self.random.choice(["w1", "w2"])
            case 9:
                document["languages"] = self.random.choice([[{"code": "de"}], [{"code": "bg"}, {"code": "ro"}]])


@st.composite
def versions(draw: st.DrawFn) -> tuple[Form, Form]:
    first, second = Maker(draw(st.integers(0, 2**32))).pair()
    old, new = load_form(first), load_form(second)
    return (old, new) if draw(st.booleans()) else (new, old)


@given(documents())
@settings(max_examples=20)
def test_a_form_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert difference(load_form(document), load_form(copy.deepcopy(document))) == ()


@given(versions())
@settings(max_examples=60)
def test_exchanging_the_versions_turns_every_change_round(pair: tuple[Form, Form]) -> None:
    old, new = pair
    there, back = difference(old, new), difference(new, old)
    assert Counter(map(turned, there)) == Counter(back)


@given(versions())
@settings(max_examples=60)
def test_every_question_whose_json_differs_is_named(pair: tuple[Form, Form]) -> None:
    old, new = pair
    before, after = by_name(dump_form(old)), by_name(dump_form(new))
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    told = {spot.name for change in difference(old, new) for spot in (change.old, change.new) if spot is not None}
    assert different <= told
    assert bool(difference(old, new)) is (canonical_json(dump_form(old)) != canonical_json(dump_form(new)))


@given(versions())
@settings(max_examples=60)
def test_every_change_has_a_meaning_and_leads_to_its_place(pair: tuple[Form, Form]) -> None:
    old, new = pair
    places = [{place.pointer: place.item.name for place in walk(form)} for form in pair]
    for change in difference(old, new):
        for_data(change)
        for_drafts(change)
        for side, spot in zip(places, (change.old, change.new), strict=True):
            if spot is not None and spot.pointer.startswith("/questions"):
                assert side[spot.pointer] == spot.name


@given(st.permutations([f"n{number}" for number in range(7)]), st.permutations([f"n{number}" for number in range(7)]))
def test_what_stays_is_in_order_and_the_same_from_both_sides(old: list[str], new: list[str]) -> None:
    moved = out_of_order(old, new)
    assert [each for each in old if each not in moved] == [each for each in new if each not in moved]
    assert moved == out_of_order(new, old)
    # No fewer would do: whatever else stays in addition stands elsewhere.
    for each in moved:
        rest = moved - {each}
        assert [name for name in old if name not in rest] != [name for name in new if name not in rest]


SAMPLES: dict[str, Any] = {
    **{key: {"de": "other"} for key in ["label", "hint", "guidance", "required_message", "title", "reviewed"]},
    **{key: {"de": "other"} for key in ["constraint_message", "no_app_message"]},
    "kind": Kind.DATE,
    "media": Media(audio={"bg": "a.mp3"}),
    "attributes": Attributes(body={"x": "y"}),
    "languages": (Language(code="ro"),),
    "missing": Missing(label={"de": "?"}, kinds={}),
    **{key: {"other": ()} for key in ["choices", "external_choices", "tags"]},
    "entities": (Entity(dataset="people"),),
    "submission": Submission(url="https://example.org"),
}


def sample(kind: type, key: str) -> Any:
    """A value that the key has not had."""
    if kind is Question and key in ("missing", "choices", "tags"):
        return "other"
    return SAMPLES.get(key, "other")


@pytest.mark.parametrize(
    ("kind", "key"),
    [(kind, each.name) for kind in (Form, Question, Group, Repeat, Choice) for each in fields(kind)],
)
def test_every_key_is_compared(kind: type, key: str) -> None:
    """A key that the language gets one day is told, whether or not anybody thinks of it here."""
    form = load_form(base())
    if kind is Form:
        if key == "questions":
            return
        new = replace(form, **{key: sample(kind, key)})
    elif kind is Choice:
        choice, *others = (form.choices or {})["yes_no"]
        new = replace(form, choices={"yes_no": (replace(choice, **{key: sample(kind, key)}), *others)})
    else:
        if key == "questions":
            return
        position, item = next((at, each) for at, each in enumerate(form.questions) if isinstance(each, kind))
        questions = list(form.questions)
        questions[position] = replace(item, **{key: sample(kind, key)})
        new = replace(form, questions=tuple(questions))
    assert difference(form, new)


def test_two_large_versions_are_compared_in_a_moment() -> None:
    """Nothing is compared with everything, so a thousand questions that are all called otherwise are no trouble."""
    questions = [
        {"type": "text", "name": f"q{number}", "label": text(f"Frage {number}: {'Wie ist das? ' * 3}")}
        for number in range(1_000)
    ]
    old = load_form({**small_form(), "questions": questions})
    renamed = [{**each, "name": f"{each['name']}_new"} for each in questions]
    new = load_form({**small_form(), "questions": renamed})
    found = Counter(change.code for change in difference(old, new))
    assert found == {ChangeCode.RENAMED: 1_000}
