"""Enrolment of tablets, joining of nodes, and what a browser may ask of a node."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask.testing import FlaskClient

from server.errors.error import CodedError
from server.services.collect.devices import list_devices
from server.services.collect.enrolment import make_enrolment_link
from server.services.collect.keys import node_private_key
from server.services.collect.links import read_join_link
from server.services.collect.nodes import make_join_link
from server.services.collect.onward import NodeOutbox
from server.services.collect.tokens import token_hash
from server.storage.carriers import Device, EnrolmentToken
from server.storage.items import IntakeKey
from sync.envelope.encoding import canonical, from_b64u
from sync.envelope.signed import FeedEntry
from tests.field import INTERVIEWER, OTHER_SITE, SITE, STUDY, FieldDevice, InProcessKeys, Study


@pytest.fixture
def keys() -> InProcessKeys:
    return InProcessKeys()


def link_of(central: Study, uses: int | None = 1, days: int | None = 7) -> dict[str, Any]:
    link = make_enrolment_link(central.place, central.feed, site=SITE, interviewer=INTERVIEWER, uses=uses, days=days)
    parts = urlsplit(link)
    assert (f"{parts.scheme}://{parts.netloc}", parts.path) == (central.settings.url, "/tablet/")
    said: dict[str, Any] = json.loads(from_b64u(parts.fragment.removeprefix("enrol=")))
    return said


def enrol(client: FlaskClient, device: FieldDevice, token: str) -> tuple[int, Any]:
    body = {"token": token, "enrolment": device.enrolment(token_hash(token))}
    answer = client.post("/sync/enrolment", json=body)
    said = answer.get_json()
    return answer.status_code, said["error"]["code"] if "error" in said else said["entries"]


def test_a_tablet_enrols_by_its_link_and_reads_its_own_chain(central: Study, keys: InProcessKeys) -> None:
    link = link_of(central)
    assert (link["study"], link["site"], link["interviewer"]) == (STUDY, SITE, INTERVIEWER)
    assert (link["title"]["de"], link["site_title"]["en"]) == ("Beispiel", "Duisburg")
    device, client = FieldDevice(central), central.client(keys)
    status, entries = enrol(client, device, link["token"])
    assert status == 200
    pinned = Ed25519PublicKey.from_public_bytes(from_b64u(link["key"]))
    read = [FeedEntry.read(canonical(entry), pinned) for entry in entries]
    assert [(entry.chain, entry.number, entry.kind) for entry in read] == [
        (f"device:{device.id}", 1, "certificate"),
        (f"device:{device.id}", 2, "intake_key"),
    ]
    certificate, intake_key = read[0].body, read[1].body
    assert (certificate["site"], certificate["interviewer"]) == (SITE, INTERVIEWER)
    assert from_b64u(str(certificate["key"])) == device.public
    assert from_b64u(str(certificate["encryption_key"])) == device.encryption_key
    assert (intake_key["period"], intake_key["key"] in keys.made) == (1, True)
    # The token is nowhere in the database, and the private half only sealed.
    assert [row.token_hash for row in central.rows(EnrolmentToken)] == [token_hash(link["token"])]
    assert [row.sealed_private for row in central.rows(IntakeKey)] == [b"sealed by nobody"]
    assert [(row.id, row.standing, row.site) for row in central.rows(Device)] == [(device.id, "introduced", SITE)]


def test_a_lost_answer_is_given_again_and_the_token_is_used_once(central: Study, keys: InProcessKeys) -> None:
    token = link_of(central)["token"]
    device, client = FieldDevice(central), central.client(keys)
    first = enrol(client, device, token)
    assert enrol(client, device, token) == first
    assert len(keys.made) == 1
    assert enrol(client, FieldDevice(central), token) == (403, "enrolment.token.used_up")


def test_tokens_that_do_not_open(central: Study, keys: InProcessKeys) -> None:
    client = central.client(keys)
    device = FieldDevice(central)
    assert enrol(client, device, "made-up") == (403, "enrolment.token.unknown")
    token = link_of(central)["token"]
    other = client.post("/sync/enrolment", json={"token": token, "enrolment": device.enrolment(token_hash("x"))})
    assert other.get_json()["error"]["code"] == "enrolment.token.unknown"
    expired = link_of(central, days=1)["token"]
    later = central.place.now() + timedelta(days=2)
    object.__setattr__(central.place, "now", lambda: later)
    assert enrol(client, device, expired) == (403, "enrolment.token.expired")
    stranger = FieldDevice(central)
    stranger.study = "another"
    assert enrol(client, stranger, token) == (403, "enrolment.study")
    join = make_join_link(
        central.place, central.feed, name="n", url="http://n", sites=[SITE], devices_at_most=1, days=None
    )
    assert enrol(client, device, read_join_link(join)["token"]) == (403, "enrolment.token.unknown")
    assert keys.made == {}


def test_an_unlimited_link_enrols_many(central: Study, keys: InProcessKeys) -> None:
    token = link_of(central, uses=None, days=None)["token"]
    client = central.client(keys)
    assert [enrol(client, FieldDevice(central), token)[0] for _ in range(3)] == [200] * 3


def test_a_revoked_device_cannot_enrol_again_and_may_still_read_its_receipts(
    central: Study, keys: InProcessKeys
) -> None:
    token = link_of(central, uses=None)["token"]
    device, client = FieldDevice(central), central.client(keys)
    enrol(client, device, token)
    central.revoke(device)
    assert enrol(client, device, token) == (403, "device.revoked")
    session = device.open_session(client)
    (answer,) = device.deliver(client, session, [device.seal()])
    assert (answer["state"], answer["code"]) == ("quarantined", "device.revoked")
    # Of the feed it reads its own chain, which says so in central's signed word, and no content.
    read = client.post("/sync/feed", json={}, headers=session).get_json()["entries"]
    assert [(entry["chain"], entry["kind"]) for entry in read][-1] == (f"device:{device.id}", "revocation")
    assert {entry["chain"] for entry in read} == {f"device:{device.id}"}
    refused = client.get(f"/sync/content/{'ab' * 32}", headers=session).get_json()
    assert refused["error"]["code"] == "device.revoked"
    assert len(client.get("/sync/receipts", headers=session).get_json()["receipts"]) == 1


def test_without_a_vault_nobody_enrols_and_the_token_is_not_used(central: Study) -> None:
    token = link_of(central)["token"]
    status, said = enrol(central.client(), FieldDevice(central), token)
    assert (status, said) == (503, "vault.unreachable")
    assert [row.uses_left for row in central.rows(EnrolmentToken)] == [1]
    assert central.rows(Device) == []


def test_a_link_is_for_a_site_of_the_study(central: Study) -> None:
    with pytest.raises(CodedError, match=r"site\.unknown"):
        make_enrolment_link(central.place, central.feed, site="atlantis", interviewer="x", uses=1, days=1)


def test_a_node_has_no_enrolment(node: Study) -> None:
    assert node.client().post("/sync/enrolment", json={}).status_code == 404


@pytest.mark.parametrize("link", ["", "http://x/#join=", "http://x/#join=e30", "http://x/#join=%%%"])
def test_what_is_no_join_link(link: str) -> None:
    with pytest.raises(CodedError, match=r"join\.link"):
        read_join_link(link)


def test_a_device_reads_only_its_own_chain_and_a_node_those_of_its_sites(
    central: Study, node: Study, keys: InProcessKeys
) -> None:
    here, there = FieldDevice(central), FieldDevice(central, site=OTHER_SITE)
    central.introduce(here)
    central.introduce(there)
    client = central.client()
    session = here.open_session(client)
    entries = client.post("/sync/feed", json={}, headers=session).get_json()["entries"]
    assert {entry["chain"] for entry in entries} == {"study", f"device:{here.id}"}
    central.admit(node)
    transport = central.transport()

    outbox = NodeOutbox(node.place, node.feed, node_private_key(node.settings))
    transport.hello(outbox.hello(transport.greet()), [])
    chains = {str(entry["chain"]) for entry in transport.feed({}, 500).entries}
    assert chains == {"study", "devices", f"device:{here.id}"}


def test_the_list_tells_never_from_long_ago(central: Study) -> None:
    quiet, heard = FieldDevice(central), FieldDevice(central)
    central.introduce(quiet)
    central.introduce(heard)
    heard.open_session(central.client())
    central.intake.receive(heard.carrier, [heard.seal(), heard.seal(site="elsewhere")])
    with central.place.engine.connect() as connection:
        lines = {line.id: line for line in list_devices(connection)}
    assert lines[quiet.id].last_contact_at is None
    assert lines[heard.id].last_contact_at is not None
    assert lines[heard.id].items == {"held": 1, "quarantined": 1}


class TestBrowser:
    def test_a_page_of_the_app_may_call_a_node(self, node: Study) -> None:
        origin = node.settings.app_origin
        ask = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
        answer = node.client().options("/sync/files", headers={**ask, "Access-Control-Request-Private-Network": "true"})
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
        assert "Upload-Offset" in answer.headers["Access-Control-Allow-Headers"]
        assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        said = node.client().get("/sync/hello", headers={"Origin": origin})
        assert said.headers["Access-Control-Allow-Origin"] == origin
        assert "Feldbuch-State" in said.headers["Access-Control-Expose-Headers"]
        refused = node.client().get("/sync/durable", headers={"Origin": origin})
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, origin)

    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:80000"])
    def test_no_other_page_may(self, node: Study, origin: str) -> None:
        answer = node.client().options("/sync/batch", headers={"Origin": origin})
        assert answer.status_code == 403
        said = node.client().get("/sync/hello", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in said.headers

    def test_central_allows_no_origin_at_all(self, central: Study) -> None:
        origin = central.settings.url
        assert central.client().options("/sync/batch", headers={"Origin": origin}).status_code == 403
        said = central.client().get("/sync/hello", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in said.headers


def test_the_document_of_the_interface_names_every_route(central: Study, tmp_path: Path) -> None:
    document = central.client().get("/api/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    paths = {path for path in document["paths"] if path.startswith("/sync")}
    assert paths == {
        "/sync/hello",
        "/sync/offer",
        "/sync/batch",
        "/sync/files",
        "/sync/files/{item_hash}",
        "/sync/files/{item_hash}/answer",
        "/sync/receipts",
        "/sync/durable",
        "/sync/feed",
        "/sync/content/{name}",
        "/sync/reconcile",
        "/sync/reconcile/names",
        "/sync/reconcile/found",
        "/sync/enrolment",
        "/sync/recovery",
        "/sync/nodes",
    }
