"""Two places that hold the same thousands of items, and a way between them that counts what it carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, cast

import httpx
from sqlalchemy import Connection, Table

from server.services.collect.transport import HttpTransport
from server.storage.bulk import insert_rows
from server.storage.items import Delivery
from server.storage.items import Item as ItemRow
from tests.field import Study

ITEMS = cast("Table", ItemRow.__table__)
DELIVERIES = cast("Table", Delivery.__table__)


class Counting(httpx.BaseTransport):
    """Counts what goes over the wire for reconciliation: lines, headers and bodies of requests and answers."""

    def __init__(self, study: Study) -> None:
        self._inner = httpx.WSGITransport(app=study.app)
        self.bytes = 0
        self.calls: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if request.url.path.startswith("/sync/reconcile"):
            content = response.read()
            self.calls.append(request.url.path)
            self.bytes += len(f"{request.method} {request.url.raw_path!r} HTTP/1.1\r\n") + len(request.read())
            self.bytes += sum(
                len(name) + len(value) + 4 for name, value in (*request.headers.raw, *response.headers.raw)
            )
            self.bytes += len(content) + len("HTTP/1.1 200 OK\r\n\r\n\r\n")
        return response

    def way(self, study: Study) -> HttpTransport:
        return HttpTransport("", httpx.Client(transport=self, base_url=study.settings.url))


def bulk(number: int, forward: str | None) -> Iterator[dict[str, Any]]:
    """Rows of items as intake leaves them, but for their covers."""
    for index in range(number):
        item_hash = hashlib.sha256(str(index).encode()).hexdigest()
        texts = dict.fromkeys(("study", "site", "device", "interviewer", "form", "form_version", "content_type"), "x")
        yield {
            **texts,
            "hash": item_hash,
            "instance": f"uuid:{index}",
            "part": "record",
            "purpose": "real",
            "replaces": None,
            "signer": f"device{index % 20}",
            "number": index,
            "finished_at": "2026-03-01T10:00:00Z",
            "body_hash": item_hash,
            "body_size": 4,
            "cover": b"cover",
            "body": b"body",
            "state": "held",
            "code": None,
            "received_at": None,
            "carrier": "x",
            "forward": forward,
            "forward_code": None,
        }


def fill(central: Study, node: Study, number: int) -> list[str]:
    """So many items at both places, delivered and receipted; returns their hashes."""
    for study, forward in ((central, None), (node, "receipted")):
        rows = [{**row, "received_at": study.place.now()} for row in bulk(number, forward)]

        def operation(connection: Connection, rows: list[dict[str, Any]] = rows) -> None:
            insert_rows(connection, ITEMS, rows)

        study.run(operation)
    hashes = [row["hash"] for row in bulk(number, None)]
    delivered = [{"node": node.place.id, "item_hash": each} for each in hashes]
    central.run(lambda connection: insert_rows(connection, DELIVERIES, delivered))
    return hashes
