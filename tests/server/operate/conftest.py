"""A central with a database, blobs, keys and a vault, that holds items as intake would have left them."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import create_engine, func, insert, select

from server.place import Place
from server.settings import Settings, write_settings
from server.storage.base import harden_sqlite
from server.storage.blobs import BlobStore
from server.storage.carriers import Device
from server.storage.items import Backup, Epoch, Item, MarkRow, ReceiptRow
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY, write_key
from server.storage.writer import Writer
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault

PASSPHRASE = "five words that nobody guesses"
EPOCH = "e" * 32


@dataclass
class Central:
    """A place, and what a test does with it."""

    place: Place
    key: bytes

    def hold(self, body: bytes, *, blob: bool = False, epoch: str = EPOCH) -> str:
        """Take in an item with this body and give it a receipt; returns its hash."""
        cover = os.urandom(200)
        name, body_hash = hashlib.sha256(cover).hexdigest(), hashlib.sha256(body).hexdigest()
        if blob:
            self.place.blobs.put(body_hash, [body])
        values = {
            "hash": name,
            "instance": f"uuid:{name[:12]}",
            "part": "record",
            "study": "example",
            "site": "essen",
            "device": "d1",
            "interviewer": "p1",
            "form": "survey",
            "form_version": "0" * 64,
            "purpose": "real",
            "content_type": "application/vnd.feldbuch.record",
            "signer": "d1",
            "number": 1,
            "finished_at": "2026-08-01T10:00:00Z",
            "body_hash": body_hash,
            "body_size": len(body),
            "cover": cover,
            "body": None if blob else body,
            "state": "held",
            "received_at": self.place.now(),
            "carrier": "d1",
        }

        def store(connection):
            connection.execute(insert(Item.__table__).values(values))
            highest = select(func.max(ReceiptRow.seq)).where(ReceiptRow.epoch == epoch)
            seq = (connection.execute(highest).scalar() or 0) + 1
            receipt = {"item_hash": name, "device": "d1", "state": "held", "epoch": epoch, "seq": seq, "document": b""}
            connection.execute(insert(ReceiptRow.__table__).values(receipt))

        self.place.writer.run(store)
        return name

    def run(self, statement):
        return self.place.writer.run(lambda connection: connection.execute(statement))

    def marks(self) -> list[bytes]:
        with self.place.engine.connect() as connection:
            return list(connection.execute(select(MarkRow.document).order_by(MarkRow.id)).scalars())

    def problems(self) -> list[str | None]:
        with self.place.engine.connect() as connection:
            return list(connection.execute(select(Backup.problem).order_by(Backup.id)).scalars())

    @property
    def public_key(self) -> Ed25519PublicKey:
        return Ed25519PrivateKey.from_private_bytes(self.key).public_key()


@pytest.fixture(scope="session")
def vault_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("vault") / "vault"
    create_vault(folder, PASSPHRASE, Cost(MIN_MEMORY_KIB, 1, 2))
    return folder


@pytest.fixture
def central(tmp_path: Path, vault_folder: Path):
    folder = tmp_path / "central"
    folder.mkdir()
    settings = Settings(place=folder, role="central", study="example", url="http://127.0.0.1:8000")
    write_settings(settings)
    key = os.urandom(32)
    write_key(settings.keys, CENTRAL_KEY, key)
    write_key(settings.keys, SESSION_KEY, os.urandom(32))
    shutil.copytree(vault_folder, settings.vault)
    engine = create_engine(settings.database_url)
    harden_sqlite(engine)
    Device.metadata.create_all(engine)
    place = Place(settings, engine, Writer(engine), BlobStore(settings.blobs))
    made = Central(place, key)
    started = datetime(2026, 8, 1, tzinfo=UTC)
    made.run(insert(Epoch.__table__).values(epoch=EPOCH, started_at=started, reason="init"))
    yield made
    place.writer.close()
    engine.dispose()
