"""Tidying: uploads that nobody went on with, and sealed files that belong to no item. The senders still have them."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from server.place import Place
from server.services.collect.expiry import UPLOADS, expire_uploads
from server.services.collect.tombstones import remove_unneeded
from server.storage.blobs import BlobStore

ORPHAN_SECONDS = 24 * 3600
"""A blob is written before its item is; one that is younger may be waiting for its row."""


def tidy(place: Place, wall_clock: float | None = None) -> int:
    """Remove expired uploads and orphaned files; returns how many went.

    A file goes only if it is old by the file system's clock and no row of the database needs it.
    """
    now = time.time() if wall_clock is None else wall_clock
    removed = expire_uploads(place)
    with place.engine.connect() as connection:
        uploads = {f"{row.carrier}.{row.hash}" for row in connection.execute(select(UPLOADS.c.carrier, UPLOADS.c.hash))}
    for file in _old_files(place.settings.spool, now):
        if file.name not in uploads:
            file.unlink(missing_ok=True)
            removed += 1
    blobs = place.blobs
    if place.shared or not isinstance(blobs, BlobStore):
        # A process that was stopped between looking and removing has lost the writers' turn when it goes on, and the
        # file system knows nothing of turns: what nobody names costs space and nothing else.
        return removed
    for folder in _folders(place.settings.blobs):
        for file in _old_files(folder, now):
            removed += place.writer.run(partial(_remove_orphan, blobs=blobs, file=file))
    return removed


def _remove_orphan(connection: Connection, blobs: BlobStore, file: Path) -> int:
    """Remove a blob that no row needs, or what a kill left of one that was being written."""
    if file == blobs.path(file.name):
        return remove_unneeded(connection, blobs, [file.name])
    file.unlink(missing_ok=True)
    return 1


def _folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


def _old_files(folder: Path, now: float) -> list[Path]:
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if each.is_file() and now - each.stat().st_mtime > ORPHAN_SECONDS]
