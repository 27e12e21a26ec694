"""Checking a copy of central's database against itself and its blobs, and what mark it bears out."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from server.errors.error import CodedError

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The epoch in force in a copy, and the highest number up to which every receipt's item is in it."""

    epoch: str
    durable_seq: int


@contextlib.contextmanager
def open_copy(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a finished copy that nobody writes to. Raises ``CodedError`` ``backup.database.damaged``."""
    connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        yield connection
    except sqlite3.Error as error:
        raise CodedError("backup.database.damaged", detail=str(error)) from None
    finally:
        connection.close()


def check_integrity(copy: sqlite3.Connection) -> None:
    """SQLite's own check of the whole file. Raises ``CodedError`` ``backup.database.damaged``."""
    (found,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise CodedError("backup.database.damaged", detail=str(found))


def blobs_named(copy: sqlite3.Connection) -> dict[str, int]:
    """The bodies that lie as blobs: size by hash."""
    query = "SELECT DISTINCT body_hash, body_size FROM item WHERE body IS NULL ORDER BY body_hash"
    return dict(copy.execute(query).fetchall())


def check_items(copy: sqlite3.Connection, blobs: Mapping[str, int], progress: Progress) -> int:
    """Compare every cover and every body in the database with its hash, and every other body with ``blobs``.

    ``blobs`` holds the sizes of the blobs that were checked, by hash. Returns the number of items.
    Raises ``CodedError``: ``backup.item.damaged``, ``backup.blob.missing``, ``backup.blob.damaged``.
    """
    (total,) = copy.execute("SELECT count(*) FROM item").fetchone()
    done = 0
    for name, cover, body, body_hash, body_size in copy.execute(
        "SELECT hash, cover, body, body_hash, body_size FROM item"
    ):
        if hashlib.sha256(cover).hexdigest() != name:
            raise CodedError("backup.item.damaged", item=name)
        if body is not None:
            if len(body) != body_size or hashlib.sha256(body).hexdigest() != body_hash:
                raise CodedError("backup.item.damaged", item=name)
        elif body_hash not in blobs:
            raise CodedError("backup.blob.missing", blob=body_hash)
        elif blobs[body_hash] != body_size:
            raise CodedError("backup.blob.damaged", blob=body_hash)
        done += 1
        if done % 1000 == 0 or done == total:
            progress("items", done, total)
    return done


def read_standing(copy: sqlite3.Connection) -> Standing:
    """The epoch and the number that a mark from this copy may say.

    Raises ``CodedError``: ``epoch.missing``; ``backup.item.missing`` when a receipt's item is not in the copy.
    """
    row = copy.execute("SELECT epoch FROM epoch ORDER BY id DESC LIMIT 1").fetchone()
    if row is None:
        raise CodedError("epoch.missing")
    (epoch,) = row
    lost = copy.execute(
        "SELECT item_hash FROM receipt LEFT JOIN item ON item.hash = item_hash WHERE item.hash IS NULL LIMIT 1"
    ).fetchone()
    if lost is not None:
        raise CodedError("backup.item.missing", item=lost[0])
    durable = 0
    for (seq,) in copy.execute("SELECT seq FROM receipt WHERE epoch = ? ORDER BY seq", (epoch,)):
        if seq != durable + 1:
            break
        durable = seq
    return Standing(epoch, durable)


def newest_feed_entry(copy: sqlite3.Connection) -> int:
    """The row number of the newest entry of the feed in a copy; 0 where there is none."""
    (newest,) = copy.execute("SELECT coalesce(max(id), 0) FROM feed_entry").fetchone()
    return int(newest)
