"""The folder of a demo: where its parts lie, on which ports they listen, and its secrets."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from server.settings import SETTINGS_FILE

SECRETS_FILE = "secrets.json"
SUMMARY_FILE = "demo.json"
DESK_USER = "manager"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """A demo's folder and ports, as the environment names them."""

    folder: Path
    central_port: int
    node_port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> DemoFolder:
        """``DEMO_DIR``, ``DEMO_CENTRAL_PORT``, ``DEMO_NODE_PORT``. Raises ``CodedError`` ``demo.port``."""
        folder = Path(environment.get("DEMO_DIR") or ".demo").absolute()
        central = _port(environment, "DEMO_CENTRAL_PORT", 8000)
        node = _port(environment, "DEMO_NODE_PORT", 8001)
        if central == node:
            raise CodedError("demo.port", name="DEMO_NODE_PORT")
        return cls(folder, central, node)

    @property
    def central(self) -> Path:
        """The place of the central."""
        return self.folder / "central"

    @property
    def node(self) -> Path:
        """The place of the node."""
        return self.folder / "node"

    @property
    def node_is_there(self) -> bool:
        """Whether the node has joined: its settings are written last."""
        return (self.node / SETTINGS_FILE).exists()

    @property
    def backup(self) -> Path:
        """The target of the backups. On a real central it lies on another disk."""
        return self.folder / "backup"

    @property
    def central_url(self) -> str:
        """Central's address."""
        return f"http://127.0.0.1:{self.central_port}"

    @property
    def node_url(self) -> str:
        """The node's address."""
        return f"http://127.0.0.1:{self.node_port}"

    @property
    def summary(self) -> Path:
        """The file that names addresses and secrets of a demo that runs."""
        return self.folder / SUMMARY_FILE

    def prepare(self) -> None:
        """Make the folder, for its owner alone, with a file that keeps it out of git."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")

    def read_secrets(self) -> dict[str, str]:
        """The demo's password and passphrase: made up the first time, the same ever after."""
        path = self.folder / SECRETS_FILE
        try:
            kept: dict[str, str] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            kept = {"desk_password": secrets.token_urlsafe(12), "vault_passphrase": secrets.token_urlsafe(12)}
            self.write_secrets(kept)
        return kept

    def write_secrets(self, kept: Mapping[str, str]) -> None:
        """Keep the secrets and the enrolment link."""
        write_private(self.folder / SECRETS_FILE, kept)

    def write_summary(self, kept: Mapping[str, str]) -> dict[str, str]:
        """Write ``demo.json`` and return what stands in it."""
        summary = {
            "central": self.central_url,
            "node": self.node_url,
            "desk_user": DESK_USER,
            "desk_password": kept["desk_password"],
            "vault_passphrase": kept["vault_passphrase"],
            "enrolment": kept["enrolment"],
        }
        write_private(self.summary, summary)
        return summary


def write_private(path: Path, document: Mapping[str, Any]) -> None:
    """Write a JSON file that only its owner reads; whoever looks sees the old one or the new one whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(document, indent=2) + "\n")
    temporary.replace(path)


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not (text.isdecimal() and 1024 <= int(text) <= 65535):
        raise CodedError("demo.port", name=name)
    return int(text)
