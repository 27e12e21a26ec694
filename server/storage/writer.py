"""The one writer: a thread that commits operations in groups and answers each after the commit.

Many requests at once then cost one fsync together, and the order in which numbers are given is the order of
the commits, because only this thread gives them.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
A = TypeVar("A")
GROUP_AT_MOST = 256
LINGER_LEAST, LINGER_MOST = 0.005, 0.02
"""How long a group waits at most for operations that are expected, in seconds: as long as the last group took to
commit, within these bounds. On a slow disk company is worth more waiting."""
_STOP = object()


@dataclass(frozen=True, slots=True)
class _Merged:
    """An argument for an operation that takes many at once."""

    operation: Callable[[Connection, list[Any]], list[Any]]
    argument: Any

    def __call__(self, connection: Connection) -> Any:  # noqa: ANN401
        return self.operation(connection, [self.argument])[0]


def _run_group(connection: Connection, group: list[Callable[[Connection], Any]]) -> list[Any]:
    """The results in order; neighbours that are merged for the same operation run as one call."""
    results: list[Any] = []
    for operation, run in groupby(group, key=lambda each: each.operation if isinstance(each, _Merged) else None):
        if operation is None:
            results.extend(each(connection) for each in run)
        else:
            results.extend(operation(connection, [each.argument for each in run if isinstance(each, _Merged)]))
    return results


class Writer:
    """Runs operations ``(connection) -> result`` in group commits.

    When one operation of a group raises, the group is rolled back and every operation of it runs again in a
    transaction of its own: a bad one so costs speed, never its neighbours. Operations must therefore do nothing
    but database work and be free to run twice.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(immediate=True)
        self._queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._expecting = threading.Lock()
        self._expected = 0
        self._last_commit = 0.0

    def run(self, operation: Callable[[Connection], T]) -> T:
        """Run one operation and return its result after it is durable; raises what it raised."""
        self._start()
        future: Future[T] = Future()
        self._queue.put((operation, future))
        return future.result()

    @contextlib.contextmanager
    def expected(self) -> Iterator[None]:
        """Say that an operation will come soon, from within the block.

        The writer waits a moment for what is expected before it commits, so that requests which arrive together
        share one commit. It never waits where nothing is expected.
        """
        with self._expecting:
            self._expected += 1
        try:
            yield
        finally:
            with self._expecting:
                self._expected -= 1

    def run_merged(self, operation: Callable[[Connection, list[A]], list[T]], argument: A) -> T:
        """Like ``run``, but all arguments that wait for the same operation are handed to it in one call.

        ``operation`` returns one result an argument, in order. Many small requests so share their statements.
        """
        self._start()
        future: Future[T] = Future()
        self._queue.put((_Merged(operation, argument), future))
        return future.result()

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(_STOP)
                self._thread.join()
                self._thread = None

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    thread = threading.Thread(target=self._work, name="writer", daemon=True)
                    thread.start()
                    self._thread = thread

    def _work(self) -> None:
        while True:
            group, stop = self._next_group()
            if group:
                self._commit(group)
            if stop:
                return

    def _next_group(self) -> tuple[list[tuple[Callable[[Connection], Any], Future[Any]]], bool]:
        group: list[tuple[Callable[[Connection], Any], Future[Any]]] = []
        entry = self._queue.get()
        deadline = time.monotonic() + min(max(self._last_commit, LINGER_LEAST), LINGER_MOST)
        while True:
            if entry is _STOP:
                return group, True
            group.append(entry)
            if len(group) == GROUP_AT_MOST:
                return group, False
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                # Those whose operations are in the group are still within their blocks: they are not waited for.
                rest = deadline - time.monotonic()
                if self._expected <= len(group) or rest <= 0:
                    return group, False
                try:
                    entry = self._queue.get(timeout=rest)
                except queue.Empty:
                    return group, False

    def _commit(self, group: list[tuple[Callable[[Connection], Any], Future[Any]]]) -> None:
        begun = time.monotonic()
        try:
            with self._transaction() as connection:
                results = _run_group(connection, [operation for operation, _ in group])
            self._last_commit = time.monotonic() - begun
        except BaseException as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for each in group:
                self._commit([each])
            return
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection
