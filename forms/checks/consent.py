"""Consent: nothing personal is asked before somebody was asked whether they agree, and none of it after a no."""

from collections.abc import Iterator

from forms.checks.demands import demands
from forms.definition import Form, Kind, Question, walk
from forms.errors import Code, Finding, Severity
from forms.expressions import references

YES = "yes"
"""The choice of a consent question that allows what follows."""

_OF_THE_INTERVIEWER = frozenset({Kind.DEVICEID, Kind.USERNAME, Kind.EMAIL, Kind.PHONENUMBER})
_TIMES = frozenset({Kind.START, Kind.END, Kind.TODAY})


def check_consent(form: Form) -> Iterator[Finding]:
    """Questions tagged personal or of a special category, against the questions marked `consent` before them.

    None before is the gate. One before whose yes no relevance demands, own or of a group around, is a warning. What
    is known of the interviewer or the tablet without asking is left out.
    """
    asked: list[str] = []
    guarded: set[str] = set()
    """Names and pointers of what is asked after a yes only."""

    def allows(name: str, answer: str | None) -> bool:
        # What was not asked has no answer, so any answer to what is asked after a yes needs the yes.
        return name in guarded or (answer == YES and name in asked)

    for place in walk(form):
        item = place.item
        around = place.pointer.rpartition("/questions/")[0]
        if around in guarded or (item.relevant is not None and demands(item.relevant, allows)):
            guarded |= {item.name, place.pointer}
        if not isinstance(item, Question):
            continue
        if item.consent:
            asked.append(item.name)
            if not _has_yes(form, item):
                yield Finding(Code.CONSENT_WITHOUT_YES, f"{place.pointer}/consent", {"name": item.name})
        elif _is_personal(item) and not asked:
            yield Finding(Code.CONSENT_MISSING, place.pointer, {"name": item.name}, Severity.GATE)
        elif _is_personal(item) and place.pointer not in guarded and not _is_made_of(item, guarded):
            params = {"name": item.name, "consent": asked[-1]}
            yield Finding(Code.CONSENT_NOT_DEMANDED, place.pointer, params, Severity.WARNING)


def _is_personal(question: Question) -> bool:
    tagged = bool(question.personal) or question.special_category is not None
    return tagged and question.kind not in _OF_THE_INTERVIEWER | _TIMES


def _is_made_of(question: Question, guarded: set[str]) -> bool:
    """Whether it is worked out from nothing but answers that were given after a yes."""
    named = {reference.name for reference in references(question.calculation or "")}
    return question.kind is Kind.CALCULATE and bool(named) and named <= guarded


def _has_yes(form: Form, question: Question) -> bool:
    if question.choices is None:
        return False
    return any(choice.name == YES for choice in form.choice_list(question.choices) or ())
