"""Whether the answers of an instance are such as the form lets a person give."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from forms.answers.conditions import ALWAYS, Checks
from forms.answers.plan import TablePlan
from forms.errors import Code, Finding, Params
from forms.evaluate.scope import Round
from forms.evaluate.values import Unanswerable
from forms.values import Unread


@dataclass(slots=True, kw_only=True)
class Filled(Round):
    """A row that was read, with its plan, the path of its element, and what is known of its conditions.

    `asked` tells whether the row itself should be there: None where the answers do not tell. `states` tells it of each
    of its conditions, and `reasons` which condition does not hold.
    """

    plan: TablePlan
    path: str
    asked: bool | None = True
    reason: str = ""
    states: list[bool | None] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)


class Checker:
    """Checks the rows of one instance; `unchecked` counts what the answers did not tell."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.unchecked = 0

    def check(self, rounds: Sequence[Filled]) -> None:
        """Check the rows, each after the one it belongs to."""
        for round_ in rounds:
            checks = round_.plan.checks
            self._inherit(round_)
            if checks.conditions:
                self._conditions(round_, checks)
            if round_.asked is False or False in round_.states:
                self._not_asked(round_, checks)
            if checks.required:
                self._required(round_, checks)
            if checks.constraints:
                self._constraints(round_, checks)
            if checks.fits:
                self._fits(round_, checks)

    def _inherit(self, round_: Filled) -> None:
        parent = round_.parent
        if isinstance(parent, Filled):
            number = round_.plan.condition
            round_.asked = parent.asked if number == ALWAYS else parent.states[number]
            round_.reason = parent.reasons.get(number, parent.reason)

    def _conditions(self, round_: Filled, checks: Checks) -> None:
        """Work out every condition. What stands under one that does not hold is not asked."""
        states, outer = round_.states, round_.asked
        for number, condition in enumerate(checks.conditions):
            above = outer if condition.parent == ALWAYS else states[condition.parent]
            if above is False:
                states.append(False)
                round_.reasons[number] = round_.reasons.get(condition.parent, round_.reason)
                continue
            try:
                holds: bool | None = condition.holds(round_)
            except Unanswerable:
                holds = None
                self.unchecked += 1
            if holds is False:
                states.append(False)
                round_.reasons[number] = condition.source
            else:
                states.append(holds if above else None)

    def _not_asked(self, round_: Filled, checks: Checks) -> None:
        for number, asked in checks.asked.items():
            if (round_.asked if number == ALWAYS else round_.states[number]) is False:
                reason = round_.reasons.get(number, round_.reason)
                for each in asked:
                    if round_.row.get(each.column) is not None:
                        self._tell(Code.ANSWER_NOT_ASKED, round_, each.path, {"relevant": reason})

    def _required(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for required in checks.required:
            if row.get(required.asked.column) is not None:
                continue
            if required.companion is not None and row.get(required.companion) is not None:
                continue
            asked = round_.asked if required.condition == ALWAYS else round_.states[required.condition]
            if asked is False:
                continue
            try:
                demanded = required.holds is None or required.holds(round_)
            except Unanswerable:
                demanded = False
                self.unchecked += 1
            if demanded and asked:
                self._tell(Code.ANSWER_REQUIRED, round_, required.asked.path)

    def _constraints(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for constraint in checks.constraints:
            value = row.get(constraint.column)
            if value is None or value.__class__ is Unread:
                continue
            try:
                if not constraint.holds(round_):
                    params = {"constraint": constraint.source}
                    self._tell(Code.ANSWER_CONSTRAINT, round_, constraint.path, params)
            except Unanswerable:
                self.unchecked += 1

    def _fits(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for fit in checks.fits:
            value = row.get(fit.column)
            if value is None or value.__class__ is Unread:
                continue
            try:
                if not fit.fits(round_, value):
                    self._tell(fit.code, round_, fit.path, fit.params)
            except Unanswerable:
                self.unchecked += 1

    def _tell(self, code: Code, round_: Filled, path: str, params: Params | None = None) -> None:
        self.findings.append(Finding(code, f"{round_.path}/{path}", params or {}))
