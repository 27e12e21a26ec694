"""Onward: a node's store, as the carrier's side of the protocol sees it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import ColumnElement, Connection, case, func, insert, or_, select, update

from server.place import Place
from server.services.collect.applying import apply_entry
from server.services.collect.case_lists import newest_lists
from server.services.collect.changes import change_forward
from server.services.collect.contents import has_content, put_content
from server.services.collect.counting import highest_receipt, node_counts
from server.services.collect.feed import Feed
from server.services.collect.following import follow_central
from server.services.collect.parcels import named_parcels
from server.services.collect.receipts import ITEMS, MARKS, PEERS, RECEIPTS
from server.services.collect.standing import DEVICES
from server.services.collect.tombstones import has_bytes, unconfirmed
from server.storage.bulk import insert_row, insert_rows
from server.storage.checkpoints import is_checkpoint
from server.version import __version__
from sync.carrier import Hello
from sync.envelope.cover import RECORD_PART
from sync.envelope.encoding import parse_canonical
from sync.envelope.item import Item
from sync.envelope.signed import Mark
from sync.errors import SyncError
from sync.feed import STUDY_CHAIN, Followed, Head
from sync.ports import UNREADABLE, Verdict, VerifiedReceipt
from sync.protocol import RELAYED_AT_MOST, Greeting, Offered
from sync.states import State

SMALL = 1024 * 1024
_FORWARD: Final[Mapping[State, str]] = {
    State.QUEUED: "queued",
    State.SENT: "sent",
    State.RECEIPTED: "receipted",
    State.QUARANTINED: "receipted",
    State.CONFLICT: "receipted",
    State.SET_ASIDE: "set_aside",
}
_PRIORITY = case(
    (or_(ITEMS.c.part == RECORD_PART, is_checkpoint(ITEMS.c.part)), 0), (ITEMS.c.body_size <= SMALL, 1), else_=2
)


def is_media() -> ColumnElement[bool]:
    """Whether an item is none of the records, which go first and never wait for a better line."""
    return _PRIORITY > 0


def delivery_order() -> tuple[ColumnElement[Any], ...]:
    """Items that were never refused first, the introduced before the unknown, records before media."""
    return (ITEMS.c.forward_code.is_not(None), ITEMS.c.state == "waiting", _PRIORITY, ITEMS.c.id.expression)


class NodeOutbox:
    """Implements ``sync.ports.Outbox`` over the tables of a node. Nothing is deleted here; ``pruning`` does that."""

    def __init__(self, place: Place, feed: Feed, key: EllipticCurvePrivateKey) -> None:
        self._place = place
        self._feed = feed
        self._key = key
        self._url = place.settings.central_url

    def hello(self, greeting: Greeting) -> bytes:
        """The node's signed hello; its sequence is durable before it is sent."""

        def next_sequence(connection: Connection) -> int:
            values = {"hello_sequence": PEERS.c.hello_sequence + 1, "last_try_at": self._place.now()}
            if connection.execute(update(PEERS).where(PEERS.c.url == self._url).values(values)).rowcount == 0:
                connection.execute(insert(PEERS).values(url=self._url, hello_sequence=1, receipt_cursor=0))
            query = select(PEERS.c.hello_sequence).where(PEERS.c.url == self._url)
            return int(connection.execute(query).scalar_one())

        sequence = self._place.writer.run(next_sequence)
        with self._place.engine.connect() as connection:
            hello = Hello(
                study=self._place.settings.study,
                kind="node",
                to=greeting.id,
                challenge=greeting.challenge,
                sequence=sequence,
                app_version=__version__,
                counts=node_counts(connection, self._place),
                highest_receipt=highest_receipt(connection),
            )
        return hello.sign(self._key)

    def relayed(self) -> Sequence[bytes]:
        """The newest hellos of devices that said something since the last contact with central."""
        since = select(PEERS.c.last_contact_at).where(PEERS.c.url == self._url)
        query = select(DEVICES.c.report).where(DEVICES.c.report.is_not(None))
        with self._place.engine.connect() as connection:
            last = connection.execute(since).scalar()
            if last is not None:
                query = query.where(DEVICES.c.reported_at >= last)
            found = connection.execute(query.order_by(DEVICES.c.reported_at.desc()).limit(RELAYED_AT_MOST))
            return list(found.scalars())

    def pending(self, limit: int, excluding: Collection[str], most: int) -> Sequence[Offered]:
        """Queued items up to a priority: those never refused first, then the introduced, then by priority."""
        columns = (ITEMS.c.instance, ITEMS.c.part, ITEMS.c.hash, ITEMS.c.body_size, _PRIORITY.label("priority"))
        query = (
            select(*columns, func.length(ITEMS.c.cover))
            .where(ITEMS.c.forward == "queued", has_bytes(), ITEMS.c.hash.not_in(excluding), most >= _PRIORITY)
            .order_by(*delivery_order())
        )
        with self._place.engine.connect() as connection:
            return [Offered(*row) for row in connection.execute(query.limit(limit))]

    def unconfirmed(self, limit: int, after: str) -> Sequence[Offered]:
        """Tombstones that central is to be asked about."""
        with self._place.engine.connect() as connection:
            return unconfirmed(connection, limit, after)

    def read(self, hashes: Sequence[str]) -> Mapping[str, Item]:
        """Whole items, each body from the row or from the blob."""
        query = select(ITEMS.c.hash, ITEMS.c.cover, ITEMS.c.body, ITEMS.c.body_hash).where(ITEMS.c.hash.in_(hashes))
        with self._place.engine.connect() as connection:
            rows = connection.execute(query).all()
        found: dict[str, Item] = {}
        for row in rows:
            body = row.body
            if body is None:
                with contextlib.suppress(SyncError), _readable():
                    body = b"".join(self._place.blobs.read(row.body_hash))
            if body is not None:
                found[row.hash] = Item(row.cover, body)
        return found

    def read_cover(self, item_hash: str) -> bytes:
        """The cover of an item."""
        cover: bytes = self._row(item_hash).cover
        return cover

    def read_body(self, item_hash: str, offset: int, size: int) -> bytes:
        """A slice of an item's body."""
        row = self._row(item_hash)
        if row.body is not None:
            return bytes(row.body[offset : offset + size])
        with _readable(), self._place.blobs.open(row.body_hash) as file:
            file.seek(offset)
            return file.read(size)

    def settle(self, verdicts: Sequence[Verdict]) -> None:
        """Keep what central said of items, and its receipts."""

        def operation(connection: Connection) -> None:
            for (forward, code), hashes in _by_outcome(verdicts).items():
                # What has a receipt never goes back: an answer that is late or repeated says less than the receipt.
                items = ITEMS.c.hash.in_(hashes) & (ITEMS.c.forward != "receipted")
                change_forward(connection, items, forward, code, self._place.now())
            self._store(connection, [verdict.receipt for verdict in verdicts if verdict.receipt is not None])

        self._place.writer.run(operation)

    def epoch(self) -> str | None:
        """Central's epoch as this node knows it."""
        with self._place.engine.connect() as connection:
            return connection.execute(select(PEERS.c.epoch).where(PEERS.c.url == self._url)).scalar()

    def note_epoch(self, epoch: str) -> None:
        """Have everything offered again when central was restored; a tombstone is then asked about."""

        def operation(connection: Connection) -> None:
            query = select(PEERS.c.hello_sequence).where(PEERS.c.url == self._url)
            self._note_answer(connection, connection.execute(query).scalar() or 0, epoch)

        self._place.writer.run(operation)

    def note_answer(self, sequence: int, epoch: str) -> bool:
        """Take central's epoch from its signed answer to the question with this number; False where it is too old.

        Files lie about for weeks. An answer to a question that central has answered since may name an epoch that is
        over: it changes nothing then, and a mark of that epoch must not be kept.
        """

        def operation(connection: Connection) -> bool:
            query = select(PEERS.c.epoch, PEERS.c.answered_sequence, PEERS.c.hello_sequence)
            known = connection.execute(query.where(PEERS.c.url == self._url)).first()
            if known is None or sequence > known.hello_sequence:
                return False
            if known.epoch not in (None, epoch) and sequence <= known.answered_sequence:
                return False
            self._note_answer(connection, sequence, epoch)
            return True

        return self._place.writer.run(operation)

    def _note_answer(self, connection: Connection, sequence: int, epoch: str) -> None:
        peer = PEERS.c.url == self._url
        answered = connection.execute(select(PEERS.c.answered_sequence).where(peer)).scalar()
        if answered is None:
            return
        if answered < sequence:
            connection.execute(update(PEERS).where(peer).values(answered_sequence=sequence))
        another = connection.execute(select(PEERS.c.url).where(PEERS.c.epoch != epoch).limit(1)).first()
        # At every address: whatever central was called when it was last heard of, that epoch is over.
        stale = or_(PEERS.c.epoch.is_(None), PEERS.c.epoch != epoch)
        connection.execute(update(PEERS).where(stale).values(epoch=epoch, receipt_cursor=0))
        if another is not None:
            confirmed = ITEMS.c.forward.in_(("sent", "receipted"))
            change_forward(connection, confirmed, "queued", None, self._place.now())

    def receipt_cursor(self) -> int:
        """Where this node stands with central's receipts."""
        with self._place.engine.connect() as connection:
            cursor = connection.execute(select(PEERS.c.receipt_cursor).where(PEERS.c.url == self._url)).scalar()
        return cursor or 0

    def keep_receipts(self, receipts: Sequence[VerifiedReceipt], cursor: int) -> None:
        """Keep receipts and the cursor together."""

        def operation(connection: Connection) -> None:
            self._store(connection, receipts)
            items = ITEMS.c.hash.in_([each.receipt.cover_hash for each in receipts]) & (ITEMS.c.forward != "receipted")
            change_forward(connection, items, "receipted", None, self._place.now())
            connection.execute(update(PEERS).where(PEERS.c.url == self._url).values(receipt_cursor=cursor))

        if receipts or cursor != self.receipt_cursor():
            self._place.writer.run(operation)

    def keep_mark(self, mark: Mark, encoded: bytes) -> None:
        """Keep a mark unless it is held already or covers less than one of its epoch.

        One that covers as much as another is of a later backup: a node prunes what two of them hold.
        """

        def operation(connection: Connection) -> None:
            known = select(func.max(MARKS.c.durable_seq)).where(MARKS.c.epoch == mark.epoch)
            same = select(MARKS.c.id).where(MARKS.c.epoch == mark.epoch, MARKS.c.document == encoded)
            if (connection.execute(known).scalar() or 0) > mark.durable_seq or connection.execute(same).first():
                return
            values = {"epoch": mark.epoch, "durable_seq": mark.durable_seq, "document": encoded}
            insert_row(connection, MARKS, {**values, "received_at": self._place.now()})

        self._place.writer.run(operation)

    def heads(self) -> Mapping[str, Head]:
        """Where this node stands in each chain."""
        with self._place.engine.connect() as connection:
            return self._feed.heads(connection)

    def keep_entries(self, entries: Sequence[Followed]) -> None:
        """Keep entries and do what they say, all or nothing."""

        def operation(connection: Connection) -> None:
            self._feed.store_verified(connection, entries)
            for each in entries:
                apply_entry(connection, each, self._place.now())

        self._place.writer.run(operation)

    def missing_contents(self, limit: int) -> Sequence[str]:
        """What the feed names and this node lacks: the newest form first, then case lists, files, parcels."""
        with self._place.engine.connect() as connection:
            forms: list[str] = []
            files: list[str] = []
            for encoded in reversed(self._feed.all_of(connection, STUDY_CHAIN, "form")):
                body = cast("dict[str, Any]", parse_canonical(encoded, "feed.broken")["body"])
                forms += (body["definition"]["hash"], body["xform"]["hash"])
                files += (each["hash"] for each in body.get("files", ()))
            introduced = set(
                connection.execute(select(DEVICES.c.id).where(DEVICES.c.standing == "introduced")).scalars()
            )
            lists = [name for (device, _), name in newest_lists(connection).items() if device in introduced]
            parcels = named_parcels(connection, introduced)
            named = dict.fromkeys([*forms, *lists, *files, *parcels])
            return list(islice((name for name in named if not has_content(connection, name)), limit))

    def keep_content(self, name: str, data: bytes) -> None:  # noqa: ARG002
        """Keep a content. Its type does not travel: whoever fetches it knows what it asked for."""
        self._place.writer.run(lambda connection: put_content(connection, data, "application/octet-stream"))

    def alarm(self, code: str) -> None:
        """Note an alarm for the node's page and the ledger."""
        query = update(PEERS).where(PEERS.c.url == self._url).values(alarm=code)
        self._place.writer.run(lambda connection: connection.execute(query) and None)

    def _row(self, item_hash: str) -> Any:  # noqa: ANN401
        query = select(ITEMS.c.cover, ITEMS.c.body, ITEMS.c.body_hash).where(ITEMS.c.hash == item_hash)
        with self._place.engine.connect() as connection:
            return connection.execute(query).one()

    def _store(self, connection: Connection, receipts: Sequence[VerifiedReceipt]) -> None:
        """Store receipts of items that this node has, each number once; in few statements for all of them."""
        of_items = {each.receipt.cover_hash for each in receipts}
        seqs = {each.receipt.seq for each in receipts}
        query = select(ITEMS.c.hash, ITEMS.c.signer).where(ITEMS.c.hash.in_(of_items))
        signers: dict[str, str] = {row.hash: row.signer for row in connection.execute(query)} if receipts else {}
        numbers = select(RECEIPTS.c.epoch, RECEIPTS.c.seq).where(
            RECEIPTS.c.epoch.in_({each.receipt.epoch for each in receipts}), RECEIPTS.c.seq.in_(seqs)
        )
        known = {(row.epoch, row.seq) for row in connection.execute(numbers)} if signers else set()
        rows = []
        for each in receipts:
            receipt = each.receipt
            if receipt.cover_hash in signers and (receipt.epoch, receipt.seq) not in known:
                known.add((receipt.epoch, receipt.seq))
                rows.append(
                    {
                        "item_hash": receipt.cover_hash,
                        "device": signers[receipt.cover_hash],
                        "state": receipt.state,
                        "epoch": receipt.epoch,
                        "seq": receipt.seq,
                        "document": each.encoded,
                    }
                )
        insert_rows(connection, RECEIPTS, rows)
        if signers:
            follow_central(connection, signers, self._place.now())


def _by_outcome(verdicts: Sequence[Verdict]) -> Mapping[tuple[str, str | None], Sequence[str]]:
    """The hashes of items by what they become; of one that is named twice a receipt counts, else its last word."""
    outcomes: dict[str, tuple[str, str | None]] = {}
    for verdict in verdicts:
        if outcomes.get(verdict.hash, ("", None))[0] != "receipted":
            outcomes[verdict.hash] = (_FORWARD[verdict.state], verdict.code)
    hashes: dict[tuple[str, str | None], list[str]] = {}
    for item_hash, outcome in outcomes.items():
        hashes.setdefault(outcome, []).append(item_hash)
    return hashes


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """One file that the disk has lost must not end every round for all the others."""
    try:
        yield
    except OSError:
        raise SyncError(UNREADABLE) from None
