"""Carriers and places of different versions: what one of them does not know is passed over, nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from server.services.collect.rounds import run_round
from server.services.collect.transport import HttpTransport
from server.storage.carriers import Device
from sync.carrier import HELLO_AT_MOST, HELLO_LABEL
from sync.envelope.encoding import canonical
from sync.envelope.signed import sign_document
from tests.field import FieldDevice, Study

OPTIONAL = ("checkpoints", "clock")


def changed_hello(study: Study, device: FieldDevice, more: dict[str, Any], counts: dict[str, Any]) -> dict[str, Any]:
    """A hello with other fields, signed as whoever wrote it would."""
    greeting = study.client().get("/sync/hello").get_json()
    hello = device.hello(greeting["id"], greeting["challenge"])
    unsigned = {name: value for name, value in hello.items() if name != "signature"}
    unsigned["counts"] = {name: value for name, value in hello["counts"].items() if name not in OPTIONAL} | counts
    return dict(sign_document(HELLO_LABEL, unsigned | more, device.signing_key))


LATER = (
    ({}, {}),
    ({"battery": 80, "languages": ["de"], "capabilities": ["batch", "tus", "time-travel"]}, {}),
    ({}, {"photos": 7, "clock": "2026-03-01T10:00:00Z", "inner": {"deep": [None, True, "ä"]}}),
)


@pytest.mark.parametrize(
    ("more", "counts"), LATER, ids=["without what is optional", "further fields", "further counts"]
)
def test_a_hello_of_another_version_is_heard_and_relayed_as_it_was_signed(
    central: Study, node: Study, more: dict[str, Any], counts: dict[str, Any]
) -> None:
    central.admit(node)
    device = FieldDevice(central)
    hello = changed_hello(node, device, more, counts)
    answer = node.client().post("/sync/hello", json={"hello": hello, "greetings": "from the future"})
    assert answer.status_code == 200, answer.text
    assert run_round(node.place, central.transport()).problem is None
    (row,) = central.rows(Device)
    assert row.report == canonical(hello)
    assert row.counts["finished"] == 0
    assert "photos" not in row.counts


@pytest.mark.parametrize("missing", ["counts", "sequence", "challenge", "capabilities"])
def test_a_hello_without_what_is_needed_is_refused(central: Study, missing: str) -> None:
    device = FieldDevice(central)
    hello = changed_hello(central, device, {}, {})
    unsigned = {name: value for name, value in hello.items() if name not in (missing, "signature")}
    signed = sign_document(HELLO_LABEL, unsigned, device.signing_key)
    answer = central.client().post("/sync/hello", json={"hello": signed})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "hello.field")


HOSTILE = (
    {"filler": "x" * HELLO_AT_MOST},
    {"number": 1.5},
    {"number": 2**60},
    {"number": -1},
    {"text": "\ud800"},
)


@pytest.mark.parametrize("more", HOSTILE, ids=["large", "fraction", "above", "negative", "surrogate"])
def test_further_fields_are_no_way_to_block_whoever_relays_them(central: Study, more: dict[str, Any]) -> None:
    """What a node keeps and relays must have a form that is signed, and leave room for those of others."""
    device = FieldDevice(central)
    hello = changed_hello(central, device, {}, {}) | more
    answer = central.client().post("/sync/hello", data=json.dumps({"hello": hello}), content_type="application/json")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (400, "hello.field")
    assert central.rows(Device) == []


def test_a_field_that_was_added_on_the_way_breaks_the_signature(central: Study) -> None:
    hello = changed_hello(central, FieldDevice(central), {}, {}) | {"added": 1}
    answer = central.client().post("/sync/hello", json={"hello": hello})
    assert answer.get_json()["error"]["code"] == "envelope.signature.wrong"


def test_further_fields_of_any_request_are_passed_over(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client)
    item = device.seal()
    offered = {"instance": "uuid:x", "part": "record", "hash": item.hash, "size": 5, "priority": 0, "colour": "red"}
    for path, body in (
        ("/sync/offer", {"items": [offered], "more": 1}),
        ("/sync/feed", {"after": {}, "kinds": ["form"]}),
        ("/sync/reconcile", {"prefixes": [""], "digest": "sha512"}),
    ):
        assert client.post(path, json=body, headers=session).status_code == 200, path
    assert client.get("/sync/receipts?after=0&order=newest", headers=session).status_code == 200


class Later(httpx.BaseTransport):
    """A place of a later version: every answer says more than this node knows, and one thing may be otherwise."""

    def __init__(self, study: Study, **changes: Any) -> None:
        self._inner = httpx.WSGITransport(app=study.app)
        self._changes = changes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers.pop("Accept-Encoding", None)
        response = self._inner.handle_request(request)
        said = json.loads(b"".join(response.stream))  # type: ignore[arg-type]
        said["weather"] = {"rain": True}
        if request.method == "GET" and request.url.path == "/sync/hello":
            said |= self._changes
            said["limits"]["photos_a_day"] = 5
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=json.dumps(said).encode())


def test_a_node_speaks_to_a_later_central_and_says_where_it_cannot(central: Study, node: Study) -> None:
    central.admit(node)
    device = FieldDevice(central)
    central.introduce(device)
    node.intake.receive(device.carrier, [device.seal()])

    def round_with(**changes: Any) -> Any:
        way = Later(central, **changes)
        return run_round(node.place, HttpTransport("", httpx.Client(transport=way, base_url=central.settings.url)))

    later = round_with(v=2)
    assert (later.problem, later.states) == ("sync.version", {})
    known = round_with(capabilities=["batch", "tus", "telepathy"])
    assert (known.problem, known.states) == (None, {"receipted": 1})
    assert known.reconciled is None, "a place that cannot compare is not asked to"
