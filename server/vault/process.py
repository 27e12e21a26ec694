"""The vault's process: hardening, its one lock, start and end; and how others start it."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from server.errors.error import CodedError
from server.settings import Settings
from server.vault.address import SOCKET_FILE
from server.vault.client import VaultClient
from server.vault.core import Vault
from server.vault.server import VaultServer

LOCK_FILE = "vault.lock"
READY = "ready"
STOP_SECONDS = 15
LOOK_EVERY = 0.1
"""Seconds between two looks whether to end, and whether a grant's time is over."""
_PR_SET_DUMPABLE = 4
_ENDING = (signal.SIGTERM, signal.SIGINT)


def serve_vault(folder: Path, open_for: float, ready: Callable[[Path], None]) -> None:
    """Run the vault in this process until SIGTERM or SIGINT; the key is overwritten before it ends.

    ``ready`` is called with the socket's path when it answers. A socket that is left over is replaced only if nobody
    answers on it.

    Raises ``CodedError``: ``vault.running``, ``vault.key.missing``, ``vault.key.damaged``,
    ``vault.folder.open_to_others``.
    """
    if not folder.is_dir():
        raise CodedError("vault.key.missing", path=str(folder))
    if folder.stat().st_mode & 0o077:
        raise CodedError("vault.folder.open_to_others", path=str(folder))
    harden()
    path = folder / SOCKET_FILE
    with _only_one(folder):
        if VaultClient(path).answers():
            raise CodedError("vault.running", path=str(folder))
        vault = Vault(folder, open_for)
        path.unlink(missing_ok=True)
        # Waited for, not handled: a handler's exception is lost where the code that it interrupts catches it. They stay
        # blocked, so that a second signal does not interrupt the clearing up.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            with VaultServer(path, vault) as server:
                answering = threading.Thread(target=_answer, args=(server,), name="vault-server", daemon=True)
                answering.start()
                ready(path)
                signal.sigwait(_ENDING)
                server.shutdown()
                answering.join()
        finally:
            vault.close()
            path.unlink(missing_ok=True)


def harden() -> None:
    """No core dump, and no other process of this user looks into the memory (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def start_vault(settings: Settings) -> subprocess.Popen[str] | None:
    """Start the vault of a place if it does not answer, and wait until it does.

    Returns its process, which the caller keeps and ends with ``stop_vault`` (it also ends when the caller's process
    does, however that ends); None if one was running already.
    Raises ``CodedError`` ``vault.start_failed``; what was wrong stands on its standard error.
    """
    if VaultClient(settings.vault / SOCKET_FILE).answers():
        return None
    command = [sys.executable, "-m", "server.vault", str(settings.vault), str(settings.vault_open_for)]
    # The passphrase of a command's environment is not the vault's to keep.
    environment = {name: value for name, value in os.environ.items() if name != "FELDBUCH_PASSPHRASE"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    said = process.stdout.readline() if process.stdout else ""
    if process.stdout:
        process.stdout.close()
    if said.strip() != READY:
        stop_vault(process)
        if VaultClient(settings.vault / SOCKET_FILE).answers():
            return None
        raise CodedError("vault.start_failed", path=str(settings.vault))
    return process


def stop_vault(process: subprocess.Popen[str] | None) -> None:
    """End a vault that ``start_vault`` started; nothing for None."""
    if process is None:
        return
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def vault_of(settings: Settings) -> Iterator[VaultClient]:
    """A client of the place's vault; one that does not run is started and ends with the block."""
    process = start_vault(settings)
    try:
        yield VaultClient(settings.vault / SOCKET_FILE)
    finally:
        stop_vault(process)


@contextlib.contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CodedError("vault.running", path=str(folder)) from None
        yield
    finally:
        os.close(descriptor)


def _answer(server: VaultServer) -> None:
    try:
        server.serve_forever(LOOK_EVERY)
    finally:
        # However it ends, the process ends too.
        os.kill(os.getpid(), signal.SIGTERM)
