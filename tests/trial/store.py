"""A simulated tablet's disk: one SQLite file. Whatever is not in it does not outlive a kill.

The rules are those of the tablet app: what is pending at a place, what a receipt, a mark and an epoch change, and when
bytes go. Nothing here deletes anything but ``prune``, and that asks ``sync.pruning`` alone, unless a mutant is tried.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.carrier import Counts, Hello, ReceiptPosition
from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from sync.feed import Followed, Head
from sync.ports import Verdict, VerifiedReceipt
from sync.protocol import Greeting, Offered
from sync.pruning import Copy, may_delete, signed_by
from sync.states import State

Mutant = Literal["", "forgets after a word", "trusts the old epoch"]
"""What a tablet may do wrong, so that the trial is seen to notice: it deletes what a node says to keep, or it goes on
believing what central said before it was brought back."""

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS note (hash TEXT PRIMARY KEY, instance TEXT, part TEXT, plain TEXT, size INTEGER, at REAL);
CREATE TABLE IF NOT EXISTS item (hash TEXT PRIMARY KEY, instance TEXT, part TEXT, priority INTEGER, number INTEGER,
    size INTEGER, body_hash TEXT, cover BLOB, body BLOB, pruned INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS word (hash TEXT, place TEXT, epoch TEXT, PRIMARY KEY (hash, place));
CREATE TABLE IF NOT EXISTS receipt (hash TEXT, epoch TEXT, seq INTEGER, document BLOB, PRIMARY KEY (hash, epoch));
CREATE TABLE IF NOT EXISTS place (id TEXT PRIMARY KEY, cursor INTEGER, epoch TEXT);
CREATE TABLE IF NOT EXISTS head (chain TEXT PRIMARY KEY, number INTEGER, hash TEXT);
"""
_TOLD = "told"
"""An epoch in ``word`` for places that tell none."""


@dataclass(frozen=True)
class Sealed:
    """A part that was just sealed; ``plain`` is the SHA-256 of what was sealed, ``priority`` as in an offer."""

    item: Item
    instance: str
    part: str
    priority: int
    number: int
    body_hash: str
    plain: str


@dataclass(frozen=True)
class Identity:
    """Who the tablet is and whom it trusts, as it stands in its folder. Keys in hex."""

    study: str
    site: str
    interviewer: str
    device: str
    signing: int
    intake: str
    central: str

    @property
    def central_key(self) -> Ed25519PublicKey:
        """Central's key, pinned."""
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.central))


class Disk:
    """What a tablet keeps. Every method is durable when it returns."""

    def __init__(self, file: Path, identity: Identity, mutant: Mutant = "") -> None:
        self.identity = identity
        self.mutant = mutant
        self.key = derive_private_key(identity.signing, SECP256R1())
        self.db = sqlite3.connect(file)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.executescript(_TABLES)

    def get(self, name: str) -> str | None:
        """A value that was put."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", [name]).fetchone()
        return None if row is None else row[0]

    def put(self, name: str, value: str | None) -> None:
        """Keep a value; the caller's transaction, if there is one, decides when."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", [name, value])

    def collected(self) -> int:
        """How many instances were sealed here."""
        return int(self.get("collected") or 0)

    def chain(self) -> tuple[int, str | None]:
        """Number and hash of the newest cover."""
        return int(self.get("number") or 0), self.get("previous")

    def collect(self, parts: Sequence[Sealed], at: float) -> None:
        """Keep an instance: its sealed parts, and what they must be found to hold in the end; all or nothing."""
        with self.db:
            for each in parts:
                row = (each.item.hash, each.instance, each.part)
                size = len(each.item.body)
                self.db.execute("INSERT INTO note VALUES (?,?,?,?,?,?)", [*row, each.plain, size, at])
                values = [*row, each.priority, each.number, size, each.body_hash, each.item.cover, each.item.body]
                self.db.execute("INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,0)", values)
            self.put("number", str(parts[-1].number))
            self.put("previous", parts[-1].item.hash)
            self.put("collected", str(self.collected() + 1))

    def prune(self) -> int:
        """Delete the bytes of what may go by the rule; returns how many items."""
        epoch, mark = self.get("epoch"), self.get("mark")
        if epoch is None or mark is None:
            return 0
        key = self.identity.central_key
        marks = signed_by(key, Mark, [mark.encode()])
        query = "SELECT hash, instance, part, body_hash FROM item WHERE pruned = 0"
        going = []
        for row in self.db.execute(query).fetchall():
            found = self.db.execute("SELECT document FROM receipt WHERE hash = ? AND epoch = ?", [row[0], epoch])
            receipts = signed_by(key, Receipt, [document for (document,) in found])
            copy = Copy(self.identity.study, row[1], row[2], row[0], row[3])
            if may_delete(copy, receipts, marks, epoch=epoch, carrier="device") is not None:
                going.append(row[0])
        self._forget(going)
        return len(going)

    def _forget(self, hashes: Sequence[str]) -> None:
        with self.db:
            for each in hashes:
                self.db.execute("UPDATE item SET cover = NULL, body = NULL, pruned = 1 WHERE hash = ?", [each])


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
        highest = disk.get("highest")
        position = None if highest is None else ReceiptPosition(*json.loads(highest))
        hello = Hello(
            study=disk.identity.study,
            kind="device",
            to=greeting.id,
            challenge=greeting.challenge,
            sequence=sequence,
            app_version="trial",
            counts=Counts(finished=disk.collected(), highest_number=disk.chain()[0]),
            highest_receipt=position,
        )
        return hello.sign(disk.key)

    def relayed(self) -> Sequence[bytes]:
        return ()

    def pending(self, limit: int, excluding: Collection[str], most: int) -> Sequence[Offered]:
        """What this place has not acknowledged, and central has not receipted in the epoch that is in force."""
        epoch = None if self._disk.mutant == "trusts the old epoch" else self._epoch or self._disk.get("epoch")
        query = """SELECT instance, part, hash, size, priority FROM item WHERE pruned = 0 AND priority <= :most
            AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.hash = item.hash AND r.epoch = coalesce(:epoch, r.epoch))
            AND NOT EXISTS (SELECT 1 FROM word w WHERE w.hash = item.hash AND w.place = :place AND w.epoch = :word)
            ORDER BY priority, number"""
        values = {"epoch": epoch, "place": self._place, "word": self._epoch or _TOLD, "most": most}
        rows = self._db.execute(query, values).fetchall()
        return [Offered(*row) for row in rows if row[2] not in excluding][:limit]

    def unconfirmed(self, limit: int, after: str) -> Sequence[Offered]:
        return ()

    def read(self, item_hash: str) -> Item:
        return Item(*self._db.execute("SELECT cover, body FROM item WHERE hash = ?", [item_hash]).fetchone())

    def read_cover(self, item_hash: str) -> bytes:
        return self.read(item_hash).cover

    def read_body(self, item_hash: str, offset: int, size: int) -> bytes:
        return self.read(item_hash).body[offset : offset + size]

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
            self._disk._forget([each.hash for each in kept])

    def note_epoch(self, epoch: str) -> None:
        self._epoch = epoch
        disk = self._disk
        before = disk.get("epoch")
        if before == epoch or self._has_ended(epoch) or disk.mutant == "trusts the old epoch":
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


@dataclass(frozen=True)
class Note:
    """What a tablet wrote down when it sealed a part: what central must be found to hold. ``plain`` is a SHA-256."""

    hash: str
    instance: str
    part: str
    plain: str
    size: int


@dataclass(frozen=True)
class Looked:
    """What a look from outside shows of a tablet's disk. ``pruned``: hashes of items whose bytes it has deleted."""

    collected: int
    pruned: frozenset[str]
    notes: Sequence[Note]
    alarm: str | None
    aside: str | None


def look(file: Path) -> Looked:
    """Look at a tablet's disk, also while the tablet works."""
    if not file.exists():
        return Looked(0, frozenset(), (), None, None)
    with closing(sqlite3.connect(file, timeout=10)) as db:
        try:
            notes = [Note(*row) for row in db.execute("SELECT hash, instance, part, plain, size FROM note")]
            pruned = frozenset(row[0] for row in db.execute("SELECT hash FROM item WHERE pruned = 1"))
            said = dict(db.execute("SELECT name, value FROM meta WHERE name IN ('alarm', 'aside')"))
        except sqlite3.OperationalError:
            return Looked(0, frozenset(), (), None, None)
    return Looked(len({each.instance for each in notes}), pruned, notes, said.get("alarm"), said.get("aside"))
