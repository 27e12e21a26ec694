"""What is checked on the answers to a form: the conditions of its questions as functions of a row."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from forms.definition import Choice, Form, Kind, Question
from forms.errors import Code, Finding, Params, Severity
from forms.evaluate.nodes import Texts, columns_of
from forms.evaluate.scope import Names, Place, Round, Scope
from forms.evaluate.terms import compile_expression, compile_texts
from forms.tables import choices_of
from forms.values import Value

MAX_SOURCE = 200
"""How many characters of a condition are told with a finding."""

Holds = Callable[[Round], bool]
"""Whether a condition holds in a row. Raises `Unanswerable` where the answers do not tell."""

Fits = Callable[[Round, Value], bool]
"""The same of a given answer."""

ALWAYS = -1
"""The number of the condition of what is asked whenever its row is."""


# Plain tuples, because they are taken apart for every row of every instance, and those with names take twice as long.

Asked = tuple[str, str]
"""An answer: its column, and the path from its row's element."""

Condition = tuple[int, Holds, str, list[Asked]]
"""Under which something is asked.

The number of the condition that must hold as well, or `ALWAYS`; whether it holds; its words; and the answers that stand
under it and under no further one.
"""

Required = tuple[Asked, int, Holds | None, str | None]
"""An answer that must be there where it is asked.

The answer; the number of its condition; where it is required (None: everywhere); and the column of its missing kind,
which may stand there instead.
"""

Constraint = tuple[str, str, Holds, str]
"""What must hold where an answer is given: the answer's column and path, whether it holds, its words."""

Fit = tuple[str, str, Fits, Code, Params]
"""What an answer must fit into, a range or the choices that were offered: its column and path, and what to tell."""


@dataclass(slots=True)
class Checks:
    """All that is checked in the rows of one table.

    `asked` has the answers that stand under no condition, `shared` the numbers of conditions by what they say.
    """

    table: Names = ()
    conditions: list[Condition] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    required: list[Required] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)
    shared: dict[tuple[int, str] | None, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A question, group or repeat while its checks are made: names from the root, condition, JSON pointer."""

    checks: Checks
    names: Names
    condition: int
    pointer: str


class CheckMaker:
    """Makes the checks of a form, and remarks on what cannot be checked on answers alone."""

    def __init__(self, form: Form) -> None:
        self.form, self.scope = form, Scope(form)
        self.remarks: list[Finding] = []

    def condition(self, relevant: str | None, spot: Spot) -> int:
        """The number of the condition under which the item is asked."""
        if relevant is None:
            return spot.condition
        # Without a path in it, it says the same wherever it stands in the row: it is worked out once.
        shared = None if "." in relevant or "/" in relevant else (spot.condition, relevant)
        known = spot.checks.shared.get(shared)
        if known is None:
            holds = self._holds(relevant, "relevant", spot)
            known = len(spot.checks.conditions)
            spot.checks.conditions.append((spot.condition, holds, relevant[:MAX_SOURCE], []))
        if shared is not None:
            spot.checks.shared[shared] = known
        return known

    def question(self, question: Question, asked: Asked, spot: Spot, companion: Asked | None) -> None:
        """The checks of one answer. `companion` is where its missing kind stands, if it offers some."""
        if not question.is_answerable:
            return
        checks, (column, path) = spot.checks, asked
        under = checks.asked if spot.condition == ALWAYS else checks.conditions[spot.condition][3]
        under.append(asked)
        if companion is not None:
            under.append(companion)
        if question.or_other:
            other = (f"{column}_other", f"{path}_other")
            source = f"selected(${{{question.name}}}, 'other')"
            checks.conditions.append((spot.condition, _chose_other(column), source, [other]))
        if question.required and question.read_only is not True:
            demanded = None if question.required is True else self._holds(question.required, "required", spot)
            checks.required.append((asked, spot.condition, demanded, companion and companion[0]))
        if question.constraint is not None:
            holds = self._holds(question.constraint, "constraint", spot)
            source = question.constraint[:MAX_SOURCE]
            checks.constraints.append((column, path, holds, source))
        for fits, code, params in self._fits(question, spot):
            checks.fits.append((column, path, fits, code, params))

    def _holds(self, source: str, key: str, spot: Spot, *, filters: bool = False) -> Holds:
        expression = compile_expression(source, Place(self.scope, spot.names, spot.checks.table, filters))
        for needed in expression.open:
            self._remark(key, needed, spot)
        return expression.holds

    def _remark(self, key: str, needed: str, spot: Spot) -> None:
        params = {"key": key, "name": spot.names[-1], "needed": needed}
        self.remarks.append(Finding(Code.ANSWERS_UNCHECKED, f"{spot.pointer}/{key}", params, Severity.NOTE))

    def _fits(self, question: Question, spot: Spot) -> Iterator[tuple[Fits, Code, Params]]:
        if question.kind is Kind.RANGE:
            bounds = _bounds(question)
            if bounds is not None:
                low, high = sorted(bounds)
                params = {"low": f"{low:f}", "high": f"{high:f}"}
                yield (lambda _, value: low <= value <= high), Code.ANSWER_OUT_OF_RANGE, params  # type: ignore[operator]
        choices = choices_of(self.form, question)
        if choices is not None and question.choice_filter is not None:
            holds = self._holds(question.choice_filter, "choice_filter", spot, filters=True)
            params = {"list": question.choices or question.choices_external or ""}
            yield _filtered(holds, _by_name(choices)), Code.ANSWER_CHOICE_NOT_OFFERED, params
        if question.choices_from is not None:
            place = Place(self.scope, spot.names, spot.checks.table)
            texts, needed = compile_texts(f"${{{question.choices_from}}}", place)
            if texts is None or question.choice_filter is not None:
                self._remark("choices_from", needed or "choice_filter", spot)
            if texts is not None:
                params = {"list": question.choices_from}
                yield _among(texts), Code.ANSWER_CHOICE_NOT_OFFERED, params
        if question.choices_file is not None:
            self._remark("choices_file", question.choices_file, spot)


def _by_name(choices: Iterable[Choice]) -> dict[str, list[Mapping[str, str]]]:
    offered: dict[str, list[Mapping[str, str]]] = {}
    for choice in choices:
        offered.setdefault(choice.name, []).append(columns_of(choice.name, choice.values))
    return offered


def _chose_other(column: str) -> Holds:
    def holds(round_: Round) -> bool:
        value = round_.row.get(column)
        return value == "other" or (isinstance(value, tuple) and "other" in value)

    return holds


def _bounds(question: Question) -> tuple[Decimal, Decimal] | None:
    given = question.parameters or {}
    try:
        return Decimal(str(given.get("start", 1))), Decimal(str(given.get("end", 10)))
    except ArithmeticError:
        return None


def _filtered(holds: Holds, offered: Mapping[str, list[Mapping[str, str]]]) -> Fits:
    """Whether each chosen name belongs to a choice that the filter lets through; unknown names are told elsewhere."""

    def fits(round_: Round, value: Value) -> bool:
        names = value if isinstance(value, tuple) else (value,)
        for name in names:
            let_through = name not in offered
            for choice in offered.get(name, ()):  # type: ignore[arg-type]
                round_.choice = choice
                let_through = let_through or holds(round_)
            if not let_through:
                return False
        return True

    return fits


def _among(texts: Texts) -> Fits:
    """Whether what was chosen is among the answers that were the choices."""
    return lambda round_, value: value in {str(each).strip() for each in texts(round_)}
