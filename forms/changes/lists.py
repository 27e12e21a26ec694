"""What differs between choice lists: those of one name, and those that a question took its choices from."""

from collections.abc import Iterable, Iterator, Mapping

from forms.changes.keys import choice_changes, source_of
from forms.changes.model import Change, ChangeCode, Spot, Subject
from forms.changes.order import out_of_order
from forms.definition import Choice, Form, Question
from forms.names import pointer

Lists = Mapping[str, tuple[Choice, ...]]


def list_changes(old: Form, new: Form, questions: Iterable[tuple[Question, Question]]) -> Iterator[Change]:
    """The lists that came and went, and what changed in those that stayed.

    `questions` are the pairs of questions: where one takes its choices from a list of another name than before, the two
    lists are compared as well.
    """
    for key, first, second in (
        ("choices", old.choices or {}, new.choices or {}),
        ("external_choices", old.external_choices or {}, new.external_choices or {}),
        ("tags", old.tags or {}, new.tags or {}),
    ):
        compared = {(name, name) for name in first.keys() & second.keys()}
        if key == "choices":
            compared |= set(_replaced(first, second, questions))
        for name in sorted(second.keys() - {after for _, after in compared}):
            yield Change(ChangeCode.ADDED, None, _list_spot(key, name))
        for name in sorted(first.keys() - {before for before, _ in compared}):
            yield Change(ChangeCode.REMOVED, _list_spot(key, name), None)
        for before, after in sorted(compared):
            yield from _choices(key, (before, first[before]), (after, second[after]))


def _replaced(first: Lists, second: Lists, questions: Iterable[tuple[Question, Question]]) -> Iterator[tuple[str, str]]:
    for old, new in questions:
        before, after = source_of(old), source_of(new)
        if before[0] == after[0] == "choices" and before[1] in first and after[1] in second:
            yield str(before[1]), str(after[1])


def _choices(key: str, old: tuple[str, tuple[Choice, ...]], new: tuple[str, tuple[Choice, ...]]) -> Iterator[Change]:
    before, after = _numbered(old[1]), _numbered(new[1])
    common = before.keys() & after.keys()
    for each, (place, choice) in after.items():
        spot = _choice_spot(key, new[0], place, choice)
        if each in common:
            first_place, first = before[each]
            yield from choice_changes(first, choice, _choice_spot(key, old[0], first_place, first), spot)
        else:
            yield Change(ChangeCode.ADDED, None, spot)
    for each, (place, choice) in before.items():
        if each not in common:
            yield Change(ChangeCode.REMOVED, _choice_spot(key, old[0], place, choice), None)
    moved = out_of_order([each for each in before if each in common], [each for each in after if each in common])
    for each in after:
        if each in moved:
            was, now = _choice_spot(key, old[0], *before[each]), _choice_spot(key, new[0], *after[each])
            yield Change(ChangeCode.REORDERED, was, now)


def _numbered(choices: tuple[Choice, ...]) -> dict[str, tuple[int, Choice]]:
    """The choices by name; where names repeat, by name and number."""
    found: dict[str, tuple[int, Choice]] = {}
    seen: dict[str, int] = {}
    for place, choice in enumerate(choices):
        number = seen[choice.name] = seen.get(choice.name, 0) + 1
        # A name holds no line break, so this is nobody else's.
        found[choice.name if number == 1 else f"{choice.name}\n{number}"] = (place, choice)
    return found


def _list_spot(key: str, name: str) -> Spot:
    return Spot(Subject.LIST, pointer(key, name), (name,))


def _choice_spot(key: str, name: str, place: int, choice: Choice) -> Spot:
    return Spot(Subject.CHOICE, pointer(key, name, place), (name, choice.name))
