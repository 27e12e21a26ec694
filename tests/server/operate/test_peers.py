"""A peer that is gone without a word is noticed by TCP itself."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.services.operate.peers import notice_dead_peers


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_accepted_connections_ask_whether_the_other_end_is_there(family: socket.AddressFamily) -> None:
    address = "127.0.0.1" if family == socket.AF_INET else "::1"
    with socket.socket(family) as listening:
        try:
            listening.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no such address")
        listening.listen()
        assert notice_dead_peers() >= 1
        with socket.create_connection(listening.getsockname()[:2]) as tablet:
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
            # Only what listens is touched.
            assert tablet.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


def test_open_files_stay_open_and_locked(tmp_path: Path) -> None:
    """A lock of SQLite's kind goes with any copy of the file that is closed."""
    one, other = socket.socketpair()
    with one, other, (tmp_path / "locked").open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        notice_dead_peers()
        one.sendall(b"still there")
        assert other.recv(20) == b"still there"
        probe = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
        assert subprocess.run([sys.executable, "-c", probe, file.name], stderr=subprocess.DEVNULL).returncode == 1
