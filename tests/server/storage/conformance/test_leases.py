"""The lease: one of several processes does what the place does by itself, and one that was stopped writes no more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.receipts import MARKS
from server.services.operate.lease import JobLease, run_if_held
from server.storage.bulk import insert_row
from server.storage.items import MarkRow
from tests.field import Study
from tests.server.storage.conformance.test_turns import ONLY_SHARED

ROOT = Path(__file__).parents[4]
START = datetime(2026, 3, 1, tzinfo=UTC)
CHILD = """
import sys
from pathlib import Path
from server.errors.error import CodedError
from server.services.collect.keys import central_private_key
from server.services.operate.lease import JobLease
from server.settings import read_settings
from server.storage import writer
from tests.field import Study
from tests.server.storage.conformance.test_leases import write
# Were it stopped within a transaction, others would wait so long for their turn.
writer.LEAVE_IF_STALLED = "SET LOCAL idle_in_transaction_session_timeout = 500"
settings = read_settings(Path(sys.argv[1]))
study = Study(settings, central_private_key(settings))
lease = JobLease(study.place, "child", seconds=1)
fence = lease.take()
print("fence", fence, flush=True)
number = 0
try:
    while True:
        number += 1
        write(lease.fenced(fence), "child", number)
        print("wrote", number, flush=True)
except CodedError as error:
    print(error.code, flush=True)
study.close()
"""


def write(place: Place, by: str, number: int) -> None:
    """A write of a job: a row that says who wrote it."""
    row = {"epoch": by, "durable_seq": number, "document": b"", "received_at": START}
    place.writer.run(lambda connection: insert_row(connection, MARKS, row))


class Clock:
    """The database's clock, handed in."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self, _: Connection) -> datetime:
        return self.now


def test_it_is_held_by_one_and_goes_to_the_next_when_it_is_not_renewed(central: Study, beside: Study) -> None:
    clock = Clock()
    one, other = JobLease(central.place, "one", 60, clock), JobLease(beside.place, "other", 60, clock)
    assert one.take() == 1
    assert other.take() is None
    clock.now += timedelta(seconds=59)
    assert one.take() == 1, "renewed"
    clock.now += timedelta(seconds=59)
    assert other.take() is None
    clock.now += timedelta(seconds=1)
    assert other.take() == 2
    assert one.take() is None
    write(other.fenced(2), "other", 1)
    with pytest.raises(CodedError, match=r"lease\.lost"):
        write(one.fenced(1), "one", 1)
    clock.now += timedelta(hours=1)
    write(other.fenced(2), "other", 2)
    assert one.take() == 3, "never a fence that was there before"
    with pytest.raises(CodedError, match=r"lease\.lost"):
        write(other.fenced(2), "other", 3)
    assert [row.epoch for row in central.rows(MarkRow)] == ["other", "other"]


def test_a_job_runs_at_one_process_only(central: Study, beside: Study) -> None:
    clock = Clock()
    one, other = JobLease(central.place, "one", 60, clock), JobLease(beside.place, "other", 60, clock)
    for number in range(3):
        run_if_held(one, lambda place, number=number: write(place, "one", number))
        run_if_held(other, lambda place, number=number: write(place, "other", number))
    assert {row.epoch for row in central.rows(MarkRow)} == {"one"}


@ONLY_SHARED
def test_a_process_that_is_stopped_in_the_middle_of_its_work_writes_nothing_when_it_goes_on(central: Study) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD, str(central.settings.place)]
    lease = JobLease(central.place, "parent", seconds=60)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "fence 1\n"
            while child.stdout.readline() != "wrote 3\n":
                pass
            child.send_signal(signal.SIGSTOP)
            assert lease.take() is None, "its time is not over"
            end = time.monotonic() + 60
            while (fence := lease.take()) is None:
                assert time.monotonic() < end
                time.sleep(0.05)
            assert fence == 2
            write(lease.fenced(fence), "parent", 1)
            child.send_signal(signal.SIGCONT)
            said = child.stdout.read().split("\n")
        finally:
            child.kill()
    assert said[-2] in ("lease.lost", "database.unreachable")
    rows = [row.epoch for row in central.rows(MarkRow)]
    assert rows[-1] == "parent", "nothing after the fence that is newer"
    assert rows.count("parent") == 1
    assert len(rows) >= 4
