"""Several writers on one database take turns: the order of numbers is the order of commits, and who stalls loses."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import Connection, select, text

from server.errors.error import CodedError
from server.services.collect.receipts import RECEIPTS
from server.services.operate.database import check_database
from server.storage import writer as writer_module
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.protocol import BATCH_TYPE
from tests.field import FieldDevice, Study, batch
from tests.postgresql import Cluster
from tests.server.collect import test_two_writers

ITEMS = 40
ONLY_SHARED = pytest.mark.parametrize("new_store", ["postgresql, folder"], indirect=True)


def test_two_writers_at_once_number_in_the_order_of_their_commits(central: Study, beside: Study) -> None:
    """Whoever reads meanwhile sees no number before the one below it: a mark over those seen would be a lie else."""
    devices = [FieldDevice(central), FieldDevice(central)]
    for each in devices:
        central.introduce(each)
    sealed = [[device.seal() for _ in range(ITEMS)] for device in devices]
    done, holes = threading.Event(), []

    def deliver(which: int) -> None:
        study = (central, beside)[which]
        for item in sealed[which]:
            study.intake.receive(devices[which].carrier, [item])

    def look() -> None:
        query = select(RECEIPTS.c.seq).order_by(RECEIPTS.c.id)
        while not done.is_set():
            with beside.place.engine.connect() as connection:
                seen = list(connection.execute(query).scalars())
            if seen != list(range(1, len(seen) + 1)):
                holes.append(seen)

    with ThreadPoolExecutor(3) as pool:
        looking = pool.submit(look)
        delivering = [pool.submit(deliver, which) for which in (0, 1)]
        wait(delivering, 60)
        done.set()
        for each in (*delivering, looking):
            each.result(60)
    assert holes == []
    assert [row.seq for row in central.rows(ReceiptRow)] == list(range(1, 2 * ITEMS + 1))
    assert [row.id for row in central.rows(ItemRow)] == list(range(1, 2 * ITEMS + 1))


def test_the_same_item_at_both_is_kept_once(central: Study, beside: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    items = [device.seal(b"x" * (100_000 if number % 3 == 0 else 10)) for number in range(ITEMS // 3)]
    with ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(lambda study: [study.intake.receive(device.carrier, [item])[0] for item in items], each)
            for each in (central, beside)
        ]
        answers = [each.result(60) for each in both]
    assert [each.receipt for each in answers[0]] == [each.receipt for each in answers[1]]
    assert len(central.rows(ItemRow)) == len(central.rows(ReceiptRow)) == len(items)


@ONLY_SHARED
def test_two_processes_at_once(central: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_two_writers, "DEVICES", 4)
    test_two_writers.test_a_command_and_the_server_write_at_once(central)


@ONLY_SHARED
def test_who_stalls_in_the_middle_loses_the_turn_and_writes_nothing(
    central: Study, beside: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "LEAVE_IF_STALLED", "SET LOCAL idle_in_transaction_session_timeout = 300")
    device = FieldDevice(central)
    central.introduce(device)
    begun, go = threading.Event(), threading.Event()
    late = device.seal()

    def stall(connection: Connection) -> None:
        seq = connection.execute(select(RECEIPTS.c.seq).order_by(RECEIPTS.c.seq.desc()).limit(1)).scalar()
        begun.set()
        assert go.wait(60)
        assert seq is None
        connection.execute(text("UPDATE device SET name = 'stalled'"))

    with ThreadPoolExecutor(1) as pool:
        stalled = pool.submit(central.run, stall)
        assert begun.wait(60)
        (answer,) = beside.intake.receive(device.carrier, [late])
        assert answer.state == "held"
        go.set()
        with pytest.raises(CodedError) as refused:
            stalled.result(60)
    assert refused.value.code == "database.unreachable"
    with beside.place.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM device")).scalar() == "tablet"
    assert central.intake.receive(device.carrier, [device.seal()])[0].state == "held", "it works on afterwards"


@ONLY_SHARED
def test_what_the_database_takes_back_for_another_is_run_again(central: Study) -> None:
    tries = []

    def operation(connection: Connection) -> str:
        connection.execute(text("UPDATE lease SET holder = 'somebody' WHERE name = 'writer'"))
        tries.append(1)
        if len(tries) < 3:
            connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"))
        return "done"

    assert central.run(operation) == "done"
    assert len(tries) == 3


@ONLY_SHARED
def test_after_a_lost_connection_nothing_is_run_twice(central: Study) -> None:
    """The commit may have taken place or not; only whoever asked can find out, by asking again."""
    runs: list[str] = []
    begun, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        begun.set()
        assert go.wait(60)

    def say(connection: Connection) -> None:
        runs.append("said")
        connection.execute(text("UPDATE lease SET holder = 'said' WHERE name = 'writer'"))

    def cut(connection: Connection) -> None:
        runs.append("cut")
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with ThreadPoolExecutor(3) as pool:
        pool.submit(central.run, hold)
        assert begun.wait(60)
        together = []
        for number, each in enumerate((say, cut), start=1):
            together.append(pool.submit(central.run, each))
            while central.place.writer.waiting < number:
                time.sleep(0.001)
        go.set()
        for each in together:
            with pytest.raises(CodedError) as refused:
                each.result(60)
            assert refused.value.code == "database.unreachable"
    assert runs == ["said", "cut"]
    assert central.run(lambda connection: connection.execute(text("SELECT holder FROM lease")).scalar()) is None


@ONLY_SHARED
def test_a_commit_is_durable_whatever_the_server_is_set_to(central: Study) -> None:
    name = central.place.engine.url.database
    with central.place.engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        connection.commit()
    central.place.engine.dispose()
    assert central.run(lambda connection: connection.execute(text("SHOW synchronous_commit")).scalar()) == "on"


@ONLY_SHARED
def test_without_the_row_that_is_locked_nobody_writes(central: Study) -> None:
    central.run(lambda connection: connection.execute(text("DELETE FROM lease")) and None)
    with pytest.raises(CodedError) as refused:
        central.run(lambda connection: connection.execute(text("SELECT 1")).scalar())
    assert refused.value.code == "database.turn"


@ONLY_SHARED
def test_a_sum_of_large_numbers_is_a_whole_number(central: Study) -> None:
    with central.place.engine.connect() as connection:
        query = text("SELECT sum(x), avg(x) FROM (VALUES (9007199254740993::bigint), (0)) AS t(x)")
        total, mean = connection.execute(query).one()
    assert (total, type(total)) == (9007199254740993, int)
    assert float(mean) == pytest.approx(9007199254740993 / 2)


@ONLY_SHARED
def test_a_database_that_does_not_answer_is_named_and_found_again(central: Study, cluster: Cluster) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client)
    name = central.place.engine.url.database
    item = device.seal()
    cluster.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(CodedError) as stopped:
        check_database(central.app)
    assert stopped.value.code == "database.unreachable"
    refused = client.post("/sync/batch", data=batch([item]), content_type=BATCH_TYPE, headers=session)
    assert refused.status_code == 503
    assert refused.get_json()["error"]["code"] == "database.unreachable"
    asked = client.get("/sync/receipts?after=0", headers=session)
    assert (asked.status_code, asked.get_json()["error"]["code"]) == (503, "database.unreachable")
    cluster.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert [each["state"] for each in device.deliver(client, session, [item])] == ["held"]
    assert len(central.rows(ReceiptRow)) == 1
