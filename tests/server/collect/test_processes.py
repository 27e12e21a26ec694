"""A node and central as real processes, killed in the middle of their work: nothing is lost and nothing twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.place import Place
from server.services.collect.nodes import make_join_link
from server.services.collect.rounds import run_round
from server.services.collect.transport import HttpTransport
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.envelope.item import Item
from sync.envelope.signed import Receipt
from sync.errors import SyncError
from tests.conftest import Start, find_free_port
from tests.field import SITE, FieldDevice, Study
from tests.server.collect.serving import Server

FELDBUCH = [sys.executable, "-c", "from server.cli import main; main()"]


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Study]:
    port = find_free_port()
    study = Study.central(tmp_path / "central", url=f"http://127.0.0.1:{port}", port=port)
    yield study
    study.close()


class Killing(HttpTransport):
    """Kills central at the n-th call: before it is sent, or after it was answered and before the answer is heard."""

    def __init__(self, url: str, server: Server, at: int, after: bool) -> None:
        super().__init__(url)
        self._server, self._left, self._after = server, at, after

    def _call(self, *arguments: Any, **options: Any) -> httpx.Response:
        self._left -= 1
        if self._left == 0 and not self._after:
            self._server.kill()
        response = super()._call(*arguments, **options)
        if self._left == 0 and self._after:
            self._server.kill()
            raise SyncError("sync.unreachable")
        return response


def everything_arrived(central: Study, node: Study, items: Sequence[Item]) -> None:
    """Each item once at central, byte by byte, with one receipt that the node holds too."""
    rows = {row.hash: row for row in central.rows(ItemRow)}
    assert len(rows) == len(central.rows(ItemRow)) == len(items)
    for item in items:
        row = rows[item.hash]
        body = row.body if row.body is not None else b"".join(central.place.blobs.read(row.body_hash))
        assert (row.cover, body, row.state) == (item.cover, item.body, "held")
    receipts = [Receipt.read(row.document, central.central_key.public_key()) for row in central.rows(ReceiptRow)]
    assert [receipt.seq for receipt in receipts] == list(range(1, len(items) + 1))
    assert sorted(receipt.cover_hash for receipt in receipts) == sorted(item.hash for item in items)
    assert sorted(row.document for row in node.rows(ReceiptRow)) == sorted(
        row.document for row in central.rows(ReceiptRow)
    )
    assert {row.forward for row in node.rows(ItemRow)} == {"receipted"}


def test_central_is_killed_again_and_again_during_a_round(tmp_path: Path, central: Study, start_process: Start) -> None:
    node = Study.node(tmp_path / "node", central)
    server = Server(central, start_process)
    try:
        central.admit(node)
        device = FieldDevice(central)
        central.introduce(device)
        items = [device.seal(b"x" * 50_000) for _ in range(40)] + [device.seal(b"x" * 2_500_000, part="a1")]
        for item in items:
            node.intake.receive(device.carrier, [item])
        # Calls of a round: greeting, hello, offer, batches, HEAD, POST, HEAD and PATCHes of the large one, its answer.
        for at, after in [(4, True), (9, False)]:
            server.up()
            with Killing(central.settings.url, server, at, after) as transport:
                assert run_round(node.place, transport).problem == "sync.unreachable"
        server.up()
        assert run_round(node.place).problem is None
        everything_arrived(central, node, items)
    finally:
        node.close()


def test_the_node_is_killed_during_a_round(tmp_path: Path, central: Study, start_process: Start) -> None:
    node = Study.node(tmp_path / "node", central)
    server = Server(central, start_process)
    command = [*FELDBUCH, "sync", "--once", "--json", "--place", str(node.settings.place)]
    try:
        central.admit(node)
        device = FieldDevice(central)
        central.introduce(device)
        items = [device.seal(b"x" * 50_000) for _ in range(60)] + [device.seal(b"x" * 3_000_000, part="a1")]
        for item in items:
            node.intake.receive(device.carrier, [item])
        server.up()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(lambda: len(central.rows(ItemRow)) > 0)
        process.kill()
        process.wait()
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["problem"] is None
        everything_arrived(central, node, items)
    finally:
        node.close()


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*FELDBUCH, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_a_node_joins_by_its_link_and_delivers(tmp_path: Path, central: Study, start_process: Start) -> None:
    server = Server(central, start_process)
    folder = tmp_path / "node"
    link = make_join_link(
        central.place,
        central.feed,
        name="village",
        url="http://127.0.0.1:8001",
        sites=[SITE],
        devices_at_most=5,
        days=1,
    )
    # Nobody answers yet: nothing is made that looks like a node, and the same command works later.
    early = run("node", "join", link, "--place", folder)
    assert early.returncode == 1
    assert "[sync.unreachable]" in early.stderr
    assert not (folder / "feldbuch.toml").exists()
    server.up()
    joined = run("node", "join", link, "--place", folder)
    assert joined.returncode == 0, joined.stderr
    assert "[join.exists]" in run("node", "join", link, "--place", folder).stderr
    said = run("sync", "--once", "--json", "--place", folder)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["entries"] == 2
    assert (folder / "keys" / "node.key").stat().st_mode & 0o777 == 0o600


def test_a_device_is_revoked_beside_a_running_server(central: Study, start_process: Start) -> None:
    """The command writes from a process of its own; the server decides the next item by it."""
    server = Server(central, start_process)
    device = FieldDevice(central)
    central.introduce(device)
    place: Place = central.place
    server.up()
    with httpx.Client(base_url=central.settings.url) as client:
        greeting = client.get("/sync/hello").json()
        hello = device.hello("central", greeting["challenge"])
        session = client.post("/sync/hello", json={"hello": hello}).json()["session"]
        headers = {"Authorization": f"Bearer {session}", "Content-Type": "application/vnd.feldbuch.batch"}

        def deliver() -> tuple[str, int]:
            item = device.seal()
            data = len(item.cover).to_bytes(4, "big") + item.cover + len(item.body).to_bytes(4, "big") + item.body
            (answer,) = client.post("/sync/batch", content=data, headers=headers).json()["answers"]
            return answer["state"], answer["receipt"]["seq"]

        assert deliver() == ("held", 1)
        revoked = run("device", "revoke", device.id, "--reason", "lost", "--place", place.settings.place)
        assert revoked.returncode == 0, revoked.stderr
        assert deliver() == ("quarantined", 2)
    listed = run("device", "list", "--place", place.settings.place)
    assert device.id in listed.stdout
    assert "revoked" in listed.stdout
