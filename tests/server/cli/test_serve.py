"""``feldbuch serve`` as real processes: one server a place, clean ends, nothing upgraded by itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import httpx
import pytest

from tests.conftest import Running, Start, find_free_port
from tests.field import Study
from tests.server.cli.test_init import init
from tests.trial.place import small_disk


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    done = init(folder / "central", "--backup-target", folder / "backup")
    assert done.returncode == 0, done.stderr
    return folder / "central"


def serve(
    start: Start, place: Path, port: int, *more: str, environment: Mapping[str, str] = MappingProxyType({})
) -> Running:
    command = [sys.executable, "-m", "server.cli", "serve", "--place", str(place), *more]
    address = {"FELDBUCH_PORT": str(port), "FELDBUCH_URL": f"http://127.0.0.1:{port}"}
    return start(command, {**address, "FELDBUCH_ACCESS_LOG": "true", **environment})


def refusal(place: Path, port: int, environment: Mapping[str, str] = MappingProxyType({})) -> str:
    """What a serve that must not start says."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "serve", "--place", str(place)],
        env={**os.environ, "FELDBUCH_PORT": str(port), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def get(port: int, path: str) -> httpx.Response:
    """An answer; a connection that is refused while the server starts is tried again."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
        return client.get(f"http://127.0.0.1:{port}{path}")


def children(pid: int) -> list[int]:
    """The worker and the vault; Python's own tracker of resources, which ends after its parent, is left out."""
    found = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for each in found if b"resource_tracker" not in Path(f"/proc/{each}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_one_server_a_place_and_a_clean_end(start_process: Start, place: Path) -> None:
    port = find_free_port()
    running = serve(start_process, place, port)
    running.wait_for_line("Ctrl-C stops it")
    assert get(port, "/sync/hello?answer=secret").status_code == 200
    assert "[serve.running]" in refusal(place, find_free_port())
    started = children(running.process.pid)
    assert len(started) == 2, "a worker and the vault"
    assert running.stop() == 0, running.output
    assert not any(Path(f"/proc/{each}").exists() for each in started)
    lines = [line for line in running.lines if "from=feldbuch.request" in line]
    assert any('route="/sync/hello" method=GET status=200' in line for line in lines)
    assert "secret" not in running.output


def test_a_log_of_json_names_routes_and_holds_no_path_query_header_or_body(
    start_process: Start, place: Path, tmp_path: Path
) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "server.cli", "metrics", "--make-token", "--place", str(place)],
        capture_output=True,
        text=True,
        check=True,
    )
    token = (place / "keys" / "metrics.token").read_text()
    assert token not in made.stdout
    port, needle = find_free_port(), "kanarienvogel-4711"
    running = serve(start_process, place, port, environment={"FELDBUCH_LOG_FORMAT": "json"})
    running.wait_for_line("Ctrl-C stops it")
    assert get(port, f"/sync/hello?answer={needle}").status_code == 200
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {needle}"}) as client:
        assert client.get(f"/{needle}").status_code == 404
        assert client.get(f"/sync/contents/{needle}").status_code >= 400
        assert client.post("/sync/hello", json={"hello": {"v": needle}}).status_code >= 400
        assert client.request(needle, "/").status_code >= 400
        assert client.get("/metrics").status_code == 401
        own = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        assert 'feldbuch_request_seconds_count{method="POST",route="/sync/hello"' in own.text
        assert needle not in own.text
    assert running.stop() == 0, running.output
    said = [json.loads(line) for line in running.lines if line.strip()]
    assert all({"time", "level", "from", "message", "place"} <= each.keys() for each in said)
    requests = {(each["method"], each["route"], each["status"]) for each in said if each["from"] == "feldbuch.request"}
    assert {("GET", "/sync/hello", 200), ("GET", "none", 404), ("GET", "/metrics", 401)} <= requests
    assert needle not in running.output
    assert token not in running.output


def test_a_port_that_is_taken_is_named(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal(place, port)
    assert "[serve.port.taken]" in said
    assert str(port) in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_ends_it_well_and_a_hangup_does_not_make_a_second_worker(
    start_process: Start, place: Path, number: int
) -> None:
    port = find_free_port()
    running = serve(start_process, place, port)
    running.wait_for_line("Ctrl-C stops it")
    get(port, "/sync/hello")
    before = children(running.process.pid)
    running.process.send_signal(number)
    if number == signal.SIGHUP:
        assert get(port, "/sync/hello").status_code == 200
        assert children(running.process.pid) == before
        running.process.send_signal(signal.SIGINT)
    assert running.process.wait(30) == 0


def test_after_a_kill_its_worker_ends_too_and_it_starts_again_at_once(start_process: Start, place: Path) -> None:
    port = find_free_port()
    first = serve(start_process, place, port)
    first.wait_for_line("Ctrl-C stops it")
    get(port, "/sync/hello")
    first.process.kill()
    first.process.wait()
    second = serve(start_process, place, port)
    second.wait_for_line("Ctrl-C stops it")
    assert get(port, "/sync/hello").status_code == 200
    assert second.stop() == 0


def test_it_stops_when_its_input_ends(place: Path) -> None:
    port = find_free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--place", str(place), "--stop-with-input"],
        env={**os.environ, "FELDBUCH_PORT": str(port)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        get(port, "/sync/hello")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("statement", "code"), [
    ("UPDATE alembic_version SET version_num = '9999'", "database.ahead"),
    ("DELETE FROM alembic_version", "database.empty"),
])  # fmt: skip
def test_a_database_that_does_not_fit_is_not_touched(tmp_path: Path, place: Path, statement: str, code: str) -> None:
    shutil.copytree(place, tmp_path / "central", ignore=shutil.ignore_patterns("*.sock"))
    database = tmp_path / "central" / "feldbuch.db"
    with sqlite3.connect(database) as connection:
        connection.execute(statement)
    connection.close()
    before = database.read_bytes()
    assert f"[{code}]" in refusal(tmp_path / "central", find_free_port())
    assert database.read_bytes() == before


def test_a_start_on_a_full_disk_says_so(tmp_path: Path) -> None:
    library = small_disk(tmp_path)
    if library is None:
        pytest.skip("a C compiler makes the disk that fills")
    study = Study.central(tmp_path / "central")
    study.close()
    full = tmp_path / "full"
    full.touch()
    environment = {"LD_PRELOAD": str(library), "FULL_DISK": str(full)}
    said = refusal(study.settings.place, find_free_port(), environment)
    assert "[storage.full]" in said
    assert "Traceback" not in said
