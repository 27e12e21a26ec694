"""The lease: of several processes that serve one place, one does what the place does by itself.

Its holder renews it; who does not loses it to the next that asks. A process that was stopped does not know that time
has passed, so each of its writes asks, within its own transaction, whether the lease is still the one it took.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Table, func, insert, select, update

from server.errors.error import CodedError
from server.place import Place
from server.storage.leases import JOBS, Lease
from server.storage.writer import Writer

LEASES: Final = cast("Table", Lease.__table__)
SECONDS: Final = 60.0
RENEWED_EVERY: Final = 15
LOST: Final = "lease.lost"
T = TypeVar("T")
A = TypeVar("A")
P = TypeVar("P")
Clock = Callable[[Connection], datetime]


def database_time(connection: Connection) -> datetime:
    """The time by the database's clock: the one that all processes share."""
    return cast("datetime", connection.execute(select(func.clock_timestamp())).scalar_one())


@dataclass(frozen=True, slots=True)
class JobLease:
    """What one process knows of the lease. ``holder`` is a name that no other process has; times are in seconds."""

    place: Place
    holder: str
    seconds: float = SECONDS
    clock: Clock = database_time

    def take(self) -> int | None:
        """Take or renew the lease; its fence, or None where another process has it."""
        return self.place.writer.run(self._take)

    def fenced(self, fence: int) -> Place:
        """The place for the holder of that fence: each write raises ``CodedError`` ``lease.lost`` when it is over."""
        return replace(self.place, writer=FencedWriter(self.place.writer, partial(_check, fence=fence)))

    def _take(self, connection: Connection) -> int | None:
        now = self.clock(connection)
        row = connection.execute(select(LEASES).where(LEASES.c.name == JOBS)).first()
        until = now + timedelta(seconds=self.seconds)
        if row is None:
            connection.execute(insert(LEASES).values(name=JOBS, holder=self.holder, fence=1, until=until))
            return 1
        if row.holder != self.holder and row.until > now:
            return None
        fence = int(row.fence) + (row.holder != self.holder)
        # Writers take turns, so nobody else takes it in between; the comparison does not rely on it.
        taken = update(LEASES).where(LEASES.c.name == JOBS, LEASES.c.fence == row.fence)
        done = connection.execute(taken.values(holder=self.holder, fence=fence, until=until)).rowcount
        return fence if done == 1 else None


def _check(connection: Connection, fence: int) -> None:
    if connection.execute(select(LEASES.c.fence).where(LEASES.c.name == JOBS)).scalar() != fence:
        raise CodedError(LOST)


class FencedWriter(Writer):
    """A writer that asks within each transaction whether it may; it shares the thread of another one."""

    def __init__(self, writer: Writer, check: Callable[[Connection], None]) -> None:
        self._writer = writer
        self._check = check

    @property
    def waiting(self) -> int:
        """How many operations wait for their turn, about."""
        return self._writer.waiting

    def run(self, operation: Callable[[Connection], T]) -> T:
        """As ``Writer.run``."""
        return self._writer.run(partial(self._checked, operation=operation))

    def run_merged(self, operation: Callable[[Connection, list[A]], list[T]], argument: A) -> T:
        """As ``Writer.run``: what is checked is not merged with what is not."""
        return self.run(lambda connection: operation(connection, [argument])[0])

    def run_prepared(
        self, operation: Callable[[Connection, list[P]], list[T]], prepare: Callable[[A], P], argument: A
    ) -> T:
        """As ``run_merged``."""
        return self.run_merged(operation, prepare(argument))

    def watch(self, watcher: Callable[[float, int], None]) -> None:
        """As ``Writer.watch``."""
        self._writer.watch(watcher)

    def close(self) -> None:
        """Nothing: the thread is another's."""

    def _checked(self, connection: Connection, operation: Callable[[Connection], T]) -> T:
        self._check(connection)
        return operation(connection)


def run_if_held(lease: JobLease, job: Callable[[Place], Any]) -> None:
    """Run a job of a place unless another process does that. A write after the lease was lost raises instead."""
    fence = lease.take()
    if fence is not None:
        job(lease.fenced(fence))
