"""Bringing central back from a backup: checked, complete, and under a new epoch, so that every sender delivers anew.

All is made in a folder beside the place, which gets the place's name when everything is in it. What stood there before
is put aside under another name and never removed. The new epoch is what tells tablets and nodes that central may have
lost what it once confirmed: they offer again whatever they still hold.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.epochs import begin_epoch
from server.services.collect.keys import central_private_key
from server.services.collect.receipts import ReceiptBook
from server.services.operate.backup import verify_backup
from server.services.operate.backup_check import Progress
from server.services.operate.backup_target import DATABASE, BackupTarget, read_blob_list, read_manifest, write_file
from server.services.operate.database import upgrade_database
from server.services.operate.init import refuse_what_exists
from server.settings import SETTINGS_FILE, Settings, read_settings, write_settings
from server.storage.blobs import BlobStore, fsync_folder
from server.storage.keyfiles import SESSION_KEY, SIZE, write_key
from server.vault.audit import AUDIT_FILE
from server.vault.core import Vault
from server.vault.keyfile import KEY_FILE

Compose = Callable[[Settings], tuple[Flask, Place]]
_SEALED = ".sealed"
_UNSEAL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Restored:
    """A central that was brought back. ``receipts``: written anew under ``epoch``. ``aside``: what stood there."""

    place: Path
    snapshot: Path
    epoch: str
    items: int
    receipts: int
    blobs: int
    seconds: float
    aside: Path | None


@dataclass(frozen=True, slots=True)
class Restoration:
    """What is brought back and where to. ``changes``: settings that are to differ from those in the backup.

    ``source`` is a backup folder, of which the newest snapshot is taken, or one snapshot in it. ``by``: who asks, for
    the vault's audit log.
    """

    source: Path
    place: Path
    passphrase: str = dataclasses.field(repr=False)
    by: str
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def restore_central(
    wanted: Restoration,
    compose: Compose,
    *,
    now: Callable[[], datetime],
    put_aside: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Bring a central back from a backup that is read and checked whole first.

    ``compose`` makes the application of given settings. ``put_aside``: a place that is there already is renamed; it
    must not be served meanwhile.

    Raises ``CodedError``: ``init.exists`` (without ``put_aside``), ``restore.inside``, ``vault.passphrase.wrong``, and
    what ``verify_backup`` and the settings raise. Nothing has changed then.
    """
    begun = time.monotonic()
    target = wanted.place.resolve()
    if not put_aside:
        refuse_what_exists(target)
    checked = verify_backup(wanted.source, progress=progress)
    snapshot = checked.snapshot.resolve()
    if snapshot.is_relative_to(target):
        raise CodedError("restore.inside", path=str(target))
    workshop = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    workshop.mkdir(mode=0o700, parents=True)
    try:
        settings = _fill(workshop, snapshot, wanted, progress)
        epoch, receipts = _renumber(settings, compose, now, progress)
        write_settings(settings)
        _make_durable(workshop)
        aside = _change_places(workshop, target, now())
    except BaseException:
        shutil.rmtree(workshop, ignore_errors=True)
        raise
    return Restored(
        place=target,
        snapshot=snapshot,
        epoch=epoch,
        items=checked.items,
        receipts=receipts,
        blobs=checked.blobs,
        seconds=time.monotonic() - begun,
        aside=aside,
    )


def _fill(workshop: Path, snapshot: Path, wanted: Restoration, progress: Progress | None) -> Settings:
    """Copy what the snapshot holds and open its secrets; the settings of the place in the workshop."""
    write_file(workshop / SETTINGS_FILE, (snapshot / SETTINGS_FILE).read_bytes())
    # A backup is a SQLite file and a folder of blobs, wherever those of the old place lay.
    settings = dataclasses.replace(read_settings(workshop, {}), database="", blob_store="", **wanted.changes)
    for folder in (settings.vault, settings.spool, settings.blobs):
        folder.mkdir(mode=0o700)
    for name in (KEY_FILE, AUDIT_FILE):
        if (snapshot / name).is_file():
            write_file(settings.vault / name, (snapshot / name).read_bytes())
    _open_secrets(settings, snapshot, wanted)
    write_key(settings.keys, SESSION_KEY, secrets.token_bytes(SIZE))
    shutil.copyfile(snapshot / DATABASE, workshop / DATABASE)
    (workshop / DATABASE).chmod(0o600)
    store = BackupTarget(snapshot.parent.parent).blobs
    names = read_blob_list(snapshot)
    blobs = BlobStore(settings.blobs)
    for done, name in enumerate(names, start=1):
        try:
            blobs.put(name, store.read(name))
        except (OSError, ValueError):
            raise CodedError("backup.blob.damaged", blob=name) from None
        if progress is not None:
            progress("copied", done, len(names))
    return settings


def _open_secrets(settings: Settings, snapshot: Path, wanted: Restoration) -> None:
    vault = Vault(settings.vault, _UNSEAL_SECONDS)
    try:
        token = vault.unlock(wanted.passphrase, wanted.by)
        for name in read_manifest(snapshot)["files"]:
            if name.endswith(_SEALED):
                secret = name.removesuffix(_SEALED)
                write_key(settings.keys, secret, vault.open_secret(token, secret, (snapshot / name).read_bytes()))
    finally:
        vault.close()


def _renumber(
    settings: Settings, compose: Compose, now: Callable[[], datetime], progress: Progress | None
) -> tuple[str, int]:
    """Bring the tables up to date and start the new epoch."""
    app, place = compose(settings)
    try:
        upgrade_database(app)
        book = ReceiptBook(settings.study, central_private_key(place.settings))
        told = None if progress is None else partial(progress, "receipts")
        return place.writer.run(
            lambda connection: begin_epoch(connection, book, reason="restore", now=now(), told=told)
        )
    finally:
        place.writer.close()
        place.engine.dispose()


def _make_durable(workshop: Path) -> None:
    for path in (workshop / SETTINGS_FILE, workshop / DATABASE):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    for folder in (workshop / "vault", workshop):
        fsync_folder(folder)


def _change_places(workshop: Path, target: Path, now: datetime) -> Path | None:
    aside = None
    if target.exists() and any(target.iterdir()):
        aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
        target.rename(aside)
    workshop.replace(target)
    fsync_folder(target.parent)
    return aside
