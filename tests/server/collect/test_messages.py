"""The examples of the protocol's page: each is what the code sends today, and what it reads; every signature holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from marshmallow import RAISE, Schema

from server.services.collect.transport import HttpTransport
from server.web.sync import schemas
from sync.bundle_words import Ask, CentralPiece, NodePiece, is_central
from sync.carrier import Enrolment, Hello, Join, Recovery
from sync.envelope.encoding import canonical, from_b64u
from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from sync.feed import Head, follow
from sync.protocol import CAPABILITIES, Limits, Offered
from sync.pruning import Copy, may_delete
from sync.reconcile import read_part
from sync.reconciling import Result
from tests.tools.write_messages import ABOUT, PAGE, examples, messages, shape

SAID: dict[str, Any] = dict(examples(PAGE.read_text("utf-8")))
KEY = Ed25519PublicKey.from_public_bytes(from_b64u(SAID["central"]["key"]))
STUDY: str = SAID["central"]["study"]
SCHEMAS: Mapping[str, type[Schema]] = {
    "greeting": schemas.GreetingSchema,
    "hello": schemas.HelloSchema,
    "welcome": schemas.WelcomeSchema,
    "offer": schemas.OfferSchema,
    "offer.answer": schemas.OfferAnswersSchema,
    "batch.answer": schemas.ItemAnswersSchema,
    "files.answer": schemas.ItemAnswerSchema,
    "receipts": schemas.ReceiptsSchema,
    "durable": schemas.MarkSchema,
    "feed": schemas.FeedQuerySchema,
    "feed.answer": schemas.FeedSchema,
    "reconcile": schemas.ReconcileSchema,
    "reconcile.answer": schemas.PartsSchema,
    "names": schemas.HashesSchema,
    "names.answer": schemas.NamesSchema,
    "found": schemas.FoundSchema,
    "found.answer": schemas.KeptSchema,
    "enrolment": schemas.EnrolmentSchema,
    "enrolment.answer": schemas.EnrolledSchema,
    "recovery": schemas.RecoverySchema,
    "recovery.answer": schemas.KeptSchema,
    "nodes": schemas.JoinSchema,
    "nodes.answer": schemas.JoinedSchema,
    "error": schemas.ErrorAnswerSchema,
}
NOT_A_BODY = {"bundle.node", "bundle.ask", "bundle.central", "pruning", "central"}
HEADERS = {"files.create", "files.offset", "files.piece"}
KINDS = {
    *("study", "form", "node", "bundle_key", "uplink", "introduction", "certificate", "interviewer", "intake_key"),
    *("cases", "return", "revocation"),
}


def test_the_page_shows_every_message_as_the_code_says_it_today() -> None:
    assert set(SAID) == set(ABOUT) == set(SCHEMAS) | NOT_A_BODY | HEADERS
    for name, said in messages().items():
        assert shape(SAID[name]) == shape(said), f"{name}: run python -m tests.tools.write_messages"


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_as_its_schema_says_and_nothing_beside(name: str) -> None:
    assert SCHEMAS[name](unknown=RAISE).validate(SAID[name]) == {}


class Answering:
    """A transport to a place that answers with an example; what it was asked is kept."""

    def __init__(self, name: str, headers: Mapping[str, str] | None = None, status: int = 200) -> None:
        self.asked: Any = None
        self._answer = httpx.Response(status, headers=headers, content=json.dumps(SAID.get(name, {})).encode())
        self.way = HttpTransport("", httpx.Client(transport=httpx.MockTransport(self._hear), base_url="http://c"))

    def _hear(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        self.asked = json.loads(content) if content.startswith(b"{") else content
        self.headers = request.headers
        return self._answer


def test_the_greeting_and_the_welcome_are_read() -> None:
    greeting = Answering("greeting").way.greet()
    assert (greeting.role, greeting.study, greeting.v) == ("central", STUDY, 1)
    assert (greeting.limits, greeting.capabilities) == (Limits(), CAPABILITIES)
    place = Answering("welcome")
    documents = [canonical(each) for each in (SAID["hello"]["hello"], *SAID["hello"]["relayed"])]
    welcome = place.way.hello(documents[0], documents[1:])
    assert place.asked == SAID["hello"]
    assert (welcome.standing, welcome.epoch) == ("introduced", SAID["receipts"]["epoch"])
    assert welcome.mark is not None
    assert Mark.read(canonical(welcome.mark), KEY).epoch == welcome.epoch


def test_both_hellos_are_signed_and_say_what_the_table_says() -> None:
    for document, kind in ((SAID["hello"]["hello"], "node"), (SAID["hello"]["relayed"][0], "device")):
        hello = Hello.read(document)
        assert (hello.kind, hello.study) == (kind, STUDY)
        own = json.loads(json.dumps({**asdict(hello), "v": 1}))
        assert own == {name: value for name, value in document.items() if name != "signature"}


def test_the_offer_and_its_answer() -> None:
    place = Answering("offer.answer")
    answers = place.way.offer([Offered(**each) for each in SAID["offer"]["items"]])
    assert place.asked == SAID["offer"]
    assert [each.answer for each in answers] == ["have", "want"]
    assert answers[0].receipt is not None
    assert Receipt.read(canonical(answers[0].receipt), KEY).cover_hash == SAID["offer"]["items"][0]["hash"]


def test_the_answers_of_items() -> None:
    answers = Answering("batch.answer").way.batch([])
    assert [each.state for each in answers] == ["held", "quarantined", "refused"]
    for each in (*answers[:2], Answering("files.answer").way.upload_answer("0" * 64)):
        assert each.receipt is not None
        receipt = Receipt.read(canonical(each.receipt), KEY)
        assert (receipt.cover_hash, receipt.state) == (each.hash, each.state)


def test_the_headers_of_an_upload() -> None:
    def speak(name: str, call: Callable[[HttpTransport], object]) -> object:
        example = SAID[name]
        place = Answering("", example["answer"], example["status"])
        result = call(place.way)
        assert {name: place.headers[name] for name in example["headers"]} == example["headers"]
        return result

    item_hash = SAID["files.create"]["answer"]["Location"].rpartition("/")[2]
    assert item_hash == SAID["files.answer"]["hash"]
    cover = base64.b64decode(SAID["files.create"]["headers"]["Upload-Metadata"].partition(" ")[2], validate=True)
    assert Item(cover, b"").hash == item_hash
    speak("files.create", lambda way: way.create_upload(cover, 49))
    offset = int(SAID["files.piece"]["headers"]["Upload-Offset"])
    assert speak("files.offset", lambda way: way.upload_offset(item_hash)) == offset
    size = int(SAID["files.create"]["headers"]["Upload-Length"])
    assert speak("files.piece", lambda way: way.upload(item_hash, offset, b"")) == size


def test_the_receipts_and_the_mark_are_centrals() -> None:
    page = Answering("receipts").way.receipts(0, 500)
    assert [Receipt.read(canonical(each), KEY).seq for each in page.receipts] == [1, 2, 3]
    assert page.cursor == 3
    mark = Answering("durable").way.durable()
    assert mark is not None
    assert Mark.read(canonical(mark), KEY).durable_seq == 2


def test_the_feed_follows_from_its_beginning_and_shows_every_kind() -> None:
    place = Answering("feed.answer")
    page = place.way.feed(SAID["feed"]["after"], SAID["feed"]["limit"])
    assert place.asked == SAID["feed"]
    heads: dict[str, Head] = {}
    for document in page.entries:
        followed = follow(document, STUDY, KEY, heads)
        assert followed is not None
        heads[followed.entry.chain] = Head(followed.entry.number, followed.hash)
    assert {each["kind"] for each in page.entries} == KINDS
    # The enrolment's answer is the beginning of the device's chain.
    own = SAID["enrolment.answer"]["entries"]
    assert own == [each for each in page.entries if each["chain"] == own[0]["chain"]][: len(own)]
    assert SAID["nodes.answer"]["entry"] in page.entries


def test_a_comparison() -> None:
    place = Answering("reconcile.answer")
    parts = place.way.reconcile(SAID["reconcile"]["prefixes"])
    assert place.asked == SAID["reconcile"]
    for prefix, part in zip(SAID["reconcile"]["prefixes"], parts, strict=True):
        assert read_part(prefix, part).json() == part
    place = Answering("names.answer")
    named = place.way.names(SAID["names"]["hashes"])
    assert place.asked == SAID["names"]
    assert [each is None for each in named] == [False, True]
    place = Answering("found.answer")
    said = SAID["found"]
    place.way.found(Result(said["by"], said["compared"], (), said["complete"]))
    assert set(place.asked) == set(said)


def test_who_enters_has_signed() -> None:
    device = Enrolment.read(SAID["enrolment"]["enrolment"])
    assert Recovery.read(SAID["recovery"]["recovery"]).id == device.id
    assert Join.read(SAID["nodes"]["node"]).id == SAID["nodes.answer"]["entry"]["body"]["id"]


def test_what_stands_signed_in_bundles() -> None:
    node = NodePiece.read(SAID["bundle.node"])
    ask = Ask.read(SAID["bundle.ask"])
    central = CentralPiece.read(canonical(SAID["bundle.central"]), KEY)
    assert node.id == ask.id == central.node
    assert central.answers == ask.sequence
    assert is_central(SAID["bundle.central"])
    assert not is_central(SAID["bundle.node"])


def test_what_permits_a_node_to_delete() -> None:
    receipts = [Receipt.read(canonical(each), KEY) for each in SAID["pruning"]["receipts"]]
    marks = [Mark.read(canonical(each), KEY) for each in SAID["pruning"]["marks"]]
    (held,) = receipts
    copy = Copy(held.study, held.instance, held.part, held.cover_hash, held.body_hash)
    assert may_delete(copy, receipts, marks, epoch=held.epoch, carrier="node")
    assert not may_delete(copy, receipts, marks[:1], epoch=held.epoch, carrier="node")
