"""Where the vault listens, and who may speak to it."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from server.errors.error import CodedError

SOCKET_FILE = "vault.sock"
LONGEST_PATH = 100
"""Bytes. Systems cut the path of a Unix socket at 104 to 108."""


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """An address for ``bind`` and ``connect``; on Linux a long path is reached through its folder's descriptor.

    Raises ``CodedError`` ``vault.socket.path_too_long``; ``OSError`` when the folder cannot be opened.
    """
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield str(path)
        return
    if sys.platform != "linux":
        raise CodedError("vault.socket.path_too_long", path=str(path), limit=LONGEST_PATH)
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def connect(path: Path, timeout: float) -> socket.socket:
    """A connection to a vault. Raises ``OSError`` when nobody answers."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        with address(path) as reachable:
            connection.connect(reachable)
    except BaseException:
        connection.close()
        raise
    return connection


def is_own_user(connection: socket.socket) -> bool:
    """Whether the other side runs as our user. True where the system does not tell: the folder's mode must do then."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    return bool(uid == os.geteuid())
