"""What a comparison of a node with central costs among 100,000 items: bytes on the wire, time at central."""

from __future__ import annotations

import functools
import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select

from server.services.collect.decision import Carrier
from server.services.collect.mirror import Mirror
from server.services.collect.rounds import run_round
from tests.comparing import DELIVERIES, ITEMS, Counting, fill
from tests.field import Study

NUMBER = 100_000
TIMES = 5


@dataclass(frozen=True)
class Measured:
    """``wire``: kB of a comparison that finds one missing and one surplus item; ``naive``: of all hashes, raw.

    ``whole``: ms for the question about the whole set; ``scan``: for reading all hashes and hashing them at once.
    """

    wire: float
    naive: float
    whole: float
    scan: float


@functools.cache
def measure_comparing() -> Measured:
    """Both places in one process, on SQLite. Raises ``AssertionError`` where it does not find exactly the two."""
    with tempfile.TemporaryDirectory() as folder:
        central = Study.central(Path(folder) / "central")
        node = Study.node(Path(folder) / "node", central)
        try:
            central.admit(node)
            hashes = fill(central, node, NUMBER)
            for study, lost in ((central, hashes[7]), (node, hashes[70])):
                gone = delete(ITEMS).where(ITEMS.c.hash == lost)
                study.run(lambda connection, gone=gone: connection.execute(gone) and None)
            counting = Counting(central)
            result = run_round(node.place, counting.way(central), reconcile=True).reconciled
            assert result is not None
            assert [(each.kind, each.hash) for each in result.found] == [
                ("missing", hashes[7]),
                ("surplus", hashes[70]),
            ]
            carrier, mirror = Carrier(node.place.id, "node"), Mirror(central.place)
            whole = _ms(lambda: mirror.parts(carrier, [""]))
            return Measured(counting.bytes / 1000, NUMBER * 32 / 1000, whole, _ms(lambda: _scan(central)))
        finally:
            node.close()
            central.close()


def _scan(central: Study) -> str:
    query = select(DELIVERIES.c.item_hash).order_by(DELIVERIES.c.node, DELIVERIES.c.item_hash)
    with central.place.engine.connect() as connection:
        return hashlib.sha256("".join(connection.execute(query).scalars()).encode()).hexdigest()


def _ms(work: Callable[[], object]) -> float:
    """The median of some runs."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[TIMES // 2] * 1000
