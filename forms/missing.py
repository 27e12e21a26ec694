"""The kinds of missing answer that a question offers."""

from collections.abc import Mapping

from forms.definition import Form, MissingKind, Question

COMPANION = "_missing"
"""What stands after a question's name in the name of the element that tells why there is no answer."""


def offered_kinds(form: Form, question: Question) -> Mapping[str, MissingKind]:
    """The kinds that the question offers, by name, in the order of the form's declaration; empty where none."""
    if form.missing is None or not question.missing:
        return {}
    declared, offered = form.missing.kinds, question.missing
    return {name: kind for name, kind in declared.items() if not isinstance(offered, tuple) or name in offered}
