"""A carrier that holds a receipt which central does not know: central was taken back by hand, and numbers anew."""

from __future__ import annotations

from typing import Any

from server.services.collect.epochs import FOREIGN_AT_MOST
from server.services.collect.receipts import receipts_of_items
from server.storage.items import Epoch, ReceiptRow
from sync.carrier import ReceiptPosition
from sync.envelope.signed import Receipt
from tests.field import FieldDevice, Study


def say_hello(central: Study, device: FieldDevice, highest: ReceiptPosition | None) -> dict[str, Any]:
    client = central.client()
    greeting = client.get("/sync/hello").get_json()
    hello = device.hello(greeting["id"], greeting["challenge"], highest=highest)
    answer: dict[str, Any] = client.post("/sync/hello", json={"hello": hello, "relayed": []}).get_json()
    return answer


def test_a_receipt_that_central_gave_changes_nothing(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    central.intake.receive(device.carrier, [device.seal(), device.seal()])
    epoch = central.rows(Epoch)[0].epoch
    for highest in (None, ReceiptPosition(epoch, 1), ReceiptPosition(epoch, 2)):
        assert say_hello(central, device, highest)["epoch"] == epoch
    assert len(central.rows(Epoch)) == 1


def test_a_number_that_was_never_given_starts_a_new_epoch_once(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    items = [device.seal(), device.seal()]
    central.intake.receive(device.carrier, items)
    before = central.rows(Epoch)[0].epoch
    lost = ReceiptPosition(before, 3)
    epoch = say_hello(central, device, lost)["epoch"]
    assert epoch != before
    assert say_hello(central, device, lost)["epoch"] == epoch
    assert [row.reason for row in central.rows(Epoch)] == ["init", "receipt unknown"]
    # What is held has a receipt of the new epoch, which central's key signed.
    with central.place.engine.connect() as connection:
        newest = receipts_of_items(connection, [each.hash for each in items])
    read = [Receipt.read(newest[each.hash], central.central_key.public_key()) for each in items]
    assert [(each.epoch, each.seq, each.state) for each in read] == [(epoch, 1, "held"), (epoch, 2, "held")]
    assert len(central.rows(ReceiptRow)) == 4


def test_an_epoch_of_another_life_starts_a_new_one_once(central: Study) -> None:
    """Central was restored, and then an older database was copied over it by hand."""
    device = FieldDevice(central)
    central.introduce(device)
    foreign = ReceiptPosition("f" * 32, 1)
    epoch = say_hello(central, device, foreign)["epoch"]
    assert epoch not in (central.rows(Epoch)[0].epoch, "f" * 32)
    assert say_hello(central, device, foreign)["epoch"] == epoch
    assert [row.epoch for row in central.rows(Epoch)][-1] == epoch


def test_a_stranger_starts_nothing_and_nobody_does_so_for_ever(central: Study) -> None:
    stranger = FieldDevice(central)
    say_hello(central, stranger, ReceiptPosition("f" * 32, 1))
    assert len(central.rows(Epoch)) == 1
    device = FieldDevice(central)
    central.introduce(device)
    for number in range(FOREIGN_AT_MOST + 3):
        say_hello(central, device, ReceiptPosition(f"{number:032x}", 1))
    assert len(central.rows(Epoch)) == 1 + 2 * FOREIGN_AT_MOST
