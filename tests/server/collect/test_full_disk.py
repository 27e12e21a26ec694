"""A full disk is said as such wherever something is written down, and ends no job with a fault."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from server.jobs import backup_job, sync_job
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from tests.field import FieldDevice, Study


@contextmanager
def full(study: Study) -> Iterator[None]:
    """A database that cannot grow: SQLite's own limit gives the same error as a full disk."""

    def limit(connection: object, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    with study.place.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    study.run(lambda connection: limit(connection, pages))
    yield
    study.run(lambda connection: limit(connection, 2**30))


def test_a_hello_to_a_full_place_hears_of_the_disk(tmp_path: Path) -> None:
    central = Study.central(tmp_path / "central")
    try:
        client = central.client()
        codes = set()
        with full(central):
            # The first ones may find room in pages that are there.
            for _ in range(200):
                greeting = client.get("/sync/hello").get_json()
                hello = FieldDevice(central).hello(greeting["id"], greeting["challenge"])
                answer = client.post("/sync/hello", json={"hello": hello, "relayed": []})
                codes.add(answer.status_code)
                if answer.status_code != 200:
                    assert answer.get_json()["error"]["code"] == "storage.full"
        assert codes == {200, 507}
        FieldDevice(central).open_session(client)
    finally:
        central.close()


@pytest.mark.parametrize("job", [sync_job, backup_job])
def test_a_job_on_a_full_disk_says_so_and_raises_nothing(
    job: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    central = Study.central(tmp_path / "central", backup_target=str(tmp_path / "second"))
    node = Study.node(tmp_path / "node", central)
    create_vault(central.settings.vault, "five words that nobody guesses", Cost(MIN_MEMORY_KIB, 1, 2))
    study = node if job is sync_job else central

    def no_room(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("COMMIT", {}, error)

    try:
        monkeypatch.setattr(study.place.writer, "run", no_room)
        with caplog.at_level(logging.WARNING):
            job(study.place)  # type: ignore[operator]
        assert "storage.full" in caplog.text
    finally:
        monkeypatch.undo()
        node.close()
        central.close()
