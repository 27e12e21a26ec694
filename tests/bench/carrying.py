"""A node that carries to central over loopback: 20,000 sealed records of 4 kB, and one medium of 100 MB.

Compared with the same server that takes in the same bytes without looking at them: batches whose records are inserted,
a commit each; and one PUT that is made durable before it is answered.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import insert

from server.services.collect.decision import Carrier
from server.services.collect.rounds import run_round
from server.services.collect.uplink import NodePace
from server.storage.carriers import Device
from server.storage.items import IntakeKey
from sync.envelope.item import Item, read_items
from sync.envelope.keys import key_id
from tests.bench.processes import Server, free_port, serving
from tests.bench.records import BenchDevice, make_devices
from tests.field import SITE, STUDY, FieldDevice, Study

DEVICES, EACH = 40, 500
RECORDS = DEVICES * EACH
MEDIUM = 100_000_000
BATCH = 1024 * 1024
THREADS = 64


@dataclass(frozen=True)
class Carried:
    """Records or megabytes a second: through a round of the node, and of the plain server."""

    ours: float
    plain: float


@functools.cache
def measure_records() -> Carried:
    """Signatures checked, receipts signed and kept at the node. Raises ``AssertionError`` where one is missing."""
    with _places() as (central, node, work):
        devices = make_devices(STUDY, SITE, [EACH] * DEVICES)
        _introduce(central, devices)
        packed = [item for device in devices for item in device.items]
        for device in devices:
            for first in range(0, EACH, 100):
                node.intake.receive(Carrier(device.id, "device"), list(_items(device.items[first : first + 100])))
        plain = _plain(work, lambda client: _post_batches(client, packed))
        ours = _round(central, node, work, RECORDS)
    return Carried(RECORDS / ours, RECORDS / plain)


@functools.cache
def measure_medium() -> Carried:
    """As ``measure_records``, of one medium, in megabytes a second."""
    with _places() as (central, node, work):
        device = FieldDevice(central)
        central.introduce(device)
        item = device.seal(secrets.token_bytes(MEDIUM), part="a1")
        node.intake.receive(device.carrier, [item])
        plain = _plain(work, lambda client: _put(client, item.body))
        ours = _round(central, node, work, 1)
    return Carried(MEDIUM / 1e6 / ours, MEDIUM / 1e6 / plain)


@contextlib.contextmanager
def _places() -> Iterator[tuple[Study, Study, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        work, port = Path(folder), free_port()
        central = Study.central(work / "central", url=f"http://127.0.0.1:{port}", port=port, threads=THREADS)
        node = Study.node(work / "node", central)
        try:
            central.admit(node)
            yield central, node, work
        finally:
            node.close()
            central.close()


def _introduce(central: Study, devices: list[BenchDevice]) -> None:
    now = central.place.now()
    known = {"standing": "introduced", "site": SITE, "interviewer": "bench", "first_seen_at": now, "report_sequence": 0}
    rows = [{**known, "id": each.id, "key": each.public} for each in devices]
    key = {"period": 1, "sealed_private": b"never opened here"}
    keys = [{**key, "key": key_id(each.recipient), "device": each.id, "public": each.recipient} for each in devices]
    central.run(lambda connection: connection.execute(insert(Device), rows) and None)
    central.run(lambda connection: connection.execute(insert(IntakeKey), keys) and None)


def _items(packed: list[bytes]) -> Iterator[Item]:
    yield from read_items(b"".join(packed), max_items=len(packed), max_body=BATCH)


def _round(central: Study, node: Study, work: Path, expected: int) -> float:
    """Seconds of a whole round: hello, offers, batches or uploads, receipts, mark, feed."""
    command = [sys.executable, "-m", "server.cli", "serve", "--place", str(central.settings.place)]
    with serving(command, central.settings.port, {}, work / "central.log", None):
        began = time.perf_counter()
        report = run_round(node.place, pace=NodePace(node.place))
        seconds = time.perf_counter() - began
    assert report.problem is None, report
    assert report.states == {"receipted": expected}, report
    return seconds


def _plain(work: Path, send: Callable[[httpx.Client], None]) -> float:
    """Seconds that the plain server takes for the same bytes."""
    port = free_port()
    environment = {"PLAIN_DATABASE": str(work / "plain.db"), "PYTHONPATH": os.getcwd()}
    command = [
        *(sys.executable, "-m", "granian", "tests.bench.plain_app:application", "--factory"),
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(THREADS), "--backpressure", "1024", "--log-level", "warning"),
    ]
    with (
        serving(command, port, environment, work / "plain.log", None) as server,
        httpx.Client(base_url=_address(server), timeout=120) as client,
    ):
        began = time.perf_counter()
        send(client)
        return time.perf_counter() - began


def _address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def _post_batches(client: httpx.Client, packed: list[bytes]) -> None:
    """Batches as a carrier makes them: up to 1 MiB, up to 500 records."""
    batch: list[bytes] = []
    for item in [*packed, b""]:
        if batch and (not item or len(batch) == 500 or sum(map(len, batch)) + len(item) > BATCH):
            answer = client.post("/plain/batch", content=b"".join(batch))
            assert answer.json() == {"records": len(batch)}
            batch = []
        batch.append(item)


def _put(client: httpx.Client, body: bytes) -> None:
    assert client.put("/plain/file", content=body).json() == {"bytes": len(body)}
