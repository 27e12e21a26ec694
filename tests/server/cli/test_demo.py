"""``feldbuch demo`` as a person meets it: one command, two servers, Ctrl-C, and the same data at other ports."""

from __future__ import annotations

import json
import signal
import sqlite3
import stat
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.services.collect.links import ENROLMENT_PATH
from sync.envelope.encoding import from_b64u
from tests.conftest import Running, Start, find_free_port

KEYS = ["central", "node", "desk_user", "desk_password", "vault_passphrase", "enrolment"]
SOON = 60.0


def start_demo(start: Start, folder: Path) -> tuple[Running, dict[str, Any]]:
    ports = {"DEMO_CENTRAL_PORT": str(find_free_port()), "DEMO_NODE_PORT": str(find_free_port())}
    running = start([sys.executable, "-m", "server.cli", "demo"], {"DEMO_DIR": str(folder), **ports})
    running.wait_for_line("Ctrl-C stops the demo", 120)
    summary = json.loads((folder / "demo.json").read_text())
    assert summary["central"] == f"http://127.0.0.1:{ports['DEMO_CENTRAL_PORT']}"
    assert summary["node"] == f"http://127.0.0.1:{ports['DEMO_NODE_PORT']}"
    return running, summary


def link_content(summary: dict[str, Any]) -> dict[str, Any]:
    central, _, fragment = summary["enrolment"].partition(ENROLMENT_PATH)
    assert central == summary["central"]
    content: dict[str, Any] = json.loads(from_b64u(fragment))
    assert content["central"] == summary["central"]
    return content


def feed_of(place: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(f"file:{place / 'feldbuch.db'}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT kind, hash FROM feed_entry WHERE chain = 'study' ORDER BY number").fetchall()
    connection.close()
    return rows


def wait_until_fed(central: Path, node: Path) -> list[tuple[str, str]]:
    """The study's chain, as soon as the node has all of it."""
    end = time.monotonic() + SOON
    while feed_of(node) != feed_of(central):
        assert time.monotonic() < end, "the node did not follow the feed"
        time.sleep(0.2)
    return feed_of(central)


@pytest.mark.slow
def test_the_demo_from_its_first_start_to_other_ports(tmp_path: Path, start_process: Start) -> None:
    folder = tmp_path / "demo"
    running, first = start_demo(start_process, folder)
    assert list(first) == KEYS
    assert stat.S_IMODE((folder / "demo.json").stat().st_mode) == 0o600
    content = link_content(first)
    assert (content["site"], content["interviewer"]) == ("duisburg", "int-01")
    assert httpx.get(f"{first['central']}/sync/hello").json()["role"] == "central"
    assert httpx.get(f"{first['node']}/sync/hello").json()["role"] == "node"
    kinds = [kind for kind, _ in wait_until_fed(folder / "central", folder / "node")]
    assert kinds == ["study", "bundle_key", "form", "node"]
    assert running.stop(signal.SIGINT) == 0, running.output
    for url in (first["central"], first["node"]):
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)

    again, second = start_demo(start_process, folder)
    for same in ("desk_user", "desk_password", "vault_passphrase"):
        assert second[same] == first[same]
    assert link_content(second)["key"] == content["key"]
    kinds = [kind for kind, _ in wait_until_fed(folder / "central", folder / "node")]
    assert kinds == ["study", "bundle_key", "form", "node", "node"], "the node's new address is told to everyone"
    assert again.stop(signal.SIGTERM) == 0, again.output
    said = running.output + again.output
    log = "".join(path.read_text() for path in folder.glob("*.log"))
    assert first["desk_password"] in said
    assert first["desk_password"] not in log
    assert first["vault_passphrase"] not in log
