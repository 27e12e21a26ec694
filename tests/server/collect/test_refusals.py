"""Bad input: each kind has its code, keeps nothing, and touches nothing beside it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient

from server.storage import blobs as blobs_module
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from server.web.sync.packed import Packed
from server.web.sync.shortcut import Shortcut
from sync.envelope.encoding import canonical
from sync.envelope.item import Item
from sync.protocol import BATCH_TYPE, Limits
from tests.field import FieldDevice, Study, TestIntakeKey, batch


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def of_another_study(device: FieldDevice) -> Item:
    return device.seal(study="another")


def signed_by_another(device: FieldDevice) -> Item:
    item, other = device.seal(), FieldDevice()
    document = json.loads(item.cover)
    document["signature"] = json.loads(other.seal().cover)["signature"]
    return Item(canonical(document), item.body)


def not_canonical(device: FieldDevice) -> Item:
    item = device.seal()
    return Item(item.cover.replace(b'{"body"', b'{ "body"'), item.body)


def cover_flipped(device: FieldDevice) -> Item:
    item = device.seal()
    at = item.cover.index(b"2026-03-01")
    return Item(flipped(item.cover, at + 3), item.body)


def cover_cut(device: FieldDevice) -> Item:
    item = device.seal()
    return Item(item.cover[:-1], item.body)


def body_flipped(device: FieldDevice) -> Item:
    item = device.seal()
    return Item(item.cover, flipped(item.body, 40))


def body_cut(device: FieldDevice) -> Item:
    item = device.seal()
    return Item(item.cover, item.body[:-1])


def unknown_field(device: FieldDevice) -> Item:
    item = device.seal()
    return Item(canonical({**json.loads(item.cover), "name": "x"}), item.body)


BAD = [
    (of_another_study, "intake.study"),
    (signed_by_another, "envelope.signature.wrong"),
    (not_canonical, "envelope.cover.not_canonical"),
    (cover_flipped, "envelope.signature.wrong"),
    (cover_cut, "envelope.cover.not_canonical"),
    (body_flipped, "envelope.body.hash"),
    (body_cut, "envelope.body.size"),
    (unknown_field, "envelope.cover.field"),
]


@pytest.mark.parametrize(("make", "code"), BAD, ids=[make.__name__ for make, _ in BAD])
@pytest.mark.parametrize("role", ["central", "node"])
def test_a_bad_item_is_refused_and_its_neighbours_are_kept(
    central: Study, node: Study, role: str, make: Callable[[FieldDevice], Item], code: str
) -> None:
    study = central if role == "central" else node
    device = FieldDevice(study)
    client = study.client()
    session = device.open_session(client)
    before, bad, after = device.seal(), make(device), device.seal(b"x" * 70_000)
    answers = device.deliver(client, session, [before, bad, after])
    assert [(answer["state"], answer["code"]) for answer in answers] == [
        ("waiting", None),
        ("refused", code),
        ("waiting", None),
    ]
    assert answers[1]["receipt"] is None
    assert [row.hash for row in study.rows(ItemRow)] == [before.hash, after.hash]


def test_broken_framing_refuses_the_rest_of_the_batch(central: Study) -> None:
    device = FieldDevice(central)
    client = central.client()
    session = device.open_session(client)
    items = [device.seal(), device.seal()]
    data = batch(items)[:-1]
    said = client.post("/sync/batch", data=data, content_type=BATCH_TYPE, headers=session).get_json()["answers"]
    assert [(each["hash"], each["state"], each["code"]) for each in said] == [
        (items[0].hash, "waiting", None),
        (None, "refused", "envelope.item.malformed"),
    ]
    assert len(central.rows(ItemRow)) == 1


def test_an_item_sealed_to_a_key_that_central_never_made_is_kept_apart(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    device.intake_key = TestIntakeKey()
    (answer,) = central.intake.receive(device.carrier, [device.seal()])
    assert (answer.state, answer.code) == ("quarantined", "envelope.recipient.unknown_key")
    assert answer.receipt is not None


def test_a_key_of_another_device_is_none_of_this_device(central: Study) -> None:
    mine, other = FieldDevice(central), FieldDevice(central)
    central.introduce(mine)
    central.introduce(other)
    mine.intake_key = other.intake_key
    (answer,) = central.intake.receive(mine.carrier, [mine.seal()])
    assert answer.code == "envelope.recipient.unknown_key"


def test_a_node_does_not_judge_keys(node: Study) -> None:
    device = FieldDevice(node)
    (answer,) = node.intake.receive(device.carrier, [device.seal()])
    assert (answer.state, answer.code, answer.receipt) == ("waiting", None, None)
    assert node.rows(ItemRow)[0].forward == "queued"
    assert node.rows(ReceiptRow) == []


@pytest.mark.parametrize(
    ("path", "data", "content_type", "status", "code"),
    [
        ("/sync/batch", b"x" * (Limits().batch_bytes + 1), BATCH_TYPE, 413, "request.too_large"),
        ("/sync/batch", b"", "application/json", 415, "request.content_type"),
        ("/sync/offer", b"{", "application/json", 400, "request.malformed"),
        ("/sync/offer", b'{"items": [{"instance": "x"}]}', "application/json", 422, "request.malformed"),
        ("/sync/feed", b'{"after": {"study": -1}}', "application/json", 422, "request.malformed"),
        ("/sync/feed", b"{}", "application/json", 403, "device.unknown"),
        ("/sync/hello", b'{"hello": {}, "relayed": []}', "application/json", 400, "hello.field"),
        ("/sync/hello", b'{"hello": []}', "application/json", 422, "request.malformed"),
        ("/sync/hello", b"[" * 1_000_000, "application/json", 400, "request.malformed"),
        ("/sync/feed", b'{"after":' * 100_000, "application/json", 400, "request.malformed"),
        ("/sync/enrolment", b'{"token": "x", "enrolment": {}}', "application/json", 400, "enrolment.field"),
        ("/sync/nodes", b'{"token": "x", "node": {}}', "application/json", 400, "enrolment.field"),
    ],
)
def test_a_bad_request_is_answered_by_a_code(
    central: Study, path: str, data: bytes, content_type: str, status: int, code: str
) -> None:
    device = FieldDevice(central)
    client = central.client()
    session = device.open_session(client)
    answer = client.post(path, data=data, content_type=content_type, headers=session)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (status, code)
    assert set(answer.get_json()["error"]) == {"code", "message", "remedy"}


def test_too_many_items_are_refused_from_the_limit_on(central: Study) -> None:
    device = FieldDevice(central)
    client = central.client()
    session = device.open_session(client)
    frame = batch([Item(b"x", b"")])
    data = frame * (Limits().batch_items + 1)
    answers = client.post("/sync/batch", data=data, content_type=BATCH_TYPE, headers=session).get_json()["answers"]
    assert len(answers) == Limits().batch_items + 1
    assert answers[-1]["code"] == "envelope.item.malformed"


def test_a_fault_says_nothing_of_what_was_sent(central: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a secret answer")

    monkeypatch.setattr("server.services.collect.intake.Intake.receive", break_down)
    device = FieldDevice(central)
    client = central.client()
    session = device.open_session(client)
    answer = client.post("/sync/batch", data=batch([device.seal()]), content_type=BATCH_TYPE, headers=session)
    assert answer.status_code == 500
    # The same by the shortcut, which is open after one batch went well.
    monkeypatch.undo()
    device.deliver(client, session, [device.seal()])
    monkeypatch.setattr("server.services.collect.intake.Intake.receive", break_down)
    answer = client.post("/sync/batch", data=batch([device.seal()]), content_type=BATCH_TYPE, headers=session)
    assert answer.status_code == 500
    assert answer.get_json()["error"]["code"] == "server.fault"
    assert "secret" not in answer.get_data(as_text=True)


class TestFullDisk:
    def deliver(self, study: Study, items: list[Item], device: FieldDevice) -> tuple[int, str]:
        client = study.client()
        session = device.open_session(client)
        answer = client.post("/sync/batch", data=batch(items), content_type=BATCH_TYPE, headers=session)
        return answer.status_code, answer.get_json()["error"]["code"]

    def test_a_delivery_that_would_leave_too_little_is_not_begun(
        self, central: Study, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        device = FieldDevice(central)
        item = device.seal(b"x" * 70_000)
        free = len(item.cover) + len(item.body) - 1
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=free, f_frsize=1))
        assert self.deliver(central, [item], device) == (507, "storage.full")
        assert central.rows(ItemRow) == []
        assert blob_files(central) == []

    def test_a_disk_that_fills_up_while_a_blob_is_written(
        self, central: Study, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        device = FieldDevice(central)

        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "no space")

        monkeypatch.setattr(blobs_module.os, "fsync", full)
        assert self.deliver(central, [device.seal(), device.seal(b"x" * 70_000)], device) == (507, "storage.full")
        monkeypatch.undo()
        assert central.rows(ItemRow) == []
        assert blob_files(central) == []

    def test_a_database_that_may_not_grow(self, central: Study) -> None:
        """SQLite's own limit gives the same error as a full disk: SQLITE_FULL."""
        device = FieldDevice(central)
        central.introduce(device)
        first = device.seal()
        central.intake.receive(device.carrier, [first])

        def limit(connection: object, pages: int) -> None:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

        with central.place.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        central.run(lambda connection: limit(connection, pages))
        items = [device.seal(b"x" * 40_000) for _ in range(20)]
        assert self.deliver(central, items, device) == (507, "storage.full")
        central.run(lambda connection: limit(connection, 2**30))
        assert [row.hash for row in central.rows(ItemRow)] == [first.hash]
        assert [answer.state for answer in central.intake.receive(device.carrier, items)] == ["held"] * 20


def blob_files(study: Study) -> list[Path]:
    return [path for path in study.settings.blobs.rglob("*") if path.is_file()]


def test_quotas_of_unknown_and_revoked_devices(tmp_path: Path) -> None:
    study = Study.central(tmp_path / "c", unknown_device_bytes=20_000, unknown_devices_bytes=30_000)
    try:
        one, two, three = (FieldDevice(study) for _ in range(3))
        answers = [study.intake.receive(one.carrier, [one.seal(b"x" * 9_000)])[0] for _ in range(2)]
        assert [(answer.state, answer.code) for answer in answers] == [
            ("waiting", None),
            ("refused", "intake.quota.device"),
        ]
        assert study.intake.receive(two.carrier, [two.seal(b"x" * 9_000)])[0].state == "waiting"
        assert study.intake.receive(three.carrier, [three.seal(b"x" * 9_000)])[0].code == "intake.quota.waiting"
        study.introduce(one)
        assert study.intake.receive(one.carrier, [one.seal(b"x" * 9_000)])[0].state == "held"
        assert study.intake.receive(three.carrier, [three.seal(b"x" * 9_000)])[0].state == "waiting"
        study.revoke(one)
        states = [study.intake.receive(one.carrier, [one.seal(b"x" * 9_000)])[0].state for _ in range(2)]
        assert states == ["quarantined", "refused"]
    finally:
        study.close()


@pytest.mark.parametrize("role", ["central", "node"])
def test_the_shortcut_answers_as_the_view_does(central: Study, node: Study, role: str) -> None:
    """The first batch goes the long way, the later ones the short one; only what is plain and permitted does."""
    study = central if role == "central" else node
    device = FieldDevice(study)
    client = study.client()
    session = device.open_session(client)
    origin = {"Origin": node.settings.app_origin}
    good = batch([device.seal()])
    cases: list[tuple[bytes, dict[str, str], str]] = [
        (good, session, BATCH_TYPE),
        (good, {**session, **origin}, BATCH_TYPE),
        (good, {**session, "Origin": "http://evil.example"}, BATCH_TYPE),
        (good[:-1], session, BATCH_TYPE),
        (b"", session, BATCH_TYPE),
        (good, {}, BATCH_TYPE),
        (good, {"Authorization": "Bearer made-up"}, BATCH_TYPE),
        (good, session, "text/plain"),
        (b"x" * (Limits().batch_bytes + 1), session, BATCH_TYPE),
    ]

    def ask(data: bytes, headers: dict[str, str], kind: str) -> tuple[int, object, list[tuple[str, str]]]:
        answer = client.post("/sync/batch", data=data, headers=headers, content_type=kind)
        return answer.status_code, answer.get_json(), sorted(answer.headers)

    ask(*cases[0])
    packed = study.app.wsgi_app
    assert isinstance(packed, Packed)
    short = packed._application
    assert isinstance(short, Shortcut)
    long = short._application
    study.app.wsgi_app = long  # type: ignore[method-assign]
    by_the_view = [ask(*case) for case in cases]
    study.app.wsgi_app = short  # type: ignore[method-assign]
    ask(*cases[1])
    assert [ask(*case) for case in cases] == by_the_view
    assert set(short._headers) == ({None, node.settings.app_origin} if role == "node" else {None})


def test_every_route_of_the_protocol_asks_for_a_session(central: Study, node: Study) -> None:
    for study in (central, node):
        client: FlaskClient = study.client()
        asked = 0
        for rule in study.app.url_map.iter_rules():
            if not rule.rule.startswith("/sync"):
                continue
            path = rule.rule.replace("<string(length=64):item_hash>", "a" * 64)
            path = path.replace("<string(length=64):name>", "a" * 64)
            assert "<" not in path
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                if rule.endpoint in {
                    "sync_opening.greet",
                    "sync_opening.hello",
                    "sync_entering.enrol",
                    "sync_entering.recover",
                    "sync_entering.join",
                }:
                    continue
                for headers in ({}, {"Authorization": "Bearer made-up"}, {"Authorization": "Basic eDp5"}):
                    answer = client.open(path, method=method, headers=headers)
                    assert answer.status_code == 401, (method, path)
                asked += 1
        assert asked >= 9


def test_a_session_of_another_place_is_none(central: Study, node: Study) -> None:
    device = FieldDevice(node)
    session = device.open_session(node.client())
    assert central.client().get("/sync/durable", headers=session).status_code == 401


def test_hello_is_for_one_place_once_and_by_its_own_key(central: Study, node: Study) -> None:
    device = FieldDevice(central)
    client = central.client()
    greeting = client.get("/sync/hello").get_json()

    def say(hello: dict[str, object]) -> tuple[int, str | None]:
        answer = client.post("/sync/hello", json={"hello": hello, "relayed": []})
        said = answer.get_json()
        return answer.status_code, said["error"]["code"] if "error" in said else None

    elsewhere = device.hello(node.place.id, greeting["challenge"])
    assert say(elsewhere) == (403, "hello.place")
    forged = {**device.hello("central", greeting["challenge"]), "key": FieldDevice().hello("x", "y")["key"]}
    assert say(forged) == (400, "envelope.signature.wrong")
    assert say(device.hello("central", "made-up")) == (409, "hello.challenge")
    good = device.hello("central", greeting["challenge"])
    assert say(good) == (200, None)
    assert say(good) == (409, "hello.challenge")
    stranger = FieldDevice()
    stranger.study = "another"
    assert say(stranger.hello("central", greeting["challenge"])) == (403, "hello.study")
    # Another process remembers nothing of what was used: it takes none of the earlier one's challenges.
    challenge = client.get("/sync/hello").get_json()["challenge"]
    restarted = Study(central.settings, central.central_key)
    try:
        late = {"hello": device.hello("central", challenge), "relayed": []}
        assert restarted.client().post("/sync/hello", json=late).get_json()["error"]["code"] == "hello.challenge"
    finally:
        restarted.close()
