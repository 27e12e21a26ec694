"""Connections whose other end is gone without a word: a tablet that left the network in the middle of a request.

A request that waits for its body would hold a thread and a slot for ever, since nothing is sent that could fail. TCP
asks such a peer by itself, where the listening socket says so: connections that it accepts inherit it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from typing import Final

FOLDER: Final = "/dev/fd"
IDLE_SECONDS: Final = 60
BETWEEN_SECONDS: Final = 15
ASKED_TIMES: Final = 4


def notice_dead_peers() -> int:
    """Have the TCP sockets that this process listens at ask silent peers; returns how many there are.

    A peer is given up two minutes after its last sign of life. granian hands out no socket of its worker, so they are
    looked for among the open files.
    """
    found = 0
    for listening in _listening():
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (
            ("TCP_KEEPIDLE", IDLE_SECONDS),
            ("TCP_KEEPINTVL", BETWEEN_SECONDS),
            ("TCP_KEEPCNT", ASKED_TIMES),
        ):
            if (option := getattr(socket, name, None)) is not None:
                listening.setsockopt(socket.IPPROTO_TCP, option, value)
        found += 1
    return found


def _listening() -> Iterator[socket.socket]:
    for name in os.listdir(FOLDER):
        # A file may be closed, or another one opened in its place, while we look.
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            each = socket.socket(fileno=int(name))
            try:
                listens = each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
                if listens and each.family in (socket.AF_INET, socket.AF_INET6):
                    yield each
            finally:
                # It is not ours. Nothing may be closed here, not even a copy: with it SQLite's locks would go.
                each.detach()
