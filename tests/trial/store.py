"""A simulated tablet's disk: one SQLite file. Whatever is not in it does not outlive a kill.

The rules are those of the tablet app: what is pending at a place, what a receipt, a mark and an epoch change, and when
bytes go. Nothing here deletes anything but ``prune``, and that asks ``sync.pruning`` alone, unless a mutant is tried.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from sync.pruning import Copy, may_delete, signed_by

Mutant = Literal["", "forgets after a word"]
"""What a tablet may do wrong, so that the trial is seen to notice: it deletes what a node says to keep."""

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
        self.forget(going)
        return len(going)

    def forget(self, hashes: Sequence[str]) -> None:
        """Delete the bytes of items."""
        with self.db:
            for each in hashes:
                self.db.execute("UPDATE item SET cover = NULL, body = NULL, pruned = 1 WHERE hash = ?", [each])


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
