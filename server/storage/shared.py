"""A database that several processes share: PostgreSQL, and engines that speak like it.

Kept to what PostgreSQL, CockroachDB and YugabyteDB share: a row lock instead of an advisory one, no column that
numbers itself, READ COMMITTED for the writer and REPEATABLE READ (a snapshot) for readers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

STALLED_SECONDS: Final = 20
"""A writer that says nothing to the database for so long within its transaction loses it, and with it the lock."""
POOL: Final = 16
POOL_MORE: Final = 16
LEAVE_IF_STALLED: Final = f"SET LOCAL idle_in_transaction_session_timeout = {STALLED_SECONDS * 1000}"
TAKE_TURN: Final = "SELECT fence FROM lease WHERE name = 'writer' FOR UPDATE"
"""The writers' turn: held until the end of the transaction, so that there is one writer among all processes."""
_RETRIED: Final = frozenset({"40001", "40P01"})
_FULL: Final = frozenset({"53100"})


def engine_options() -> dict[str, Any]:
    """How the engine of a shared database is made.

    Readers see one moment of the database throughout a transaction, as with SQLite; connections that a restart of the
    server broke are replaced.
    """
    return {
        "isolation_level": "REPEATABLE READ",
        "pool_pre_ping": True,
        "pool_size": POOL,
        "max_overflow": POOL_MORE,
        "connect_args": {"application_name": "feldbuch"},
    }


def harden_shared(engine: Engine) -> None:
    """Make every connection durable, whatever the server's default is, and let sums of whole numbers be whole."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.adapters.register_loader("numeric", WholeNumber)
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            if cursor.fetchone() == ("off",):
                cursor.execute("SET synchronous_commit = on")
        connection.commit()


class WholeNumber:
    """Reads ``numeric``, which is what the sum of 64-bit numbers is: all that is summed here is whole.

    A loader of psycopg, which is not imported: only a central on PostgreSQL has it.
    """

    format = 0
    """Values come as text."""

    def __init__(self, _oid: int, _context: object = None) -> None: ...

    def load(self, data: bytes | bytearray | memoryview) -> int | Decimal:
        """The value."""
        text = bytes(data).decode("ascii")
        return int(text) if text.lstrip("-").isdecimal() else Decimal(text)


def may_be_retried(error: BaseException) -> bool:
    """Whether the database took a transaction back because of another one: run again, it may succeed."""
    return _state(error) in _RETRIED


def is_disk_full(error: BaseException) -> bool:
    """Whether the server of the database has no space left."""
    return _state(error) in _FULL


def is_cut_off(error: BaseException) -> bool:
    """Whether the database does not answer. If that was at the commit, nobody here knows whether it took place."""
    if not isinstance(error, DBAPIError):
        return False
    # Who could not connect at all has no word of the server's, and so no state.
    never_connected = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None
    return error.connection_invalidated or never_connected


def _state(error: BaseException) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
