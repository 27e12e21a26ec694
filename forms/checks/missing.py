"""Kinds of missing answer: declared where they are offered, each with a code of its own."""

from collections.abc import Iterator

from forms.definition import Form, Question, walk
from forms.errors import Code, Finding, Params
from forms.missing import offered_kinds
from forms.names import pointer


def check_missing(form: Form) -> Iterator[Finding]:
    """Kinds that are offered and not declared, codes given twice, and choices called as a kind's code."""
    kinds = form.missing.kinds if form.missing is not None else {}
    codes: dict[int, str] = {}
    for name, kind in kinds.items():
        if kind.code in codes:
            params: Params = {"code": kind.code, "kind": name, "other": codes[kind.code]}
            yield Finding(Code.MISSING_CODE_TWICE, pointer("missing", "kinds", name, "code"), params)
        codes.setdefault(kind.code, name)
    for place in walk(form):
        question = place.item
        if not isinstance(question, Question) or not question.missing:
            continue
        if form.missing is None:
            yield Finding(Code.MISSING_UNDECLARED, f"{place.pointer}/missing", {"name": question.name})
            continue
        for position, name in enumerate(question.missing if isinstance(question.missing, tuple) else ()):
            if name not in kinds:
                where = f"{place.pointer}/missing/{position}"
                yield Finding(Code.MISSING_KIND, where, {"kind": name, "known": ", ".join(kinds)})
        for choice in form.choice_list(question.choices or "") or ():
            for name, kind in offered_kinds(form, question).items():
                if choice.name == str(kind.code):
                    params = {"code": kind.code, "kind": name, "list": str(question.choices)}
                    yield Finding(Code.MISSING_CODE_TAKEN, f"{place.pointer}/missing", params)
