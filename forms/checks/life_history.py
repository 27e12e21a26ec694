"""Life histories: a repeat with the appearance `life-history` has the questions that a calendar is drawn from.

The tablet finds them by their names, which `deploy/docs/forms.md` lists. Where one is missing the repeat is shown as an
ordinary list, so that nothing here holds up publishing.
"""

import re
from collections.abc import Iterator, Mapping

from forms.definition import Form, Item, Kind, Place, Question, Repeat, walk
from forms.errors import Code, Finding, Severity

APPEARANCE = "life-history"
LANDMARKS = "landmarks"
EVENTS = "historical_events"

_NUMBER = frozenset({Kind.INTEGER})
_CHOICE = frozenset({Kind.SELECT_ONE})
_DATE = frozenset({Kind.DATE})
_SPELL: Mapping[str, frozenset[Kind]] = {
    "domain": _CHOICE,
    "start_year": _NUMBER,
    "start_month": _NUMBER,
    "start": _DATE,
    "end_year": _NUMBER,
    "end_month": _NUMBER,
    "end": _DATE,
    "ongoing": _CHOICE,
    "country": _CHOICE,
    "gap_confirmed": frozenset({Kind.ACKNOWLEDGE, Kind.TRIGGER}),
    "overlap_confirmed": frozenset({Kind.ACKNOWLEDGE, Kind.TRIGGER}),
}
_LANDMARK: Mapping[str, frozenset[Kind]] = {"year": _NUMBER, "month": _NUMBER, "date": _DATE}
_NEEDED = (("domain",), ("start_year", "start"), ("end_year", "end"))
_YEAR_AT_END = re.compile(r"(?:.*_)?[0-9]{4}(?:_(?:0[1-9]|1[0-2]))?")


def check_life_histories(form: Form) -> Iterator[Finding]:
    """What a life history lacks or asks in another way than the calendar reads, all of it warnings.

    Looked at are the repeats with the appearance, and where there is one, the repeat `landmarks` and the choices of
    `historical_events`, which are drawn with it.
    """
    places = list(walk(form))
    histories = [place for place in places if _is_history(place.item)]
    for history in histories:
        yield from _check_spells(form, history)
    if not histories:
        return
    for place in places:
        if isinstance(place.item, Repeat) and place.item.name == LANDMARKS:
            yield from _check_landmarks(place)
        elif isinstance(place.item, Question) and place.item.name == EVENTS:
            yield from _check_events(form, place.item)


def _is_history(item: Item) -> bool:
    return isinstance(item, Repeat) and APPEARANCE in (item.appearance or "").split()


def _check_spells(form: Form, history: Place) -> Iterator[Finding]:
    repeat = history.item
    if isinstance(repeat, Repeat) and repeat.count is not None:
        params = {"name": repeat.name}
        yield Finding(Code.LIFE_HISTORY_COUNTED, f"{history.pointer}/count", params, Severity.WARNING)
    questions = _questions(repeat, history.pointer)
    for names in _NEEDED:
        if not any(name in questions for name in names):
            yield _lacking(history, names)
    yield from _check_kinds(questions, _SPELL)
    if "ongoing" in questions:
        question, pointer = questions["ongoing"]
        choices = form.choice_list(question.choices or "") or ()
        if question.kind is Kind.SELECT_ONE and not {"yes", "no"} <= {choice.name for choice in choices}:
            yield Finding(Code.LIFE_HISTORY_YES_NO, pointer, {"name": question.name}, Severity.WARNING)


def _check_landmarks(landmarks: Place) -> Iterator[Finding]:
    questions = _questions(landmarks.item, landmarks.pointer)
    for names in (("year", "date"), ("landmark",)):
        if not any(name in questions for name in names):
            yield _lacking(landmarks, names)
    yield from _check_kinds(questions, _LANDMARK)


def _check_events(form: Form, question: Question) -> Iterator[Finding]:
    for position, choice in enumerate(form.choice_list(question.choices or "") or ()):
        if not _YEAR_AT_END.fullmatch(choice.name):
            pointer = f"/choices/{question.choices}/{position}/name"
            params = {"name": choice.name, "list": str(question.choices)}
            yield Finding(Code.LIFE_HISTORY_EVENT, pointer, params, Severity.WARNING)


def _lacking(place: Place, names: tuple[str, ...]) -> Finding:
    params = {"name": place.item.name, "lacking": names[0], "names": ", ".join(names)}
    return Finding(Code.LIFE_HISTORY_LACKS, place.pointer, params, Severity.WARNING)


def _check_kinds(
    questions: Mapping[str, tuple[Question, str]], known: Mapping[str, frozenset[Kind]]
) -> Iterator[Finding]:
    for name, kinds in known.items():
        if name in questions and questions[name][0].kind not in kinds:
            params = {"name": name, "expected": min(kinds).value}
            yield Finding(Code.LIFE_HISTORY_KIND, f"{questions[name][1]}/type", params, Severity.WARNING)


def _questions(item: Item, pointer: str) -> dict[str, tuple[Question, str]]:
    """The questions of an entry by name, with their pointers; those of a repeat within it are not among them."""
    found: dict[str, tuple[Question, str]] = {}
    for position, inner in enumerate(() if isinstance(item, Question) else item.questions):
        here = f"{pointer}/questions/{position}"
        if isinstance(inner, Question):
            found.setdefault(inner.name, (inner, here))
        elif not isinstance(inner, Repeat):
            found = {**_questions(inner, here), **found}
    return found
