"""What a trial ends with: a table of the parties, bars of what was collected and where it was, and one last line."""

from __future__ import annotations

from collections.abc import Sequence

from tests.trial.comparing import Found
from tests.trial.course import Outcome
from tests.trial.place import Served
from tests.trial.plan import CENTRAL
from tests.trial.watching import Sample

ROWS = 24
WIDTH = 50
MEGA = 1_000_000


def report(outcome: Outcome) -> str:
    """A trial in text."""
    size = outcome.plan.size
    found = outcome.found
    states = ", ".join(f"{number} {state}" for state, number in sorted(found.states.items()))
    lines = [
        f"== {size.name}: {size.nodes} nodes, {size.tablets} tablets, {outcome.seconds:.0f} s ==",
        "",
        *_table(outcome),
        "",
        "what was done",
        *(f"{at:6.0f} s  {words}" for at, words in outcome.deeds),
        "",
        "parts (records and media): # at central, . noted on a tablet and not there yet",
        *_bars(outcome.samples),
        "",
        f"{found.parts} parts, {found.bytes / MEGA:.1f} MB sealed; at central: {states}",
        *(f"alarm: {each}" for each in outcome.alarms),
        *found.named[:20],
    ]
    return "\n".join(lines)


def last_line(found: Found) -> str:
    """What the trial says in the end."""
    return (
        f"trial: collected {found.collected}, at central {found.at_central}, lost {found.lost}, "
        f"duplicated {found.duplicated}, differing {found.differing}"
    )


def _table(outcome: Outcome) -> list[str]:
    head = ["party", "kill -9", "fell", "starts", "MB sent", "MB received", "connections", "cut", "deleted"]
    rows = [head]
    for party in outcome.parties:
        # Central only answers; a node's row is its own line to central, a tablet's those to all places.
        is_central = party.name == CENTRAL
        own = [
            each for name, each in outcome.traffic.items() if name.partition(">")[2 if is_central else 0] == party.name
        ]
        sent, received = sum(each.up for each in own), sum(each.down for each in own)
        if is_central:
            sent, received = received, sent
        deleted = "" if is_central else str(outcome.deleted[party.name])
        counts = [str(sum(each.connections for each in own)), str(sum(each.cuts for each in own))]
        name = f"{party.name} " if isinstance(party, Served) else party.name
        kills = [str(party.kills), str(party.falls or ""), str(party.starts)]
        rows.append([name, *kills, f"{sent / MEGA:.2f}", f"{received / MEGA:.2f}", *counts, deleted])
    widths = [max(len(row[index]) for row in rows) for index in range(len(head))]
    return [
        "  ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                  for index, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]  # fmt: skip


def _bars(samples: Sequence[Sample]) -> list[str]:
    if not samples:
        return []
    most = max(each.noted for each in samples) or 1
    step = -(-len(samples) // ROWS)
    chosen = [*samples[:-1:step], samples[-1]]
    drawn = []
    for each in chosen:
        there, noted = (round(count * WIDTH / most) for count in (each.at_central, each.noted))
        bar = "#" * there + "." * (noted - there)
        drawn.append(f"{each.at:6.0f} s  {bar.ljust(WIDTH)}  {each.at_central:5} of {each.noted:5}")
    return drawn
