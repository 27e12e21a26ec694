"""The node's way to central: answers as a proxy may change them, and answers of whoever sits between."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import httpx
import pytest

from server.services.collect.keys import node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.transport import HttpTransport
from sync.errors import SyncError
from sync.session import Phase, Session
from tests.field import STUDY, Study


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> HttpTransport:
    return HttpTransport("http://c", httpx.Client(base_url="http://c", transport=httpx.MockTransport(answer)))


def test_an_answer_that_a_proxy_packed_is_read() -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    body = gzip.compress(json.dumps({"mark": None}).encode())
    with answering(lambda _: httpx.Response(200, content=body, headers=packed)) as transport:
        assert transport.durable() is None
        assert transport.content("0" * 64) == b'{"mark": null}'


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"mark":' * 100_000, b"\xff", b"5"])
def test_an_answer_that_is_none_of_the_protocol_has_a_code(body: bytes) -> None:
    with answering(lambda _: httpx.Response(200, content=body)) as transport, pytest.raises(SyncError) as raised:
        transport.durable()
    assert raised.value.code == "sync.answer"
    with answering(lambda _: httpx.Response(502, content=body)) as transport, pytest.raises(SyncError):
        transport.durable()


@pytest.mark.parametrize("document", [{"v": "\ud800"}, {"\ud800": 1}, [1.5], "text", {"v": float("nan")}, 7])
@pytest.mark.parametrize(
    ("phase", "alarm"),
    [(Phase.RECEIPTS, "receipt.forged"), (Phase.MARK, "mark.forged"), (Phase.FEED, "feed.forged")],
)
def test_a_document_without_a_canonical_form_is_an_alarm_and_ends_nothing(
    node: Study, phase: Phase, alarm: str, document: object
) -> None:
    said = {"receipts": [document], "cursor": 0, "more": False, "mark": document, "entries": [document]}
    outbox = NodeOutbox(node.place, node.feed, node_private_key(node.settings))
    with answering(lambda _: httpx.Response(200, content=json.dumps(said).encode())) as transport:
        session = Session(outbox, transport, STUDY, node.central_key.public_key())
        session.phase = phase
        session.step()
    assert session.tally.alarm == alarm
