"""A study to test with: a central or a node in a folder of its own, and devices that seal real items.

::

    study = Study.central(tmp_path / "central")     # keys, settings, database, first epoch, the study's entry
    device = FieldDevice(study)                     # its own keys, an intake key whose seed the test holds
    study.introduce(device)                         # certificate, intake key and introduction in the feed
    item = device.seal(b"answers")                  # sync.envelope.item.Item, numbered and chained
    client = study.client()                         # Flask's test client
    session = device.open_session(client)           # hello; the bearer session
    answers = device.deliver(client, session, [item])

Nothing here is mocked: sealing, signatures, the writer and SQLite are the real ones. ``Study.close`` ends the writer.
"""

from __future__ import annotations

import dataclasses
import json
import secrets
import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from flask_smorest import Api
from sqlalchemy import Connection, Table

from server.app import create_app
from server.opening import place_of
from server.place import Place, utc_now
from server.services.collect.contents import put_content
from server.services.collect.decision import Carrier
from server.services.collect.devices import DeviceFacts, introduce, revoke
from server.services.collect.feed import Feed
from server.services.collect.intake import Intake
from server.services.collect.keys import central_private_key, node_private_key
from server.services.collect.nodes import Joinings
from server.services.collect.receipts import ReceiptBook
from server.services.collect.tokens import add_token, token_hash
from server.services.collect.transport import HttpTransport
from server.services.collect.vaultkeys import IntakeKeyMaker
from server.services.operate.database import create_database
from server.settings import Settings, write_settings
from server.storage.bulk import insert_row
from server.storage.items import Epoch
from server.storage.keyfiles import CENTRAL_KEY, NODE_KEY, SESSION_KEY, write_key
from server.web import sync as sync_web
from sync.carrier import Counts, Enrolment, Hello, Join, ReceiptPosition
from sync.envelope.body import SealedBody
from sync.envelope.cover import RECORD_TYPE, FormReference, SignerPosition, cover_hash, holds_record
from sync.envelope.encoding import b64u
from sync.envelope.item import Item, pack_item
from sync.envelope.keys import device_id, key_id, recipient_public_bytes, signer_public_bytes
from sync.envelope.record import RecordDocument
from sync.envelope.seal import CoverFacts, seal_body, seal_record, write_cover
from sync.feed import STUDY_CHAIN
from sync.protocol import BATCH_TYPE, Limits
from tests.watched import watch

STUDY = "example"
SITE = "duisburg"
OTHER_SITE = "varna"
INTERVIEWER = "I-07"
FORM = FormReference("household_survey", "ab" * 32)
DESCRIPTION = {
    "title": {"en": "Example", "de": "Beispiel"},
    "languages": ["de", "en"],
    "sites": [
        {"id": SITE, "kind": "arrival", "title": {"en": "Duisburg"}},
        {"id": OTHER_SITE, "kind": "origin", "title": {"en": "Varna"}},
    ],
}


new_store: Callable[[], Mapping[str, Any]] = dict
"""Settings that name the empty database and the blob store of a new central. Tests of other stores put theirs here."""


@dataclass(frozen=True, slots=True)
class TestIntakeKey:
    """An intake key made in the test's process; ``seed`` is the private half."""

    __test__ = False
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def public(self) -> bytes:
        return recipient_public_bytes(self.seed)

    @property
    def key(self) -> str:
        return key_id(self.public)

    @property
    def sealed_private(self) -> bytes:
        return b"sealed by nobody"


class InProcessKeys:
    """Makes intake keys as the vault does, in this process; ``made`` holds their seeds by key id."""

    def __init__(self) -> None:
        self.made: dict[str, bytes] = {}
        self.study_key = TestIntakeKey()

    def study_public(self) -> bytes:
        return self.study_key.public

    def new_intake_key(self) -> TestIntakeKey:
        made = TestIntakeKey()
        self.made[made.key] = made.seed
        return made


class Study:
    """A place of the example study: its application, its services, its folder."""

    def __init__(self, settings: Settings, central_key: Ed25519PrivateKey) -> None:
        self.settings = settings
        self.central_key = central_key
        self.app: Flask = create_app(settings)
        self.place: Place = place_of(self.app)
        self.feed = Feed.of(self.place)
        self.intake = Intake.of(self.place, Limits())

    @classmethod
    def central(cls, folder: Path, **changes: Any) -> Study:
        """Make a central. ``changes`` are settings."""
        key = Ed25519PrivateKey.generate()
        values = {"url": "http://127.0.0.1:8000", "vault_external": True, "free_space_kept": 0}
        values |= {**new_store(), **changes}
        settings = Settings(place=folder, role="central", study=STUDY, **values)
        study = cls._make(settings, key, {CENTRAL_KEY: key.private_bytes_raw()})
        study.run(_first_epoch)
        study.run(lambda connection: study.feed.append(connection, STUDY_CHAIN, "study", DESCRIPTION))
        return study

    @classmethod
    def node(cls, folder: Path, central: Study, **changes: Any) -> Study:
        """Make a node that pins this central's key; central does not know it yet."""
        key = generate_private_key(SECP256R1())
        values = {
            "url": "http://127.0.0.1:8001",
            "node": device_id(signer_public_bytes(key)),
            "sites": (SITE,),
            "central_url": central.settings.url,
            "central_key": b64u(central.central_key.public_key().public_bytes_raw()),
            "app_origin": central.settings.url,
            "free_space_kept": 0,
            **changes,
        }
        settings = Settings(place=folder, role="node", study=STUDY, **values)
        private = key.private_numbers().private_value.to_bytes(32, "big")
        return cls._make(settings, central.central_key, {NODE_KEY: private})

    @classmethod
    def _make(cls, settings: Settings, central_key: Ed25519PrivateKey, keys: Mapping[str, bytes]) -> Study:
        for each in (settings.place, settings.spool, settings.blobs):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, secret in keys.items():
            write_key(settings.keys, name, secret)
        write_key(settings.keys, SESSION_KEY, secrets.token_bytes(32))
        write_settings(settings)
        if not settings.database:
            (settings.place / "feldbuch.db").write_bytes(_empty_database())
        return cls(settings, central_key)

    def run(self, operation: Any) -> Any:
        """Run an operation of the writer."""
        return self.place.writer.run(operation)

    def rows(self, table: type) -> list[Any]:
        """All rows of a table, by primary key."""
        columns = cast("Table", table.__table__)
        with self.place.engine.connect() as connection:
            return list(connection.execute(columns.select().order_by(*columns.primary_key.columns)))

    @property
    def book(self) -> ReceiptBook:
        return ReceiptBook(STUDY, central_private_key(self.settings))

    def introduce(self, device: FieldDevice) -> int:
        """Introduce a device with the intake key that it seals to; returns how many items had waited."""
        facts = DeviceFacts(device.id, device.site, device.interviewer, "tablet", device.public, device.encryption_key)
        return int(
            self.run(
                lambda connection: introduce(
                    connection, self.feed, self.book, facts, device.intake_key, self.place.now()
                )
            )
        )

    def revoke(self, device: FieldDevice) -> int:
        """Revoke a device; returns how many items had waited."""
        return int(self.run(lambda connection: revoke(connection, self.feed, self.book, device.id, "lost")))

    def admit(self, node: Study) -> None:
        """Take a node into the study, at central."""
        key = node_private_key(node.settings)
        token = self.run(
            lambda connection: add_token(
                connection,
                "node",
                site=SITE,
                now=self.place.now(),
                details={"name": "node", "url": node.settings.url, "sites": [SITE], "devices_at_most": 5},
            )
        )
        join = Join(self.settings.study, token_hash(token)).sign(key)
        Joinings(self.place, self.feed).join(token, json.loads(join))

    def publish(self, definition: bytes = b'{"form": 1}', xform: bytes = b"<h:html/>") -> None:
        """Put a form version into the feed, with its contents."""

        def operation(connection: Connection) -> None:
            named = {
                name: {"hash": put_content(connection, data, kind), "size": len(data)}
                for name, data, kind in (
                    ("definition", definition, "application/json"),
                    ("xform", xform, "application/xml"),
                )
            }
            body = {"id": FORM.id, "version": named["definition"]["hash"], "title": {"en": "Form"}, "languages": ["en"]}
            self.feed.append(connection, STUDY_CHAIN, "form", {**body, **named})

        self.run(operation)

    def client(self, keys: IntakeKeyMaker | None = None) -> FlaskClient:
        """A test client of the place; with ``keys``, of its protocol alone, and enrolment makes keys by them."""
        return self.app.test_client() if keys is None else self.protocol(keys).test_client()

    def protocol(self, keys: IntakeKeyMaker) -> Flask:
        """An application that speaks the place's protocol and nothing else."""
        app = Flask("protocol")
        app.config.update(API_TITLE="Feldbuch", API_VERSION="1", OPENAPI_VERSION="3.1.0")
        sync_web.register(app, Api(app), self.place, keys)
        return app

    def transport(self) -> HttpTransport:
        """A transport to this place without a network in between."""
        way = httpx.WSGITransport(app=self.app)
        return HttpTransport("", httpx.Client(transport=way, base_url=self.settings.url))

    def close(self) -> None:
        """End the writer and close the database."""
        self.place.writer.close()
        self.place.engine.dispose()


class FieldDevice:
    """A tablet: its keys, its chain of covers, the key it seals to."""

    def __init__(self, study: Study | None = None, *, site: str = SITE, interviewer: str = INTERVIEWER) -> None:
        self.signing_key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self.public = signer_public_bytes(self.signing_key)
        self.id = device_id(self.public)
        self.encryption_key = recipient_public_bytes(secrets.token_bytes(32))
        self.intake_key = TestIntakeKey()
        self.site = site
        self.interviewer = interviewer
        self.study = study.settings.study if study else STUDY
        self.number = 0
        self.previous: str | None = None
        self.sequence = 0

    @property
    def carrier(self) -> Carrier:
        return Carrier(self.id, "device")

    def facts(self, instance: str | None = None, part: str = "record", **changes: Any) -> CoverFacts:
        """The facts of the next cover; the number is taken."""
        self.number += 1
        facts = CoverFacts(
            study=self.study,
            site=self.site,
            device=self.id,
            interviewer=self.interviewer,
            instance=instance or f"uuid:{uuid.uuid4()}",
            form=FORM,
            part=part,
            content_type=RECORD_TYPE if holds_record(part) else "image/jpeg",
            signer=SignerPosition(self.number, self.previous),
            finished_at="2026-03-01T10:00:00Z",
        )
        return dataclasses.replace(facts, **changes)

    def seal(
        self, plaintext: bytes = b"answers", instance: str | None = None, part: str = "record", **changes: Any
    ) -> Item:
        """Seal bytes as an item; ``changes`` are fields of the cover. The plaintext need be no record document."""
        sealed, body = seal_body(plaintext)
        return self.cover(sealed, body, self.facts(instance, part, **changes))

    def seal_record(self, record: RecordDocument, instance: str | None = None, **changes: Any) -> Item:
        """Seal a record document."""
        facts = self.facts(instance, **changes)
        return self._chained(*seal_record(facts, record, [self.intake_key.public], self.signing_key))

    def cover(self, sealed: SealedBody, body: bytes, facts: CoverFacts) -> Item:
        """An item for a sealed body, with a cover of these facts."""
        return self._chained(write_cover(facts, sealed, [self.intake_key.public], self.signing_key), body)

    def _chained(self, cover: bytes, body: bytes) -> Item:
        self.previous = cover_hash(cover)
        return Item(cover, body)

    def hello(
        self, to: str, challenge: str, counts: Counts | None = None, highest: ReceiptPosition | None = None
    ) -> dict[str, Any]:
        """The next signed hello, as a JSON object."""
        self.sequence += 1
        hello = Hello(
            study=self.study,
            kind="device",
            to=to,
            challenge=challenge,
            sequence=self.sequence,
            app_version="0.1.0",
            counts=counts or Counts(),
            highest_receipt=highest,
        )
        return cast("dict[str, Any]", json.loads(hello.sign(self.signing_key)))

    def enrolment(self, token_hash: str) -> dict[str, Any]:
        """A signed enrolment, as a JSON object."""
        enrolment = Enrolment(self.study, "tablet", token_hash, self.encryption_key)
        return cast("dict[str, Any]", json.loads(enrolment.sign(self.signing_key)))

    def open_session(self, client: FlaskClient, counts: Counts | None = None) -> dict[str, str]:
        """Say hello to a place; returns the header of the session."""
        greeting = client.get("/sync/hello").get_json()
        hello = self.hello(greeting["id"], greeting["challenge"], counts)
        answer = client.post("/sync/hello", json={"hello": hello, "relayed": []})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return {"Authorization": f"Bearer {answer.get_json()['session']}"}

    def deliver(self, client: FlaskClient, session: Mapping[str, str], items: Sequence[Item]) -> list[dict[str, Any]]:
        """Deliver items in one batch; returns the answers."""
        answer = client.post("/sync/batch", data=batch(items), content_type=BATCH_TYPE, headers=dict(session))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return cast("list[dict[str, Any]]", answer.get_json()["answers"])


@cache
def _empty_database() -> bytes:
    """The tables as the migrations make them: made once, since that takes most of a test's time."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(place=Path(folder), role="node", study=STUDY, url="http://127.0.0.1:1")
        write_key(settings.keys, SESSION_KEY, secrets.token_bytes(32))
        app = create_app(settings)
        create_database(app)
        place_of(app).engine.dispose()
        watch(settings.place / "feldbuch.db")
        return (settings.place / "feldbuch.db").read_bytes()


def batch(items: Sequence[Item]) -> bytes:
    """The body of a batch."""
    return b"".join(pack_item(item.cover, item.body) for item in items)


def _first_epoch(connection: Connection) -> None:
    values = {"epoch": secrets.token_hex(16), "started_at": utc_now(), "reason": "init"}
    insert_row(connection, cast("Table", Epoch.__table__), values)
