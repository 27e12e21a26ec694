"""At the end: everything that tablets noted when they sealed it, against what lies at central, opened."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from server.storage.blobs import BlobStore
from server.vault.keyfile import open_study_key, read_key_file
from server.vault.sealing import open_intake_key
from sync.envelope.cover import verify_cover
from sync.envelope.seal import open_part
from sync.errors import EnvelopeError
from tests.trial.founding import PASSPHRASE
from tests.trial.store import Note


@dataclass
class Found:
    """In instances; ``parts`` and ``bytes`` (sealed) of all that was collected. ``states``: of the parts at central.

    ``named``: what is wrong, by name.
    """

    collected: int = 0
    at_central: int = 0
    lost: int = 0
    duplicated: int = 0
    differing: int = 0
    parts: int = 0
    bytes: int = 0
    states: Counter[str] = field(default_factory=Counter)
    named: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether everything that was collected is at central, once, and the same."""
        return self.at_central == self.collected and not (self.lost or self.duplicated or self.differing)

    def __add__(self, other: Found) -> Found:
        return Found(
            self.collected + other.collected,
            self.at_central + other.at_central,
            self.lost + other.lost,
            self.duplicated + other.duplicated,
            self.differing + other.differing,
            self.parts + other.parts,
            self.bytes + other.bytes,
            self.states + other.states,
            self.named + other.named,
        )


def held(place: Path) -> set[str] | None:
    """The hashes of the items of a place, also while it is served; None while it cannot be read."""
    try:
        with closing(_opened(place)) as db:
            return {row[0] for row in db.execute("SELECT hash FROM item WHERE body IS NOT NULL OR pruned_at IS NULL")}
    except sqlite3.Error:
        return None


def backed_up(snapshot: Path) -> set[str]:
    """The hashes of the items of a backup."""
    with closing(sqlite3.connect(f"file:{quote(str(snapshot / 'feldbuch.db'))}?immutable=1", uri=True)) as db:
        return {row[0] for row in db.execute("SELECT hash FROM item")}


def pruned(place: Path) -> int:
    """How many items of a place are tombstones."""
    try:
        with closing(_opened(place)) as db:
            return int(db.execute("SELECT count(*) FROM item WHERE pruned_at IS NOT NULL").fetchone()[0])
    except sqlite3.Error:
        return 0


def _opened(place: Path) -> sqlite3.Connection:
    # Not made if it is not there; a database that nobody serves can be read only by who may write its index.
    return sqlite3.connect(f"file:{quote(str(place / 'feldbuch.db'))}?mode=rw", uri=True, timeout=5)


def compare(central: Path, notes: Iterable[Note]) -> Found:
    """Open everything at central with the study's key, and compare it with what tablets noted."""
    found = Found()
    by_name: dict[tuple[str, str], list[sqlite3.Row]] = {}
    blobs = BlobStore(central / "blobs")
    with closing(sqlite3.connect(central / "feldbuch.db")) as db:
        db.row_factory = sqlite3.Row
        keys = _private_keys(central, [row["sealed_private"] for row in db.execute("SELECT * FROM intake_key")])
        for row in db.execute("SELECT instance, part, hash, cover, body, body_hash, state FROM item"):
            by_name.setdefault((row["instance"], row["part"]), []).append(row)
            found.states[row["state"]] += 1
    wrong: dict[str, set[str]] = {"lost": set(), "duplicated": set(), "differing": set()}
    instances = set()
    noted = set()
    for note in notes:
        instances.add(note.instance)
        noted.add((note.instance, note.part))
        found.parts += 1
        found.bytes += note.size
        rows = by_name.get((note.instance, note.part), [])
        problems = []
        if not rows:
            problems.append("lost")
        if len(rows) > 1:
            problems.append("duplicated")
        if any(_content(row, blobs, keys) != note.plain for row in rows):
            problems.append("differing")
        for problem in problems:
            wrong[problem].add(note.instance)
            found.named.append(f"{problem}: {note.instance} {note.part}")
    for strange in sorted(by_name.keys() - noted):
        wrong["differing"].add(strange[0])
        found.named.append(f"nobody collected: {strange[0]} {strange[1]}")
    found.collected = len(instances)
    found.lost, found.duplicated, found.differing = (len(each) for each in wrong.values())
    found.at_central = len(instances - wrong["lost"])
    return found


def _private_keys(central: Path, sealed: Iterable[bytes]) -> Mapping[str, bytes]:
    """Central's intake keys, opened with the study's key, by their ids."""
    seed = bytes(open_study_key(read_key_file(central / "vault"), PASSPHRASE))
    return dict(open_intake_key(seed, each) for each in sealed)


def _content(row: sqlite3.Row, blobs: BlobStore, keys: Mapping[str, bytes]) -> str:
    """SHA-256 of what an item holds in clear; the code of the error where it does not open."""
    try:
        body = row["body"] if row["body"] is not None else b"".join(blobs.read(row["body_hash"]))
        return sha256(b"".join(open_part(verify_cover(row["cover"]), body, keys))).hexdigest()
    except EnvelopeError as error:
        return error.code
    except OSError as error:
        return type(error).__name__
