"""Where an item is on its journey, as its carrier can prove it, and which steps there are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sync.errors import SyncError


class State(StrEnum):
    """The states of an item at a carrier.

    QUARANTINED, CONFLICT and SET_ASIDE lie beside the way: nothing deletes such an item by itself.
    """

    RECORDING = "recording"
    SEALED = "sealed"
    QUEUED = "queued"
    SENT = "sent"
    """A place keeps it, central has not yet given its word."""
    RECEIPTED = "receipted"
    DURABLE = "durable"
    PRUNED = "pruned"
    QUARANTINED = "quarantined"
    CONFLICT = "conflict"
    SET_ASIDE = "set_aside"
    """A place refuses it for a reason that does not pass; the carrier keeps it for a person to look at."""


_WITH_RECEIPT = {State.RECEIPTED, State.QUARANTINED, State.CONFLICT}

ALLOWED: Final[Mapping[State, frozenset[State]]] = {
    State.RECORDING: frozenset({State.SEALED}),
    State.SEALED: frozenset({State.QUEUED}),
    State.QUEUED: frozenset({State.SENT, State.SET_ASIDE, *_WITH_RECEIPT}),
    # A place that lost what it had acknowledged, or a new epoch of central, sends an item back to the queue.
    State.SENT: frozenset({State.QUEUED, *_WITH_RECEIPT}),
    State.RECEIPTED: frozenset({State.DURABLE, State.QUEUED}),
    State.DURABLE: frozenset({State.PRUNED, State.QUEUED}),
    State.PRUNED: frozenset(),
    # A person at central may decide anew; a person at the carrier may queue again.
    State.QUARANTINED: frozenset({State.RECEIPTED, State.QUEUED}),
    State.CONFLICT: frozenset({State.RECEIPTED, State.QUEUED}),
    State.SET_ASIDE: frozenset({State.QUEUED}),
}

_BY_RECEIPT: Final[Mapping[str, State]] = {
    "held": State.RECEIPTED,
    "quarantined": State.QUARANTINED,
    "conflict": State.CONFLICT,
}


def step(now: State, then: State) -> State:
    """Take a step; staying is always allowed. Raises SyncError `state.forbidden` (with `now` and `then`)."""
    if then is not now and then not in ALLOWED[now]:
        raise SyncError("state.forbidden", now=now.value, then=then.value)
    return then


def state_of_receipt(receipt_state: str) -> State:
    """Where an item is by central's receipt of this state."""
    return _BY_RECEIPT[receipt_state]
