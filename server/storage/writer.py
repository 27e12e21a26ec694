"""The one writer: a thread that commits operations in groups and answers each after the commit.

Many requests at once then cost one fsync together, and the order in which numbers are given is the order of
the commits, because only this thread gives them.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from server.errors.error import CodedError
from server.storage.shared import LEAVE_IF_STALLED, TAKE_TURN, is_cut_off, may_be_retried

LOG = logging.getLogger("feldbuch.writer")
T = TypeVar("T")
A = TypeVar("A")
P = TypeVar("P")
GROUP_AT_MOST = 256
LINGER_PART, LINGER_LEAST, LINGER_MOST = 0.5, 0.005, 0.02
"""How long a group waits at most for company, in seconds: this part of what the last commit took, within these bounds.
On a slow disk company is worth more waiting."""
TRIES = 8
"""How often a transaction is run that the database takes back because of another one."""
PAUSE = 0.01
"""Seconds before the second of them; before each further one twice as long."""


class _Waiting(Generic[T]):
    """An operation whose caller waits for one wake-up; a future would cost several locks more.

    A ``merged`` one takes the arguments of all of its kind, each as ``prepare`` made it.
    """

    __slots__ = ("_done", "_error", "_result", "argument", "merged", "operation", "prepare")

    def __init__(
        self,
        operation: Callable[..., Any],
        merged: bool = False,
        argument: Any = None,  # noqa: ANN401
        prepare: Callable[[Any], Any] | None = None,
    ) -> None:
        self.operation = operation
        self.merged = merged
        self.argument = argument
        self.prepare = prepare
        self._result: T | None = None
        self._error: BaseException | None = None
        self._done = threading.Lock()
        self._done.acquire()

    def finish(self, result: T) -> None:
        self._result = result
        self._done.release()

    def fail(self, error: BaseException) -> None:
        self._error = error
        self._done.release()

    def result(self) -> T:
        self._done.acquire()
        if self._error is not None:
            raise self._error
        return cast("T", self._result)


def _run_group(connection: Connection, group: list[_Waiting[Any]]) -> list[Any]:
    """The results in order; neighbours that are merged for the same operation run as one call."""
    results: list[Any] = []
    for operation, run in groupby(group, key=lambda each: each.operation if each.merged else None):
        if operation is None:
            results.extend(each.operation(connection) for each in run)
        else:
            results.extend(operation(connection, [each.argument for each in run]))
    return results


class Writer:
    """Runs operations ``(connection) -> result`` in group commits.

    When one operation of a group raises, the group is rolled back and every operation of it runs again in a
    transaction of its own: a bad one so costs speed, never its neighbours. Operations must therefore do nothing
    but database work and be free to run twice.

    In a database that processes share, each transaction begins by taking the writers' turn, a row's lock that is held
    until it has ended: what is true of one thread here is then true of the writers of all processes.

    Whoever was answered a moment ago will probably come again: a group waits a moment until as many are together as
    were at work at the last commit. One who stays alone does not wait.
    """

    def __init__(self, engine: Engine) -> None:
        self._shared = engine.dialect.name != "sqlite"
        # Only so does a statement see all that was committed before the turn was ours.
        more = {"isolation_level": "READ COMMITTED"} if self._shared else {}
        self._engine = engine.execution_options(immediate=True, **more)
        self._queue: queue.SimpleQueue[_Waiting[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._last_commit = 0.0
        self._at_work = 0
        self._watcher: Callable[[float, int], None] | None = None

    @property
    def waiting(self) -> int:
        """How many operations wait for their turn, about."""
        return self._queue.qsize()

    def watch(self, watcher: Callable[[float, int], None]) -> None:
        """Tell ``watcher`` of each commit from now on: seconds, and how many operations shared it."""
        self._watcher = watcher

    def run(self, operation: Callable[[Connection], T]) -> T:
        """Run one operation and return its result after it is durable; raises what it raised."""
        return self._wait(_Waiting(operation))

    def run_merged(self, operation: Callable[[Connection, list[A]], list[T]], argument: A) -> T:
        """Like ``run``, but all arguments that wait for the same operation are handed to it in one call.

        ``operation`` returns one result an argument, in order. Many small requests so share their statements.
        """
        return self._wait(_Waiting(operation, True, argument))

    def run_prepared(
        self, operation: Callable[[Connection, list[P]], list[T]], prepare: Callable[[A], P], argument: A
    ) -> T:
        """Like ``run_merged``, with ``prepare(argument)`` for the argument.

        The writer's thread prepares, before the transaction begins; when that raises, nothing else is affected. It is
        for short work that waits for nothing: one thread that does it for all is faster than many that keep each
        other, and the writer, from the interpreter.
        """
        return self._wait(_Waiting(operation, True, argument, prepare))

    def close(self) -> None:
        """Finish what is queued and end the thread."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _wait(self, waiting: _Waiting[T]) -> T:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    thread = threading.Thread(target=self._work, name="writer", daemon=True)
                    thread.start()
                    self._thread = thread
        self._queue.put(waiting)
        return waiting.result()

    def _work(self) -> None:
        while True:
            group, stop = self._next_group()
            if group:
                self._commit(group)
            if stop:
                return

    def _next_group(self) -> tuple[list[_Waiting[Any]], bool]:
        group: list[_Waiting[Any]] = []
        entry = self._queue.get()
        deadline = time.monotonic() + min(max(LINGER_PART * self._last_commit, LINGER_LEAST), LINGER_MOST)
        while True:
            if entry is None:
                return group, True
            if self._prepared(entry):
                group.append(entry)
            if len(group) == GROUP_AT_MOST:
                return group, False
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                rest = deadline - time.monotonic()
                if len(group) >= self._at_work or rest <= 0:
                    return group, False
                try:
                    entry = self._queue.get(timeout=rest)
                except queue.Empty:
                    return group, False

    def _prepared(self, entry: _Waiting[Any]) -> bool:
        if entry.prepare is not None:
            try:
                entry.argument = entry.prepare(entry.argument)
            except BaseException as error:
                entry.fail(error)
                return False
        return True

    def _commit(self, group: list[_Waiting[Any]]) -> None:
        begun = time.monotonic()
        try:
            results = self._run(group)
            self._last_commit = time.monotonic() - begun
            self._at_work = len(group) + self._queue.qsize()
        except BaseException as error:
            if is_cut_off(error):
                # It may have been at the commit: run again, what is no repetition to the database would be there twice.
                lost = CodedError("database.unreachable")
                lost.__cause__ = error
                for each in group:
                    each.fail(lost)
            elif len(group) == 1:
                group[0].fail(error)
            else:
                for each in group:
                    self._commit([each])
            return
        self._tell(len(group))
        for each, result in zip(group, results, strict=True):
            each.finish(result)

    def _tell(self, operations: int) -> None:
        """What was committed stays committed, whatever its watcher makes of it."""
        if self._watcher is not None:
            try:
                self._watcher(self._last_commit, operations)
            except Exception as error:
                LOG.error("the watcher of the commits: %s", type(error).__name__)  # noqa: TRY400

    def _run(self, group: list[_Waiting[Any]]) -> list[Any]:
        for tried in range(1, TRIES):
            try:
                with self._transaction() as connection:
                    return _run_group(connection, group)
            except DBAPIError as error:
                if not may_be_retried(error):
                    raise
            time.sleep(PAUSE * 2**tried * random.uniform(0.5, 1))  # noqa: S311  nobody may guess anything by it
        with self._transaction() as connection:
            return _run_group(connection, group)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            if self._shared:
                take_turn(connection)
            yield connection


def take_turn(connection: Connection) -> None:
    """Wait until no other process writes; none does until the transaction ends. Raises ``CodedError``."""
    connection.exec_driver_sql(LEAVE_IF_STALLED)
    if connection.exec_driver_sql(TAKE_TURN).first() is None:
        raise CodedError("database.turn")
