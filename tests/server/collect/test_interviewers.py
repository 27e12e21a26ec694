"""Several interviewers on one tablet, and what opens the tablet when one of them forgot the PIN."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from server.errors.error import CodedError
from server.services.collect.devices import list_devices
from server.services.collect.enrolment import make_enrolment_link
from server.services.collect.keys import node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.recovery import recovery_code, sealed_recovery, secret_name
from server.services.collect.tokens import token_hash
from server.storage.carriers import Device, DeviceInterviewer
from server.vault.sealing import open_secret, seal_secret
from sync.carrier import Recovery
from sync.envelope.encoding import from_b64u
from sync.envelope.keys import recipient_public_bytes
from sync.feed import Head, follow
from tests.field import INTERVIEWER, OTHER_SITE, SITE, STUDY, FieldDevice, InProcessKeys, Study

VECTORS = Path(__file__).parents[2] / "vectors" / "recovery" / "codes.json"
OTHER = "I-08"


@pytest.fixture
def keys() -> InProcessKeys:
    return InProcessKeys()


def token_of(central: Study, interviewer: str, site: str = SITE) -> str:
    link = make_enrolment_link(central.place, central.feed, site=site, interviewer=interviewer, uses=1, days=7)
    return cast("str", json.loads(from_b64u(urlsplit(link).fragment.removeprefix("enrol=")))["token"])


def enrol(client: FlaskClient, device: FieldDevice, token: str) -> list[Any] | str:
    body = {"token": token, "enrolment": device.enrolment(token_hash(token))}
    said = client.post("/sync/enrolment", json=body).get_json()
    return cast("list[Any] | str", said["error"]["code"] if "error" in said else said["entries"])


def with_new_keys(device: FieldDevice) -> FieldDevice:
    """The same tablet in the hands of another: its signing key, another encryption key."""
    device.encryption_key = recipient_public_bytes(secrets.token_bytes(32))
    return device


def recovery(device: FieldDevice, interviewer: str, secret: bytes, public: bytes, **changes: Any) -> dict[str, Any]:
    sealed = seal_secret(public, secret_name(device.id, interviewer), secret)
    hash_ = hashlib.sha256(device.encryption_key).hexdigest()
    document = dataclasses.replace(Recovery(device.study, interviewer, hash_, sealed), **changes)
    return cast("dict[str, Any]", json.loads(document.sign(device.signing_key)))


def keep(client: FlaskClient, document: dict[str, Any]) -> Any:
    said = client.post("/sync/recovery", json={"recovery": document}).get_json()
    return said["error"]["code"] if "error" in said else said


def follow_feed(node: Study, central: Study) -> None:
    """The part of a node's round that takes over the feed."""
    transport = central.transport()
    outbox = NodeOutbox(node.place, node.feed, node_private_key(node.settings))
    transport.hello(outbox.hello(transport.greet()), [])
    key = central.central_key.public_key()
    heads: dict[str, Head] = {}
    followed = []
    for each in transport.feed({}, 500).entries:
        entry = follow(each, STUDY, key, heads)
        assert entry is not None
        heads[entry.entry.chain] = Head(entry.entry.number, entry.hash)
        followed.append(entry)
    outbox.keep_entries(followed)


def test_a_further_interviewer_enrols_on_the_same_tablet_and_signs_in_their_own_name(
    central: Study, keys: InProcessKeys
) -> None:
    client, device = central.client(keys), FieldDevice(central)
    first, second = token_of(central, INTERVIEWER), token_of(central, OTHER)
    assert isinstance(enrol(client, device, first), list)
    session = device.open_session(client)
    device.intake_key = dataclasses.replace(device.intake_key, seed=next(iter(keys.made.values())))
    (before,) = device.deliver(client, session, [device.seal(interviewer=OTHER)])
    assert (before["state"], before["code"]) == ("quarantined", "device.interviewer_differs")

    entries = enrol(client, with_new_keys(device), second)
    assert [each["kind"] for each in entries if isinstance(each, dict)] == ["certificate", "intake_key", "interviewer"]
    assert isinstance(entries, list)
    assert entries[2]["body"]["interviewer"] == OTHER
    assert from_b64u(entries[2]["body"]["encryption_key"]) == device.encryption_key
    # A lost answer is given again, though the token is used up; another tablet does not get in by it.
    assert enrol(client, device, second) == entries
    assert enrol(client, FieldDevice(central), second) == "enrolment.token.used_up"
    for interviewer in (INTERVIEWER, OTHER):
        (answer,) = device.deliver(client, session, [device.seal(interviewer=interviewer)])
        assert answer["state"] == "held"
    (stranger,) = device.deliver(client, session, [device.seal(interviewer="I-09")])
    assert stranger["code"] == "device.interviewer_differs"
    with central.place.engine.connect() as connection:
        assert [line.interviewer for line in list_devices(connection)] == [f"{INTERVIEWER}, {OTHER}"]


def test_a_further_interviewer_works_at_the_tablets_site(central: Study, keys: InProcessKeys) -> None:
    client, device = central.client(keys), FieldDevice(central)
    enrol(client, device, token_of(central, INTERVIEWER))
    elsewhere = token_of(central, OTHER, OTHER_SITE)
    assert enrol(client, with_new_keys(device), elsewhere) == "enrolment.site"
    assert [row.interviewer for row in central.rows(DeviceInterviewer)] == [INTERVIEWER]


def test_a_node_takes_what_either_of_them_signs(central: Study, node: Study, keys: InProcessKeys) -> None:
    client, device = central.client(keys), FieldDevice(central)
    enrol(client, device, token_of(central, INTERVIEWER))
    enrol(client, with_new_keys(device), token_of(central, OTHER))
    central.admit(node)
    follow_feed(node, central)
    at_node = node.client()
    session = device.open_session(at_node)
    for interviewer in (INTERVIEWER, OTHER):
        (answer,) = device.deliver(at_node, session, [device.seal(interviewer=interviewer)])
        assert answer["state"] == "held"


def test_a_secret_is_kept_sealed_and_tells_the_code(central: Study, keys: InProcessKeys) -> None:
    client, device = central.client(keys), FieldDevice(central)
    entries = enrol(client, device, token_of(central, INTERVIEWER))
    assert isinstance(entries, list)
    public = from_b64u(entries[0]["body"]["recovery_key"])
    secret = secrets.token_bytes(32)
    with central.place.engine.connect() as connection, pytest.raises(CodedError, match=r"recovery\.missing"):
        sealed_recovery(connection, device.id, INTERVIEWER)
    document = recovery(device, INTERVIEWER, secret, public)
    assert keep(client, document) == keep(client, document) == {"kept": True}
    with central.place.engine.connect() as connection:
        sealed = sealed_recovery(connection, device.id, INTERVIEWER)
        assert secret not in connection.execute(select(DeviceInterviewer.recovery)).scalar_one()
    assert open_secret(keys.study_key.seed, secret_name(device.id, INTERVIEWER), sealed) == secret
    with pytest.raises(CodedError, match=r"vault\.secret\.sealed"):
        open_secret(keys.study_key.seed, secret_name(device.id, OTHER), sealed)


def test_a_secret_of_somebody_else_is_not_kept(central: Study, keys: InProcessKeys) -> None:
    client, device = central.client(keys), FieldDevice(central)
    enrol(client, device, token_of(central, INTERVIEWER))
    public, secret = keys.study_public(), bytes(32)
    assert keep(client, recovery(device, OTHER, secret, public)) == "recovery.unknown"
    assert (
        keep(client, recovery(device, INTERVIEWER, secret, public, encryption_key_hash="ab" * 32)) == "recovery.unknown"
    )
    assert keep(client, recovery(device, INTERVIEWER, secret, public, study="another")) == "enrolment.study"
    assert keep(client, recovery(FieldDevice(central), INTERVIEWER, secret, public)) == "device.unknown"
    forged = {**recovery(device, INTERVIEWER, secret, public), "interviewer": OTHER}
    assert keep(client, forged) == "envelope.signature.wrong"
    assert keep(client, recovery(device, INTERVIEWER, secret, public, sealed=b"short")) == "enrolment.field"
    assert [row.recovery for row in central.rows(DeviceInterviewer)] == [None]
    # A revoked one may deposit: else nobody could ever open what it has locked away.
    central.revoke(device)
    assert keep(client, recovery(device, INTERVIEWER, secret, public)) == {"kept": True}
    assert [row.standing for row in central.rows(Device)] == ["revoked"]


def test_codes_are_those_of_the_vectors() -> None:
    for each in json.loads(VECTORS.read_text("utf-8"))["codes"]:
        assert recovery_code(bytes.fromhex(each["secret"]), each["number"]) == each["code"]


def test_what_the_study_demands_of_tablets_stands_in_the_link(central: Study) -> None:
    demands = {"draft_protection": "passphrase", "least_length": 16}

    def describe(connection: Any) -> None:
        newest = json.loads(central.feed.all_of(connection, "study", "study")[-1])["body"]
        central.feed.append(connection, "study", "study", {**newest, "tablet": demands})

    central.run(describe)
    link = make_enrolment_link(central.place, central.feed, site=SITE, interviewer=OTHER, uses=1, days=1)
    assert json.loads(from_b64u(urlsplit(link).fragment.removeprefix("enrol=")))["tablet"] == demands
