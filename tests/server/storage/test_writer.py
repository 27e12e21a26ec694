"""The writer: what waits together is handed over together, and whoever fails harms nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from server.storage.base import harden_sqlite
from server.storage.writer import Writer

MANY = 20


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path / 'test.db'}")
    harden_sqlite(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE word (word TEXT NOT NULL)"))
    yield engine
    engine.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine)
    yield writer
    writer.close()


def words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT word FROM word ORDER BY rowid")).scalars())


def add(connection: Connection, word: str) -> None:
    connection.execute(text("INSERT INTO word VALUES (:word)"), {"word": word})


class Words:
    """An operation for many, which remembers how many it was given at a time."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def __call__(self, connection: Connection, arguments: list[str]) -> list[str]:
        self.calls.append(list(arguments))
        for each in arguments:
            if each == "bad":
                raise ValueError(each)
            add(connection, each)
        return [each.upper() for each in arguments]


def at_once(writer: Writer, *calls: Callable[[], Any]) -> list[Future[Any]]:
    """Make these calls wait for the writer in this order, then let it work."""
    begun, go = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        begun.set()
        assert go.wait(30)

    with ThreadPoolExecutor(len(calls) + 1) as pool:
        pool.submit(writer.run, hold)
        assert begun.wait(30)
        futures = []
        for number, each in enumerate(calls, start=1):
            futures.append(pool.submit(each))
            while writer._queue.qsize() < number:
                time.sleep(0.001)
        go.set()
    return futures


def test_what_waits_for_the_same_operation_is_one_call_in_order(writer: Writer, engine: Engine) -> None:
    operation, given = Words(), [f"word{number}" for number in range(MANY)]
    # Every other one is prepared first.
    calls = [
        (lambda each=each: writer.run_merged(operation, each))
        if number % 2
        else (lambda each=each: writer.run_prepared(operation, str, each))
        for number, each in enumerate(given)
    ]
    futures = at_once(writer, *calls)
    assert [each.result() for each in futures] == [each.upper() for each in given]
    assert operation.calls == [given]
    assert words(engine) == given


def test_a_preparation_that_fails_fails_alone(writer: Writer, engine: Engine) -> None:
    def prepare(word: str) -> str:
        if word == "wrong":
            raise KeyError(word)
        return word + "!"

    operation = Words()
    futures = at_once(
        writer,
        *(lambda each=each: writer.run_prepared(operation, prepare, each) for each in ("one", "wrong", "two")),
    )
    assert isinstance(futures[1].exception(), KeyError)
    assert (futures[0].result(), futures[2].result()) == ("ONE!", "TWO!")
    assert operation.calls == [["one!", "two!"]]
    assert words(engine) == ["one!", "two!"]


def test_an_operation_that_fails_fails_alone(writer: Writer, engine: Engine) -> None:
    operation = Words()
    given = ["one", "bad", "two"]
    futures = at_once(writer, *(lambda each=each: writer.run_prepared(operation, str, each) for each in given))
    assert isinstance(futures[1].exception(), ValueError)
    assert (futures[0].result(), futures[2].result()) == ("ONE", "TWO")
    assert words(engine) == ["one", "two"]


def test_preparing_holds_no_transaction(writer: Writer, engine: Engine) -> None:
    def prepare(word: str) -> str:
        with engine.execution_options(immediate=True).begin() as other:
            add(other, "meanwhile")
        return word

    assert writer.run_prepared(Words(), prepare, "word") == "WORD"
    assert words(engine) == ["meanwhile", "word"]


def test_it_is_in_the_database_before_the_answer(writer: Writer, engine: Engine) -> None:
    for number in range(MANY):
        writer.run_prepared(Words(), str, str(number))
        assert words(engine) == [str(each) for each in range(number + 1)]


def test_a_watcher_that_fails_is_no_failure_of_the_commit(writer: Writer, engine: Engine) -> None:
    def watcher(_: float, __: int) -> None:
        raise ValueError

    writer.watch(watcher)
    operation = Words()
    for each in ("one", "two"):
        assert writer.run_merged(operation, each) == each.upper()
    futures = at_once(writer, *(lambda each=each: writer.run_merged(operation, each) for each in ("three", "four")))
    assert [each.result() for each in futures] == ["THREE", "FOUR"]
    assert words(engine) == ["one", "two", "three", "four"], "each once"
