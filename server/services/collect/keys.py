"""The keys by which a place speaks and listens: central's own, or the one that was pinned when a node joined."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from server.errors.error import CodedError
from server.settings import Settings
from server.storage.keyfiles import CENTRAL_KEY, NODE_KEY, read_key
from sync.envelope.encoding import from_b64u


def central_private_key(settings: Settings) -> Ed25519PrivateKey:
    """Central's signing key, from its file. Raises ``CodedError`` as ``read_key`` does."""
    return Ed25519PrivateKey.from_private_bytes(read_key(settings.keys, CENTRAL_KEY))


def central_public_key(settings: Settings) -> Ed25519PublicKey:
    """The key that everything from central is checked with: at central its own, at a node the pinned one.

    Raises ``CodedError``: ``settings.wrong`` where the pinned key is none, and as ``read_key`` does.
    """
    if settings.role == "central":
        return central_private_key(settings).public_key()
    try:
        return Ed25519PublicKey.from_public_bytes(from_b64u(settings.central_key))
    except ValueError:
        raise CodedError("settings.wrong", name="central_key", expected="32 bytes in base64url", path="") from None


def node_private_key(settings: Settings) -> EllipticCurvePrivateKey:
    """A node's signing key, from its file. Raises ``CodedError`` as ``read_key`` does."""
    return derive_private_key(int.from_bytes(read_key(settings.keys, NODE_KEY), "big"), SECP256R1())
