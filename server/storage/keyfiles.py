"""The secrets of a place, as files of mode 0600 in a folder of mode 0700. None has a default."""

from __future__ import annotations

import os
from pathlib import Path

from server.errors.error import CodedError
from server.storage.blobs import fsync_folder

CENTRAL_KEY = "central.key"
"""Central's Ed25519 signing key: 32 bytes."""
NODE_KEY = "node.key"
"""A node's P-256 signing key: the 32 bytes of its private number."""
SESSION_KEY = "session.key"
"""Signs the sessions of this place: 32 bytes, of no use elsewhere."""
BUNDLE_KEY = "bundle.key"
"""What bundles for this place are sealed to: an age identity as its text."""
METRICS_TOKEN = "metrics.token"  # noqa: S105  the name of its file
"""Who shows it may read ``/metrics``: 43 characters and nothing else, as Prometheus' ``credentials_file`` wants it."""
SIZE = 32
METRICS_TOKEN_SIZE = 43
BUNDLE_KEY_SIZE = 74


def write_key(folder: Path, name: str, secret: bytes) -> None:
    """Write a secret once, durably. Raises ``CodedError`` ``key.exists`` rather than replace one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CodedError("key.exists", path=str(path)) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    fsync_folder(folder)


def read_key(folder: Path, name: str, size: int = SIZE) -> bytes:
    """Read a secret of ``size`` bytes.

    Raises ``CodedError``: ``key.missing``, ``key.wrong``, ``key.open_to_others``.
    """
    path = folder / name
    try:
        secret = path.read_bytes()
    except OSError:
        raise CodedError("key.missing", path=str(path)) from None
    if os.name != "nt" and path.stat().st_mode & 0o077:
        raise CodedError("key.open_to_others", path=str(path))
    if len(secret) != size:
        raise CodedError("key.wrong", path=str(path), size=size)
    return secret
