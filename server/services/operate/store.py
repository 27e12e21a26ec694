"""Moving what a central keeps out of its folder: the database to PostgreSQL, the large sealed parts to an S3 store."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.receipts import ITEMS
from server.services.operate.database import check_database, create_database
from server.services.operate.tables import copy_rows, tables_of
from server.settings import Settings, write_settings
from server.storage.blobs import fsync_file, fsync_folder

Progress = Callable[[str, int, int], None]
"""Told what is copied (``database``, ``blobs``), how many are, and how many there are."""
Compose = Callable[[Settings], tuple[Flask, Place]]
MOVED = ".moved"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied. ``aside``: where the database lies that is not used any more, if it was moved."""

    rows: int
    blobs: int
    aside: Path | None


def move_store(settings: Settings, database: str, blob_store: str, compose: Compose, progress: Progress) -> Moved:
    """Copy a central's database and blobs to where they are to lie, then change its settings. It must not be served.

    An empty text leaves that one where it is. Nothing is removed: the database is renamed, so that nobody serves it by
    mistake and numbers anew from where it ended; the blobs stay. Broken off before its end, nothing is changed here,
    and a further try needs another empty database.

    Raises ``CodedError``: ``store.role``, ``store.moved``, ``store.taken``, ``store.blob``, ``blobs.*``, and as
    ``open_place`` and ``check_database`` do.
    """
    if settings.role != "central":
        raise CodedError("store.role")
    for name, wanted in (("database", database), ("blob_store", blob_store)):
        if wanted and getattr(settings, name):
            raise CodedError("store.moved", name=name)
    moved = dataclasses.replace(
        settings, database=database or settings.database, blob_store=blob_store or settings.blob_store
    )
    app, place = compose(settings)
    new_app, new = compose(moved)
    try:
        check_database(app)
        # Held until the settings have changed: a command beside this one writes neither here nor in vain.
        with place.engine.execution_options(immediate=True).connect() as source, source.begin():
            if database:
                _need_empty(new)
            blobs = _copy_blobs(place, new, progress) if blob_store else 0
            rows = 0
            if database:
                create_database(new_app)
                with new.engine.begin() as target:
                    rows = copy_rows(source, target, lambda done, total: progress("database", done, total))
            write_settings(moved)
            _make_durable(settings.place)
    finally:
        for each in (place, new):
            each.writer.close()
            each.engine.dispose()
    return Moved(rows, blobs, _put_aside(settings) if database else None)


def _need_empty(new: Place) -> None:
    with new.engine.connect() as connection:
        known = tables_of(connection)
    if known:
        raise CodedError("store.taken", tables=len(known))


def _copy_blobs(place: Place, new: Place, progress: Progress) -> int:
    query = select(ITEMS.c.body_hash).distinct().where(ITEMS.c.body.is_(None), ITEMS.c.pruned_at.is_(None))
    with place.engine.connect() as connection:
        names = sorted(connection.execute(query).scalars())
    for done, name in enumerate(names, start=1):
        try:
            if not new.blobs.exists(name) or new.blobs.size(name) != place.blobs.size(name):
                new.blobs.put(name, place.blobs.read(name))
        except (OSError, ValueError):
            raise CodedError("store.blob", blob=name) from None
        progress("blobs", done, len(names))
    return len(names)


def _make_durable(folder: Path) -> None:
    fsync_file(folder / "feldbuch.toml")
    fsync_folder(folder)


def _put_aside(settings: Settings) -> Path:
    file = settings.place / "feldbuch.db"
    aside = file.with_name(file.name + MOVED)
    for end in ("-wal", "-shm", ""):
        part = file.with_name(file.name + end)
        if part.exists():
            part.rename(aside.with_name(aside.name + end))
    fsync_folder(settings.place)
    return aside
