"""The disk that forgets: what it must hold, and what it must not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.durability.disk import TORN, Disk, NotModelledError
from tests.durability.strace import read_trace, strace_command

ROOT = Path("/p")
OPEN = '1 openat(AT_FDCWD</>, "/p/a", O_WRONLY|O_CREAT, 0600) = 5</p/a>'
WRITE = '1 write(5</p/a>, "item", 4) = 4'
SYNC = "1 fsync(5</p/a>) = 0"
SYNC_FOLDER = "1 fsync(6</p>) = 0"
RENAME = '1 rename("/p/a", "/p/b") = 0'
HELD = {ROOT / "a": b"item"}


def left(lines: Sequence[str], disk: Disk | None = None) -> dict[Path, bytes]:
    """What survives after these lines."""
    disk = disk or Disk(ROOT)
    for event in read_trace(f"{line}\n".encode() for line in lines):
        disk.feed(event)
    return disk.survivors()


def test_a_file_survives_when_content_and_name_are_synced() -> None:
    assert left([OPEN, WRITE, SYNC, SYNC_FOLDER]) == HELD
    assert left([OPEN, SYNC_FOLDER, WRITE, SYNC.replace("fsync", "fdatasync")]) == HELD


@pytest.mark.parametrize("missing", [SYNC, SYNC_FOLDER])
def test_a_file_without_one_of_the_two_syncs_does_not(missing: str) -> None:
    assert left([line for line in (OPEN, WRITE, SYNC, SYNC_FOLDER) if line != missing]) == {}


def test_what_is_written_after_the_sync_does_not_survive() -> None:
    assert left([OPEN, WRITE, SYNC, SYNC_FOLDER, WRITE]) == HELD
    assert left([OPEN, SYNC, SYNC_FOLDER, WRITE]) == {ROOT / "a": b""}


def test_a_sync_that_began_before_the_write_ended_does_not_count() -> None:
    begun = ["1 fsync(5</p/a> <unfinished ...>", WRITE.replace("1 ", "2 ", 1), "1 <... fsync resumed>) = 0"]
    assert left([OPEN, SYNC_FOLDER, *begun]) == {ROOT / "a": b""}
    overlapping = ['2 write(5</p/a>, "item", 4 <unfinished ...>', SYNC, "2 <... write resumed>) = 4"]
    assert left([OPEN, SYNC_FOLDER, *overlapping]) == {ROOT / "a": b""}


def test_a_sync_that_failed_or_has_not_ended_does_not_count() -> None:
    assert left([OPEN, SYNC_FOLDER, WRITE, "1 fsync(5</p/a>) = -1 EIO (Input/output error)"]) == {}
    assert left([OPEN, SYNC_FOLDER, WRITE, "1 fsync(5</p/a> <unfinished ...>"]) == {}


def test_a_new_name_needs_a_sync_of_the_folder_and_the_old_one_is_gone_at_once() -> None:
    assert left([OPEN, WRITE, SYNC, SYNC_FOLDER, RENAME]) == {}
    assert left([OPEN, WRITE, SYNC, SYNC_FOLDER, RENAME, SYNC_FOLDER]) == {ROOT / "b": b"item"}


def test_a_file_in_a_new_folder_needs_the_folder_above_to_be_synced_too() -> None:
    make = '1 mkdir("/p/f", 0700) = 0'
    inside = [line.replace("/p/a", "/p/f/a") for line in (OPEN, WRITE, SYNC)]
    lines = [make, *inside, "1 fsync(6</p/f>) = 0"]
    assert left(lines) == {}
    assert left([*lines, SYNC_FOLDER]) == {ROOT / "f/a": b"item"}


def test_what_is_taken_away_or_written_over_is_not_relied_upon() -> None:
    durable = [OPEN, WRITE, SYNC, SYNC_FOLDER]
    assert left([*durable, '1 unlink("/p/a" <unfinished ...>']) == {}
    assert left([*durable, '1 pwrite64(5</p/a>, "XX", 2, 1 <unfinished ...>']) == {ROOT / "a": b"i" + TORN * 2 + b"m"}
    assert left([*durable, '1 pwrite64(5</p/a>, "te", 2, 1) = 2']) == HELD
    assert left([*durable, "1 ftruncate(5</p/a>, 2 <unfinished ...>"]) == {ROOT / "a": b"it"}
    assert left([*durable, '1 openat(AT_FDCWD</>, "/p/a", O_WRONLY|O_TRUNC) = 7</p/a>']) == {ROOT / "a": b""}


def test_a_second_name_is_the_same_file_and_needs_a_sync_of_the_folder() -> None:
    link = '1 link("/p/a", "/p/c") = 0'
    assert left([OPEN, WRITE, SYNC, link, SYNC_FOLDER, '1 unlink("/p/a") = 0']) == {ROOT / "c": b"item"}
    assert left([OPEN, WRITE, SYNC, SYNC_FOLDER, link]) == HELD
    assert left([OPEN, WRITE, link, SYNC_FOLDER]) == {}


def test_positions_are_followed() -> None:
    append = '1 openat(AT_FDCWD</>, "/p/a", O_WRONLY|O_APPEND) = 7</p/a>'
    more = '1 write(7</p/a>, "+", 1) = 1'
    seek = "1 lseek(5</p/a>, 1, SEEK_SET) = 1"
    assert left([OPEN, WRITE, append, more, SYNC, SYNC_FOLDER]) == {ROOT / "a": b"item+"}
    assert left([OPEN, WRITE, seek, WRITE, SYNC, SYNC_FOLDER]) == {ROOT / "a": b"iitem"}


def test_what_was_there_before_is_durable(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a").write_bytes(b"old")
    assert left([], Disk(tmp_path, tmp_path.rglob("*"))) == {tmp_path / "f" / "a": b"old"}


def test_what_was_left_unsynced_needs_both_syncs(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"left")
    syncs = [f"1 fsync(5<{file}>) = 0", f"1 fsync(6<{tmp_path}>) = 0"]
    for made, survives in (([], False), (syncs[:1], False), (syncs[1:], False), (syncs, True)):
        assert bool(left(made, Disk(tmp_path, [file], [file]))) is survives


@pytest.mark.parametrize("call", ['writev(5</p/a>, [{iov_base="x", iov_len=1}], 1)', 'symlink("/p/a", "/p/c")'])
def test_a_call_whose_effect_is_not_known_is_refused(call: str) -> None:
    with pytest.raises(NotModelledError):
        left([OPEN, f"1 {call} = 1"])


@pytest.mark.parametrize(("syncs", "survives"), [("before", True), ("after", False), ("never", False)])
def test_a_real_process_that_answers_before_it_syncs_is_caught(
    syncs: str, survives: bool, strace_path: str, tmp_path: Path
) -> None:
    script = """
import os, sys
folder, syncs = sys.argv[1:]
def sync():
    os.fsync(file.fileno())
    above = os.open(folder, os.O_DIRECTORY)
    os.fsync(above)
with open(folder + "/item", "wb", buffering=0) as file:
    file.write(b"item")
    if syncs == "before":
        sync()
    os.write(1, b"held")
    if syncs == "after":
        sync()
"""
    folder, trace = tmp_path / "place", tmp_path / "trace"
    folder.mkdir()
    words = [*strace_command(strace_path, trace), sys.executable, "-c", script, str(folder), syncs]
    assert subprocess.run(words, check=True, capture_output=True).stdout == b"held"
    disk = Disk(folder)
    with trace.open("rb") as lines:
        for event in read_trace(lines):
            if event.call.name == "write" and event.call.data == b"held":
                break
            disk.feed(event)
    assert disk.survivors() == ({folder / "item": b"item"} if survives else {})
