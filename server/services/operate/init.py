"""Making a central: everything that its place holds, whole or not at all."""

from __future__ import annotations

import dataclasses
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Table

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.feed import Feed
from server.services.operate.database import create_database
from server.services.operate.study_file import StudyFile
from server.services.operate.users import add_user
from server.services.study.describe import describe_study
from server.settings import Settings, write_settings
from server.storage.blobs import fsync_folder
from server.storage.bulk import insert_row
from server.storage.items import Epoch
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY, SIZE, write_key
from server.vault.keyfile import create_vault

LOCAL = ("localhost", "127.0.0.1", "::1")
EPOCHS = cast("Table", Epoch.__table__)


@dataclass(frozen=True, slots=True)
class Founding:
    """What a central is made from. ``settings.place`` is the folder that will hold it."""

    settings: Settings
    study: StudyFile
    desk_user: str
    passphrase: str = field(repr=False)
    desk_password: str = field(repr=False)


def found_central(founding: Founding, compose: Callable[[Settings], tuple[Flask, Place]]) -> None:
    """Make the place of a central: settings, keys, database, first epoch, study, vault and first desk user.

    All is made in a folder beside it, which gets the place's name when everything is in it: a place is there whole
    or not at all. ``compose`` makes the application of given settings.

    Raises ``CodedError``: ``init.exists``, ``init.url``, ``init.backup.inside``, ``init.backup.unwritable``,
    ``init.folder`` and what the vault says of the passphrase and ``add_user`` of name and password.
    """
    settings = founding.settings
    check_origin(settings.url)
    for origin in settings.node_origins:
        check_origin(origin)
    target = settings.place
    refuse_what_exists(target)
    prepare_backup_target(settings)
    workshop = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        workshop.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise CodedError("init.folder", path=str(target), detail=error.strerror or "") from None
    try:
        _fill(founding, dataclasses.replace(settings, place=workshop), compose)
        workshop.replace(target)
        fsync_folder(target.parent)
    except BaseException:
        shutil.rmtree(workshop, ignore_errors=True)
        raise


def check_origin(url: str) -> None:
    """See that an address is one that browsers let an app with encryption run on: HTTPS, or this computer.

    Raises ``CodedError`` ``init.url``.
    """
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise CodedError("init.url", url=url) from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)
    bare = not (parts.path or parts.query or parts.fragment or parts.username)
    if not (secure and bare and parts.hostname and port_is_fine):
        raise CodedError("init.url", url=url)


def refuse_what_exists(folder: Path) -> None:
    """Raise ``CodedError`` ``init.exists`` unless there is nothing, or an empty folder, of that name."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CodedError("init.exists", path=str(folder))


def prepare_backup_target(settings: Settings) -> None:
    """Make the folder of the backups and see that it can be written. Nothing to do without one.

    Raises ``CodedError``: ``init.backup.inside``, ``init.backup.unwritable``.
    """
    if not settings.backup_target:
        return
    folder = Path(settings.backup_target)
    if folder.resolve().is_relative_to(settings.place.resolve()):
        raise CodedError("init.backup.inside", path=str(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".{secrets.token_hex(8)}"
        probe.touch(0o600, exist_ok=False)
        probe.unlink()
    except OSError:
        raise CodedError("init.backup.unwritable", path=str(folder)) from None


def _fill(founding: Founding, settings: Settings, compose: Callable[[Settings], tuple[Flask, Place]]) -> None:
    create_vault(settings.vault, founding.passphrase)
    for folder in (settings.blobs, settings.spool):
        folder.mkdir(mode=0o700)
    write_key(settings.keys, CENTRAL_KEY, secrets.token_bytes(SIZE))
    write_key(settings.keys, SESSION_KEY, secrets.token_bytes(SIZE))
    write_settings(settings)
    app, place = compose(settings)
    try:
        create_database(app)
        epoch = {"epoch": secrets.token_hex(16), "started_at": place.now(), "reason": "init"}
        place.writer.run(lambda connection: insert_row(connection, EPOCHS, epoch))
        describe_study(place, Feed.of(place), founding.study.description)
        tell_bundle_key(place, Feed.of(place))
        add_user(place, founding.desk_user, founding.desk_password)
    finally:
        place.writer.close()
        place.engine.dispose()
    for folder in (settings.keys, settings.vault, settings.place):
        fsync_folder(folder)
    descriptor = os.open(settings.place / "feldbuch.toml", os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
