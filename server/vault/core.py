"""What the vault does, without the socket: it holds the study's key while somebody has unlocked it, and opens."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from server.errors.error import CodedError
from server.vault.audit import AUDIT_FILE, AuditLog
from server.vault.keyfile import (
    Cost,
    StudyKey,
    WrongPassphraseError,
    check_passphrase,
    open_study_key,
    read_key_file,
    rewrapped,
    write_key_file,
)
from server.vault.sealing import IntakeKeyPair, new_intake_key, open_intake_key, open_secret, seal_secret
from sync.envelope.body import BodyVerifier, Readable, open_body
from sync.envelope.cover import Cover, verify_cover
from sync.envelope.seal import open_content_key
from sync.errors import EnvelopeError

MAX_GRANTS = 256
MAX_DELAY = 30.0
MAX_QUEUE = 8


def clock_with_sleep() -> float:
    """Seconds that only go forward, and also while the computer sleeps where the system counts that."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def utc_now() -> datetime:
    """The time by this machine's clock, for the log."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Granted:
    by: str
    until: float


class Vault:
    """The study's key and who may use it now. All methods are safe to call from several threads.

    ``open_for`` is in seconds. ``wait`` is called with the seconds by which an attempt is delayed after wrong ones.
    """

    def __init__(
        self,
        folder: Path,
        open_for: float,
        *,
        clock: Callable[[], float] = clock_with_sleep,
        wait: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Raises ``CodedError``: ``vault.key.missing``, ``vault.key.damaged``."""
        self.study_key: StudyKey = read_key_file(folder)
        self.audit = AuditLog(folder / AUDIT_FILE, now)
        self._folder, self._open_for = folder, open_for
        self._clock, self._wait = clock, wait
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._queue = threading.Semaphore(MAX_QUEUE)
        self._failures = 0
        self._seed: bytearray | None = None
        self._grants: dict[bytes, _Granted] = {}

    def open_until(self) -> float | None:
        """Seconds until the last grant ends; None while locked."""
        with self._lock:
            self._expire()
            left = [granted.until - self._clock() for granted in self._grants.values()]
            return max(left) if left else None

    def expire(self) -> None:
        """End the grants whose time is over, and forget the key with the last one."""
        with self._lock:
            self._expire()

    def unlock(self, passphrase: str, by: str) -> str:
        """A grant for ``by``: a random token, good until the time is over or somebody locks.

        Raises ``CodedError``: ``vault.passphrase.wrong``, ``vault.busy``.
        """
        seed = self._checked(passphrase, by, "unlock")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._expire()
            if self._seed is None:
                self._seed = seed
            else:
                _zero(seed)
            if len(self._grants) >= MAX_GRANTS:
                del self._grants[next(iter(self._grants))]
            self._grants[_digest(token)] = _Granted(by, self._clock() + self._open_for)
        return token

    def lock(self, token: str | None, by: str = "") -> None:
        """End one grant, or all of them without a token; an unknown token changes nothing."""
        with self._lock:
            if token is None:
                self._grants.clear()
                who = by
            else:
                granted = self._grants.pop(_digest(token), None)
                who = granted.by if granted else by
            self._expire()
        self.audit.append(who, "lock_all" if token is None else "lock")

    def close(self) -> None:
        """Forget everything; the object is then used up."""
        with self._lock:
            self._grants.clear()
            self._expire()
        self.audit.close()

    def change_passphrase(self, old: str, new: str, by: str, cost: Cost | None = None) -> None:
        """Wrap the study's key under another passphrase. Grants stay as they are.

        Raises ``CodedError``: ``vault.passphrase.wrong``, ``.short``, ``.long``, ``vault.busy``.
        """
        check_passphrase(new)
        seed = self._checked(old, by, "change_passphrase")
        try:
            with self._turn:
                changed = rewrapped(self.study_key, bytes(seed), new, cost)
                write_key_file(self._folder, changed)
                self.study_key = changed
        finally:
            _zero(seed)

    def new_intake_key(self) -> IntakeKeyPair:
        """An intake key whose private half is sealed to the study's key; also while locked."""
        return new_intake_key(self.study_key.public)

    def seal_secret(self, name: str, secret: bytes) -> bytes:
        """Seal a secret of the place; also while locked. Raises ``CodedError`` ``vault.secret.too_large``."""
        return seal_secret(self.study_key.public, name, secret)

    def open_secret(self, token: str, name: str, sealed: bytes) -> bytes:
        """Open a sealed secret. Raises ``CodedError``: ``vault.locked``, ``vault.secret.sealed``."""
        seed, by = self._granted(token)
        secret = open_secret(seed, name, sealed)
        self.audit.append(by, "open_secret", name=name)
        return secret

    def open(self, token: str, encoded_cover: bytes, sealed_private: bytes, body: Readable) -> Iterator[bytes]:
        """The content of an envelope, chunk by chunk, after its opening was written to the log.

        Nothing of it may be used before the iterator ended without an error. ``sealed_private`` is the intake key
        that the envelope was sealed to, or empty where it was sealed to the study's key itself.

        Raises ``CodedError``: ``vault.locked`` (also in the middle, when somebody locks),
        ``vault.intake_key.sealed``; ``EnvelopeError`` as ``sync.envelope``.
        """
        seed, by = self._granted(token)
        cover = verify_cover(encoded_cover)
        try:
            content_key = self._content_key(seed, cover, sealed_private)
        except (CodedError, EnvelopeError) as error:
            self._note(by, "open_failed", cover, code=error.code)
            raise
        self._note(by, "open", cover)
        verified = _Verified(body, BodyVerifier(cover.body))
        try:
            for chunk in open_body(verified, content_key, cover.key_commitment):
                self._granted(token)
                yield chunk
            verified.finish()
        except EnvelopeError as error:
            self._note(by, "open_failed", cover, code=error.code)
            raise

    def _content_key(self, seed: bytes, cover: Cover, sealed_private: bytes) -> bytes:
        keys = {self.study_key.id: seed}
        if sealed_private:
            key, intake_seed = open_intake_key(seed, sealed_private)
            keys[key] = intake_seed
        return open_content_key(cover, keys)

    def _note(self, by: str, what: str, cover: Cover, **more: str) -> None:
        self.audit.append(by, what, instance=cover.instance, part=cover.part, hash=cover.hash, **more)

    def _checked(self, passphrase: str, by: str, what: str) -> bytearray:
        """The seed for the right passphrase. Attempts are taken one after the other, wrong ones slow the next."""
        if not self._queue.acquire(blocking=False):
            raise CodedError("vault.busy")
        try:
            with self._turn:
                if self._failures:
                    self._wait(min(2.0 ** (self._failures - 1), MAX_DELAY))
                try:
                    seed = open_study_key(self.study_key, passphrase)
                except WrongPassphraseError:
                    self._failures += 1
                    self.audit.append(by, f"{what}_refused")
                    raise CodedError("vault.passphrase.wrong") from None
                self._failures = 0
                self.audit.append(by, what)
                return seed
        finally:
            self._queue.release()

    def _granted(self, token: str) -> tuple[bytes, str]:
        with self._lock:
            self._expire()
            granted = self._grants.get(_digest(token))
            if granted is None or self._seed is None:
                raise CodedError("vault.locked")
            return bytes(self._seed), granted.by

    def _expire(self) -> None:
        time_now = self._clock()
        for digest in [digest for digest, granted in self._grants.items() if granted.until <= time_now]:
            del self._grants[digest]
        if not self._grants and self._seed is not None:
            _zero(self._seed)
            self._seed = None


class _Verified:
    """A source whose bytes pass by a verifier."""

    def __init__(self, source: Readable, verifier: BodyVerifier) -> None:
        self._source, self._verifier = source, verifier

    def read(self, size: int, /) -> bytes:
        data = self._source.read(size)
        self._verifier.update(data)
        return data

    def finish(self) -> None:
        self._verifier.finish()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _zero(secret: bytearray) -> None:
    secret[:] = bytes(len(secret))
