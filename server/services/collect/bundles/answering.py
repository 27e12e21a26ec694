"""Central writes bundles for nodes: receipts, the mark, the feed, contents; after what each node asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.keys import own_identity, recipient_of
from server.services.collect.bundles.named import named_contents
from server.services.collect.bundles.node_standing import Found, NodeStanding, gather
from server.services.collect.bundles.outward import Written
from server.services.collect.bundles.own import OwnReader
from server.services.collect.bundles.stick import Stick, Told, name_of, prefix_of, told_nobody
from server.services.collect.contents import CONTENTS, get_content
from server.services.collect.decision import Carrier
from server.services.collect.feed import Feed, wire_time
from server.services.collect.keys import central_private_key
from server.services.collect.readable import readable_chains
from server.services.collect.receipts import current_epoch, newest_mark, receipts_after
from server.services.collect.standing import NODES
from sync.bundle import CONTENT, ENTRY, MARK, RECEIPT, Frame, write_frame, write_piece
from sync.bundle_words import Ask, CentralPiece, read_ask
from sync.envelope.encoding import canonical, parse_canonical
from sync.errors import SyncError
from sync.protocol import FEED_ENTRIES_AT_MOST, RECEIPTS_AT_MOST

DOCUMENTS_BYTES: Final = 16 * 1024 * 1024
"""Receipts and entries of one piece, which are in memory while it is written."""


@dataclass(frozen=True)
class _Content:
    """A content by name and size; its bytes are read when they are written."""

    name: str
    size: int


class Answering:
    """Writes bundles at central."""

    def __init__(self, place: Place, feed: Feed, told: Told = told_nobody) -> None:
        self._place = place
        self._feed = feed
        self._told = told
        self._key = central_private_key(place.settings)
        self._identity = own_identity(place.settings)
        self._now: datetime = place.now()

    def nodes(self) -> list[str]:
        """The introduced nodes that have asked by a bundle."""
        query = select(NODES.c.id).where(NODES.c.standing == "introduced", NODES.c.bundle_sequence > 0)
        with self._place.engine.connect() as connection:
            return list(connection.execute(query.order_by(NODES.c.id)).scalars())

    def write(self, stick: Stick, node: str, most: int) -> Written:
        """Write for one node what it does not have, and what does not stand on the stick for it yet.

        ``most``: bytes of one file; a content that is larger has a file of its own. Raises ``CodedError``:
        ``node.unknown``, ``node.revoked``, ``bundle.no_ask``, ``epoch.missing``, ``bundle.folder``.
        """
        ask, epoch = self._asked(node)
        prefix = prefix_of(self._place.settings.study, node, down=True)
        stick.sweep(prefix)
        standing = NodeStanding(ask.cursor if ask.epoch == epoch else 0, dict(ask.heads))
        written = Written(node=node)

        def whole(piece: CentralPiece, found: list[Found]) -> None:
            if (piece.answers, piece.epoch) == (ask.sequence, epoch):
                standing.advance(piece, found)

        own = OwnReader(stick, prefix, self._identity, self._told).read(
            lambda about: self._own_about(about, node), gather, whole
        )
        written.aside = own.aside
        recipients = [ask.recipient, recipient_of(self._identity)]
        pieces = self._pieces(ask, node, epoch, standing, most)
        following = next(pieces, None)
        try:
            while following is not None:
                after, cursor, frames = following
                # What comes next is known only when this one has been put together.
                following = next(pieces, None)
                piece = CentralPiece(
                    study=self._place.settings.study, node=node, set=own.set, number=own.next_number,
                    before=own.before, last=following is None, at=wire_time(self._now), answers=ask.sequence,
                    epoch=epoch, after=after, cursor=cursor,
                )  # fmt: skip
                path = stick.write(
                    name_of(prefix, self._now, piece.number),
                    write_piece(piece.sign(self._key), self._bytes_of(frames)),
                    recipients,
                    lambda size: setattr(written, "bytes", written.bytes + size),
                )
                own.add(piece)
                written.files.append(path)
                written.items += len(frames)
                self._told("written", len(written.files), len(written.files) + (following is not None))
        except CodedError as error:
            written.problem = error.code
        return written

    def _asked(self, node: str) -> tuple[Ask, str]:
        query = select(NODES.c.standing, NODES.c.bundle_ask).where(NODES.c.id == node)
        with self._place.engine.connect() as connection:
            row = connection.execute(query).first()
            epoch = current_epoch(connection)
        if row is None:
            raise CodedError("node.unknown", node=node)
        if row.standing != "introduced":
            raise CodedError("node.revoked", node=node)
        if row.bundle_ask is None:
            raise CodedError("bundle.no_ask", node=node)
        if epoch is None:
            raise CodedError("epoch.missing")
        return read_ask(row.bundle_ask), epoch

    def _own_about(self, about: Mapping[str, object], node: str) -> CentralPiece | None:
        try:
            piece = CentralPiece.read(canonical(about), self._key.public_key())
        except SyncError:
            return None
        return piece if (piece.study, piece.node) == (self._place.settings.study, node) else None

    def _pieces(
        self, ask: Ask, node: str, epoch: str, standing: NodeStanding, most: int
    ) -> Iterator[tuple[int, int, list[Frame | _Content]]]:
        """Where the receipts of each piece begin and end, and its frames."""
        documents = min(most, DOCUMENTS_BYTES)
        wants = [*ask.wants]
        more = True
        while more:
            after = standing.cursor
            frames: list[Frame | _Content] = []
            with self._place.engine.connect() as connection:
                more = self._receipts(connection, node, standing, frames, documents)
                mark = newest_mark(connection)
                if mark is not None and mark != standing.mark:
                    frames.append(Frame(MARK, mark))
                    standing.mark = mark
                more = self._entries(connection, node, standing, frames, wants, documents) or more
                if not more:
                    names = [each for each in dict.fromkeys(wants) if each not in standing.contents]
                    contents = [found for each in names if (found := _content(connection, each)) is not None]
            if more:
                yield after, standing.cursor, frames
        size = sum(map(_size, frames))
        for each in contents:
            if frames and size + _size(each) > most:
                yield after, standing.cursor, frames
                after, frames, size = standing.cursor, [], 0
            frames.append(each)
            size += _size(each)
        # A new epoch is word enough: the node queues again what central may have lost.
        if frames or (ask.epoch != epoch and not standing.answered):
            yield after, standing.cursor, frames

    def _receipts(
        self, connection: Connection, node: str, standing: NodeStanding, frames: list[Frame | _Content], most: int
    ) -> bool:
        """Add receipts up to ``most`` bytes; whether there are more."""
        while sum(map(_size, frames)) < most:
            found, cursor, more = receipts_after(connection, node, "node", standing.cursor, RECEIPTS_AT_MOST)
            frames += (Frame(RECEIPT, each) for each in found)
            standing.cursor = cursor
            if not more:
                return False
        return True

    def _entries(
        self,
        connection: Connection,
        node: str,
        standing: NodeStanding,
        frames: list[Frame | _Content],
        wants: list[str],
        most: int,
    ) -> bool:
        """Add entries up to ``most`` bytes, and what they name to ``wants``; whether there are more."""
        chains = readable_chains(connection, self._place, Carrier(node, "node"))
        while sum(map(_size, frames)) < most:
            found, more = self._feed.entries(connection, standing.heads, chains, FEED_ENTRIES_AT_MOST)
            for document in found:
                entry = parse_canonical(document, "feed.broken")
                standing.heads[str(entry["chain"])] = int(str(entry["number"]))
                wants += named_contents(entry)
                frames.append(Frame(ENTRY, document))
            if not more:
                return False
        return True

    def _bytes_of(self, frames: Sequence[Frame | _Content]) -> Iterator[Iterable[bytes]]:
        for each in frames:
            if isinstance(each, Frame):
                yield write_frame(each.kind, each.data)
                continue
            with self._place.engine.connect() as connection:
                found = get_content(connection, each.name)
            if found is not None:
                yield write_frame(CONTENT, found[1])


def _content(connection: Connection, name: str) -> _Content | None:
    size = connection.execute(select(func.length(CONTENTS.c.data)).where(CONTENTS.c.hash == name)).scalar()
    return None if size is None else _Content(name, size)


def _size(frame: Frame | _Content) -> int:
    return frame.size if isinstance(frame, _Content) else len(frame.data)
