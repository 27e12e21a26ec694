"""The body of an upload as it comes in: what came before a connection broke is not lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from flask import request
from werkzeug.exceptions import ClientDisconnected, LengthRequired, RequestEntityTooLarge

READ_BYTES = 32 * 1024
PIECE_SECONDS = 5.0
"""On a slow line so much time lies between two pieces: as much is lost at most when this process is killed."""


def announced_size(limit: int) -> int:
    """How many bytes the request will bring. Raises ``HTTPException``: 411 without a length, 413 above the limit."""
    size = request.content_length
    if size is None:
        raise LengthRequired
    if size > limit:
        raise RequestEntityTooLarge
    return size


def arriving(size: int, clock: Callable[[], float] = time.monotonic) -> Iterator[bytearray]:
    """The request's ``size`` bytes: one piece on a fast line, one each ``PIECE_SECONDS`` on a slow one.

    Raises ``ClientDisconnected`` where fewer came, after the last piece of what did come was given.
    """
    piece, left, since = bytearray(), size, clock()
    while left:
        got = _read(min(READ_BYTES, left))
        if not got:
            break
        piece += got
        left -= len(got)
        if left and clock() - since >= PIECE_SECONDS:
            yield piece
            piece, since = bytearray(), clock()
    if piece or not size:
        yield piece
    if left:
        raise ClientDisconnected


def _read(size: int) -> bytes:
    """Bytes of the body, none where the connection broke: granian is silent then, Werkzeug's streams raise."""
    try:
        return request.stream.read(size)
    except ClientDisconnected:
        return b""
