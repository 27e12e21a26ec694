"""What delivering costs on the wire beyond the sealed bytes: requests, answers, headers and receipts."""

from __future__ import annotations

import gzip
import json
import secrets

import httpx

from server.services.collect.rounds import run_round
from server.services.collect.transport import HttpTransport
from sync.envelope.record import RecordDocument
from tests.field import FieldDevice, Study

RECORDS = 256
RECORD = 4096
"""Bytes of an instance."""
MOST = 0.10
MEDIUM = 10_000_000
MOST_OF_MEDIA = 0.01


class Wire(httpx.BaseTransport):
    """Counts every byte of requests and answers, as HTTP/1.1 writes them."""

    def __init__(self, study: Study) -> None:
        self._inner = httpx.WSGITransport(app=study.app)
        self.bytes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        content = b"".join(response.stream)  # type: ignore[arg-type]
        lines = len(f"{request.method} {request.url.raw_path!r} HTTP/1.1") + len("HTTP/1.1 200 OK") + 8
        headers = sum(len(name) + len(value) + 4 for name, value in (*request.headers.raw, *response.headers.raw))
        self.bytes += lines + headers + len(request.read()) + len(content)
        return httpx.Response(response.status_code, headers=response.headers, content=content)


def test_a_batch_of_records_costs_little_beyond_the_records(central: Study, node: Study) -> None:
    central.admit(node)
    device = FieldDevice(central)
    central.introduce(device)
    run_round(node.place, central.transport())
    records = [f"<data>{secrets.token_urlsafe(RECORD * 3 // 4)}</data>" for _ in range(RECORDS)]
    items = [device.seal_record(RecordDocument(each, "de")) for each in records]
    sealed = sum(len(item.cover) + len(item.body) for item in items)
    for first in range(0, RECORDS, 64):
        node.intake.receive(device.carrier, items[first : first + 64])
    wire = Wire(central)
    way = HttpTransport("", httpx.Client(transport=wire, base_url=central.settings.url))
    assert run_round(node.place, way).states == {"receipted": RECORDS}
    assert wire.bytes - sealed <= MOST * sealed, (wire.bytes - sealed) / sealed


def test_answers_are_packed_where_that_is_wanted_and_hello_never(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client)
    device.deliver(client, session, [device.seal() for _ in range(8)])
    plain = client.get("/sync/receipts?after=0&limit=10", headers=session)
    packed = client.get("/sync/receipts?after=0&limit=10", headers={**session, "Accept-Encoding": "br, gzip;q=0.5"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.get_json()
    assert len(packed.data) < len(plain.data) / 2
    refused = client.get("/sync/receipts", headers={**session, "Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    greeting = client.get("/sync/hello").get_json()
    hello = {"hello": device.hello(greeting["id"], greeting["challenge"]), "relayed": []}
    answer = client.post("/sync/hello", json=hello, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers, "a token stands in it"


def test_media_cost_hardly_more_than_their_bytes(central: Study, node: Study) -> None:
    central.admit(node)
    device = FieldDevice(central)
    central.introduce(device)
    run_round(node.place, central.transport())
    item = device.seal(secrets.token_bytes(MEDIUM), part="a1")
    node.intake.receive(device.carrier, [item])
    wire = Wire(central)
    way = HttpTransport("", httpx.Client(transport=wire, base_url=central.settings.url))
    assert run_round(node.place, way).states == {"receipted": 1}
    sealed = len(item.cover) + len(item.body)
    assert wire.bytes - sealed <= MOST_OF_MEDIA * sealed, (wire.bytes - sealed) / sealed
