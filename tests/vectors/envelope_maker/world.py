"""The keys and the plausible cover that all vectors start from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from sync.envelope import cover as covers
from sync.envelope import keys, seal
from sync.envelope.encoding import b64u, canonical

FOLDER = Path(__file__).parent.parent / "envelope"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DEVICE = ec.derive_private_key(0xFE1D, ec.SECP256R1())
OTHER_DEVICE = ec.derive_private_key(0xB0C4, ec.SECP256R1())
CENTRAL = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"central").digest())
OTHER_CENTRAL = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"other central").digest())
SEEDS = [hashlib.sha256(name).digest() for name in (b"intake", b"household", b"stranger")]
PUBLIC = [keys.recipient_public_bytes(seed) for seed in SEEDS]
KEY_IDS = [keys.key_id(public) for public in PUBLIC]
DEVICE_ID = keys.device_id(keys.signer_public_bytes(DEVICE))
XML = (
    '<data id="household_survey"><ort>Пловдив</ort><name>Ștefan "Ț" &amp; Ayşe \U0001f3e0</name><note>\t</note></data>'
)
EPOCH = "0123456789abcdef0123456789abcdef"


def pattern(size: int) -> bytes:
    """Content that no chunk repeats."""
    return bytes((i * 31 + (i >> 8) * 17) & 0xFF for i in range(size))


def write(name: str, value: object) -> None:
    """One file of vectors."""
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def facts(**changes: object) -> seal.CoverFacts:
    """A plausible cover."""
    plain = seal.CoverFacts(
        study="ruhr-2026",
        site="plovdiv",
        device=DEVICE_ID,
        interviewer="iv-07",
        instance="uuid:6f6b2a1e-3a2b-4e0d-9a51-0c6f6c3f8d11",
        form=covers.FormReference("household_survey", hashlib.sha256(b"form").hexdigest()),
        part=covers.RECORD_PART,
        content_type=covers.RECORD_TYPE,
        signer=covers.SignerPosition(1, None),
        finished_at="2026-11-23T04:00:00Z",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def resigned(document: Mapping[str, object]) -> str:
    """A cover's text with a fresh signature of the device."""
    value = keys.sign_p256(DEVICE, covers.signed_message(document))
    signature = {"key": b64u(keys.signer_public_bytes(DEVICE)), "value": b64u(value)}
    return canonical({**document, "signature": signature}).decode("utf-8")
