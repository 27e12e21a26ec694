"""How the rest of the application speaks to the vault. Holds no secret but the grants that callers keep."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from server.vault.address import connect
from server.vault.frames import LIMITS, Channel, FrameError, Kind, parse_json
from server.vault.sealing import IntakeKeyPair
from sync.envelope.encoding import b64u, from_b64u

CALL_SECONDS = 120.0
"""How long an answer may take: unlocking is slow by intent, and slower after wrong passphrases."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to open, for the person who unlocked. Whoever has the token has the right."""

    token: str = field(repr=False)
    by: str
    open_for: float
    """Seconds until the vault forgets the grant."""


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """What the vault says of itself. ``open_for``: seconds until it locks itself; None while locked."""

    open_for: float | None
    study_key: str
    study_public: bytes = field(repr=False)
    audit_lines: int
    audit_last: str | None
    """SHA-256 of the log's last line."""
    audit_problem: int | None
    """First line of the log that broke the chain when the vault started."""

    @property
    def unlocked(self) -> bool:
        """Whether somebody's grant is in force."""
        return self.open_for is not None


class VaultClient:
    """Calls the vault at its socket. Every method raises ``CodedError`` ``vault.unreachable`` if nobody answers."""

    def __init__(self, socket_path: Path, timeout: float = CALL_SECONDS) -> None:
        self._path = socket_path
        self._timeout = timeout

    def answers(self) -> bool:
        """Whether a vault answers at the socket."""
        try:
            self.status()
        except CodedError:
            return False
        return True

    def status(self) -> VaultStatus:
        """Whether the vault is unlocked, the study's public key, and how the log stands."""
        said = self._call({"call": "status"})
        key, audit = said["study_key"], said["audit"]
        return VaultStatus(
            said["open_for"], key["id"], from_b64u(key["public"]), audit["lines"], audit["last"], audit["problem"]
        )

    def unlock(self, passphrase: str, by: str) -> Grant:
        """Unlock for a person. Raises ``CodedError``: ``vault.passphrase.wrong``, ``vault.busy``."""
        said = self._call({"call": "unlock", "passphrase": passphrase, "by": by})
        return Grant(said["grant"], by, said["open_for"])

    def lock(self, grant: Grant | None, by: str = "") -> None:
        """End one grant, or all of them."""
        self._call({"call": "lock", "grant": grant.token if grant else None, "by": by})

    def change_passphrase(self, old: str, new: str, by: str) -> None:
        """Change the passphrase. Raises ``CodedError``: ``vault.passphrase.wrong``, ``.short``, ``.long``."""
        self._call({"call": "change_passphrase", "old": old, "new": new, "by": by})

    def new_intake_key(self) -> IntakeKeyPair:
        """A new intake key; also while locked."""
        said = self._call({"call": "new_intake_key"})
        return IntakeKeyPair(said["key"], from_b64u(said["public"]), from_b64u(said["sealed_private"]))

    def study_public(self) -> bytes:
        """The study's public key, to which secrets are sealed that only the unlocked vault opens."""
        return self.status().study_public

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a secret of the place, at most 16 KiB; also while locked."""
        return from_b64u(self._call({"call": "seal_secret", "name": name, "secret": b64u(secret)})["sealed"])

    def open_secret(self, grant: Grant, name: str, sealed: bytes) -> bytes:
        """Open a sealed secret. Raises ``CodedError``: ``vault.locked``, ``vault.secret.sealed``."""
        call = {"call": "open_secret", "grant": grant.token, "name": name, "sealed": b64u(sealed)}
        return from_b64u(self._call(call)["secret"])

    def open(self, grant: Grant, cover: bytes, body: Iterable[bytes], sealed_private: bytes) -> Iterator[bytes]:
        """The content of an envelope, chunk by chunk; memory holds a few chunks.

        ``body`` are the sealed bytes in pieces of any size. Nothing of the content may be used before the iterator
        ended without an error. Raises ``CodedError``: ``vault.locked``, ``vault.intake_key.sealed``, ``envelope.*``.
        """
        call = {
            "call": "open",
            "grant": grant.token,
            "cover": b64u(cover),
            "sealed_private": b64u(sealed_private),
        }
        pieces = _pieces(body)
        with self._connected() as channel:
            channel.send_json(call)
            while True:
                kind, payload = channel.receive()
                if kind is Kind.WANT:
                    piece = next(pieces, b"")
                    channel.send(Kind.DATA if piece else Kind.END, piece)
                elif kind is Kind.DATA:
                    yield payload
                else:
                    _answer(payload, self._path)
                    return

    def _call(self, call: dict[str, Any]) -> dict[str, Any]:
        with self._connected() as channel:
            channel.send_json(call)
            _, payload = channel.receive()
            return _answer(payload, self._path)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[_Caller]:
        try:
            connection = connect(self._path, self._timeout)
        except OSError:
            raise CodedError("vault.unreachable", path=str(self._path)) from None
        with connection:
            yield _Caller(connection, self._path)


class _Caller(Channel):
    """A channel whose breaking says that the vault is gone; other errors of the caller's own pass unchanged."""

    def __init__(self, connection: socket.socket, path: Path) -> None:
        super().__init__(connection)
        self._path = path

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        try:
            super().send(kind, payload)
        except (OSError, FrameError):
            raise CodedError("vault.unreachable", path=str(self._path)) from None

    def receive(self) -> tuple[Kind, bytes]:
        try:
            return super().receive()
        except (OSError, FrameError):
            raise CodedError("vault.unreachable", path=str(self._path)) from None


def _pieces(body: Iterable[bytes]) -> Iterator[bytes]:
    limit = LIMITS[Kind.DATA]
    for chunk in body:
        for start in range(0, len(chunk), limit):
            yield chunk[start : start + limit]


def _answer(payload: bytes, path: Path) -> dict[str, Any]:
    try:
        said = parse_json(payload)
    except FrameError:
        raise CodedError("vault.unreachable", path=str(path)) from None
    error = said.get("error")
    if error is not None:
        raise CodedError(error["code"], **error["params"])
    return said
