"""A vault with a known passphrase, and envelopes that are sealed to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.vault.core import Vault
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from sync.envelope.cover import FormReference, SignerPosition
from sync.envelope.seal import CoverFacts, seal_part

PASSPHRASE = "träge Bienen zählen Wolken"
CHEAP = Cost(memory_kib=MIN_MEMORY_KIB, iterations=1, lanes=2)


@dataclass
class Clock:
    """A clock that a test moves, and the delays that were asked for."""

    seconds: float = 1000.0
    delays: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "vault"
    create_vault(path, PASSPHRASE, CHEAP)
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault(folder: Path, clock: Clock):
    made = Vault(folder, 1800, clock=clock, wait=clock.delays.append)
    yield made
    made.close()


@pytest.fixture
def seal() -> Callable[..., tuple[bytes, bytes]]:
    """``seal(content, *publics, part="a1") -> (cover, body)``."""
    signer = ec.generate_private_key(ec.SECP256R1())

    def make(content: bytes, *publics: bytes, part: str = "a1") -> tuple[bytes, bytes]:
        facts = CoverFacts(
            study="example",
            site="essen",
            device="collect:1",
            interviewer="p7",
            instance="uuid:1",
            form=FormReference("survey", "0" * 64),
            part=part,
            content_type="image/jpeg",
            signer=SignerPosition(1, None),
            finished_at="2026-08-01T10:00:00Z",
            taken_in_by="node",
        )
        return seal_part(facts, content, publics, signer)

    return make
