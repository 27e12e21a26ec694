"""What a place costs that holds much: memory of the served process tree, time of the ledger and of status."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, insert

from server.services.collect.receipts import DELIVERIES, ITEMS, MARKS, RECEIPTS, current_epoch
from server.services.monitor.ledger import read_ledger
from server.services.monitor.remembered import Remembered
from server.services.operate.status import read_status
from server.storage.bulk import insert_rows
from server.storage.carriers import Device
from tests.bench.processes import Server, family, free_port, serving
from tests.field import SITE, STUDY, Study

FEW, MANY = 1_000, 1_000_000
AT_ONCE = 50_000
TABLETS = 50
SECONDS = 60
TIMES = 3


@dataclass(frozen=True)
class Held:
    """Of places that hold so many items: PSS in MB of central and node after a minute, and milliseconds."""

    central_mb: float
    node_mb: float
    ledger_first_ms: float
    """After a start everything is counted once."""
    ledger_ms: float
    status_ms: float
    node_status_ms: float


@functools.cache
def measure_held(number: int) -> Held:
    """Central and a node with the same items, both served; the node does its rounds, and compares itself once."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        central, node = _places(work)
        try:
            fill(central, node, number)
            # As the desk asks: what was counted once is remembered.
            remembered = Remembered()
            began = time.perf_counter()
            read_ledger(central.place, remembered)
            first = (time.perf_counter() - began) * 1000
            ledger = _ms(lambda: read_ledger(central.place, remembered))
            status, node_status = (_ms(functools.partial(read_status, each.place)) for each in (central, node))
        finally:
            node.close()
            central.close()
        with _served(central, work) as central_server, _served(node, work) as node_server:
            time.sleep(SECONDS)
            httpx.get(f"{central.settings.url}/sync/hello", timeout=60).raise_for_status()
            central_mb, node_mb = (pss_mb(each.process.pid) for each in (central_server, node_server))
    return Held(central_mb, node_mb, first, ledger, status, node_status)


@functools.cache
def measure_empty_node() -> float:
    """PSS in MB of a node that was just made, a minute after its start."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        central, node = _places(work)
        node.close()
        central.close()
        with _served(node, work) as server:
            time.sleep(SECONDS)
            return pss_mb(server.process.pid)


def pss_mb(pid: int) -> float:
    """Memory of a process and all that it started: what they share is counted once."""
    total = 0
    for each in family(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def fill(central: Study, node: Study, number: int) -> None:
    """So many interviews of ``TABLETS`` tablets, receipted and safe but for the last hundredth, at both places."""
    now = central.place.now()
    with central.place.engine.connect() as connection:
        epoch = current_epoch(connection) or ""
    devices = [
        {"id": f"device{index}", "standing": "introduced", "site": SITE, "first_seen_at": now, "report_sequence": 0}
        for index in range(TABLETS)
    ]
    for study in (central, node):
        study.run(lambda connection: connection.execute(insert(Device), devices) and None)
        for first in range(0, number, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, number))
            study.run(functools.partial(_insert, numbers=numbers, study=study, epoch=epoch, node=node.settings.node))
        mark = {"epoch": epoch, "durable_seq": number - number // 100, "document": b"{}", "received_at": now}
        study.run(lambda connection, mark=mark: connection.execute(insert(MARKS), [mark]) and None)


def _insert(connection: Connection, *, numbers: range, study: Study, epoch: str, node: str) -> None:
    at_node = study.place.role == "node"
    began = study.place.now() - timedelta(days=100)
    items: list[dict[str, Any]] = []
    receipts: list[dict[str, Any]] = []
    for index in numbers:
        name = hashlib.sha256(str(index).encode()).hexdigest()
        device = f"device{index % TABLETS}"
        at = began + timedelta(seconds=index)
        items.append(
            {
                "hash": name,
                "instance": f"uuid:{index}",
                "part": "record",
                "study": STUDY,
                "site": SITE,
                "device": device,
                "signer": device,
                "number": index // TABLETS + 1,
                "interviewer": "I-07",
                "form": "form",
                "form_version": "0" * 64,
                "content_type": "x/y",
                "purpose": "real",
                "replaces": None,
                "finished_at": at,
                "body_hash": name,
                "body_size": 4,
                "cover": b"c" * 100,
                "body": b"body",
                "state": "held",
                "code": None,
                "received_at": at,
                "carrier": device,
                "forward": "receipted" if at_node else None,
                "forward_code": None,
            }
        )
        receipt = {"item_hash": name, "device": device, "state": "held", "epoch": epoch, "seq": index + 1}
        receipts.append({**receipt, "document": b"r" * 100})
    connection.execute(insert(ITEMS), items)
    insert_rows(connection, RECEIPTS, receipts)
    if not at_node:
        insert_rows(connection, DELIVERIES, [{"node": node, "item_hash": each["hash"]} for each in items])


def _places(work: Path) -> tuple[Study, Study]:
    ports = free_port(), free_port()
    central = Study.central(work / "central", url=f"http://127.0.0.1:{ports[0]}", port=ports[0])
    node = Study.node(work / "node", central, url=f"http://127.0.0.1:{ports[1]}", port=ports[1])
    central.admit(node)
    return central, node


@contextlib.contextmanager
def _served(study: Study, work: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "server.cli", "serve", "--place", str(study.settings.place)]
    with serving(command, study.settings.port, {}, work / f"{study.place.role}.log", None) as server:
        yield server


def _ms(work: Callable[[], object]) -> float:
    """The median of some runs."""
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return sorted(times)[TIMES // 2] * 1000
