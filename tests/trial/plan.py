"""What will happen in a trial, decided beforehand: every party draws from a generator of its own, named by the seed.

So the same seed makes the same interviews, visits, weather, kills and deeds, whatever the machine is doing meanwhile.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.trial.proxy import Weather

CENTRAL = "central"
KILO = 1024
LATE_SECONDS = 60.0
"""How much longer the weather may last, for a restore that waits until it takes something away."""
WIDE = 2_000_000 / 8
"""Bytes a second of 2 Mbit/s."""


@dataclass(frozen=True)
class Size:
    """How large a trial is. Times in seconds; ``delay`` one way. ``back``: which backup central is brought back from: 1
    the newest, 2 the one before, and then everything goes over nodes; 0 none. ``drowned``: the last node is lost for
    good. ``apart``: commands run as processes of their own."""

    name: str
    nodes: int
    tablets: int
    instances: int
    storm: float
    drain: float
    delay: float
    visits_every: float
    backup_every: int
    sync_every: int
    kills: tuple[int, int, int]
    """Of central, of each node, of each tablet."""
    down: tuple[float, float] = (0.5, 2.0)
    stall: tuple[float, float] = (1.0, 3.0)
    faults_every: float = 10.0
    narrow: float = 64_000 / 8
    """Bytes a second of the line from the first node to central: 64 kbit/s."""
    recordings: int = 1
    media_share: float = 0.15
    back: int = 1
    drowned: bool = True
    apart: bool = True


SMALL = Size(
    "small", nodes=2, tablets=4, instances=60, storm=24, drain=120, delay=0.03, narrow=32_000, visits_every=1.5,
    backup_every=2, sync_every=1, kills=(1, 1, 1), stall=(0.5, 1.5), faults_every=12.0, apart=False,
)  # fmt: skip
TINY = Size(
    "tiny", nodes=1, tablets=2, instances=16, storm=5, drain=60, delay=0.0, visits_every=0.7, backup_every=2,
    sync_every=1, kills=(0, 0, 0), stall=(0.1, 0.2), faults_every=10.0, recordings=0, back=0, apart=False,
)  # fmt: skip
BIG = Size(
    "newest backup", nodes=3, tablets=20, instances=2000, storm=360, drain=240, delay=0.3, visits_every=22.0,
    backup_every=15, sync_every=3, kills=(4, 3, 2), down=(2.0, 15.0), stall=(3.0, 15.0), faults_every=40.0,
    recordings=8,
)  # fmt: skip
OLDER = replace(
    BIG, name="backup before the newest", instances=400, tablets=10, storm=200, visits_every=6.0, backup_every=45,
    kills=(2, 2, 1), down=(2.0, 8.0), faults_every=90.0, recordings=2, back=2, drowned=False,
)  # fmt: skip


@dataclass(frozen=True)
class TabletPlan:
    """What a tablet does: see ``tests.trial.tablet.Orders``."""

    creations: list[tuple[float, int, list[int]]]
    visits: list[tuple[float, str]]


@dataclass(frozen=True)
class Event:
    """Something that is done to a party: ``kill`` (down for ``seconds``), ``full disk`` (for ``seconds``), ``alone``
    (the line to central is broken), ``drown``, ``revoke``, ``usb``, ``restore``."""

    at: float
    what: str
    who: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Plan:
    """All of a trial."""

    size: Size
    seed: str
    tablets: dict[str, TabletPlan]
    weather: dict[str, Weather]
    events: list[Event] = field(default_factory=list)

    @property
    def nodes(self) -> list[str]:
        """Names of the nodes."""
        return [f"node-{number}" for number in range(1, self.size.nodes + 1)]


def make_plan(size: Size, seed: str) -> Plan:
    """The plan of a trial."""
    nodes = [f"node-{number}" for number in range(1, size.nodes + 1)]
    names = [f"tablet-{number:02}" for number in range(1, size.tablets + 1)]
    tablets = {name: _tablet(size, seed, name, index, nodes) for index, name in enumerate(names)}
    weather = {line(node, CENTRAL): _uplink(size, seed, node, nodes) for node in nodes}
    for name in names:
        for place in [*nodes, CENTRAL]:
            weather[line(name, place)] = _weather(size, seed, line(name, place))
    return Plan(size, seed, tablets, weather, _events(size, seed, nodes, names))


def line(party: str, place: str) -> str:
    """The name of the line between two."""
    return f"{party}>{place}"


def _draw(seed: str, party: str) -> random.Random:
    return random.Random(f"{seed}/{party}")


def _tablet(size: Size, seed: str, name: str, index: int, nodes: Sequence[str]) -> TabletPlan:
    draw = _draw(seed, name)
    count = size.instances // size.tablets + (index < size.instances % size.tablets)
    times = sorted(draw.uniform(0, size.storm * 0.95) for _ in range(count))
    creations = []
    for at in times:
        media = [draw.randrange(20 * KILO, 60 * KILO)] if draw.random() < size.media_share else []
        creations.append((at, draw.randrange(1000, 6000), media))
    if index < size.recordings and creations:
        chosen = draw.randrange(len(creations) * 2 // 3)
        at, record, media = creations[chosen]
        creations[chosen] = (at, record, [*media, draw.randrange(1050 * KILO, 1100 * KILO)])
    # The node with the narrow line is home to few.
    wide = nodes[1:] or nodes
    home = nodes[0] if index % 10 == 3 else wide[index % len(wide)]
    visits = []
    at = draw.uniform(0, size.visits_every)
    while at < size.storm + LATE_SECONDS:
        visits.append((at, _where(size, draw, home, nodes)))
        at += draw.uniform(0.5, 1.5) * size.visits_every
    return TabletPlan(creations, visits)


def _where(size: Size, draw: random.Random, home: str, nodes: Sequence[str]) -> str:
    if draw.random() < 0.65:
        return home
    # What an older backup lacks comes back from nodes: what went straight to central would not.
    others = [*nodes[1:], *nodes[1:], *nodes, *([CENTRAL] * 3 if size.back < 2 else [])]
    return draw.choice(others)


def _uplink(size: Size, seed: str, node: str, nodes: Sequence[str]) -> Weather:
    weather = _weather(size, seed, line(node, CENTRAL))
    return replace(weather, rate=size.narrow) if node == nodes[0] else weather


def _weather(size: Size, seed: str, name: str) -> Weather:
    draw = _draw(seed, name)

    def spans(length: tuple[float, float]) -> list[tuple[float, float]]:
        return [(at, draw.uniform(*length)) for at in _times(draw, size, 2 * size.faults_every)]

    return Weather(
        delay=size.delay,
        rate=WIDE,
        downs=spans((size.stall[0], size.stall[1] * 2)),
        stalls=spans(size.stall),
        resets=_times(draw, size, size.faults_every),
        cut=0.15,
        cut_after=200_000,
    )


def _times(draw: random.Random, size: Size, every: float) -> list[float]:
    times = []
    at = draw.expovariate(1 / every)
    while at < size.storm:
        times.append(at)
        at += draw.expovariate(1 / every)
    return times


def _events(size: Size, seed: str, nodes: Sequence[str], tablets: Sequence[str]) -> list[Event]:
    events = []
    for party, count in [(CENTRAL, size.kills[0]), *((each, size.kills[1]) for each in nodes),
                         *((each, size.kills[2]) for each in tablets)]:  # fmt: skip
        draw = _draw(seed, f"kills of {party}")
        events += [
            Event(draw.uniform(0.05, 0.95) * size.storm, "kill", party, draw.uniform(*size.down)) for _ in range(count)
        ]
    draw = _draw(seed, "deeds")
    storm = size.storm

    def at(share: float) -> float:
        return storm * (share + draw.uniform(-0.02, 0.02))

    if size.back > 0:
        events.append(Event(at(0.30), "full disk", draw.choice(nodes), storm * 0.06))
        events.append(Event(at(0.45), "full disk", CENTRAL, storm * 0.04))
        events.append(Event(at(0.62), "restore", CENTRAL))
    if size.back == 1:
        events.append(Event(at(0.15), "revoke", draw.choice(tablets)))
        events.append(Event(at(0.52), "usb", nodes[0]))
    if size.drowned:
        events.append(Event(at(0.70 if size.back else 0.10), "alone", nodes[-1]))
        events.append(Event(at(0.82), "drown", nodes[-1]))
    return sorted(events, key=lambda each: (each.at, each.what, each.who))
