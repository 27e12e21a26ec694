"""A device that sends one item by tus, through Flask's test client."""

from __future__ import annotations

import base64
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sync.envelope.item import Item
from tests.field import FieldDevice, Study

TUS = {"Tus-Resumable": "1.0.0"}
TUS_TYPE = "application/offset+octet-stream"
MIB = 1024 * 1024


class Sender:
    """A device that sends one item by tus."""

    def __init__(self, study: Study, device: FieldDevice, item: Item) -> None:
        self.client: FlaskClient = study.client()
        self.session = device.open_session(self.client)
        self.item = item
        self.carrier = device.carrier

    def headers(self, **more: str) -> dict[str, str]:
        return {**self.session, **TUS, **{name.replace("_", "-"): value for name, value in more.items()}}

    def create(self, size: int | None = None, data: bytes = b"", **more: str) -> TestResponse:
        cover = base64.b64encode(self.item.cover).decode()
        length = str(len(self.item.body) if size is None else size)
        more = {"Content_Type": TUS_TYPE, **more} if data else more
        headers = self.headers(Upload_Length=length, Upload_Metadata=f"cover {cover}", **more)
        return self.client.post("/sync/files", data=data, headers=headers)

    @property
    def path(self) -> str:
        return f"/sync/files/{self.item.hash}"

    def offset(self) -> int:
        answer = self.client.head(self.path, headers=self.headers())
        assert answer.status_code == 200
        assert answer.headers["Upload-Length"] == str(len(self.item.body))
        return int(answer.headers["Upload-Offset"])

    def patch(self, offset: int, data: bytes, **more: str) -> TestResponse:
        headers = self.headers(Upload_Offset=str(offset), Content_Type=TUS_TYPE, **more)
        return self.client.patch(self.path, data=data, headers=headers)

    def rest(self, body: bytes | None = None) -> TestResponse:
        body = self.item.body if body is None else body
        offset = self.offset()
        while True:
            answer = self.patch(offset, body[offset : offset + MIB])
            offset += MIB
            if offset >= len(body) or answer.status_code != 204:
                return answer

    def terminate(self) -> TestResponse:
        return self.client.delete(self.path, headers=self.headers())

    def answer(self) -> TestResponse:
        return self.client.get(f"{self.path}/answer", headers=self.headers())


def code(answer: TestResponse) -> str:
    said: Any = answer.get_json()
    return str(said["error"]["code"])
