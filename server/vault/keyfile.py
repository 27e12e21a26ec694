"""``vault/study.key.json``: the study's X-Wing key, its public half in clear, its seed wrapped.

::

    {"v": 1, "study_key": {"id", "public"},
     "wraps": [{"id", "kind": "passphrase",
                "kdf": {"name": "argon2id", "salt", "memory_kib", "iterations", "lanes"},
                "cipher": {"name": "aes-256-gcm", "nonce"}, "sealed"}]}

Bytes are in base64url. A wrap seals the same 32-byte seed under a key of its own, so that several people can each
hold one; today there is one wrap, of the kind ``passphrase``. The additional data of the cipher is the canonical form
of the study key's id and of the wrap without ``sealed``: parameters cannot be exchanged. Argon2id with at least 64 MiB
follows BSI TR-02102-1.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from server.errors.error import CodedError
from sync.envelope.encoding import b64u, canonical, from_b64u
from sync.envelope.keys import SEED_SIZE, key_id, recipient_public_bytes, recipient_public_key

KEY_FILE = "study.key.json"
MIN_PASSPHRASE = 12
MAX_PASSPHRASE = 1024
MAX_FILE = 1024 * 1024
MAX_WRAPS = 64
MIN_MEMORY_KIB = 64 * 1024
MAX_MEMORY_KIB = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes over it, lanes."""

    memory_kib: int = 128 * 1024
    iterations: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class StudyKey:
    """The public half of the study's key and the wraps of the other, as they stand in the file."""

    id: str
    public: bytes
    wraps: tuple[dict[str, Any], ...]


class WrongPassphraseError(Exception):
    """No wrap of the file opens with this passphrase."""


def create_vault(folder: Path, passphrase: str, cost: Cost | None = None) -> StudyKey:
    """Make the study's key in ``folder`` (mode 0700), wrapped under the passphrase.

    Raises ``CodedError``: ``vault.passphrase.short``, ``vault.passphrase.long``, ``vault.key.exists``.
    """
    check_passphrase(passphrase)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / KEY_FILE
    if path.exists():
        raise CodedError("vault.key.exists", path=str(path))
    seed = secrets.token_bytes(SEED_SIZE)
    public = recipient_public_bytes(seed)
    key = key_id(public)
    study_key = StudyKey(key, public, (_wrap(key, seed, passphrase, cost or Cost()),))
    write_key_file(folder, study_key)
    return study_key


def read_key_file(folder: Path) -> StudyKey:
    """Read and check the key file. Raises ``CodedError``: ``vault.key.missing``, ``vault.key.damaged``."""
    path = folder / KEY_FILE
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError:
        raise CodedError("vault.key.missing", path=str(path)) from None
    try:
        return _parse(data)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CodedError("vault.key.damaged", path=str(path)) from None


def write_key_file(folder: Path, study_key: StudyKey) -> None:
    """Write the key file under another name, durably, and give it its own: there is always a whole one."""
    document = {
        "v": 1,
        "study_key": {"id": study_key.id, "public": b64u(study_key.public)},
        "wraps": list(study_key.wraps),
    }
    path = folder / KEY_FILE
    temporary = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_folder(folder)


def open_study_key(study_key: StudyKey, passphrase: str) -> bytearray:
    """The study's 32-byte seed. The caller overwrites it when it is no longer needed.

    Raises ``WrongPassphraseError``; ``CodedError`` ``vault.key.damaged`` when what opens is another key.
    """
    for wrap in study_key.wraps:
        with contextlib.suppress(InvalidTag):
            seed = bytearray(_unwrap(study_key.id, wrap, passphrase))
            if recipient_public_bytes(bytes(seed)) != study_key.public:
                raise CodedError("vault.key.damaged", path=KEY_FILE)
            return seed
    raise WrongPassphraseError


def rewrapped(study_key: StudyKey, seed: bytes, passphrase: str, cost: Cost | None = None) -> StudyKey:
    """The same key, wrapped under another passphrase in place of the first. Raises as ``check_passphrase``."""
    check_passphrase(passphrase)
    return StudyKey(study_key.id, study_key.public, (_wrap(study_key.id, seed, passphrase, cost or Cost()),))


def check_passphrase(passphrase: str) -> None:
    """Raise ``CodedError`` ``vault.passphrase.short`` or ``vault.passphrase.long`` for one that will not do."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise CodedError("vault.passphrase.short", least=MIN_PASSPHRASE)
    if len(passphrase) > MAX_PASSPHRASE:
        raise CodedError("vault.passphrase.long", most=MAX_PASSPHRASE)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _derive(kdf: dict[str, Any], passphrase: str) -> bytes:
    # The same passphrase typed on another system may be composed of other code points.
    text = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    argon = Argon2id(
        salt=from_b64u(kdf["salt"]),
        length=32,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    )
    return argon.derive(text)


def _wrap(key: str, seed: bytes, passphrase: str, cost: Cost) -> dict[str, Any]:
    nonce = secrets.token_bytes(12)
    kdf = {
        "name": "argon2id",
        "salt": b64u(secrets.token_bytes(16)),
        "memory_kib": cost.memory_kib,
        "iterations": cost.iterations,
        "lanes": cost.lanes,
    }
    wrap: dict[str, Any] = {
        "id": secrets.token_hex(8),
        "kind": "passphrase",
        "kdf": kdf,
        "cipher": {"name": "aes-256-gcm", "nonce": b64u(nonce)},
    }
    sealed = AESGCM(_derive(kdf, passphrase)).encrypt(nonce, seed, _bound(key, wrap))
    return {**wrap, "sealed": b64u(sealed)}


def _unwrap(key: str, wrap: dict[str, Any], passphrase: str) -> bytes:
    nonce, sealed = from_b64u(wrap["cipher"]["nonce"]), from_b64u(wrap["sealed"])
    return AESGCM(_derive(wrap["kdf"], passphrase)).decrypt(nonce, sealed, _bound(key, wrap))


def _bound(key: str, wrap: dict[str, Any]) -> bytes:
    rest = {name: value for name, value in wrap.items() if name != "sealed"}
    return b"feldbuch/1/vault/wrap\0" + canonical({"key": key, "wrap": rest})


def _parse(data: bytes) -> StudyKey:
    if len(data) > MAX_FILE:
        raise ValueError("too long")
    document = json.loads(data.decode("utf-8"))
    if document["v"] != 1:
        raise ValueError("another version")
    public = from_b64u(document["study_key"]["public"])
    recipient_public_key(public)
    wraps = tuple(dict(each) for each in document["wraps"])
    if document["study_key"]["id"] != key_id(public) or not 1 <= len(wraps) <= MAX_WRAPS:
        raise ValueError("another key, or no wrap")
    for wrap in wraps:
        _check_wrap(wrap)
    return StudyKey(key_id(public), public, wraps)


def _check_wrap(wrap: dict[str, Any]) -> None:
    kdf, cipher = wrap["kdf"], wrap["cipher"]
    known = (wrap["kind"], kdf["name"], cipher["name"]) == ("passphrase", "argon2id", "aes-256-gcm")
    sizes = (len(from_b64u(kdf["salt"])), len(from_b64u(cipher["nonce"])), len(from_b64u(wrap["sealed"])))
    memory, iterations, lanes = kdf["memory_kib"], kdf["iterations"], kdf["lanes"]
    bounded = MIN_MEMORY_KIB <= memory <= MAX_MEMORY_KIB and 1 <= iterations <= 64 and 1 <= lanes <= 64
    if not known or sizes != (16, 12, SEED_SIZE + 16) or not bounded:
        raise ValueError("a wrap that is not ours")
