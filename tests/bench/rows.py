"""The rows of the table: what each measures, what it is compared with, and what it should be."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from forms.definition import Form
from tests.bench.answers import household_survey, measure_answers, thousand_questions
from tests.bench.carrying import measure_medium, measure_records
from tests.bench.comparing import measure_comparing
from tests.bench.forms import Measured, measure_forms
from tests.bench.holding import FEW, MANY, Held, measure_empty_node, measure_held
from tests.bench.intake import Intake
from tests.bench.tablet import RATES, measure_tablet
from tests.bench.tablet import Measured as TabletMeasured
from tests.bench.tablet_calendar import measure_calendar


@dataclass(frozen=True)
class Row:
    """``baseline`` is the plain app's number in the same run, for the tablet that of the form engine alone
    or, for the calendar, of a handler that does nothing, for a comparison that of all hashes, for a place that holds a
    million items that of one with a thousand.

    ``ratio`` is ``value / baseline``; ``target`` is told beside it and never asserted.
    """

    name: str
    value: float
    unit: str
    baseline: float
    target: str

    @property
    def ratio(self) -> float:
        return self.value / self.baseline if self.baseline else 0.0

    def document(self) -> dict[str, str | float]:
        """The row as ``results.json`` holds it."""
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "baseline": round(self.baseline, 3),
            "ratio": round(self.ratio, 3),
        }


def _rate(name: str, clients: int, slow: bool, target: str) -> Callable[[Intake], Row]:
    def measure(intake: Intake) -> Row:
        ours, plain = (intake.measure(app, clients, slow) for app in ("feldbuch", "plain"))
        return Row(name, ours.rate, "records/s", plain.rate, target)

    return measure


def _cpu(intake: Intake) -> Row:
    ours, plain = (intake.measure(app, 32, False) for app in ("feldbuch", "plain"))
    return Row("intake-cpu-32", ours.cpu_ms, "ms CPU/record", plain.cpu_ms, "at most 1.5 ms")


def _latency(intake: Intake) -> Row:
    ours, plain = (intake.measure(app, 32, False) for app in ("feldbuch", "plain"))
    return Row("intake-latency-32", ours.ms_99, "ms at 99 %", plain.ms_99, "")


def _memory(intake: Intake) -> Row:
    ours, plain = (intake.measure(app, 32, False) for app in ("feldbuch", "plain"))
    return Row("intake-memory-32", ours.memory_mb, "MB", plain.memory_mb, "")


def _answers(name: str, make: Callable[[], Form]) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        found = measure_answers(make())
        return Row(name, found.ours, "ms/instance", found.plain, "ratio at most 4")

    return measure


_large_form = functools.cache(measure_forms)


def _form(name: str, ours: Callable[[Measured], float], target: str) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        found = _large_form()
        return Row(name, ours(found), "ms/form", found.pyxform, target)

    return measure


_tablet_form = functools.cache(measure_tablet)


def _tablet(name: str, form: str, what: str, rate: int, target: str) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        found = _tablet_form(form).pairs[rate, what]
        return Row(name, found.app, "ms to the paint", found.engine, target)

    return measure


def _tablet_memory(name: str, form: str) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        found: TabletMeasured = _tablet_form(form)
        return Row(name, found.memory_app, "MB of a tablet's page", found.memory_engine, "at most 150 MB")

    return measure


def _tablet_rows() -> dict[str, Callable[[Intake], Row]]:
    targets = {"small": "ratio at most 1.4", "medium": "ratio at most 1.4", "large": "ratio at most 1.3"}
    rows = {
        (name := f"tablet-{form}-{what}-{rate}x"): _tablet(
            name, form, what, rate, "ratio at most 2" if what == "answer" else target
        )
        for form, target in targets.items()
        for what in ("first", "second", "answer")
        for rate in RATES
    }
    return {**rows, "tablet-large-memory": _tablet_memory("tablet-large-memory", "large")}


_tablet_calendar = functools.cache(measure_calendar)


def _calendar(name: str, what: str, rate: int) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        found = _tablet_calendar()[rate, what]
        return Row(name, found.ours, "ms to the paint", found.empty, "at most 33 ms more than the baseline")

    return measure


def _calendar_rows() -> dict[str, Callable[[Intake], Row]]:
    wanted = [(what, rate) for what in ("move", "lift") for rate in RATES]
    names = {f"tablet-calendar-{what}-{rate}x": (what, rate) for what, rate in wanted}
    return {name: _calendar(name, what, rate) for name, (what, rate) in names.items()}


def _wire(_: Intake) -> Row:
    found = measure_comparing()
    return Row("reconcile-100000-wire", found.wire, "kB on the wire", found.naive, "at most 64 kB")


def _whole(_: Intake) -> Row:
    found = measure_comparing()
    return Row("reconcile-100000-whole", found.whole, "ms for the whole set", found.scan, "")


def _records(_: Intake) -> Row:
    found = measure_records()
    return Row("carry-records", found.ours, "records/s", found.plain, "ratio at least 0.5; aim 3,000/s")


def _medium(_: Intake) -> Row:
    found = measure_medium()
    return Row("carry-medium", found.ours, "MB/s", found.plain, "ratio at least 0.7")


def _empty_node(_: Intake) -> Row:
    return Row("memory-node", measure_empty_node(), "MB (PSS)", 120.0, "at most 120 MB, the baseline")


def _held(name: str, what: Callable[[Held], float], unit: str, target: str) -> Callable[[Intake], Row]:
    def measure(_: Intake) -> Row:
        return Row(name, what(measure_held(MANY)), unit, what(measure_held(FEW)), target)

    return measure


def _held_rows() -> dict[str, Callable[[Intake], Row]]:
    """A million items, and as the baseline a thousand."""
    memory, time = ("MB (PSS)", "ratio at most 1.2"), ("ms", "ratio at most 1.5")
    wanted: dict[str, tuple[Callable[[Held], float], tuple[str, str]]] = {
        "memory-central-1000000": (lambda held: held.central_mb, memory),
        "memory-node-1000000": (lambda held: held.node_mb, memory),
        "ledger-first-1000000": (lambda held: held.ledger_first_ms, ("ms", "once after a start")),
        "ledger-1000000": (lambda held: held.ledger_ms, time),
        "status-1000000": (lambda held: held.status_ms, time),
        "status-node-1000000": (lambda held: held.node_status_ms, time),
    }
    return {name: _held(name, what, *kind) for name, (what, kind) in wanted.items()}


ROWS: dict[str, Callable[[Intake], Row]] = {
    "intake-slow-fsync-32": _rate("intake-slow-fsync-32", 32, True, "ratio at least 10"),
    "intake-slow-fsync-8": _rate("intake-slow-fsync-8", 8, True, "ratio at least 5"),
    "intake-disk-32": _rate("intake-disk-32", 32, False, "at least 1,000/s"),
    "intake-disk-8": _rate("intake-disk-8", 8, False, ""),
    "intake-cpu-32": _cpu,
    "intake-latency-32": _latency,
    "intake-memory-32": _memory,
    "answers-household": _answers("answers-household", household_survey),
    "answers-1000": _answers("answers-1000", thousand_questions),
    "form-compile-1000": _form("form-compile-1000", lambda found: found.compiled, "ratio at most 1.2"),
    "form-check-1000": _form("form-check-1000", lambda found: found.checked, "ratio at most 3"),
    "form-check-validate-1000": _form("form-check-validate-1000", lambda found: found.validated, "ratio at most 3"),
    "reconcile-100000-wire": _wire,
    "reconcile-100000-whole": _whole,
    "carry-records": _records,
    "carry-medium": _medium,
    "memory-node": _empty_node,
    **_held_rows(),
    **_tablet_rows(),
    **_calendar_rows(),
}
