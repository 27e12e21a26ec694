"""``feldbuch demo`` as a real process with data of its own."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import Running, find_free_port


class Demo:
    """A running demo. ``folder`` is its DEMO_DIR."""

    def __init__(self, feldbuch: Callable[..., Running], folder: Path) -> None:
        self._feldbuch = feldbuch
        self.folder = folder
        self.environment = {
            "DEMO_DIR": str(folder),
            "DEMO_CENTRAL_PORT": str(find_free_port()),
            "DEMO_NODE_PORT": str(find_free_port()),
            "FELDBUCH_BACKUP_EVERY": "10",
        }
        self.process: Running
        self.start()

    def start(self) -> None:
        """Start it and wait until it has said all that a person needs."""
        self.process = self._feldbuch("demo", environment=self.environment)
        self.process.wait_for_line("Ctrl-C stops the demo", seconds=180)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        assert self.process.stop(signal.SIGINT) == 0, self.process.output

    @property
    def summary(self) -> Mapping[str, str]:
        """What stands in demo.json."""
        document: dict[str, str] = json.loads((self.folder / "demo.json").read_text("utf-8"))
        return document

    @property
    def central(self) -> str:
        """Base address of central."""
        return self.summary["central"]

    @property
    def node(self) -> str:
        """Base address of the node."""
        return self.summary["node"]

    def processes_of(self, place: str) -> list[int]:
        """The processes that serve a place (``central`` or ``node``), the vault left out."""
        wanted = str(self.folder / place)
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            serves = f"FELDBUCH_PLACE={wanted}\0".encode() in environment + b"\0" or wanted in command.split("\0")
            if serves and "vault" not in command:
                found.append(int(folder.name))
        return found

    def kill(self, place: str) -> None:
        """End every process that serves a place by SIGKILL."""
        for process in self.processes_of(place):
            os.kill(process, signal.SIGKILL)

    def wait_until_answers(self, base: str, seconds: float = 60) -> None:
        """Wait until a place answers a hello."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if httpx.get(f"{base}/sync/hello", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{base} does not answer\n{self.process.output}")

    def status(self, place: str) -> Any:
        """``feldbuch status --json`` of a place."""
        return json.loads(self.run("status", "--json", place=place))

    def enrolment(self, interviewer: str = "int-01") -> str:
        """A new link that enrols a tablet for an interviewer in Duisburg."""
        return self.run("enrol", "--site", "duisburg", "--interviewer", interviewer, place="central").strip()

    def run(self, *arguments: str | Path, place: str) -> str:
        """Run a command of ``feldbuch`` at a place to its end, the vault's passphrase at hand; what it said.

        Fails when the command does.
        """
        environment = {"FELDBUCH_PASSPHRASE": self.summary["vault_passphrase"]}
        done = self._feldbuch(*arguments, "--place", self.folder / place, environment=environment)
        code = done.process.wait(60)
        done._reader.join(10)
        assert code == 0, done.output
        return done.output
