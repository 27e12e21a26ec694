"""Keys and their ids: X-Wing for recipients, P-256 and Ed25519 for signatures (FORMAT.md)."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mlkem, x25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.errors import EnvelopeError

SUITE_NAME = "xwing-hkdfsha256-aes256gcm"
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SEED_SIZE = 32
MLKEM_PUBLIC_SIZE = 1184
RECIPIENT_PUBLIC_SIZE = 1216
ENC_SIZE = 1120
SIGNER_PUBLIC_SIZE = 65
SIGNATURE_SIZE = 64

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ECDSA = ec.ECDSA(SHA256())
_REMEMBERED = 1024
"""Public keys whose id and parsed form are remembered: a place meets the same signers again and again."""


@lru_cache(maxsize=_REMEMBERED)
def _short_id(public_key: bytes) -> str:
    return base64.b32encode(hashlib.sha256(public_key).digest())[:32].decode("ascii").lower()


def device_id(public_key: bytes) -> str:
    """The id of a device or node: of its public signing key (65 bytes, an uncompressed P-256 point)."""
    if len(public_key) != SIGNER_PUBLIC_SIZE:
        raise ValueError("a public signing key has 65 bytes")
    return _short_id(public_key)


def key_id(public_key: bytes) -> str:
    """The id of a recipient's public key (1216 bytes)."""
    if len(public_key) != RECIPIENT_PUBLIC_SIZE:
        raise ValueError("a recipient's public key has 1216 bytes")
    return _short_id(public_key)


def _expand(seed: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    """The two keys of an X-Wing seed (draft-connolly-cfrg-xwing-kem, section 5.2)."""
    if len(seed) != SEED_SIZE:
        raise ValueError("a seed has 32 bytes")
    expanded = hashlib.shake_256(seed).digest(96)
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
    )


def recipient_private_key(seed: bytes) -> MLKEM768X25519PrivateKey:
    """The private key of a 32-byte X-Wing seed."""
    return MLKEM768X25519PrivateKey(*_expand(seed))


def recipient_public_bytes(seed: bytes) -> bytes:
    """The public key (1216 bytes) of a 32-byte X-Wing seed."""
    kem_key, curve_key = _expand(seed)
    return kem_key.public_key().public_bytes_raw() + curve_key.public_key().public_bytes_raw()


def recipient_public_key(public_key: bytes) -> MLKEM768X25519PublicKey:
    """A recipient's public key from its 1216 bytes; ValueError if they are none."""
    if len(public_key) != RECIPIENT_PUBLIC_SIZE:
        raise ValueError("a recipient's public key has 1216 bytes")
    return MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(public_key[:MLKEM_PUBLIC_SIZE]),
        x25519.X25519PublicKey.from_public_bytes(public_key[MLKEM_PUBLIC_SIZE:]),
    )


def signer_public_bytes(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of a P-256 signing key's public half."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    if public.curve.name != ec.SECP256R1.name:
        raise ValueError("the curve of signing keys is P-256")
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def sign_p256(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """ECDSA over P-256 with SHA-256, `r || s` with the low s (64 bytes)."""
    r, s = decode_dss_signature(key.sign(message, _ECDSA))
    return r.to_bytes(32, "big") + min(s, _P256_ORDER - s).to_bytes(32, "big")


@lru_cache(maxsize=_REMEMBERED)
def _signer_public_key(public_key: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)


def verify_p256(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Check what `sign_p256` made.

    Raises:
        EnvelopeError: `envelope.signature.wrong`; also for a high s or a key that is no point.
    """
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    sizes = (len(public_key), len(signature))
    if sizes != (SIGNER_PUBLIC_SIZE, SIGNATURE_SIZE) or s > _P256_ORDER // 2:
        raise EnvelopeError("envelope.signature.wrong")
    try:
        _signer_public_key(public_key).verify(encode_dss_signature(r, s), message, _ECDSA)
    except (ValueError, InvalidSignature) as error:
        raise EnvelopeError("envelope.signature.wrong") from error


def verify_signer(public_key: bytes, signer_id: str, message: bytes, signature: bytes) -> None:
    """Check a signature, and that the key is the one whose id is `signer_id`.

    Raises:
        EnvelopeError: `envelope.signature.wrong`.
    """
    if not hmac.compare_digest(device_id(public_key).encode("ascii"), signer_id.encode("utf-8")):
        raise EnvelopeError("envelope.signature.wrong")
    verify_p256(public_key, message, signature)


def verify_ed25519(key: ed25519.Ed25519PublicKey, message: bytes, signature: bytes) -> None:
    """Check a signature of central.

    Raises:
        EnvelopeError: `envelope.signature.wrong`.
    """
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise EnvelopeError("envelope.signature.wrong") from error
