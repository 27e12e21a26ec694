"""What a node kept apart follows central's last word: it is held, and may be pruned, once central says so."""

from __future__ import annotations

import pytest

from server.services.collect.keys import node_private_key
from server.services.collect.onward import NodeOutbox
from server.services.collect.pruning import Pruned, prune
from server.services.collect.rounds import run_round
from server.services.collect.settling import Decision, Wish, settle
from server.services.monitor.figures import read_figures
from server.storage.items import Item as ItemRow
from sync.envelope.item import Item
from sync.envelope.signed import Receipt
from sync.ports import VerifiedReceipt
from tests.field import STUDY, FieldDevice, Study
from tests.server.collect.pruned import bytes_of, confirmed_twice


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


@pytest.fixture
def device(central: Study, joined: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    run_round(joined.place, central.transport())
    return made


@pytest.fixture
def two(central: Study, joined: Study, device: FieldDevice) -> tuple[Item, Item]:
    """Two copies of an interview, by the node; the second is a conflict there and at central."""
    first, second = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    joined.intake.receive(device.carrier, [first, second])
    run_round(joined.place, central.transport())
    assert states(joined) == {first.hash: "held", second.hash: "conflict"}
    return first, second


def states(study: Study) -> dict[str, str]:
    return {row.hash: row.state for row in study.rows(ItemRow)}


def decide(central: Study, item: Item, decision: Decision) -> None:
    wish = Wish(item.hash, decision, "asked her", "anna")
    central.run(lambda connection: settle(connection, central.book, wish, central.place.now()))


def keep(node: Study, *receipts: Receipt) -> None:
    outbox = NodeOutbox(node.place, node.feed, node_private_key(node.settings))
    outbox.keep_receipts([VerifiedReceipt(each, each.sign(node.central_key)) for each in receipts], 1)


def said(node: Study, item: Item, state: str, seq: int, epoch: str | None = None) -> Receipt:
    """What central could say of an item."""
    outbox = NodeOutbox(node.place, node.feed, node_private_key(node.settings))
    row = next(row for row in node.rows(ItemRow) if row.hash == item.hash)
    return Receipt(STUDY, row.instance, row.part, row.hash, row.body_hash, state, epoch or outbox.epoch() or "", seq)


@pytest.mark.parametrize("decision", ["held", "aside"])
def test_a_conflict_that_was_settled_is_one_no_more_and_can_be_pruned(
    central: Study, joined: Study, two: tuple[Item, Item], decision: Decision
) -> None:
    first, second = two
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 1
    assert [each is None for each in bytes_of(joined).values()] == [True, False], "nobody has decided yet"
    assert read_figures(joined.place).alarms["conflict"] == 1
    decide(central, second, decision)
    run_round(joined.place, central.transport())
    assert states(joined) == {first.hash: "held", second.hash: "held"}
    assert read_figures(joined.place).alarms["conflict"] == 0
    assert prune(joined.place) == Pruned(), "its new receipt is in no backup yet"
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 1
    assert bytes_of(joined) == {first.hash: None, second.hash: None}


def test_what_was_in_quarantine_and_taken_in_is_so_no_more(central: Study, joined: Study, device: FieldDevice) -> None:
    central.revoke(device)
    run_round(joined.place, central.transport())
    item = device.seal()
    joined.intake.receive(device.carrier, [item])
    run_round(joined.place, central.transport())
    assert states(joined) == {item.hash: "quarantined"}
    decide(central, item, "held")
    run_round(joined.place, central.transport())
    assert [(row.state, row.code) for row in joined.rows(ItemRow)] == [("held", None)]


def test_only_the_last_word_of_the_epoch_in_force_counts(joined: Study, two: tuple[Item, Item]) -> None:
    _, second = two
    keep(joined, said(joined, second, "held", 9, "0" * 32))
    assert states(joined)[second.hash] == "conflict", "of an epoch that is over, however late it comes"
    keep(joined, said(joined, second, "held", 9), said(joined, second, "quarantined", 10))
    assert states(joined)[second.hash] == "conflict"
    keep(joined, said(joined, second, "held", 11))
    assert states(joined)[second.hash] == "held"


def test_what_waits_for_its_tablet_goes_on_waiting(joined: Study, central: Study) -> None:
    stranger = FieldDevice(central)
    item = stranger.seal()
    joined.intake.receive(stranger.carrier, [item])
    run_round(joined.place, central.transport())
    keep(joined, said(joined, item, "held", 9))
    assert states(joined) == {item.hash: "waiting"}
