"""A node writes a bundle: what central has not confirmed, and the newest word of itself and of the devices it met.

Writing decides nothing: every item stays as it is until a receipt comes. What is noted is when it was written.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.keys import central_recipient, own_identity, recipient_of
from server.services.collect.bundles.node_words import WORDS_SIZE, NodeWords
from server.services.collect.bundles.own import OwnPieces, OwnReader
from server.services.collect.bundles.plan import Plan, make_plan
from server.services.collect.bundles.stick import Stick, Told, name_of, prefix_of, told_nobody
from server.services.collect.feed import Feed, wire_time
from server.services.collect.keys import node_private_key
from server.services.collect.onward import NodeOutbox, delivery_order
from server.services.collect.receipts import ITEMS, PEERS
from server.services.collect.tombstones import has_bytes
from sync.bundle import Frame, write_frame, write_item, write_piece
from sync.bundle_words import NodePiece
from sync.envelope.cover import cover_hash
from sync.errors import SyncError
from sync.framing import HandedItem
from sync.ports import UNREADABLE

_ROWS = 100
_NOTED_AT_ONCE = 500
_TELL_EVERY = 64 * 1024 * 1024
"""Bytes after which it is told how far a writing is."""
_OPEN = ITEMS.c.forward.in_(("queued", "sent")) & has_bytes()


@dataclass
class Written:
    """What a writing did. ``left``: items that have no room; ``unreadable``: whose bytes the disk has lost."""

    files: list[Path] = field(default_factory=list)
    items: int = 0
    bytes: int = 0
    there: int = 0
    """Items that stood whole on the stick already."""
    left: int = 0
    unreadable: int = 0
    aside: list[Path] = field(default_factory=list)
    problem: str | None = None
    """Code of what ended it, or None."""
    node: str = ""
    """The node that it is for, or that wrote it."""


class Outward:
    """Writes bundles at a node."""

    def __init__(self, place: Place, feed: Feed, told: Told = told_nobody) -> None:
        self._place = place
        self._feed = feed
        self._told = told
        self._key = node_private_key(place.settings)
        self._words = NodeWords(place, NodeOutbox(place, feed, self._key), self._key)
        self._now = place.now()
        self._unreadable: set[int] = set()

    def write(self, stick: Stick, most: int) -> Written:
        """Write everything that central has not confirmed and that does not stand on the stick yet.

        ``most``: bytes of one file; an item that is larger has a file of its own. Raises ``CodedError``:
        ``bundle.no_key``, ``bundle.folder``, and as ``read_key`` does. What ended it later stands in what is returned.
        """
        settings = self._place.settings
        with self._place.engine.connect() as connection:
            recipient = central_recipient(connection, self._feed)
        if recipient is None:
            raise CodedError("bundle.no_key")
        identity = own_identity(settings)
        prefix = prefix_of(settings.study, settings.node, down=False)
        stick.sweep(prefix)
        words: list[Frame] = []
        written = Written(node=settings.node)
        own = OwnReader(stick, prefix, identity, self._told).read(
            self._own_about, _gathered, lambda _, found: self._found(found, words, written)
        )
        written.aside = own.aside
        relayed = self._words.relayed()
        plan = self._plan(stick, most, WORDS_SIZE + sum(map(len, relayed)))
        written.left = plan.left
        nothing_else = own.finished and not plan.pieces
        known = nothing_else and self._words.stand_in(words, recipient_of(identity), relayed)
        first = [] if known else self._words.say(recipient_of(identity), relayed)
        pieces = plan.pieces or ([array("q")] if first else [])
        try:
            for index, ids in enumerate(pieces):
                piece = self._piece(own, last=index == len(pieces) - 1)
                frames = self._frames(first if index == 0 else [], ids)
                path = stick.write(
                    name_of(prefix, self._now, piece.number),
                    write_piece(piece.sign(self._key), frames),
                    [recipient, recipient_of(identity)],
                    self._progress(written, plan),
                )
                own.add(piece)
                written.files.append(path)
                kept = [each for each in ids if each not in self._unreadable]
                for some in _parts(kept):
                    self._note(ITEMS.c.id.in_(some))
                written.items += len(kept)
        except (CodedError, SyncError) as error:
            written.problem = error.code
            written.left += sum(map(len, pieces)) - written.items - len(self._unreadable)
        written.unreadable = len(self._unreadable)
        self._place.writer.run(self._note_peer)
        return written

    def _own_about(self, about: Mapping[str, object]) -> NodePiece | None:
        try:
            piece = NodePiece.read(about)
        except SyncError:
            return None
        return piece if (piece.id, piece.study) == (self._place.settings.node, self._place.settings.study) else None

    def _found(self, found: Sequence[str | Frame], words: list[Frame], written: Written) -> None:
        """Note items that stand on the stick; what it says of this node is looked at afterwards."""
        documents = [each for each in found if isinstance(each, Frame)]
        if documents:
            words[:] = documents
        hashes = [each for each in found if isinstance(each, str)]
        for some in _parts(hashes):
            written.there += self._note(_OPEN & ITEMS.c.hash.in_(some))

    def _plan(self, stick: Stick, most: int, words: int) -> Plan:
        query = (
            select(ITEMS.c.id, func.length(ITEMS.c.cover), ITEMS.c.body_size)
            .where(_OPEN, ITEMS.c.bundled_at.is_(None) | (ITEMS.c.bundled_at != self._now))
            .order_by(ITEMS.c.bundled_at.is_not(None), *delivery_order())
        )
        with self._place.engine.connect() as connection:
            rows = connection.execution_options(yield_per=5000).execute(query)
            return make_plan(((row[0], row[1] + row[2]) for row in rows), most=most, room=stick.room(), words=words)

    def _piece(self, own: OwnPieces, *, last: bool) -> NodePiece:
        study, node = self._place.settings.study, self._place.settings.node
        return NodePiece(study, own.set, own.next_number, own.before, last, wire_time(self._now), node)

    def _frames(self, first: Iterable[Frame], ids: Sequence[int]) -> Iterator[Iterable[bytes]]:
        for frame in first:
            yield write_frame(frame.kind, frame.data)
        for some in _parts(ids, _ROWS):
            columns = (ITEMS.c.id, ITEMS.c.cover, ITEMS.c.body, ITEMS.c.body_hash, ITEMS.c.body_size)
            with self._place.engine.connect() as connection:
                rows = connection.execute(select(*columns).where(ITEMS.c.id.in_(some))).all()
            for row in sorted(rows, key=lambda row: some.index(row.id)):
                item = self._item(row)
                if item is not None:
                    yield item

    def _item(self, row: Any) -> Iterable[bytes] | None:  # noqa: ANN401
        """The bytes of an item; None where its body is not there as it was kept: one must not hold up the others."""
        if row.body is not None:
            return write_item(row.cover, row.body_size, [row.body])
        if self._place.blobs.size(row.body_hash) != row.body_size:
            self._unreadable.add(row.id)
            return None
        return write_item(row.cover, row.body_size, self._blob(row.body_hash, row.body_size))

    def _blob(self, name: str, size: int) -> Iterator[bytes]:
        try:
            for chunk in self._place.blobs.read(name):
                size -= len(chunk)
                yield chunk
        except OSError:
            raise SyncError(UNREADABLE) from None
        if size != 0:
            raise SyncError(UNREADABLE)

    def _progress(self, written: Written, plan: Plan) -> Callable[[int], None]:
        def told(size: int) -> None:
            before = written.bytes
            written.bytes += size
            if before // _TELL_EVERY != written.bytes // _TELL_EVERY:
                self._told("bytes", written.bytes, max(plan.bytes, written.bytes))

        return told

    def _note(self, which: ColumnElement[bool]) -> int:
        """Note of items that they stand on a stick now; of how many."""
        query = update(ITEMS).where(which).values(bundled_at=self._now)
        return self._place.writer.run(lambda connection: connection.execute(query).rowcount)

    def _note_peer(self, connection: Connection) -> None:
        values: Mapping[str, datetime] = {"bundle_written_at": self._now}
        connection.execute(update(PEERS).where(PEERS.c.url == self._place.settings.central_url).values(**values))


def _gathered(frame: Frame | HandedItem) -> str | Frame:
    return cover_hash(frame.cover) if isinstance(frame, HandedItem) else frame


def _parts(values: Sequence[Any], size: int = _NOTED_AT_ONCE) -> Iterator[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
