"""The reader of traces, on lines as strace writes them and on a real trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.durability.strace import Event, TraceError, read_trace, strace_command

CONVERSATION = rb"""
7 openat(AT_FDCWD</tmp>, "/p/a", O_WRONLY|O_CREAT, 0600) = 5</p/a>
7 write(5</p/a>, "\1\0\"\\12\n\377", 8 <unfinished ...>
8 fsync(6</p/b-> <unfinished ...>
7 <... write resumed>) = 7
8 <... fsync resumed>) = 0
7 writev(9<TCP:[127.0.0.1:80->127.0.0.1:4]>, [{iov_base="HTTP/1.1 ", iov_len=9}, {iov_base="200", iov_len=3}], 2) = 12
7 rename("/p/a", "/p/c") = -1 ENOENT (No such file or directory)
7 --- SIGTERM {si_signo=SIGTERM} ---
7 +++ exited with 0 +++
""".strip().splitlines(keepends=True)


def test_calls_are_in_the_order_in_which_they_began_and_ended() -> None:
    seen = [(event.moment, event.call.thread, event.call.name) for event in read_trace(CONVERSATION)]
    assert seen[2:6] == [("begin", 7, "write"), ("begin", 8, "fsync"), ("end", 7, "write"), ("end", 8, "fsync")]
    assert len(seen) == 10


def test_arguments_and_results_are_read() -> None:
    opened, written, synced, sent, renamed = _ends(CONVERSATION)
    assert (opened.call.opened, opened.call.result) == ("/p/a", 5)
    assert (written.call.target, written.call.descriptor, written.call.result) == ("/p/a", 5, 7)
    assert written.call.data == b'\x01\x00"\\12\n\xff'
    assert written.call.numbers == [8]
    assert (synced.call.target, synced.call.result) == ("/p/b-", 0)
    assert sent.call.target == "TCP:[127.0.0.1:80->127.0.0.1:4]"
    assert sent.call.data == b"HTTP/1.1 200"
    assert (renamed.call.strings, renamed.call.result) == ([b"/p/a", b"/p/c"], -1)


def test_the_end_of_a_process_inside_a_call_is_no_success() -> None:
    (event,) = _ends([b"7 fsync(5</p/a> <unfinished ...>\n", b"7 <... fsync resumed>) = ?\n"])
    assert event.call.result == -1


@pytest.mark.parametrize("lines", [[b"something else\n"], [b"7 <... fsync resumed>) = 0\n"], [b"7 fsync(5</p/a>\n"]])
def test_what_strace_does_not_write_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(TraceError):
        list(read_trace(lines))


def test_a_buffer_that_was_cut_is_refused() -> None:
    (event,) = _ends([b'7 write(5</p/a>, "ab"..., 4096) = 4096\n'])
    with pytest.raises(TraceError):
        _ = event.call.data


def test_a_real_trace_gives_back_the_bytes_that_were_written(strace_path: str, tmp_path: Path) -> None:
    script = """
import os, sys
with open(sys.argv[1], "wb", buffering=0) as file:
    file.write(bytes(range(256)) * 400)
    os.fsync(file.fileno())
    os.pwrite(file.fileno(), b'tail "with" \\\\ 12', 7)
"""
    file, trace = tmp_path / "fi-le", tmp_path / "trace"
    words = [*strace_command(strace_path, trace), sys.executable, "-c", script, str(file)]
    subprocess.run(words, check=True)
    with trace.open("rb") as lines:
        ends = [event.call for event in read_trace(lines) if event.moment == "end" and event.call.target == str(file)]
    assert [call.name for call in ends if call.name != "lseek"] == ["write", "fsync", "pwrite64", "close"]
    by_name = {call.name: call for call in ends}
    assert by_name["write"].data == bytes(range(256)) * 400
    assert by_name["pwrite64"].data == b'tail "with" \\ 12'
    assert by_name["pwrite64"].numbers == [16, 7]


def _ends(lines: list[bytes]) -> list[Event]:
    return [event for event in read_trace(lines) if event.moment == "end"]
