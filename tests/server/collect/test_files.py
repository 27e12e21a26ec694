"""Large items by tus: resumed after a broken connection or a restart, checked as a whole, never half an item."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server.services.collect.uploads import Uploads
from server.storage.items import Item as ItemRow
from server.storage.items import Upload
from sync.envelope.item import Item
from sync.envelope.seal import seal_body
from tests.field import FieldDevice, Study
from tests.server.collect.sending import MIB, Sender, code


def code_of(answer: TestResponse) -> str | None:
    return None if answer.status_code == 201 else code(answer)


@pytest.fixture
def device(central: Study) -> FieldDevice:
    device = FieldDevice(central)
    central.introduce(device)
    return device


def test_a_large_item_is_resumed_after_a_restart(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * (2 * MIB + 1000), part="a1")
    sender = Sender(central, device, item)
    created = sender.create()
    assert (created.status_code, created.headers["Location"]) == (201, sender.path)
    assert sender.patch(0, item.body[:MIB]).headers["Upload-Offset"] == str(MIB)
    central.close()
    again = Study(central.settings, central.central_key)
    try:
        sender = Sender(again, device, item)
        assert sender.create().status_code == 201
        assert sender.offset() == MIB
        assert code(sender.answer()) == "upload.unfinished"
        assert sender.patch(0, b"x").status_code == 409
        done = sender.rest()
        assert (done.status_code, done.headers["Feldbuch-State"]) == (204, "held")
        (row,) = again.rows(ItemRow)
        assert b"".join(again.place.blobs.read(row.body_hash)) == item.body
        assert again.rows(Upload) == []
        assert list(again.settings.spool.iterdir()) == []
        said = sender.answer().get_json()
        assert (said["hash"], said["state"], said["receipt"]["cover_hash"]) == (item.hash, "held", item.hash)
        # Whoever comes again hears that it is there.
        assert sender.create().headers["Feldbuch-State"] == "held"
        assert sender.offset() == len(item.body)
        assert len(again.rows(ItemRow)) == 1
    finally:
        again.close()


def test_a_small_item_by_tus_lies_in_the_row(central: Study, device: FieldDevice) -> None:
    item = device.seal()
    sender = Sender(central, device, item)
    sender.create()
    assert sender.rest().headers["Feldbuch-State"] == "held"
    assert central.rows(ItemRow)[0].body == item.body
    assert list(central.settings.spool.iterdir()) == []


def test_a_wrong_whole_is_answered_460_and_gone(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * 100_000, part="a1")
    sender = Sender(central, device, item)
    sender.create()
    answer = sender.rest(item.body[:-1] + b"?")
    assert (answer.status_code, code(answer)) == (460, "envelope.body.hash")
    assert central.rows(Upload) == []
    assert central.rows(ItemRow) == []
    assert list(central.settings.spool.iterdir()) == []
    assert sender.client.head(sender.path, headers=sender.headers()).status_code == 404
    sender.create()
    assert sender.rest().headers["Feldbuch-State"] == "held"


def test_a_process_that_ended_between_file_and_row_finishes_later(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * 100_000, part="a1")
    sender = Sender(central, device, item)
    sender.create()
    sender.patch(0, item.body[:50_000])
    (spooled,) = central.settings.spool.iterdir()
    spooled.write_bytes(item.body)
    body_hash = central.intake.check_cover(item.cover).body.hash
    central.place.blobs.adopt(body_hash, spooled)
    assert sender.offset() == len(item.body)
    assert sender.answer().get_json()["state"] == "held"
    assert central.rows(Upload) == []


def test_an_upload_belongs_to_its_carrier(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * 100_000, part="a1")
    Sender(central, device, item).create()
    other = FieldDevice(central)
    thief = Sender(central, other, item)
    assert thief.client.head(thief.path, headers=thief.headers()).status_code == 404
    assert code(thief.patch(0, b"x")) == "upload.unknown"


def test_what_is_refused_at_creation(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * 100_000, part="a1")
    sender = Sender(central, device, item)
    assert (sender.create(size=5).status_code, code(sender.create(size=5))) == (400, "envelope.body.size")
    assert code(sender.client.post("/sync/files", headers=sender.session)) == "upload.tus"
    assert sender.client.post("/sync/files", headers=sender.headers(Upload_Length="5")).status_code == 400
    foreign = Sender(central, device, device.seal(study="another"))
    assert code(foreign.create()) == "intake.study"
    cut = Sender(central, device, Item(item.cover[:-1], item.body))
    assert code(cut.create()) == "envelope.cover.not_canonical"
    assert central.rows(Upload) == []


def test_more_bytes_than_the_cover_says_are_refused(central: Study, device: FieldDevice) -> None:
    item = device.seal(b"x" * 100_000, part="a1")
    sender = Sender(central, device, item)
    sender.create()
    assert code(sender.patch(0, item.body + b"x")) == "envelope.body.size"
    assert sender.offset() == 0
    assert sender.patch(0, b"x" * (MIB + 1)).status_code == 413


def test_a_full_disk_leaves_the_upload_where_it_was(
    central: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = device.seal(b"x" * 200_000, part="a1")
    sender = Sender(central, device, item)
    sender.create()
    sender.patch(0, item.body[:100_000])
    written = Path.open

    def full(self: Path, *arguments: Any, **options: Any) -> Any:
        file = written(self, *arguments, **options)
        if arguments == ("ab",):
            monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "no space")))
        return file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        answer = sender.patch(100_000, item.body[100_000:])
    monkeypatch.undo()
    assert (answer.status_code, code(answer)) == (507, "storage.full")
    assert sender.offset() == 100_000
    assert sender.rest().headers["Feldbuch-State"] == "held"


def test_strangers_may_upload_only_so_much(tmp_path: Path) -> None:
    study = Study.central(tmp_path / "c", unknown_device_bytes=150_000, unknown_devices_bytes=250_000)
    try:
        one, two, three = FieldDevice(study), FieldDevice(study), FieldDevice(study)
        assert Sender(study, one, one.seal(b"x" * 100_000)).create().status_code == 201
        assert code(Sender(study, one, one.seal(b"x" * 100_000)).create()) == "intake.quota.device"
        assert Sender(study, two, two.seal(b"x" * 100_000)).create().status_code == 201
        assert code(Sender(study, three, three.seal(b"x" * 100_000)).create()) == "intake.quota.waiting"
    finally:
        study.close()


def test_uploads_of_strangers_cost_what_their_covers_take(tmp_path: Path) -> None:
    """Bodies of a few bytes must not let the table of uploads grow without an end."""
    study = Study.central(tmp_path / "c", unknown_device_bytes=3 * 4200, unknown_devices_bytes=5 * 4200)
    try:
        answers = []
        for _ in range(3):
            stranger = FieldDevice(study)
            answers += [
                code_of(Sender(study, stranger, stranger.seal(b"", part=f"a{each}")).create()) for each in (1, 2, 3, 4)
            ]
        assert answers == [
            *[None, None, None, "intake.quota.device"],
            *[None, None, "intake.quota.waiting", "intake.quota.waiting"],
            *["intake.quota.waiting"] * 4,
        ]
    finally:
        study.close()


def test_what_would_be_refused_when_it_is_whole_is_not_begun(tmp_path: Path) -> None:
    study = Study.central(tmp_path / "c", device_bytes=250_000)
    try:
        device = FieldDevice(study)
        study.introduce(device)
        first = Sender(study, device, device.seal(b"x" * 200_000))
        assert first.create().status_code == 201
        assert first.rest().status_code == 204
        second = Sender(study, device, device.seal(b"x" * 100_000))
        assert code(second.create()) == "intake.quota.device"
        assert first.create().status_code == 201
    finally:
        study.close()


def test_uploads_know_nothing_of_http(central: Study, device: FieldDevice) -> None:
    """The service alone does what the views do."""
    item = device.seal(b"x" * 70_000)
    uploads = Uploads(central.place, central.intake)
    uploads.create(device.carrier, item.cover, len(item.body))
    assert uploads.append(device.carrier, item.hash, 0, item.body[:10]).offset == 10
    progress = uploads.append(device.carrier, item.hash, 10, item.body[10:])
    assert progress.answer is not None
    assert progress.answer.state == "held"


def test_a_cover_that_names_anothers_body_with_another_size_is_not_held(central: Study, device: FieldDevice) -> None:
    """Such a row would never agree with its file: every backup would fail, and nothing would become safe any more."""
    held = device.seal(b"x" * 100_000)
    central.intake.receive(device.carrier, [held])
    stranger = FieldDevice(central)
    sealed, _ = seal_body(b"")
    for size in (len(held.body) + 1, 10):
        claimed = dataclasses.replace(sealed, hash=hashlib.sha256(held.body).hexdigest(), size=size)
        lying = stranger.cover(claimed, b"", stranger.facts(part="a1"))
        sender = Sender(central, stranger, lying)
        assert sender.create(size).status_code == 201
        assert code(sender.answer()) == "upload.unfinished"
        assert sender.patch(0, b"x" * size).status_code == 460
    assert [row.hash for row in central.rows(ItemRow)] == [held.hash]
