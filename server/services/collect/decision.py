"""The decision: the fate of items that were checked, in one transaction of the writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, insert, select

from server.services.collect.changes import bring_back
from server.services.collect.quotas import Quotas
from server.services.collect.receipts import DELIVERIES, Decided, ReceiptBook, decided
from server.services.collect.siblings import PART_OF_ASIDE, Siblings
from server.services.collect.standing import (
    KeyOwners,
    Signer,
    judge,
    known_devices,
    known_nodes,
    note_unknown_devices,
)
from server.services.collect.tombstones import wanted_back
from server.storage.bulk import insert_rows
from server.storage.items import Item as ItemRow
from sync.envelope.cover import Cover
from sync.protocol import CarrierKind

ITEMS = cast("Table", ItemRow.__table__)

# By the instance alone: SQLite reads the whole table where it is asked for pairs of instance and part.
_OF_INSTANCES = select(
    *(ITEMS.c[name] for name in ("hash", "instance", "part", "state", "code", "signer")), wanted_back().label("lacks")
).where(ITEMS.c.instance.in_(bindparam("instances", expanding=True)))


@dataclass(frozen=True, slots=True)
class Carrier:
    """Who delivers: a device, or a node on behalf of devices."""

    id: str
    kind: CarrierKind


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an item. ``receipt`` is central's signed document, verbatim."""

    instance: str
    part: str
    hash: str
    state: str
    code: str | None = None
    receipt: bytes | None = None

    def to_carrier(self) -> Answer:
        """The answer as a carrier hears it: what a person made of an item that is kept here is central's affair."""
        if self.state == "aside":
            return replace(self, state="held", code=None)
        if self.code is not None and (self.state == "held" or self.code == PART_OF_ASIDE):
            return replace(self, code=None)
        return self


@dataclass(frozen=True, slots=True)
class Arrival:
    """A checked item on its way to the writer. ``body`` is None where it already lies as a blob."""

    carrier: Carrier
    cover: Cover
    body: bytes | None


class Decision:
    """One transaction of the writer: what is known at its beginning, and what its items add to it."""

    def __init__(self, now: datetime, keys: KeyOwners | None, quotas: Quotas) -> None:
        self._now = now
        self._keys = keys
        self._quotas = quotas
        self._by_hash: dict[str, Answer] = {}
        self._siblings = Siblings()
        self._signers: dict[str, Signer] = {}
        self._key_owners: dict[str, str] | None = None
        self._rows: list[dict[str, object]] = []
        self._wanted_back: set[str] = set()
        self._brought_back: list[Arrival] = []
        self._deliveries: set[tuple[str, str]] = set()
        self._decided: list[Decided] = []
        self._strangers: dict[str, Cover] = {}

    def read(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        """Read what the decisions depend on, in a few statements for all items."""
        self._quotas.begin()
        instances = {each.cover.instance for each in arrivals}
        for row in connection.execute(_OF_INSTANCES, {"instances": list(instances)}):
            self._remember(Answer(row.instance, row.part, row.hash, row.state, row.code), row.signer)
            if row.lacks:
                self._wanted_back.add(row.hash)
        by_kind: dict[str, set[str]] = {"device": set(), "node": set()}
        for each in arrivals:
            by_kind[each.cover.taken_in_by.kind].add(each.cover.taken_in_by.id)
        if by_kind["device"]:
            self._signers |= known_devices(connection, by_kind["device"])
        if by_kind["node"]:
            self._signers |= known_nodes(connection, by_kind["node"])
        if self._keys is not None:
            keys = {stanza.key for each in arrivals for stanza in each.cover.recipients}
            self._key_owners = self._keys.owners(connection, keys)

    def decide(self, connection: Connection, arrival: Arrival) -> tuple[Answer, bool]:
        """The fate of one item, and whether it is new here."""
        cover = arrival.cover
        if arrival.carrier.kind == "node":
            self._deliveries.add((arrival.carrier.id, cover.hash))
        if cover.hash in self._by_hash:
            if cover.hash in self._wanted_back:
                self._wanted_back.discard(cover.hash)
                self._brought_back.append(arrival)
            return self._by_hash[cover.hash].to_carrier(), False
        signer = self._signers.get(cover.taken_in_by.id)
        code = judge(cover, signer, self._key_owners)
        if signer is None:
            state = "waiting"
        elif code is not None:
            state = "quarantined"
        else:
            state, code = self._siblings.fate(cover.instance, cover.part, cover.taken_in_by.id)
        refused = self._quotas.refusal(connection, cover, state)
        if refused is not None:
            self._deliveries.discard((arrival.carrier.id, cover.hash))
            return Answer(cover.instance, cover.part, cover.hash, "refused", refused), False
        answer = Answer(cover.instance, cover.part, cover.hash, state, code)
        self._remember(answer, cover.taken_in_by.id)
        self._rows.append(self._row(arrival, state, code))
        if state == "waiting":
            self._strangers[cover.taken_in_by.id] = cover
        else:
            self._decided.append(decided(cover, state))
        return answer.to_carrier(), True

    def store(self, connection: Connection, book: ReceiptBook | None) -> dict[str, bytes]:
        """Write what was decided; the receipts by the items' hashes."""
        insert_rows(connection, ITEMS, self._rows)
        for arrival in self._brought_back:
            bring_back(connection, arrival.cover.hash, arrival.body, self._now)
        if self._strangers:
            note_unknown_devices(connection, self._strangers, self._now)
        if self._deliveries:
            store_deliveries(connection, self._deliveries)
        if book is None:
            return {}
        documents = book.write(connection, self._decided)
        return {each.hash: document for each, document in zip(self._decided, documents, strict=True)}

    def _remember(self, answer: Answer, signer: str) -> None:
        self._by_hash[answer.hash] = answer
        self._siblings.note(answer.instance, answer.part, signer, answer.state)

    def _row(self, arrival: Arrival, state: str, code: str | None) -> dict[str, object]:
        cover = arrival.cover
        return {
            "hash": cover.hash,
            "instance": cover.instance,
            "part": cover.part,
            "study": cover.study,
            "site": cover.site,
            "device": cover.device,
            "interviewer": cover.interviewer,
            "form": cover.form.id,
            "form_version": cover.form.version,
            "purpose": cover.purpose,
            "replaces": cover.replaces,
            "content_type": cover.content_type,
            "signer": cover.taken_in_by.id,
            "number": cover.signer.number,
            "finished_at": cover.finished_at,
            "body_hash": cover.body.hash,
            "body_size": cover.body.size,
            "cover": cover.encoded,
            "body": arrival.body,
            "state": state,
            "code": code,
            "received_at": self._now,
            "carrier": arrival.carrier.id,
            "forward": "queued" if self._keys is None else None,
            "forward_code": None,
        }


def store_deliveries(connection: Connection, deliveries: set[tuple[str, str]]) -> None:
    """Remember which node delivered which items, once each."""
    hashes = {item_hash for _, item_hash in deliveries}
    query = select(DELIVERIES.c.node, DELIVERIES.c.item_hash).where(DELIVERIES.c.item_hash.in_(hashes))
    known = {(row.node, row.item_hash) for row in connection.execute(query)}
    rows = [{"node": node, "item_hash": item_hash} for node, item_hash in sorted(deliveries - known)]
    if rows:
        connection.execute(insert(DELIVERIES), rows)
