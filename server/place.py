"""What a place has: settings, keys, database writer, blobs and a clock. Handed to every service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Engine

from server.settings import Settings
from server.storage.blobs import Blobs
from server.storage.writer import Writer

CENTRAL = "central"
"""The id of central in the protocol; a node's id is that of its signing key."""


def utc_now() -> datetime:
    """The time by this machine's clock: shown, never decided by."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """The collaborators that the services of a place share."""

    settings: Settings
    engine: Engine
    writer: Writer
    blobs: Blobs
    now: Callable[[], datetime] = utc_now

    @property
    def id(self) -> str:
        """Who this place is in the protocol."""
        return CENTRAL if self.settings.role == "central" else self.settings.node

    @property
    def shared(self) -> bool:
        """Whether other processes may serve this place at the same time, on the same database."""
        return self.engine.dialect.name != "sqlite"

    @property
    def role(self) -> Literal["central", "node"]:
        """What this place does."""
        return self.settings.role
