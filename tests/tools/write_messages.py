"""Writes the part of deploy/docs/protocol.md below its last headline: an example of every message.

A real central, node and tablet speak with one another, and what they said is written down. Tests in Python and
TypeScript read the page; run this again (`python -m tests.tools.write_messages`) when a message has changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, insert

from server.services.collect.bundles.keys import central_recipient, tell_bundle_key
from server.services.collect.devices import DeviceFacts, introduce, revoke
from server.services.collect.holdings import NodeHoldings
from server.services.collect.keys import node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.receipts import MARKS, current_epoch
from server.services.collect.tokens import add_token, token_hash
from server.services.collect.transport import HttpTransport
from server.services.collect.uplink import tell_plan
from sync.bundle_words import Ask, CentralPiece, NodePiece
from sync.carrier import Counts, Join, Recovery
from sync.envelope.encoding import b64u
from sync.envelope.item import Item
from sync.envelope.signed import Mark
from sync.feed import STUDY_CHAIN, device_chain
from sync.reconciling import Reconciliation
from sync.session import Session
from tests.field import INTERVIEWER, SITE, STUDY, FieldDevice, InProcessKeys, Study, TestIntakeKey

PAGE = Path(__file__).resolve().parents[2] / "deploy" / "docs" / "protocol.md"
LINE = "\n## Messages by example\n"
EXAMPLE = re.compile(r"^\*\*`([a-z.]+)`\*\*[^\n]*\n\n```json\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
AT = "2026-11-23T05:00:00Z"
_NAMES = {
    ("GET", "/sync/hello"): ("", "greeting"),
    ("POST", "/sync/hello"): ("hello", "welcome"),
    ("POST", "/sync/offer"): ("offer", "offer.answer"),
    ("POST", "/sync/batch"): ("", "batch.answer"),
    ("GET", "/sync/receipts"): ("", "receipts"),
    ("GET", "/sync/durable"): ("", "durable"),
    ("POST", "/sync/feed"): ("feed", "feed.answer"),
    ("POST", "/sync/reconcile"): ("reconcile", "reconcile.answer"),
    ("POST", "/sync/reconcile/names"): ("names", "names.answer"),
    ("POST", "/sync/reconcile/found"): ("found", "found.answer"),
    ("POST", "/sync/enrolment"): ("enrolment", "enrolment.answer"),
    ("POST", "/sync/recovery"): ("recovery", "recovery.answer"),
    ("POST", "/sync/nodes"): ("nodes", "nodes.answer"),
}
ABOUT = {
    "greeting": "`GET /sync/hello`",
    "hello": "`POST /sync/hello`, a node with the hello of a tablet that it met",
    "welcome": "its answer",
    "offer": "`POST /sync/offer`",
    "offer.answer": "its answer: one is wanted, one is here",
    "batch.answer": "answer to `POST /sync/batch`: held, quarantined, refused",
    "files.create": "`POST /sync/files`, with what of its headers and those of the answer is of the protocol",
    "files.offset": "`HEAD /sync/files/<hash>`",
    "files.piece": "`PATCH /sync/files/<hash>`, the last one",
    "files.answer": "`GET /sync/files/<hash>/answer`",
    "receipts": "`GET /sync/receipts`",
    "durable": "`GET /sync/durable`",
    "feed": "`POST /sync/feed`",
    "feed.answer": "its answer: every kind of entry",
    "reconcile": "`POST /sync/reconcile`",
    "reconcile.answer": "its answer",
    "names": "`POST /sync/reconcile/names`",
    "names.answer": "its answer",
    "found": "`POST /sync/reconcile/found`",
    "found.answer": "its answer",
    "enrolment": "`POST /sync/enrolment`",
    "enrolment.answer": "its answer",
    "recovery": "`POST /sync/recovery`",
    "recovery.answer": "its answer",
    "nodes": "`POST /sync/nodes`",
    "nodes.answer": "its answer",
    "bundle.node": "`about` of a piece that a node wrote",
    "bundle.ask": "the question in it",
    "bundle.central": "`about` of a piece that central wrote",
    "pruning": "what permits a node to delete the bytes of an item: its receipt, and two marks that cover it",
    "error": "an error",
    "central": "the key that all of it is checked with, as an enrolment link names it",
}


class Recorder(httpx.BaseTransport):
    """The way to a place, which keeps the last of each kind of message in JSON, and the headers of uploads."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.said: dict[str, Any] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a call on and write down both sides of it."""
        request.headers.pop("Accept-Encoding", None)
        response = self._inner.handle_request(request)
        content = b"".join(response.stream)  # type: ignore[arg-type]
        names = _NAMES.get((request.method, request.url.path), ("", ""))
        for name, data in zip(names, (request.read(), content), strict=True):
            if name and response.is_success:
                self.said[name] = json.loads(data)
        upload = {"POST": "create", "HEAD": "offset", "PATCH": "piece"}.get(request.method)
        if request.url.path.startswith("/sync/files"):
            if upload is None:
                self.said["files.answer"] = json.loads(content)
            elif response.is_success:
                self.said[f"files.{upload}"] = {
                    "headers": _of_the_protocol(request.headers),
                    "status": response.status_code,
                    "answer": _of_the_protocol(response.headers),
                }
        if request.url.path == "/sync/receipts" and response.status_code == httpx.codes.UNAUTHORIZED:
            self.said["error"] = json.loads(content)
        return httpx.Response(response.status_code, headers=response.headers, content=content)


def _of_the_protocol(headers: httpx.Headers) -> dict[str, str]:
    known = ("tus-", "upload-", "feldbuch-", "location")
    return {name.title(): value for name, value in headers.items() if name.startswith(known)}


def messages() -> dict[str, Any]:
    """An example of each message by its name, made anew."""
    with tempfile.TemporaryDirectory() as folder:
        keys = InProcessKeys()
        central = Study.central(Path(folder) / "central")
        node = Study.node(Path(folder) / "node", central)
        try:
            said = _speak(central, node, keys)
        finally:
            node.close()
            central.close()
    return {name: said[name] for name in ABOUT}


def _speak(central: Study, node: Study, keys: InProcessKeys) -> dict[str, Any]:
    wire = Recorder(httpx.WSGITransport(app=central.protocol(keys)))
    way = HttpTransport("", httpx.Client(transport=wire, base_url=central.settings.url))
    device = _enrol(central, way, keys)
    key = _join(central, node, way)
    lost = _lost_device(central)
    _tell_everything(central, device, node.settings.node)
    outbox = NodeOutbox(node.place, node.feed, key)
    public = central.central_key.public_key()
    Session(outbox, way, STUDY, public).run()
    device.open_session(node.client(), Counts(finished=3, unsent=1, clock=AT, oldest_unsent=AT))
    items = [device.seal(b"answers"), lost.seal(b"answers"), device.seal(b"a picture", part="a1")]
    _mark(central, 0)
    way.hello(outbox.hello(way.greet()), outbox.relayed())
    way.batch(items[:1])
    node.intake.receive(device.carrier, [items[0], items[2]])
    way.offer(outbox.pending(10, (), 9))
    way.batch([items[0], items[1], Item(items[2].cover, items[2].body[::-1])])
    _upload(way, items[2])
    mark = _mark(central, 2)
    way.receipts(0, 500)
    way.durable()
    way.feed({STUDY_CHAIN: 0}, 500)
    hashes = [each.hash for each in items]
    comparison = Reconciliation(NodeHoldings(node.place, True), way)
    while comparison.step():
        pass
    way.reconcile(["", hashes[0][:2]])
    way.names([hashes[0], "0" * 64])
    said = wire.said
    with httpx.Client(transport=wire, base_url=central.settings.url) as stranger:
        stranger.get("/sync/receipts")
    return {**said, **_signed_elsewhere(central, node, key, said, [mark, _mark(central, 3)])}


def _enrol(central: Study, way: HttpTransport, keys: InProcessKeys) -> FieldDevice:
    device = FieldDevice(central)
    token = _token(central, "device", interviewer=INTERVIEWER)
    way.enter_signed("/sync/enrolment", token, "enrolment", json.dumps(device.enrolment(token_hash(token))).encode())
    (seed,) = keys.made.values()
    device.intake_key = TestIntakeKey(seed)
    recovery = Recovery(STUDY, INTERVIEWER, _sha256(device.encryption_key), bytes(1168)).sign(device.signing_key)
    body = b'{"recovery":' + recovery + b"}"
    # Tablets do this, and no node.
    way._json("POST", "/sync/recovery", content=body, headers={"Content-Type": "application/json"})
    return device


def _join(central: Study, node: Study, way: HttpTransport) -> Any:
    key = node_private_key(node.settings)
    url = node.settings.url
    token = _token(central, "node", details={"name": "node", "url": url, "sites": [SITE], "devices_at_most": 5})
    way.enter_signed("/sync/nodes", token, "node", Join(STUDY, token_hash(token)).sign(key))
    return key


def _token(central: Study, kind: Any, **details: Any) -> str:
    now = central.place.now()
    return str(central.run(lambda connection: add_token(connection, kind, site=SITE, now=now, **details)))


def _lost_device(central: Study) -> FieldDevice:
    """A device that was introduced and then revoked."""
    lost = FieldDevice(central)
    facts = DeviceFacts(lost.id, SITE, INTERVIEWER, "tablet", lost.public, lost.encryption_key)
    now = central.place.now()
    central.run(lambda connection: introduce(connection, central.feed, central.book, facts, lost.intake_key, now))
    central.run(lambda connection: revoke(connection, central.feed, central.book, lost.id, "lost"))
    return lost


def _tell_everything(central: Study, device: FieldDevice, node: str) -> None:
    """Entries of every kind that the study has not written yet."""
    central.publish()
    tell_bundle_key(central.place, central.feed)
    chain, key = device_chain(device.id), b64u(device.encryption_key)
    named = {"hash": "ab" * 32, "size": 4096}
    sealed_for = _sha256(device.encryption_key)[:32]

    def operation(connection: Connection) -> None:
        tell_plan(connection, central.feed, node, "06:00-20:00 64, else unlimited")
        central.feed.append(connection, STUDY_CHAIN, "revocation", {"node": "b" * 32, "reason": "stolen"})
        for kind, body in (
            ("interviewer", {"interviewer": "I-08", "encryption_key": key, "recovery_key": key, "device": device.id}),
            ("cases", {"device": device.id, "interviewer": INTERVIEWER, "key": sealed_for, "list": named}),
            ("return", {"id": "1f0c6a52-8d3e-4a53-9d55-0f4f1f4f3f11", "key": sealed_for, "parcel": named}),
        ):
            central.feed.append(connection, chain, kind, body)

    central.run(operation)


def _upload(way: HttpTransport, item: Item) -> None:
    way.create_upload(item.cover, len(item.body))
    way.upload(item.hash, 0, item.body[:5])
    offset = way.upload_offset(item.hash)
    way.upload(item.hash, offset or 0, item.body[offset:])
    way.upload_answer(item.hash)


def _mark(central: Study, durable_seq: int) -> dict[str, Any]:
    """A mark of central's, as a backup leaves it."""
    with central.place.engine.connect() as connection:
        epoch = current_epoch(connection) or ""
    mark = Mark(STUDY, epoch, durable_seq, AT)
    document = mark.sign(central.central_key)
    values = {"epoch": epoch, "durable_seq": durable_seq, "document": document, "received_at": central.place.now()}
    central.run(lambda connection: connection.execute(insert(MARKS).values(values)) and None)
    signed: dict[str, Any] = json.loads(document)
    return signed


def _signed_elsewhere(
    central: Study, node: Study, key: Any, said: Mapping[str, Any], marks: list[dict[str, Any]]
) -> dict[str, Any]:
    """What travels in bundles, and what needs no message of its own."""
    with central.place.engine.connect() as connection:
        recipient = central_recipient(connection, central.feed) or ""
    of = "0123456789abcdef" * 2
    answers = {"answers": 7, "epoch": marks[0]["epoch"], "after": 0, "cursor": 2}
    set_of_files = {"set": of, "number": 2, "before": (1,), "last": True, "at": AT}
    ask = Ask(STUDY, 7, recipient, marks[0]["epoch"], 0, {STUDY_CHAIN: 3}, ("ab" * 32,))
    held = next(each for each in said["receipts"]["receipts"] if each["state"] == "held")
    return {
        "bundle.node": json.loads(NodePiece(STUDY, **set_of_files).sign(key)),
        "bundle.ask": json.loads(ask.sign(key)),
        "bundle.central": json.loads(
            CentralPiece(study=STUDY, node=node.settings.node, **set_of_files, **answers).sign(central.central_key)
        ),
        "pruning": {"receipts": [held], "marks": marks},
        "central": {"study": STUDY, "key": b64u(central.central_key.public_key().public_bytes_raw())},
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def shape(value: object, key: str = "") -> object:
    """What kinds of values stand where; what is a name in one run and another in the next is put under a star."""
    if isinstance(value, dict):
        stars = key in ("after", "heads", "buckets")
        return {("*" if stars else name): shape(each, name) for name, each in value.items()}
    if isinstance(value, list):
        shapes = {json.dumps(shape(each), sort_keys=True) for each in value}
        return [json.loads(each) for each in sorted(shapes)]
    return type(value).__name__


def examples(page: str) -> Iterator[tuple[str, Any]]:
    """The examples of the page by their names."""
    for name, text in EXAMPLE.findall(page.partition(LINE)[2]):
        yield name, json.loads(text)


def section(said: Mapping[str, Any]) -> str:
    """The examples as the page holds them."""
    parts = [
        "\nWhat a central, a node and a tablet of an example study said to one another, verbatim but for the spaces.\n"
        "The tests read it: each message against its schema, by the code of both languages, and every signature.\n"
    ]
    for name, about in ABOUT.items():
        text = json.dumps(said[name], ensure_ascii=False, indent=1)
        parts.append(f"**`{name}`**: {about}\n\n```json\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    before, _, _ = PAGE.read_text("utf-8").partition(LINE)
    PAGE.write_text(before.rstrip("\n") + "\n" + LINE + section(messages()), "utf-8")
