"""Sealing to the study's public key: what is sealed so, only the unlocked vault opens. Needs no secret."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from server.errors.error import CodedError
from sync.envelope.keys import (
    SEED_SIZE,
    SUITE,
    key_id,
    recipient_private_key,
    recipient_public_bytes,
    recipient_public_key,
)

MAX_SECRET = 16 * 1024
MAX_NAME = 100

_INTAKE = b"feldbuch/1/vault/intake\0"
_SECRET = b"feldbuch/1/vault/secret\0"


@dataclass(frozen=True, slots=True)
class IntakeKeyPair:
    """An intake key: its id, its public half (1216 bytes), its seed sealed to the study's key."""

    key: str
    public: bytes = field(repr=False)
    sealed_private: bytes = field(repr=False)


def new_intake_key(study_public: bytes) -> IntakeKeyPair:
    """Make an X-Wing pair whose private half is sealed at once."""
    seed = secrets.token_bytes(SEED_SIZE)
    public = recipient_public_bytes(seed)
    sealed = SUITE.encrypt(seed, recipient_public_key(study_public), _INTAKE)
    return IntakeKeyPair(key_id(public), public, sealed)


def open_intake_key(study_seed: bytes, sealed_private: bytes) -> tuple[str, bytes]:
    """The key id and seed of an intake key. Raises ``CodedError`` ``vault.intake_key.sealed``."""
    try:
        seed = SUITE.decrypt(sealed_private, recipient_private_key(study_seed), _INTAKE)
        return key_id(recipient_public_bytes(seed)), seed
    except (InvalidTag, ValueError):
        raise CodedError("vault.intake_key.sealed") from None


def seal_secret(study_public: bytes, name: str, secret: bytes) -> bytes:
    """Seal a secret of the place (at most 16 KiB) under its name, for a backup.

    Raises ``CodedError`` ``vault.secret.too_large``.
    """
    if len(secret) > MAX_SECRET or len(name) > MAX_NAME:
        raise CodedError("vault.secret.too_large", limit=MAX_SECRET)
    return SUITE.encrypt(secret, recipient_public_key(study_public), _SECRET + name.encode("utf-8"))


def open_secret(study_seed: bytes, name: str, sealed: bytes) -> bytes:
    """Open what ``seal_secret`` sealed under this name. Raises ``CodedError`` ``vault.secret.sealed``."""
    try:
        return SUITE.decrypt(sealed, recipient_private_key(study_seed), _SECRET + name.encode("utf-8"))
    except (InvalidTag, ValueError):
        raise CodedError("vault.secret.sealed", name=name) from None
