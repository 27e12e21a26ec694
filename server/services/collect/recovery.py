"""What opens a forgotten PIN: kept sealed to the study's key, told as a code by the unlocked vault.

At enrolment a tablet makes a secret for each of its interviewers and sends it here, sealed. From the secret follow
codes number 1, 2, 3, ...; the tablet takes only the next one, once, and needs no network for it. The definition of
the code stands in deploy/docs/protocol.md, the vectors in ``tests/vectors/recovery``.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.devices import standing_of
from server.services.collect.standing import DEVICE_INTERVIEWERS, interviewer_key
from sync.carrier import Recovery

MOST_CODES: Final = 10_000
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LETTERS: Final = 26


def secret_name(device: str, interviewer: str) -> str:
    """The name under which the secret is sealed, and which the vault's log shows when it is opened."""
    return f"recovery/{device}/{interviewer}"


def recovery_code(secret: bytes, number: int) -> str:
    """Code ``number`` (from 1) of a secret, in seven groups of four."""
    info = f"feldbuch/1/tablet/recovery/{number}".encode()
    value = int.from_bytes(HKDF(SHA256(), 17, salt=None, info=info).derive(secret), "big") >> 6
    letters = "".join(_LETTERS[value >> 5 * (_CODE_LETTERS - 1 - at) & 31] for at in range(_CODE_LETTERS))
    check = int(hashlib.sha256(letters.encode()).hexdigest()[:3], 16)
    letters += _LETTERS[check >> 7] + _LETTERS[check >> 2 & 31]
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def sealed_recovery(connection: Connection, device: str, interviewer: str) -> bytes:
    """The sealed secret of an interviewer on a device. Raises ``CodedError`` ``recovery.missing``."""
    row = (DEVICE_INTERVIEWERS.c.device == device) & (DEVICE_INTERVIEWERS.c.interviewer == interviewer)
    sealed = connection.execute(select(DEVICE_INTERVIEWERS.c.recovery).where(row)).scalar()
    if sealed is None:
        raise CodedError("recovery.missing", device=device, interviewer=interviewer)
    return bytes(sealed)


class Recoveries:
    """Takes in what tablets seal for the case that a PIN is forgotten. Central only."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def keep(self, document: Mapping[str, object]) -> None:
        """Keep a secret that a device signed, for the keys that were certified. The newest one counts.

        A revoked device may still deposit: it has locked its drafts away, and nothing else opens them.

        Raises ``EnvelopeError`` (``enrolment.field``, ``envelope.signature.wrong``), ``CodedError``:
        ``enrolment.study``, ``device.unknown``, ``recovery.unknown``.
        """
        recovery = Recovery.read(document)
        if recovery.study != self._place.settings.study:
            raise CodedError("enrolment.study")
        self._place.writer.run(lambda connection: _store(connection, recovery))


def _store(connection: Connection, recovery: Recovery) -> None:
    if standing_of(connection, recovery.id) == "unknown":
        raise CodedError("device.unknown", device=recovery.id)
    key = interviewer_key(connection, recovery.id, recovery.interviewer)
    if key is None or not hmac.compare_digest(hashlib.sha256(key).hexdigest(), recovery.encryption_key_hash):
        raise CodedError("recovery.unknown", device=recovery.id)
    row = (DEVICE_INTERVIEWERS.c.device == recovery.id) & (DEVICE_INTERVIEWERS.c.interviewer == recovery.interviewer)
    connection.execute(update(DEVICE_INTERVIEWERS).where(row).values(recovery=recovery.sealed))
