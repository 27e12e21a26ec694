"""Whether the answers of an instance are such as the form lets a person give."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from forms.answers.conditions import ALWAYS, Asked, Checks
from forms.answers.plan import TablePlan
from forms.errors import Code, Finding, Params
from forms.evaluate.scope import Round
from forms.evaluate.values import Unanswerable
from forms.values import Unread


@dataclass(slots=True, kw_only=True)
class Filled(Round):
    """A row that was read, with its plan, the path of its element, and what is known of its conditions.

    `asked` tells whether the row itself should be there: None where the answers do not tell. `states` tells it of each
    of its conditions, and `reasons` which condition does not hold. `seen` counts its groups, and rounds of repeats, by
    their paths, `missing` names the columns that say why an answer is missing.
    """

    plan: TablePlan
    path: str
    asked: bool | None = True
    reason: str = ""
    states: list[bool | None] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


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
            if round_.asked is False:
                self._not_asked(round_, checks.asked, round_.reason)
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
        states, outer, reasons = round_.states, round_.asked, round_.reasons
        for parent, holds, source, asked in checks.conditions:
            above = outer if parent == ALWAYS else states[parent]
            if above is False:
                reason = reasons.get(parent, round_.reason)
            else:
                try:
                    if holds(round_):
                        states.append(above)
                        continue
                except Unanswerable:
                    states.append(None)
                    self.unchecked += 1
                    continue
                reason = source
            reasons[len(states)] = reason
            states.append(False)
            self._not_asked(round_, asked, reason)

    def _not_asked(self, round_: Filled, asked: list[Asked], reason: str) -> None:
        row = round_.row
        for column, path in asked:
            if row.get(column) is not None:
                self._tell(Code.ANSWER_NOT_ASKED, round_, path, {"relevant": reason})

    def _required(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for (column, path), condition, holds, companion in checks.required:
            if row.get(column) is not None or (companion is not None and row.get(companion) is not None):
                continue
            asked = round_.asked if condition == ALWAYS else round_.states[condition]
            if asked is False:
                continue
            try:
                demanded = holds is None or holds(round_)
            except Unanswerable:
                demanded = False
                self.unchecked += 1
            if demanded and asked:
                self._tell(Code.ANSWER_REQUIRED, round_, path)

    def _constraints(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for column, path, holds, source in checks.constraints:
            value = row.get(column)
            if value is None or value.__class__ is Unread:
                continue
            try:
                if not holds(round_):
                    self._tell(Code.ANSWER_CONSTRAINT, round_, path, {"constraint": source})
            except Unanswerable:
                self.unchecked += 1

    def _fits(self, round_: Filled, checks: Checks) -> None:
        row = round_.row
        for column, path, fits, code, params in checks.fits:
            value = row.get(column)
            if value is None or value.__class__ is Unread:
                continue
            try:
                if not fits(round_, value):
                    self._tell(code, round_, path, params)
            except Unanswerable:
                self.unchecked += 1

    def _tell(self, code: Code, round_: Filled, path: str, params: Params | None = None) -> None:
        self.findings.append(Finding(code, f"{round_.path}/{path}", params or {}))
