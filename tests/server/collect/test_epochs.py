"""A carrier that holds a receipt which central does not know: central was taken back by hand, and numbers anew."""

from __future__ import annotations

import json
from typing import Any, cast

from sqlalchemy import Connection, Table, delete

from server.services.collect.counting import highest_receipt
from server.services.collect.epochs import FOREIGN_AT_MOST
from server.services.collect.receipts import receipts_of_items
from server.services.collect.rounds import run_round
from server.storage.items import Epoch, Item, ReceiptRow
from sync.carrier import ReceiptPosition
from sync.envelope.signed import Receipt
from tests.field import FieldDevice, Study
from tests.server.collect.pruned import backed_up


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
    assert [row.reason for row in central.rows(Epoch)] == ["init", "receipt named"]
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


def copied_back(central: Study, keep: int) -> None:
    """An older database was copied over the newer one, by hand: it knows nothing of what came after."""

    def operation(connection: Connection) -> None:
        lost = [row.item_hash for row in central.rows(ReceiptRow)[keep:]]
        for table, column in ((ReceiptRow, "item_hash"), (Item, "hash")):
            columns = cast("Table", table.__table__)
            connection.execute(delete(columns).where(columns.c[column].in_(lost)))

    central.run(operation)


def receipt_of(central: Study, seq: int) -> dict[str, Any]:
    (row,) = [row for row in central.rows(ReceiptRow) if row.seq == seq]
    document: dict[str, Any] = json.loads(row.document)
    return document


def test_a_number_that_was_given_a_second_time_is_noticed_by_the_receipt_itself(central: Study) -> None:
    """Central numbers on after it was taken back, and soon the number alone says nothing any more."""
    device, other = FieldDevice(central), FieldDevice(central)
    central.introduce(device)
    central.introduce(other)
    central.intake.receive(device.carrier, [device.seal(), device.seal(), device.seal()])
    (epoch,) = [row.epoch for row in central.rows(Epoch)]
    shown = receipt_of(central, 3)
    held = ReceiptPosition(epoch, 3, shown)
    assert say_hello(central, device, held)["epoch"] == epoch
    copied_back(central, 1)
    central.intake.receive(other.carrier, [other.seal(), other.seal(), other.seal()])
    assert receipt_of(central, 3)["cover_hash"] != shown["cover_hash"]
    assert say_hello(central, device, ReceiptPosition(epoch, 3))["epoch"] == epoch, "the number alone is known"
    for forged in ({**shown, "cover_hash": "0" * 64}, {**shown, "signature": "A" * 86}, {"seq": 3}, {"deep": [[[]]]}):
        assert say_hello(central, device, ReceiptPosition(epoch, 3, forged))["epoch"] == epoch
    later = say_hello(central, device, held)["epoch"]
    assert later != epoch
    assert say_hello(central, device, held)["epoch"] == later, "once"


def test_a_receipt_that_a_mark_goes_beyond_is_shown_all_the_same(central: Study, node: Study) -> None:
    central.admit(node)
    device = FieldDevice(central)
    central.introduce(device)
    node.intake.receive(device.carrier, [device.seal()])
    run_round(node.place, central.transport())
    backed_up(central, 1)
    central.intake.receive(device.carrier, [device.seal(), device.seal()])
    backed_up(central, 2)
    run_round(node.place, central.transport())
    with node.place.engine.connect() as connection:
        highest = highest_receipt(connection)
    assert highest is not None
    assert highest.seq == 3
    assert highest.receipt == receipt_of(central, 1)
    epoch = central.rows(Epoch)[0].epoch
    copied_back(central, 0)
    central.intake.receive(device.carrier, [device.seal() for _ in range(5)])
    assert run_round(node.place, central.transport()).problem is None
    assert [row.epoch == epoch for row in central.rows(Epoch)] == [True, False]
    run_round(node.place, central.transport())
    assert len(central.rows(Item)) == 6, "what was lost has come again"


def test_who_only_names_numbers_costs_central_no_more_than_a_few_epochs(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    for _ in range(FOREIGN_AT_MOST + 3):
        say_hello(central, device, ReceiptPosition(central.rows(Epoch)[-1].epoch, 10**9))
    assert len(central.rows(Epoch)) == 1 + FOREIGN_AT_MOST


def test_a_stranger_starts_nothing_and_nobody_does_so_for_ever(central: Study) -> None:
    stranger = FieldDevice(central)
    say_hello(central, stranger, ReceiptPosition("f" * 32, 1))
    assert len(central.rows(Epoch)) == 1
    device = FieldDevice(central)
    central.introduce(device)
    for number in range(FOREIGN_AT_MOST + 3):
        say_hello(central, device, ReceiptPosition(f"{number:032x}", 1))
    assert len(central.rows(Epoch)) == 1 + 2 * FOREIGN_AT_MOST
