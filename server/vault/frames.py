"""Frames on the vault's socket: a kind (1 byte), a length (4 bytes, big-endian), a payload. Every kind has its limit.

A call is one connection. The caller sends one JSON frame; the vault answers with one JSON frame, after any number of
``WANT`` (send me the next piece of the body: a ``DATA`` frame, or ``END``) and ``DATA`` (a piece of the content).
The vault alone drives, so neither side can wait for the other.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

HEAD = struct.Struct(">BI")


class Kind(IntEnum):
    """What a frame is."""

    JSON = 1
    DATA = 2
    WANT = 3
    END = 4


LIMITS = {Kind.JSON: 64 * 1024, Kind.DATA: 256 * 1024, Kind.WANT: 0, Kind.END: 0}
"""The longest payload of each kind, in bytes."""


class FrameError(Exception):
    """The other side sent something that is no frame, or ended in the middle of one."""


class Channel:
    """Sends and receives frames on a connected socket; the socket's timeout holds for each step."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, kind: Kind, payload: bytes = b"") -> None:
        """Send one frame. Raises ``FrameError`` for a payload above the limit, ``OSError``."""
        if len(payload) > LIMITS[kind]:
            raise FrameError("the payload is too long")
        self._connection.sendall(HEAD.pack(kind, len(payload)) + payload)

    def send_json(self, document: Mapping[str, Any]) -> None:
        """Send a document as a JSON frame."""
        self.send(Kind.JSON, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))

    def receive(self) -> tuple[Kind, bytes]:
        """The next frame. Raises ``FrameError``, ``OSError`` (a timeout is one)."""
        number, length = HEAD.unpack(self._exactly(HEAD.size))
        try:
            kind = Kind(number)
        except ValueError:
            raise FrameError("an unknown kind of frame") from None
        if length > LIMITS[kind]:
            raise FrameError("a frame is too long")
        return kind, self._exactly(length)

    def receive_json(self) -> dict[str, Any]:
        """The next frame, which must be a JSON object. Raises as ``receive``."""
        kind, payload = self.receive()
        if kind is not Kind.JSON:
            raise FrameError("a document was expected")
        return parse_json(payload)

    def _exactly(self, size: int) -> bytes:
        pieces = bytearray()
        while len(pieces) < size:
            piece = self._connection.recv(size - len(pieces))
            if not piece:
                raise FrameError("the connection ended")
            pieces += piece
        return bytes(pieces)


def parse_json(payload: bytes) -> dict[str, Any]:
    """The JSON object in a payload. Raises ``FrameError``."""
    try:
        document = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        raise FrameError("no JSON") from None
    if not isinstance(document, dict):
        raise FrameError("no JSON object")
    return document
