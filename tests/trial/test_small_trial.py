"""The field trial, small: everything that the large one has, for half a minute; and that it can fail.

`make trial` runs the large one. What is asked here must hold however slow the machine is at the moment.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trial.course import Course
from tests.trial.plan import SMALL, TINY, make_plan
from tests.trial.report import last_line, report

SEED = "small"


@pytest.mark.slow
def test_a_small_field_trial_loses_nothing(tmp_path: Path) -> None:
    outcome = Course(tmp_path, make_plan(SMALL, SEED), print).run()
    print(report(outcome))
    assert last_line(outcome.found) == "trial: collected 60, at central 60, lost 0, duplicated 0, differing 0"
    # Without these it would have shown little.
    assert {each.name for each in outcome.parties if each.kills} == {each.name for each in outcome.parties}
    assert [each.name for each in outcome.parties if each.falls and each.name in outcome.plan.tablets] == []
    assert outcome.deleted_before > 0
    assert outcome.set_back > 0
    assert outcome.found.states["quarantined"] > 0
    assert outcome.alarms == []


@pytest.mark.slow
def test_a_trial_in_which_tablets_believe_a_node_loses_interviews(tmp_path: Path) -> None:
    """They delete what a node said it keeps; then the node is lost."""
    outcome = Course(tmp_path, make_plan(TINY, SEED), print, "forgets after a word").run()
    assert outcome.found.collected == TINY.instances
    assert outcome.found.lost > 0
    assert not outcome.found.is_right


def test_a_seed_makes_the_same_plan_again() -> None:
    assert make_plan(SMALL, SEED) == make_plan(SMALL, SEED)
    assert make_plan(SMALL, SEED) != make_plan(SMALL, "another")
