"""Reception: a carrier proves its key, says how it stands, and gets a session. Hellos of others may come with it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from server.errors.error import CodedError
from server.place import CENTRAL, Place
from server.services.collect.clocks import clock_seen
from server.services.collect.decision import Carrier
from server.services.collect.epochs import answer_unknown_receipt, knows
from server.services.collect.receipts import ReceiptBook, current_epoch, newest_mark
from server.services.collect.sessions import Sessions
from server.services.collect.standing import DEVICES, NODES
from sync.carrier import Hello
from sync.envelope.encoding import canonical, from_b64u
from sync.errors import SyncError

UNKNOWN_DEVICES_AT_MOST = 1000
"""Devices that are not introduced and of which a hello is kept; more are answered but not listed."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to a hello. ``mark`` is central's signed document, verbatim."""

    session: str
    standing: str
    epoch: str | None
    mark: bytes | None


@dataclass(frozen=True, slots=True)
class _Report:
    """A verified hello, where it was heard."""

    hello: Hello
    document: bytes
    place: str


class Reception:
    """Receives carriers at a place."""

    def __init__(self, place: Place, sessions: Sessions, book: ReceiptBook | None = None) -> None:
        """``book``: central's receipts; a node has none."""
        self._place = place
        self._sessions = sessions
        self._book = book

    def welcome(self, document: Mapping[str, object], relayed: Sequence[Mapping[str, object]]) -> Welcome:
        """Check a hello, keep what it says, and open a session.

        Of the relayed hellos those are kept that a device of this study has signed; another one is passed over, since
        whoever relays it cannot answer for it.

        Raises ``EnvelopeError`` (``hello.field``, ``envelope.signature.wrong``) and ``CodedError``: ``hello.study``,
        ``hello.place``, ``hello.challenge``, ``node.unknown``, ``node.revoked``.
        """
        hello = Hello.read(document)
        if hello.study != self._place.settings.study:
            raise CodedError("hello.study")
        if hello.to != self._place.id:
            raise CodedError("hello.place")
        self._sessions.use_challenge(hello.challenge)
        reports = [_Report(hello, canonical(document), self._place.id)]
        if hello.kind == "node":
            reports += self._relayed(relayed, hello.id)
        standing, epoch, mark = self._place.writer.run(lambda connection: self._keep(connection, reports))
        return Welcome(self._sessions.open(Carrier(hello.id, hello.kind)), standing, epoch, mark)

    def carried(self, node: str, documents: Sequence[Mapping[str, object]]) -> None:
        """Keep the hellos that an introduced node sent by a bundle, its own and those of devices that it met.

        Challenge and place are not checked, as with relayed ones: only what is newer than the last word is kept.
        Raises ``CodedError``: ``node.unknown``, ``node.revoked``.
        """
        own: Hello | None = None
        for document in documents:
            with contextlib.suppress(SyncError):
                hello = Hello.read(document)
                if (hello.kind, hello.id, hello.study) == ("node", node, self._place.settings.study):
                    own = hello
        reports = self._relayed(documents, node)

        def operation(connection: Connection) -> None:
            now = self._place.now()
            if own is not None:
                self._keep_node(connection, own, now, direct=False)
                self._know_highest(connection, own, now)
            for report in reports:
                _keep_device(connection, report, now, direct=False)

        self._place.writer.run(operation)

    def _relayed(self, documents: Sequence[Mapping[str, object]], node: str) -> list[_Report]:
        reports = []
        for document in documents:
            try:
                hello = Hello.read(document)
            except SyncError:
                continue
            if hello.kind == "device" and hello.study == self._place.settings.study:
                reports.append(_Report(hello, canonical(document), node))
        return reports

    def _keep(self, connection: Connection, reports: Sequence[_Report]) -> tuple[str, str | None, bytes | None]:
        now = self._place.now()
        own = reports[0].hello
        standing = self._keep_node(connection, own, now) if own.kind == "node" else None
        for report in reports:
            if report.hello.kind == "device":
                kept = _keep_device(connection, report, now, direct=report.hello is own)
                standing = kept if standing is None else standing
        if standing == "introduced":
            self._know_highest(connection, own, now)
        return standing or "unknown", current_epoch(connection), newest_mark(connection)

    def _know_highest(self, connection: Connection, hello: Hello, now: datetime) -> None:
        """Start a new epoch where an introduced carrier holds a receipt that central never gave."""
        highest = hello.highest_receipt
        if self._book is None or highest is None:
            return
        shown = self._book.signed(highest.receipt) if highest.receipt is not None else None
        if not knows(connection, highest, shown):
            answer_unknown_receipt(connection, self._book, highest, shown, now)

    def _keep_node(self, connection: Connection, hello: Hello, now: datetime, *, direct: bool = True) -> str:
        row = connection.execute(
            select(NODES.c.standing, NODES.c.report_sequence).where(NODES.c.id == hello.id)
        ).first()
        if row is None or self._place.id != CENTRAL:
            raise CodedError("node.unknown", node=hello.id)
        if row.standing != "introduced":
            raise CodedError("node.revoked", node=hello.id)
        newer = hello.sequence > row.report_sequence
        values: dict[str, object] = {"last_contact_at": now} if direct or newer else {}
        if newer:
            values |= {
                "report_sequence": hello.sequence,
                "counts": asdict(hello.counts),
                "app_version": hello.app_version,
                **clock_seen(hello.counts, now, direct=direct),
            }
        if values:
            connection.execute(update(NODES).where(NODES.c.id == hello.id).values(**values))
        return "introduced"


def _keep_device(connection: Connection, report: _Report, now: datetime, *, direct: bool) -> str:
    """Keep a device's newest report; returns its standing."""
    hello = report.hello
    row = connection.execute(
        select(DEVICES.c.standing, DEVICES.c.report_sequence).where(DEVICES.c.id == hello.id)
    ).first()
    if row is None:
        unknown = select(func.count()).select_from(DEVICES).where(DEVICES.c.standing == "unknown")
        if connection.execute(unknown).scalar_one() >= UNKNOWN_DEVICES_AT_MOST:
            return "unknown"
        connection.execute(
            insert(DEVICES).values(id=hello.id, standing="unknown", key=from_b64u(hello.key), first_seen_at=now)
        )
    newer = row is None or hello.sequence > row.report_sequence
    values: dict[str, object] = {}
    if direct or newer:
        values |= {"last_contact_at": now, "last_place": report.place}
    if newer:
        values |= {
            "report_sequence": hello.sequence,
            "report": report.document,
            "counts": asdict(hello.counts),
            "app_version": hello.app_version,
            "reported_at": now,
            **clock_seen(hello.counts, now, direct=direct),
        }
    if values:
        connection.execute(update(DEVICES).where(DEVICES.c.id == hello.id).values(**values))
    return row.standing if row is not None else "unknown"
