"""The vault behind its socket: one thread a connection, one call a connection, nothing of it ends the process."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from server.errors.error import CodedError
from server.vault.address import address, is_own_user
from server.vault.core import Vault
from server.vault.frames import Channel, FrameError, Kind
from sync.envelope.encoding import b64u, from_b64u
from sync.errors import EnvelopeError

IDLE_SECONDS = 60.0
MAX_CONNECTIONS = 64
_BY = re.compile(r"[^\x00-\x1f\x7f]{0,100}")
_OTHER = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class VaultServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Listens at ``path`` (mode 0600, in a folder of mode 0700) and answers for a vault."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, vault: Vault) -> None:
        self.vault = vault
        self.path = path
        self._places = threading.Semaphore(MAX_CONNECTIONS)
        super().__init__(str(path), _Handler)

    def server_bind(self) -> None:
        """Bind with the socket closed to others from its first moment."""
        before = os.umask(0o177)
        try:
            with address(self.path) as reachable:
                self.socket.bind(reachable)
        finally:
            os.umask(before)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401, ARG002
        """Only our own user is answered, and not more than 64 at once."""
        return is_own_user(request) and self._places.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: a traceback could hold content. The caller sees the connection end."""

    def service_actions(self) -> None:
        """Several times a second: forget the key when the last grant's time is over."""
        self.vault.expire()


class _Handler(socketserver.BaseRequestHandler):
    server: VaultServer
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(IDLE_SECONDS)
        channel = Channel(self.request)
        try:
            call = channel.receive_json()
            answer = Calls(self.server.vault, channel).answer(call)
        except (CodedError, EnvelopeError) as error:
            answer = {"error": {"code": error.code, "params": error.params}}
        except FrameError:
            answer = {"error": {"code": "vault.call.malformed", "params": {}}}
        with contextlib.suppress(OSError, FrameError):
            channel.send_json(answer)


class Calls:
    """The calls by their names. Each takes the caller's document and returns the answer's."""

    def __init__(self, vault: Vault, channel: Channel) -> None:
        self._vault = vault
        self._channel = channel
        self._calls: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "status": self._status,
            "unlock": self._unlock,
            "lock": self._lock,
            "change_passphrase": self._change_passphrase,
            "new_intake_key": self._new_intake_key,
            "seal_secret": self._seal_secret,
            "open_secret": self._open_secret,
            "open": self._open,
        }

    def answer(self, call: dict[str, Any]) -> dict[str, Any]:
        """Raises ``FrameError``, ``CodedError``, ``EnvelopeError``."""
        name = call.get("call")
        known = self._calls.get(name) if isinstance(name, str) else None
        if known is None:
            raise FrameError("an unknown call")
        return known(call)

    def _status(self, _call: dict[str, Any]) -> dict[str, Any]:
        key, audit = self._vault.study_key, self._vault.audit
        return {
            "open_for": self._vault.open_until(),
            "study_key": {"id": key.id, "public": b64u(key.public)},
            "audit": {"lines": audit.lines, "last": audit.last, "problem": audit.problem},
        }

    def _unlock(self, call: dict[str, Any]) -> dict[str, Any]:
        token = self._vault.unlock(_passphrase(call, "passphrase"), _text(call, "by", _BY))
        return {"grant": token, "open_for": self._vault.open_until()}

    def _lock(self, call: dict[str, Any]) -> dict[str, Any]:
        token = None if call.get("grant") is None else _text(call, "grant", _OTHER)
        self._vault.lock(token, _text(call, "by", _BY))
        return {}

    def _change_passphrase(self, call: dict[str, Any]) -> dict[str, Any]:
        old, new = _passphrase(call, "old"), _passphrase(call, "new")
        self._vault.change_passphrase(old, new, _text(call, "by", _BY))
        return {}

    def _new_intake_key(self, _call: dict[str, Any]) -> dict[str, Any]:
        pair = self._vault.new_intake_key()
        return {"key": pair.key, "public": b64u(pair.public), "sealed_private": b64u(pair.sealed_private)}

    def _seal_secret(self, call: dict[str, Any]) -> dict[str, Any]:
        return {"sealed": b64u(self._vault.seal_secret(_text(call, "name", _OTHER), _bytes(call, "secret")))}

    def _open_secret(self, call: dict[str, Any]) -> dict[str, Any]:
        grant, name = _text(call, "grant", _OTHER), _text(call, "name", _OTHER)
        return {"secret": b64u(self._vault.open_secret(grant, name, _bytes(call, "sealed")))}

    def _open(self, call: dict[str, Any]) -> dict[str, Any]:
        grant, cover, sealed = _text(call, "grant", _OTHER), _bytes(call, "cover"), _bytes(call, "sealed_private")
        for chunk in self._vault.open(grant, cover, sealed, _AskedFor(self._channel)):
            self._channel.send(Kind.DATA, chunk)
        return {}


class _AskedFor:
    """A body that the caller sends piece by piece, each when it is asked for."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._rest = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        if not self._rest and not self._ended:
            self._channel.send(Kind.WANT)
            kind, self._rest = self._channel.receive()
            self._ended = kind is Kind.END
            if kind not in (Kind.DATA, Kind.END) or (kind is Kind.DATA and not self._rest):
                raise FrameError("a piece of the body was expected")
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def _text(call: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = call.get(name)
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise FrameError("a text is missing")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise FrameError("a text that cannot be written") from None
    return value


def _passphrase(call: dict[str, Any], name: str) -> str:
    value = call.get(name)
    if not isinstance(value, str) or len(value) > 10_000:
        raise FrameError("a passphrase is missing")
    return value


def _bytes(call: dict[str, Any], name: str) -> bytes:
    value = call.get(name)
    try:
        return from_b64u(value if isinstance(value, str) else "=")
    except ValueError:
        raise FrameError("bytes are missing") from None
