"""What on the ledger needs a person: computed anew each time, so that nothing is silently dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server.services.monitor.compared import SHOWN
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
        # Of each carrier what its newest comparison found: it goes when the next one finds nothing.
        Alarm("gone", sum(each.lost for each in ledger.compared), _names(each.lost_names for each in ledger.compared)),
        Alarm(
            "differed",
            sum(each.found for each in ledger.compared),
            _names(each.found_names for each in ledger.compared),
        ),
        Alarm("conflict", ledger.total.conflict),
        Alarm("quarantined", ledger.total.quarantined),
        Alarm("waiting", ledger.total.waiting),
        Alarm("silent_tablets", sum(each.silent for each in ledger.sites)),
        Alarm("silent_nodes", silent_nodes),
    )
    return (*worry, *(each for each in counted if each.count))


def _names(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))[:SHOWN]
