"""A node between two lives of central: what it hands on no more, and what it takes again from those who have it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from server.services.collect.handover import Handover
from server.services.collect.mirror import Mirror
from server.services.collect.offers import Offers
from server.services.collect.pruning import prune
from server.services.collect.rounds import run_round
from server.services.operate.status import read_status
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.envelope.item import Item
from sync.errors import SyncError
from tests.field import STUDY, FieldDevice, Study
from tests.handover_files import handover_file
from tests.server.collect.pruned import bytes_of, confirmed_twice, epochs, promises_kept, taken_back
from tests.server.collect.sending import Sender

HUGE = b"x" * 1_000_000


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


def delivered(central: Study, node: Study, device: FieldDevice) -> list[Item]:
    """A record, a photo and a recording, which a node has passed on."""
    items = [
        device.seal(instance="uuid:1"),
        device.seal(b"y" * 70_000, instance="uuid:1", part="a1"),
        device.seal(HUGE, instance="uuid:1", part="a2"),
    ]
    run_round(node.place, central.transport())
    node.intake.receive(device.carrier, items)
    run_round(node.place, central.transport())
    return items


def broken(*_: object) -> None:
    raise SyncError("sync.unreachable")


def test_receipts_of_an_epoch_that_is_over_are_not_handed_on(
    central: Study, joined: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A tablet may know neither the new epoch nor its mark: by such a receipt it would delete the last copy.
    items = delivered(central, joined, device)
    client = joined.client()
    session = device.open_session(client)
    receipts = client.get("/sync/receipts?after=0&limit=100", headers=session).get_json()
    assert len(receipts["receipts"]) == 3
    taken_back(central, 1)
    transport = central.transport()
    over, new = epochs(central)
    # The line breaks right after the hello: the node knows that there is a new epoch, and nothing of it yet.
    monkeypatch.setattr(transport, "offer", broken)
    assert run_round(joined.place, transport).problem == "sync.unreachable"
    assert {row.epoch for row in joined.rows(ReceiptRow)} == {over}
    assert client.get("/sync/receipts?after=0&limit=100", headers=session).get_json()["receipts"] == []
    offered = [(row.instance, row.part, row.hash) for row in joined.rows(ItemRow)]
    assert Offers(joined.place).answer(device.carrier, offered) == [("have", None)] * 3
    answers = device.deliver(client, session, items[:2])
    assert [(each["state"], each["receipt"]) for each in answers] == [("held", None)] * 2
    answer = client.get(f"/sync/files/{items[2].hash}/answer", headers=session).get_json()
    assert (answer["state"], answer["receipt"]) == ("held", None)

    run_round(joined.place, central.transport())
    page = client.get("/sync/receipts?after=0&limit=100", headers=session).get_json()
    assert [each["epoch"] for each in page["receipts"]] == [new] * 3
    assert [json.loads(found or b"")["epoch"] for _, found in Offers(joined.place).answer(device.carrier, offered)] == [
        new
    ] * 3


def by_batch(node: Study, device: FieldDevice, items: list[Item], folder: Path) -> None:
    client = node.client()
    session = device.open_session(client)
    for some in (items[:2], items[2:]):
        assert {each["state"] for each in device.deliver(client, session, some)} == {"held"}


def by_tus(node: Study, device: FieldDevice, items: list[Item], folder: Path) -> None:
    for item in items:
        sender = Sender(node, device, item)
        assert sender.create().status_code == 201
        assert sender.offset() == 0
        assert sender.rest().status_code == 204


def by_file(node: Study, device: FieldDevice, items: list[Item], folder: Path) -> None:
    file = folder / "tablet.feldbuch"
    file.write_bytes(handover_file(items, STUDY, device.id, "2026-03-01T10:00:00Z"))
    Handover(node.place, node.intake).take_in(file)


@pytest.mark.parametrize("bring", [by_batch, by_tus, by_file])
def test_what_central_has_lost_is_taken_again_from_whoever_has_it(
    bring: Callable[[Study, FieldDevice, list[Item], Path], None],
    central: Study,
    joined: Study,
    device: FieldDevice,
    tmp_path: Path,
) -> None:
    items = delivered(central, joined, device)
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 3
    taken_back(central, 0)
    assert read_status(joined.place)["pruned_unconfirmed"] == 0
    assert run_round(joined.place, central.transport()).alarm == "item.gone"
    assert read_status(joined.place)["pruned_unconfirmed"] == 3

    offered = [(row.instance, row.part, row.hash) for row in joined.rows(ItemRow)]
    assert [word for word, _ in Offers(joined.place).answer(device.carrier, offered)] == ["want"] * 3
    bring(joined, device, items, tmp_path)
    assert bytes_of(joined) == {each.hash: each.body for each in items}
    promises_kept(joined)
    assert [word for word, _ in Offers(joined.place).answer(device.carrier, offered)] == ["have"] * 3

    report = run_round(joined.place, central.transport())
    assert (report.alarm, report.gone) == (None, ())
    assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in items}
    assert read_status(joined.place)["forward"] == {"queued": 0, "sent": 0, "receipted": 3, "set_aside": 0}
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 3


def test_a_comparison_shows_a_tablet_what_is_wanted_back(central: Study, joined: Study, device: FieldDevice) -> None:
    items = delivered(central, joined, device)
    confirmed_twice(central, joined)
    prune(joined.place)
    assert held(joined, device) == 3
    taken_back(central, 1)
    run_round(joined.place, central.transport())
    assert held(joined, device) == 1
    joined.intake.receive(device.carrier, items)
    assert held(joined, device) == 3


def held(node: Study, device: FieldDevice) -> int:
    return Mirror(node.place).parts(device.carrier, [""])[0].count


def test_a_file_under_the_name_of_a_tombstone_does_not_make_a_loss_a_gap(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = delivered(central, joined, device)
    confirmed_twice(central, joined)
    prune(joined.place)
    joined.intake.receive(device.carrier, items)
    assert joined.place.blobs.exists(joined.rows(ItemRow)[1].body_hash)
    taken_back(central, 1)
    report = run_round(joined.place, central.transport(), reconcile=True)
    assert report.reconciled is not None
    assert sorted(each.kind for each in report.reconciled.found) == ["lost", "lost"]
    assert len(report.gone) == 2
