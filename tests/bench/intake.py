"""Intake of sealed 4 KB records, one a request, durable before the answer: Feldbuch and the plain app."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from server.app import create_app
from server.opening import place_of
from server.services.operate.init import Founding, found_central
from server.services.operate.study_file import StudyFile
from server.settings import Settings
from server.storage.carriers import Device
from server.storage.items import IntakeKey
from sync.envelope.keys import key_id
from tests.bench.processes import Server, SlowDisk, free_port, serving
from tests.bench.records import BenchDevice, batch_request, make_devices

STUDY, SITE = "bench", "duisburg"
THREADS = 64
SECONDS = 5.0
WARM_UP = 10
"""Requests of each client before the clock starts."""
MOST_PER_CLIENT = {32: 300, 8: 600}
JSON = {"Content-Type": "application/json"}
SETUP_MODULES = ("-m", "server.cli")


@dataclass(frozen=True)
class Measured:
    """One run: records a second, CPU milliseconds a record, latencies in milliseconds, memory in MB."""

    rate: float
    cpu_ms: float
    ms_median: float
    ms_99: float
    memory_mb: float


class Intake:
    """Makes a central with its devices and records once, and measures copies of it."""

    def __init__(self, work: Path, say: Callable[[str], None]) -> None:
        self._work = work
        self._say = say
        self._devices: list[BenchDevice] = []
        self._known: dict[tuple[str, int, bool], Measured] = {}

    def measure(self, app: str, clients: int, slow: bool) -> Measured:
        """One run of ``feldbuch`` or ``plain``; asked again, the same numbers."""
        key = (app, clients, slow)
        if key not in self._known:
            self._say(f"  {app}, {clients} clients, {'fsync slowed to 10 ms' if slow else 'real disk'} ...")
            run = self._feldbuch if app == "feldbuch" else self._plain
            self._known[key] = run(clients, slow)
        return self._known[key]

    def _feldbuch(self, clients: int, slow: bool) -> Measured:
        place, port = self._fresh_place(), free_port()
        environment = {"FELDBUCH_PORT": str(port), "FELDBUCH_URL": f"http://127.0.0.1:{port}"}
        command = [sys.executable, *SETUP_MODULES, "serve", "--place", str(place)]
        with serving(command, port, environment, self._work / "feldbuch.log", self._slow_disk(slow)) as server:
            requests = [
                [batch_request(item, session) for item in device.items[: MOST_PER_CLIENT[clients]]]
                for device in self._devices[:clients]
                for session in [self._session(port, device)]
            ]
            return self._run(server, requests)

    def _plain(self, clients: int, slow: bool) -> Measured:
        self._make_template()
        folder, port = self._work / "plain", free_port()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        environment = {"PLAIN_DATABASE": str(folder / "plain.db"), "PYTHONPATH": os.getcwd()}
        command = [
            *(sys.executable, "-m", "granian", "tests.bench.plain_app:application", "--factory"),
            *("--interface", "wsgi", "--http", "1", "--no-ws", "--host", "127.0.0.1", "--port", str(port)),
            *("--workers", "1", "--blocking-threads", str(THREADS), "--backpressure", "1024", "--log-level", "warning"),
        ]
        with serving(command, port, environment, self._work / "plain.log", self._slow_disk(slow)) as server:
            requests = [
                [batch_request(item, "none") for item in device.items[: MOST_PER_CLIENT[clients]]]
                for device in self._devices[:clients]
            ]
            return self._run(server, requests)

    def _run(self, server: Server, requests: list[list[bytes]]) -> Measured:
        plan = {"port": server.port, "warm_up": WARM_UP, "seconds": SECONDS, "clients": requests}
        load = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert load.stdin is not None
        assert load.stderr is not None
        with load.stdin:
            pickle.dump(plan, load.stdin)
        errors = []
        before = after = 0.0
        for line in load.stderr:
            if line == b"warm\n":
                before = server.cpu_seconds()
            elif line == b"done\n":
                after = server.cpu_seconds()
            else:
                errors.append(line.decode())
        result: dict[str, Any] = json.loads((load.stdout.read() if load.stdout else b"") or b"{}")
        if load.wait() != 0 or set(result["statuses"]) != {"200"} or result["first_problem"]:
            raise RuntimeError(f"the load was not taken in: {result} {''.join(errors)}")
        return Measured(
            rate=result["answers"] / result["seconds"],
            cpu_ms=(after - before) * 1000 / result["answers"],
            ms_median=result["ms_median"],
            ms_99=result["ms_99"],
            memory_mb=server.memory_mb(),
        )

    def _session(self, port: int, device: BenchDevice) -> str:
        address = f"http://127.0.0.1:{port}/sync/hello"
        challenge = httpx.get(address).json()["challenge"]
        answer = httpx.post(address, content=device.hello(STUDY, challenge), headers=JSON)
        answer.raise_for_status()
        assert answer.json()["standing"] == "introduced", answer.text
        return str(answer.json()["session"])

    def _slow_disk(self, slow: bool) -> SlowDisk | None:
        return SlowDisk.make(self._work) if slow else None

    def _fresh_place(self) -> Path:
        template, place = self._make_template(), self._work / "place"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(template, place)
        return place

    def _make_template(self) -> Path:
        template = self._work / "template"
        if self._devices:
            return template
        self._say("  sealing the records ...")
        few, many = min(MOST_PER_CLIENT), max(MOST_PER_CLIENT)
        counts = [MOST_PER_CLIENT[few]] * few + [MOST_PER_CLIENT[many]] * (many - few)
        self._devices = make_devices(STUDY, SITE, counts)
        settings = Settings(place=template, role="central", study=STUDY, url="http://127.0.0.1:8000", threads=THREADS)
        title = {"en": "Bench"}
        study = StudyFile(
            STUDY, {"title": title, "languages": ["en"], "sites": [{"id": SITE, "kind": "arrival", "title": title}]}
        )
        found_central(Founding(settings, study, "bench", "bench bench bench", "bench bench bench"), _compose)
        place = place_of(create_app(settings))
        rows = [
            {
                "id": each.id,
                "standing": "introduced",
                "key": each.public,
                "site": SITE,
                "interviewer": "bench",
                "first_seen_at": place.now(),
                "report_sequence": 0,
            }
            for each in self._devices
        ]
        keys = [
            {
                "key": key_id(each.recipient),
                "device": each.id,
                "period": 1,
                "public": each.recipient,
                "sealed_private": b"never opened here",
            }
            for each in self._devices
        ]
        place.writer.run(lambda connection: connection.execute(insert(Device), rows))
        place.writer.run(lambda connection: connection.execute(insert(IntakeKey), keys))
        place.writer.close()
        place.engine.dispose()
        return template


def _compose(settings: Settings) -> Any:
    app = create_app(settings)
    return app, place_of(app)
