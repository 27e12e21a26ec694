"""The signed feed: central appends to its chains, a node keeps what it verified, both hand it on verbatim."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, func, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.keys import central_private_key
from server.storage.bulk import insert_rows
from server.storage.carriers import FeedEntryRow
from sync.envelope.signed import FeedEntry, document_hash
from sync.feed import Followed, Head

ENTRIES = cast("Table", FeedEntryRow.__table__)
ANSWER_BYTES = 1024 * 1024
"""An answer of the feed stops after this many bytes; one entry is always given."""


def wire_time(moment: datetime) -> str:
    """A time as signed documents write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Feed:
    """The chains of a study in the database of a place.

    ``signing_key`` is central's; a node has none and can only keep and hand on.
    """

    def __init__(self, study: str, now: Callable[[], datetime], signing_key: Ed25519PrivateKey | None) -> None:
        self._study = study
        self._now = now
        self._key = signing_key

    @property
    def now(self) -> datetime:
        """The time by the place's clock."""
        return self._now()

    @property
    def study(self) -> str:
        """Id of the study."""
        return self._study

    @classmethod
    def of(cls, place: Place) -> Feed:
        """The feed of a place; at central with its signing key. Raises ``CodedError`` as ``read_key`` does."""
        key = central_private_key(place.settings) if place.role == "central" else None
        return cls(place.settings.study, place.now, key)

    def append(self, connection: Connection, chain: str, kind: str, body: Mapping[str, object]) -> bytes:
        """Number, sign and store the next entry of a chain; returns its bytes. Central only.

        Call it inside an operation of the writer: the number is read in the same transaction.
        Raises ``CodedError`` ``feed.not_central``, and ``EnvelopeError`` if a reader would refuse the body.
        """
        if self._key is None:
            raise CodedError("feed.not_central")
        head = self.heads(connection, [chain]).get(chain, Head())
        entry = FeedEntry(
            study=self._study,
            chain=chain,
            number=head.number + 1,
            previous=head.hash,
            at=wire_time(self._now()),
            kind=kind,
            body=body,
        )
        encoded = entry.sign(self._key)
        self.store_verified(connection, [Followed(entry, encoded, document_hash(encoded))])
        return encoded

    def store_verified(self, connection: Connection, entries: Iterable[Followed]) -> None:
        """Keep entries that ``sync.feed.follow`` has checked. The table refuses a number that is there already."""
        rows = [
            {
                "chain": each.entry.chain,
                "number": each.entry.number,
                "kind": each.entry.kind,
                "hash": each.hash,
                "document": each.encoded,
            }
            for each in entries
        ]
        insert_rows(connection, ENTRIES, rows)

    def heads(self, connection: Connection, chains: Collection[str] | None = None) -> dict[str, Head]:
        """Number and hash of the last entry of each chain, of all chains or of those named; empty ones are left out."""
        last = select(ENTRIES.c.chain, func.max(ENTRIES.c.number).label("number")).group_by(ENTRIES.c.chain)
        if chains is not None:
            last = last.where(ENTRIES.c.chain.in_(chains))
        heads = last.subquery()
        query = select(ENTRIES.c.chain, ENTRIES.c.number, ENTRIES.c.hash).join(
            heads, (heads.c.chain == ENTRIES.c.chain) & (heads.c.number == ENTRIES.c.number)
        )
        return {chain: Head(number, hash_) for chain, number, hash_ in connection.execute(query)}

    def entries(
        self, connection: Connection, after: Mapping[str, int], chains: Collection[str], limit: int
    ) -> tuple[list[bytes], bool]:
        """Entries of the chains named, in order within each chain, after the numbers given (0 where none is given).

        Returns at most ``limit`` documents, verbatim, and whether there are more.
        """
        found: list[bytes] = []
        size = 0
        heads = self.heads(connection, chains)
        behind = [chain for chain in chains if chain in heads and heads[chain].number > after.get(chain, 0)]
        for chain in behind:
            query = (
                select(ENTRIES.c.document)
                .where(ENTRIES.c.chain == chain, ENTRIES.c.number > after.get(chain, 0))
                .order_by(ENTRIES.c.number)
                .limit(limit - len(found) + 1)
            )
            for document in connection.execute(query).scalars():
                if len(found) == limit or (found and size + len(document) > ANSWER_BYTES):
                    return found, True
                found.append(document)
                size += len(document)
        return found, False

    def all_of(self, connection: Connection, chain: str, kind: str | None = None) -> list[bytes]:
        """All entries of a chain in order, of one kind if given."""
        query = select(ENTRIES.c.document).where(ENTRIES.c.chain == chain).order_by(ENTRIES.c.number)
        if kind is not None:
            query = query.where(ENTRIES.c.kind == kind)
        return list(connection.execute(query).scalars())
