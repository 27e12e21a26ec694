"""A round of a node with central: once, by one process at a time, and what became of it stands in the database."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, insert, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.feed import Feed
from server.services.collect.holdings import NodeHoldings
from server.services.collect.keys import central_public_key, node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.receipts import MARKS, PEERS
from server.services.collect.space import full_disk_said
from server.services.collect.tombstones import gone
from server.services.collect.transport import HttpTransport
from server.services.collect.uplink import NodePace
from sync.errors import SyncError
from sync.pace import Pace
from sync.ports import GONE
from sync.reconciling import Reconciliation, Result
from sync.session import Phase, Session

if os.name != "nt":
    import fcntl

LOG = logging.getLogger("feldbuch.sync")
LOCK_FILE = "sync.lock"


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round did: items by the state that followed, counts of what came down, and the code of what stopped it.

    ``new_mark``: central has said that more is durable. ``gone``: what central wants and nobody here has any more.
    ``held_back``: the pace let no more items go.
    """

    states: dict[str, int] = field(default_factory=dict)
    receipts: int = 0
    entries: int = 0
    contents: int = 0
    problem: str | None = None
    alarm: str | None = None
    reconciled: Result | None = None
    new_mark: bool = False
    gone: tuple[str, ...] = ()
    held_back: bool = False


@contextlib.contextmanager
def only_round(place: Place) -> Iterator[None]:
    """Hold the lock of a node's rounds; it ends with the process. Raises ``CodedError`` ``sync.running``."""
    with only_one(place, LOCK_FILE, "sync.running"):
        yield


@contextlib.contextmanager
def only_one(place: Place, name: str, code: str) -> Iterator[None]:
    """Hold a lock of a place, which ends with the process. Raises ``CodedError`` ``code`` where another holds it."""
    with (place.settings.place / name).open("ab") as file:
        if os.name != "nt":
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise CodedError(code) from None
        yield


def run_round(
    place: Place, transport: HttpTransport | None = None, *, reconcile: bool = False, pace: Pace | None = None
) -> RoundReport:
    """Deliver what is queued, as the pace allows (the node's own unless another is given), and fetch what
    flows down; a problem ends the round and is reported, not raised.

    Once a day, and with ``reconcile``, it compares what the node believes central to have with what central has.

    Raises ``CodedError``: ``sync.running``, ``sync.not_a_node``, and as ``read_key`` does.
    """
    if place.role != "node":
        raise CodedError("sync.not_a_node")
    with contextlib.ExitStack() as stack:
        stack.enter_context(only_round(place))
        if transport is None:
            transport = stack.enter_context(HttpTransport(place.settings.central_url))
        outbox = NodeOutbox(place, Feed.of(place), node_private_key(place.settings))
        reconciliation = Reconciliation(NodeHoldings(place, reconcile), transport)
        key = central_public_key(place.settings)
        session = Session(outbox, transport, place.settings.study, key, reconciliation, pace or NodePace(place))
        started, contact, mark_before = place.now(), False, _newest_mark(place)
        problem: str | None = None
        try:
            with full_disk_said():
                while session.phase is not Phase.DONE:
                    session.step()
                    contact = contact or session.welcome is not None
        except (SyncError, CodedError) as error:
            problem = error.code
        tally = session.tally
        with place.engine.connect() as connection:
            missing = gone(connection)
        alarm = tally.alarm or (GONE if missing else None)
        values: dict[str, object] = {"last_try_at": started, "problem": problem}
        if contact:
            # Devices that speak to this node while the round runs are relayed by the next one.
            values["last_contact_at"] = started
        if problem is None or alarm is not None:
            values["alarm"] = alarm
        place.writer.run(lambda connection: _note(connection, place.settings.central_url, values))
    _log(reconciliation.result)
    return RoundReport(
        {state.value: number for state, number in tally.states.items()},
        tally.receipts,
        tally.entries,
        tally.contents,
        problem,
        alarm,
        reconciliation.result,
        new_mark=_newest_mark(place) != mark_before,
        gone=tuple(missing),
        held_back=tally.held_back,
    )


def _log(result: Result | None) -> None:
    for each in result.found if result is not None else ():
        name = f"{each.name.instance}/{each.name.part}" if each.name is not None else each.hash
        LOG.warning("reconcile: %s %s", each.kind, name)


def _newest_mark(place: Place) -> int:
    with place.engine.connect() as connection:
        return connection.execute(select(func.max(MARKS.c.id))).scalar() or 0


def _note(connection: Connection, url: str, values: dict[str, object]) -> None:
    if connection.execute(update(PEERS).where(PEERS.c.url == url).values(**values)).rowcount == 0:
        connection.execute(insert(PEERS).values(url=url, hello_sequence=0, receipt_cursor=0, **values))
