"""The questions that offer the kinds of missing answer, made for each question that allows them.

A form declares the kinds once. Other clients know nothing of them, so each question that offers some is followed by a
companion: a choice among these kinds, `<name>_missing`, which may be given only where the answer itself is not. A
question that is required is then required only as long as the companion is empty.
"""

from collections.abc import Iterator

from forms.definition import Form, Kind, Missing, Question, walk
from forms.missing import COMPANION
from forms.xlsform.sheets import OWN_PREFIX

LIST = f"{OWN_PREFIX}missing"
"""The list of all kinds; that of some is called so and by their names."""
APPEARANCE = "minimal missing"


def companion_name(question: Question) -> str:
    """What the companion of a question is called."""
    return f"{question.name}{COMPANION}"


def kinds_offered(form: Form, question: Question) -> tuple[str, ...]:
    """The kinds that a question offers: all by their codes, the lowest first, or those that it names."""
    if question.missing is True and form.missing is not None:
        return kinds_in_order(form.missing)
    return question.missing if isinstance(question.missing, tuple) else ()


def kinds_in_order(missing: Missing) -> tuple[str, ...]:
    """The names of the kinds, the lowest code first."""
    return tuple(sorted(missing.kinds, key=lambda name: (missing.kinds[name].code, name)))


def list_name(form: Form, kinds: tuple[str, ...]) -> str:
    """The choice list with these kinds."""
    if form.missing is not None and kinds == kinds_in_order(form.missing):
        return LIST
    return "_".join((LIST, *kinds))


def lists_needed(form: Form) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each list that a companion of the form chooses from, once, with its kinds."""
    told: set[str] = set()
    for place in walk(form):
        if isinstance(place.item, Question) and (kinds := kinds_offered(form, place.item)):
            name = list_name(form, kinds)
            if name not in told:
                told.add(name)
                yield name, kinds


def companion(form: Form, question: Question) -> Question | None:
    """The companion of a question; None where it offers no kind of missing answer."""
    kinds = kinds_offered(form, question)
    if form.missing is None or not kinds:
        return None
    return Question(
        kind=Kind.SELECT_ONE,
        name=companion_name(question),
        label=form.missing.label,
        choices=list_name(form, kinds),
        appearance=APPEARANCE,
        relevant=question.relevant,
        constraint=f". = '' or ${{{question.name}}} = ''",
    )


def required_beside(question: Question) -> bool | str | None:
    """When an answer is required of a question that has a companion."""
    empty = f"${{{companion_name(question)}}} = ''"
    if question.required is True:
        return empty
    return f"({question.required}) and {empty}" if isinstance(question.required, str) else question.required


def required_alone(name: str, required: bool | str | None) -> bool | str | None:
    """What was made by `required_beside`, undone; anything else as it is."""
    empty = f"${{{name}{COMPANION}}} = ''"
    if required == empty:
        return True
    if isinstance(required, str) and required.startswith("(") and required.endswith(f") and {empty}"):
        return required[1 : -len(f") and {empty}")]
    return required
