"""Two processes serve one central on PostgreSQL and S3: whoever comes may go to either, at any moment."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from server.services.operate.users import add_user
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow, Upload
from sync.envelope.item import Item
from tests.conftest import Running, find_free_port
from tests.field import FieldDevice, Study, batch

TYPE = "application/vnd.feldbuch.batch"
MIB = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
pytestmark = pytest.mark.parametrize("new_store", ["postgresql, s3"], indirect=True)


@dataclass
class Two:
    """Two processes that serve, as clients of them."""

    one: httpx.Client
    other: httpx.Client
    first: Running


@pytest.fixture
def two(central: Study, feldbuch: Callable[..., Running]) -> Iterator[Two]:
    add_user(central.place, "anna", "a long password")
    ports = [find_free_port(), find_free_port()]
    running = [
        feldbuch("serve", "--place", central.settings.place, environment={"FELDBUCH_PORT": str(port)}) for port in ports
    ]
    clients = [
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, transport=httpx.HTTPTransport(retries=10))
        for port in ports
    ]
    with clients[0], clients[1]:
        for client in clients:
            client.get("/sync/hello").raise_for_status()
        yield Two(*clients, running[0])


def hello(device: FieldDevice, asked: httpx.Client, told: httpx.Client) -> tuple[dict[str, Any], httpx.Response]:
    said = device.hello("central", asked.get("/sync/hello").json()["challenge"])
    return said, told.post("/sync/hello", json={"hello": said})


def deliver(client: httpx.Client, session: dict[str, str], items: list[Item]) -> list[dict[str, Any]]:
    answer = client.post("/sync/batch", content=batch(items), headers={**session, "Content-Type": TYPE})
    answers: list[dict[str, Any]] = answer.raise_for_status().json()["answers"]
    return answers


def test_carriers_and_people_may_go_to_either(central: Study, two: Two) -> None:
    devices = [FieldDevice(central), FieldDevice(central)]
    for device in devices:
        central.introduce(device)
    # A challenge of the one, shown to the other; and shown again to the first, it was used.
    said, welcome = hello(devices[0], two.one, two.other)
    assert welcome.status_code == 200
    refused = two.one.post("/sync/hello", json={"hello": said})
    assert refused.json()["error"]["code"] == "hello.challenge"
    sessions = [{"Authorization": f"Bearer {welcome.json()['session']}"}]
    sessions.append({"Authorization": f"Bearer {hello(devices[1], two.one, two.one)[1].json()['session']}"})

    # Both deliver to both at once, and everything to both.
    sealed = [[device.seal() for _ in range(40)] for device in devices]

    def send(which: int, turn: int) -> list[dict[str, Any]]:
        answers = []
        for number in range(0, 40, 4):
            client = (two.one, two.other)[(number // 4 + turn) % 2]
            answers += deliver(client, sessions[which], sealed[which][number : number + 4])
        return answers

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(send, which, turn) for which in (0, 1) for turn in (0, 1)]
        answers = [each.result(60) for each in sent]
    for which in (0, 1):
        once, again = answers[2 * which], answers[2 * which + 1]
        assert {each["state"] for each in once} == {"held"}
        assert [each["receipt"] for each in once] == [each["receipt"] for each in again]
    assert len(central.rows(ItemRow)) == 80
    assert [row.seq for row in central.rows(ReceiptRow)] == list(range(1, 81))

    # An upload begins at one, goes on at the other, and what became of it is asked at the first.
    large = devices[0].seal(b"x" * 2_500_000, part="a1", instance="uuid:large")
    cover = base64.b64encode(large.cover).decode()
    head = {**sessions[0], "Tus-Resumable": "1.0.0", "Upload-Length": str(len(large.body))}
    made = two.one.post("/sync/files", headers={**head, "Upload-Metadata": f"cover {cover}"})
    assert made.status_code == 201
    path, offset = f"/sync/files/{large.hash}", 0
    for turn in range(10):
        client = (two.one, two.other)[turn % 2]
        told = client.head(path, headers={**sessions[0], **TUS})
        assert int(told.headers["Upload-Offset"]) == offset
        piece = large.body[offset : offset + MIB]
        patch = {**sessions[0], **TUS, "Upload-Offset": str(offset)}
        client.patch(path, content=piece, headers=patch).raise_for_status()
        offset += len(piece)
        if offset == len(large.body):
            break
    answer = two.one.get(f"{path}/answer", headers={**sessions[0], "Tus-Resumable": "1.0.0"}).json()
    assert answer["state"] == "held"
    assert b"".join(central.place.blobs.read(central.rows(ItemRow)[-1].body_hash)) == large.body
    assert central.rows(Upload) == []

    # Who signed in at one is known at the other; who signed out is at neither.
    page = two.one.get("/sign-in").text
    form = {"name": "anna", "password": "a long password", "csrf_token": token_of(page)}
    assert two.one.post("/sign-in", data=form).status_code == 303
    two.other.cookies.update(two.one.cookies)
    ledger = two.other.get("/")
    assert ledger.status_code == 200
    assert two.other.post("/sign-out", data={"csrf_token": token_of(ledger.text)}).status_code == 303
    assert two.one.get("/").status_code == 303

    # One is killed; the other holds everything and works on.
    two.first.signal_group(9)
    two.first.process.wait()
    (last,) = deliver(two.other, sessions[1], [devices[1].seal()])
    assert (last["state"], last["receipt"]["seq"]) == ("held", 82)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]
