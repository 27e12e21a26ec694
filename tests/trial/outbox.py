"""What a simulated tablet keeps of a round with a place: ``sync.ports.Outbox`` by the rules of the tablet app."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sync.carrier import Counts, Hello, ReceiptPosition
from sync.envelope.item import Item
from sync.envelope.signed import Mark
from sync.feed import Followed, Head
from sync.ports import Verdict, VerifiedReceipt
from sync.protocol import Greeting, Offered
from sync.states import State
from tests.trial.store import Disk

_TOLD = "told"
"""An epoch in ``word`` for places that tell none."""


class Visit:
    """The outbox of a tablet for one round with one place; implements ``sync.ports.Outbox``."""

    def __init__(self, disk: Disk, place: str) -> None:
        self._disk = disk
        self._db = disk.db
        self._place = place
        self._epoch: str | None = None
        """What this place said of central's epoch: only central does."""

    def hello(self, greeting: Greeting) -> bytes:
        disk = self._disk
        sequence = int(disk.get("sequence") or 0) + 1
        with self._db:
            disk.put("sequence", str(sequence))
        hello = Hello(
            study=disk.identity.study,
            kind="device",
            to=greeting.id,
            challenge=greeting.challenge,
            sequence=sequence,
            app_version="trial",
            counts=Counts(finished=disk.collected(), highest_number=disk.chain()[0]),
            highest_receipt=self._highest(),
        )
        return hello.sign(disk.key)

    def _highest(self) -> ReceiptPosition | None:
        """The highest number that central is known to have given, and the receipt that shows it."""
        known = self._disk.get("highest")
        if known is None:
            return None
        epoch, seq = json.loads(known)
        query = "SELECT document FROM receipt WHERE epoch = ? ORDER BY seq DESC LIMIT 1"
        row = self._db.execute(query, [epoch]).fetchone()
        return ReceiptPosition(epoch, seq, None if row is None else json.loads(row[0]))

    def relayed(self) -> Sequence[bytes]:
        return ()

    def pending(self, limit: int, excluding: Collection[str], most: int) -> Sequence[Offered]:
        """What this place has not acknowledged, and central has not receipted in the epoch that is in force."""
        epoch = self._epoch or self._disk.get("epoch")
        query = """SELECT instance, part, hash, size, priority FROM item WHERE pruned = 0 AND priority <= :most
            AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.hash = item.hash AND r.epoch = coalesce(:epoch, r.epoch))
            AND NOT EXISTS (SELECT 1 FROM word w WHERE w.hash = item.hash AND w.place = :place AND w.epoch = :word)
            ORDER BY priority, number"""
        values = {"epoch": epoch, "place": self._place, "word": self._epoch or _TOLD, "most": most}
        rows = self._db.execute(query, values).fetchall()
        return [Offered(*row) for row in rows if row[2] not in excluding][:limit]

    def unconfirmed(self, limit: int, after: str) -> Sequence[Offered]:
        return ()

    def read(self, hashes: Sequence[str]) -> Mapping[str, Item]:
        return {each: self._item(each) for each in hashes}

    def read_cover(self, item_hash: str) -> bytes:
        return self._item(item_hash).cover

    def read_body(self, item_hash: str, offset: int, size: int) -> bytes:
        return self._item(item_hash).body[offset : offset + size]

    def _item(self, item_hash: str) -> Item:
        return Item(*self._db.execute("SELECT cover, body FROM item WHERE hash = ?", [item_hash]).fetchone())

    def settle(self, verdicts: Sequence[Verdict]) -> None:
        answered = [each for each in verdicts if each.state is not State.QUEUED]
        kept = [each for each in answered if each.state is not State.SET_ASIDE]
        with self._db:
            for each in answered:
                values = [each.hash, self._place, self._epoch or _TOLD]
                self._db.execute("INSERT OR REPLACE INTO word VALUES (?,?,?)", values)
                if each.state is State.SET_ASIDE:
                    self._disk.put("aside", f"{each.code} at {self._place}")
            self._store([each.receipt for each in kept if each.receipt is not None])
        if self._disk.mutant == "forgets after a word":
            self._disk.forget([each.hash for each in kept])

    def note_epoch(self, epoch: str) -> None:
        self._epoch = epoch
        disk = self._disk
        before = disk.get("epoch")
        if before == epoch or self._has_ended(epoch):
            return
        with self._db:
            disk.put("epoch", epoch)
            self._end(before)

    def _has_ended(self, epoch: str) -> bool:
        return epoch in json.loads(self._disk.get("ended") or "[]")

    def _end(self, epoch: str | None) -> None:
        ended = json.loads(self._disk.get("ended") or "[]")
        if epoch is not None and epoch not in ended:
            self._disk.put("ended", json.dumps([*ended, epoch]))

    def _note_highest(self, epoch: str, seq: int) -> None:
        known, highest = json.loads(self._disk.get("highest") or '["", 0]')
        if not self._has_ended(epoch) and (epoch != known or seq > highest):
            self._disk.put("highest", json.dumps([epoch, seq]))

    def receipt_cursor(self) -> int:
        """A restored central numbers anew, so that an old cursor would hide its receipts."""
        query = "SELECT cursor FROM place WHERE id = ? AND epoch = ?"
        row = self._db.execute(query, [self._place, self._epoch or _TOLD]).fetchone()
        return 0 if row is None else row[0]

    def keep_receipts(self, receipts: Sequence[VerifiedReceipt], cursor: int) -> None:
        with self._db:
            self._store(receipts)
            values = [self._place, cursor, self._epoch or _TOLD]
            self._db.execute("INSERT OR REPLACE INTO place VALUES (?,?,?)", values)

    def _store(self, receipts: Sequence[VerifiedReceipt]) -> None:
        """Those of exactly our copies, the newest of each epoch; within the caller's transaction."""
        for each in receipts:
            receipt = each.receipt
            query = "SELECT 1 FROM item WHERE hash = ? AND instance = ? AND part = ? AND body_hash = ?"
            named = [receipt.cover_hash, receipt.instance, receipt.part, receipt.body_hash]
            if self._db.execute(query, named).fetchone() is None:
                continue
            known = "SELECT seq FROM receipt WHERE hash = ? AND epoch = ?"
            row = self._db.execute(known, [receipt.cover_hash, receipt.epoch]).fetchone()
            if row is None or row[0] < receipt.seq:
                values = [receipt.cover_hash, receipt.epoch, receipt.seq, each.encoded]
                self._db.execute("INSERT OR REPLACE INTO receipt VALUES (?,?,?,?)", values)
            self._note_highest(receipt.epoch, receipt.seq)

    def keep_mark(self, mark: Mark, encoded: bytes) -> None:
        """Within an epoch it only grows; another epoch's must be the one in force, or of a later time of central's. An
        epoch that was followed by another never comes back."""
        disk = self._disk
        if self._has_ended(mark.epoch):
            return
        held, in_force = disk.get("mark"), disk.get("epoch")
        before = None if held is None else Mark.read(held.encode(), disk.identity.central_key)
        if before is not None:
            if before.epoch == mark.epoch and before.durable_seq >= mark.durable_seq:
                return
            if before.epoch != mark.epoch and in_force != mark.epoch and before.at >= mark.at:
                return
        with self._db:
            disk.put("mark", encoded.decode())
            if in_force is None or (before is not None and in_force == before.epoch):
                disk.put("epoch", mark.epoch)
            if before is not None and before.epoch != mark.epoch:
                self._end(before.epoch)
            self._note_highest(mark.epoch, mark.durable_seq)

    def heads(self) -> Mapping[str, Head]:
        rows = self._db.execute("SELECT chain, number, hash FROM head").fetchall()
        return {chain: Head(number, name) for chain, number, name in rows}

    def keep_entries(self, entries: Sequence[Followed]) -> None:
        with self._db:
            for each in entries:
                values = [each.entry.chain, each.entry.number, each.hash]
                self._db.execute("INSERT OR REPLACE INTO head VALUES (?,?,?)", values)

    def missing_contents(self, limit: int) -> Sequence[str]:
        return ()

    def keep_content(self, name: str, data: bytes) -> None:
        raise AssertionError("no content was asked for")

    def alarm(self, code: str) -> None:
        with self._db:
            self._disk.put("alarm", code)
