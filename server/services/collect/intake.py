"""Intake: what is delivered is checked, kept, decided upon and answered after it is durable.

An item is checked before the writer sees it (its cover, signature, study and body need no secret and no database).
The writer then decides for all waiting requests together, in one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.decision import ITEMS, Answer, Arrival, Carrier, Decision, store_deliveries
from server.services.collect.expiry import expire_uploads
from server.services.collect.keys import central_private_key
from server.services.collect.quotas import Quotas
from server.services.collect.receipts import ReceiptBook, receipts_of_items
from server.services.collect.space import FULL, full_disk_said, need_space
from server.services.collect.standing import KeyOwners
from server.services.collect.tombstones import wanted_back
from sync.envelope.body import verify_body
from sync.envelope.cover import BodyReference, Cover, cover_hash, verify_cover
from sync.envelope.item import Item
from sync.errors import SyncError
from sync.protocol import Limits

IN_ROW_AT_MOST = 64 * 1024
"""Sealed bodies up to this size lie in the database row, larger ones as blobs."""
SMALL_REQUEST = 64 * 1024
"""Requests up to so many bytes are checked by the writer's thread: none of their bodies becomes a blob."""


class Intake:
    """Takes items in at a place. One object serves all requests of a process."""

    def __init__(self, place: Place, signing_key: Ed25519PrivateKey | None, limits: Limits) -> None:
        self._place = place
        self._book = ReceiptBook(place.settings.study, signing_key) if signing_key else None
        self._limits = limits
        self._quotas = Quotas(place.settings)
        self._keys = KeyOwners()
        self._study = place.settings.study
        self._kept_free = place.settings.free_space_kept

    @classmethod
    def of(cls, place: Place, limits: Limits) -> Intake:
        """The intake of a place; at central with its signing key. Raises ``CodedError`` as ``read_key`` does."""
        return cls(place, central_private_key(place.settings) if place.role == "central" else None, limits)

    def check_cover(self, encoded: bytes) -> Cover:
        """Steps 1 to 3 of the order of reading, and the limit of size.

        Raises ``EnvelopeError`` (``envelope.cover.*``, ``envelope.signature.wrong``) and ``SyncError``
        (``intake.study``, ``intake.too_large``).
        """
        cover = verify_cover(encoded)
        if cover.study != self._study:
            raise SyncError("intake.study")
        if cover.body.size > self._limits.item_bytes:
            raise SyncError("intake.too_large", limit=self._limits.item_bytes)
        return cover

    def need_space(self, incoming: int) -> None:
        """Raise ``CodedError`` ``storage.full`` unless so many bytes can come in and the reserve stays free."""
        need_space(self._place.settings.place, incoming, self._kept_free)

    def make_space(self, incoming: int) -> None:
        """As ``need_space``, outside the writer: expired uploads go before anything is refused."""
        try:
            self.need_space(incoming)
        except CodedError:
            if not expire_uploads(self._place):
                raise
            self.need_space(incoming)

    def receive(self, carrier: Carrier, items: Sequence[Item]) -> list[Answer]:
        """Take in items that are in memory; returns an answer for each, in order, after all of them are durable.

        Raises ``CodedError`` ``storage.full``, ``server.busy``; nothing of the request is kept then.
        """
        try:
            return self._receive(carrier, items)
        except CodedError as error:
            if error.code != FULL or not expire_uploads(self._place):
                raise
        return self._receive(carrier, items)

    def _receive(self, carrier: Carrier, items: Sequence[Item]) -> list[Answer]:
        size = _bytes(items)
        with full_disk_said():
            if size <= SMALL_REQUEST:
                return self._place.writer.run_prepared(self._decide_all, self._check, (carrier, items))
            self.need_space(size)
            return self._place.writer.run_merged(self._decide_all, self._check((carrier, items)))

    def receive_file(self, carrier: Carrier, cover: Cover, file: Path) -> Answer:
        """Take in an item whose checked cover came first and whose body is a finished, fsynced file of the spool.

        The file is moved. Raises ``EnvelopeError`` (``envelope.body.*``; the file stays), ``CodedError``
        ``storage.full``.
        """
        body: bytes | None = None
        with full_disk_said():
            if not self._is_blob(cover.body):
                with file.open("rb") as source:
                    verify_body(source, cover.body)
                os.utime(file)
                if cover.body.size <= IN_ROW_AT_MOST:
                    body = file.read_bytes()
                else:
                    self._place.blobs.adopt(cover.body.hash, file)
            return self._place.writer.run_merged(self._decide_all, [Arrival(carrier, cover, body)])[0]

    def note_delivery(self, carrier: Carrier, item_hash: str) -> None:
        """Remember that a node delivered an item that is held already, so that it is told of the receipts."""
        if carrier.kind == "node":
            self._place.writer.run(lambda connection: store_deliveries(connection, {(carrier.id, item_hash)}))

    def answer_of(self, connection: Connection, item_hash: str) -> Answer | None:
        """The answer for an item that is held already, or None. One that is wanted back is not held."""
        return self.answers_of(connection, [item_hash]).get(item_hash)

    def answers_of(self, connection: Connection, hashes: Sequence[str]) -> dict[str, Answer]:
        """The answers for those of the items that are held already."""
        return self._known(connection, hashes)

    def _check(self, request: tuple[Carrier, Sequence[Item]]) -> Sequence[Arrival | Answer]:
        """What needs no database: arrivals, and answers where an item is refused."""
        carrier, items = request
        checked: list[Arrival | Answer] = []
        for item in items:
            try:
                checked.append(self._arrive(carrier, item))
            except SyncError as error:
                checked.append(refusal(item.cover, error.code))
        return checked

    def _arrive(self, carrier: Carrier, item: Item) -> Arrival:
        cover = self.check_cover(item.cover)
        verify_body(item.body, cover.body)
        if len(item.body) <= IN_ROW_AT_MOST:
            return Arrival(carrier, cover, item.body)
        if not self._is_blob(cover.body):
            self._place.blobs.put(cover.body.hash, [item.body])
        return Arrival(carrier, cover, None)

    def _is_blob(self, body: BodyReference) -> bool:
        """Whether the blob lies there, of the size that the cover says: a cover may lie about another's body.

        It is durable then, although whoever put it may have been killed before the last sync, or not be through yet.
        """
        blobs = self._place.blobs
        if blobs.size(body.hash) != body.size:
            return False
        try:
            blobs.renew(body.hash)
        except FileNotFoundError:
            return False
        return True

    def _known(self, connection: Connection, hashes: Sequence[str]) -> dict[str, Answer]:
        query = select(ITEMS.c.instance, ITEMS.c.part, ITEMS.c.hash, ITEMS.c.state, ITEMS.c.code)
        rows = connection.execute(query.where(ITEMS.c.hash.in_(hashes), ~wanted_back())).all()
        receipts = receipts_of_items(connection, hashes) if rows else {}
        return {row.hash: Answer(*row, receipts.get(row.hash)).to_carrier() for row in rows}

    def _decide_all(self, connection: Connection, requests: Sequence[Sequence[Arrival | Answer]]) -> list[list[Answer]]:
        """An operation of the writer: the fate of all items of several requests, as if one came after the other.

        Raises ``CodedError`` ``storage.full`` before anything is written.
        """
        arrivals = [each for request in requests for each in request if isinstance(each, Arrival)]
        self.need_space(sum(len(each.cover.encoded) + len(each.body or b"") for each in arrivals))
        for arrival in arrivals:
            # Tidying, which is an operation of the writer too, may have taken a blob that nobody had named yet.
            if arrival.body is None and not self._place.blobs.exists(arrival.cover.body.hash):
                raise CodedError("server.busy")
        decision = Decision(self._place.now(), self._keys if self._place.role == "central" else None, self._quotas)
        decision.read(connection, arrivals)
        fates = [decision.decide(connection, arrival) for arrival in arrivals]
        receipts = decision.store(connection, self._book)
        repeated = [fate for fate, new in fates if not new and fate.state != "refused"]
        known = receipts_of_items(connection, {each.hash for each in repeated}) if repeated else {}
        answers = iter(
            Answer(
                fate.instance,
                fate.part,
                fate.hash,
                fate.state,
                fate.code,
                receipts.get(fate.hash) or known.get(fate.hash),
            )
            for fate, _ in fates
        )
        return [[each if isinstance(each, Answer) else next(answers) for each in request] for request in requests]


def _bytes(items: Sequence[Item]) -> int:
    return sum(len(item.cover) + len(item.body) for item in items)


def refusal(cover: bytes, code: str) -> Answer:
    """The answer for an item that is not kept. Its name is unknown where the cover cannot be read."""
    return Answer("", "", cover_hash(cover), "refused", code)
