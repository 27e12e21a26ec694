"""What on the ledger needs a person: computed anew each time, so that nothing is silently dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from server.services.monitor.compared import SHOWN, CarrierCompared
from server.services.monitor.ledger import Ledger

Kind = Literal[
    "no_target", "no_backup", "backup_failed", "backup_late", "epoch",
    "lost", "gone", "differed", "conflict", "quarantined", "waiting", "silent_tablets", "silent_nodes",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that needs attention. ``count``: of instances, numbers, tablets or nodes; 0 where none is counted."""

    kind: Kind
    count: int = 0
    names: tuple[str, ...] = ()
    """Some of what is meant, where it has names."""


def find_alarms(ledger: Ledger) -> tuple[Alarm, ...]:
    """The alarms of a ledger, the gravest first."""
    worry = (Alarm(ledger.safety.worry),) if ledger.safety.worry is not None else ()
    missing = [each.missing for each in ledger.devices] + [each.missing for each in ledger.nodes]
    lost = sum(each.count for each in missing if each.lost)
    silent_nodes = sum(each.contact.state != "recent" and each.standing != "revoked" for each in ledger.nodes)
    counted = (
        Alarm("lost", lost),
        _compared("gone", ledger, lambda each: each.lost),
        _compared("differed", ledger, lambda each: each.found),
        Alarm("conflict", ledger.total.conflict),
        Alarm("quarantined", ledger.total.quarantined),
        Alarm("waiting", ledger.total.waiting),
        Alarm("silent_tablets", sum(each.silent for each in ledger.sites)),
        Alarm("silent_nodes", silent_nodes),
    )
    return (*worry, *(each for each in counted if each.count))


def _compared(kind: Kind, ledger: Ledger, count: Callable[[CarrierCompared], int]) -> Alarm:
    """What comparisons found: of each carrier what the newest one did, so it goes when the next one finds nothing."""
    found = [each for each in ledger.compared if count(each)]
    names = dict.fromkeys(name for each in found for name in each.names)
    return Alarm(kind, sum(map(count, found)), tuple(names)[:SHOWN])
