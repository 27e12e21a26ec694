"""A device, recipients and plausible facts for the tests of the envelope."""

import hashlib
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from sync.envelope import cover as covers
from sync.envelope import keys
from sync.envelope.seal import CoverFacts

DEVICE = ec.derive_private_key(0xFE1D, ec.SECP256R1())
DEVICE_ID = keys.device_id(keys.signer_public_bytes(DEVICE))
SEEDS = [hashlib.sha256(name).digest() for name in (b"intake", b"household", b"stranger")]
PUBLIC = [keys.recipient_public_bytes(seed) for seed in SEEDS]
PRIVATE = {keys.key_id(public): seed for public, seed in zip(PUBLIC, SEEDS, strict=True)}

_PLAIN = CoverFacts(
    study="ruhr-2026",
    site="plovdiv",
    device=DEVICE_ID,
    interviewer="iv-07",
    instance="uuid:6f6b2a1e-3a2b-4e0d-9a51-0c6f6c3f8d11",
    form=covers.FormReference("household_survey", "0" * 64),
    part="a1",
    content_type="audio/webm",
    signer=covers.SignerPosition(1, None),
    finished_at="2026-11-23T04:00:00Z",
)


def facts(**changes: Any) -> CoverFacts:
    """The facts of an attachment, with some changed."""
    return replace(_PLAIN, **changes)


def record_facts(**changes: Any) -> CoverFacts:
    """The facts of a record, with some changed."""
    return facts(part=covers.RECORD_PART, content_type=covers.RECORD_TYPE, **changes)
