"""A request of the protocol may break at every byte: what came of it is nothing or whole items, and the next works."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from server.storage.items import Item as ItemRow
from sync.envelope.item import pack_item
from sync.protocol import BATCH_TYPE
from tests.conftest import find_free_port, started_processes
from tests.field import FieldDevice, Study
from tests.server.collect.serving import Server


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    port = find_free_port()
    study = Study.central(tmp_path_factory.mktemp("cuts") / "central", port=port, url=f"http://127.0.0.1:{port}")
    with started_processes() as start:
        Server(study, start).up()
        yield study
    study.close()


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


def request(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def break_everywhere(central: Study, whole: bytes, start: int = 1) -> None:
    """Send the request up to each of its bytes, and end the connection; every other time without a word."""
    address = ("127.0.0.1", central.settings.port)
    for end in range(start, len(whole)):
        with closing(socket.create_connection(address, timeout=20)) as connection:
            if end % 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(whole[:end])


def session_of(central: Study, device: FieldDevice) -> dict[str, str]:
    with httpx.Client(base_url=central.settings.url) as client:
        greeting = client.get("/sync/hello").json()
        hello = device.hello("central", greeting["challenge"])
        whole = request("/sync/hello", json.dumps({"hello": hello}).encode(), {"Content-Type": "application/json"})
        break_everywhere(central, whole)
        said = client.post("/sync/hello", json={"hello": hello})
        assert said.status_code == 200, said.text
        return {"Authorization": f"Bearer {said.json()['session']}"}


def test_a_batch_and_an_offer_may_break_at_every_byte(central: Study, device: FieldDevice) -> None:
    items = [device.seal(b"1"), device.seal(b"2")]
    session = session_of(central, device)
    framed = [pack_item(each.cover, each.body) for each in items]
    whole = request("/sync/batch", b"".join(framed), {**session, "Content-Type": BATCH_TYPE})
    first = whole[: len(whole) - len(framed[1])]
    break_everywhere(central, first)
    assert central.rows(ItemRow) == []
    # From here on the first item may be there already, whole; the second never is.
    break_everywhere(central, whole, len(first))
    assert {row.hash for row in central.rows(ItemRow)} <= {items[0].hash}
    with httpx.Client(base_url=central.settings.url, headers=session) as client:
        named = [
            {"instance": row["instance"], "part": row["part"], "hash": each.hash, "size": len(each.body), "priority": 0}
            for each in items
            for row in [json.loads(each.cover)]
        ]
        offer = json.dumps({"items": named}).encode()
        break_everywhere(central, request("/sync/offer", offer, {**session, "Content-Type": "application/json"}))
        answers = client.post("/sync/batch", content=b"".join(framed), headers={"Content-Type": BATCH_TYPE}).json()
        assert [each["state"] for each in answers["answers"]] == ["held", "held"]
        said = client.post("/sync/offer", content=offer, headers={"Content-Type": "application/json"}).json()
        assert [each["answer"] for each in said["answers"]] == ["have", "have"]
    assert [(row.hash, row.body) for row in central.rows(ItemRow)] == [(each.hash, each.body) for each in items]
