"""The states of an item: which steps there are, and which there must never be."""

from __future__ import annotations

import pytest

from sync.errors import SyncError
from sync.states import ALLOWED, State, state_of_receipt, step


def test_every_state_has_its_steps() -> None:
    assert set(ALLOWED) == set(State)


def test_nothing_is_pruned_but_what_is_durable() -> None:
    assert [state for state in State if State.PRUNED in ALLOWED[state]] == [State.DURABLE]
    assert [state for state in State if State.DURABLE in ALLOWED[state]] == [State.RECEIPTED]


def test_only_a_receipt_leads_to_receipted() -> None:
    assert state_of_receipt("held") is State.RECEIPTED
    assert state_of_receipt("conflict") is State.CONFLICT
    assert state_of_receipt("quarantined") is State.QUARANTINED


def test_a_step_that_does_not_exist_is_refused() -> None:
    assert step(State.SENT, State.SENT) is State.SENT
    assert step(State.QUEUED, State.SENT) is State.SENT
    with pytest.raises(SyncError, match=r"state\.forbidden"):
        step(State.SENT, State.PRUNED)
    with pytest.raises(SyncError, match=r"state\.forbidden"):
        step(State.PRUNED, State.QUEUED)
