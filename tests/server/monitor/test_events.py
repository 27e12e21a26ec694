"""Every change of an item's state leaves an event, written with it; the journey tells them in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Table, delete, update
from sqlalchemy.exc import IntegrityError

from server.cli import feldbuch
from server.services.collect.changes import change_forward
from server.services.collect.pruning import prune
from server.services.collect.receipts import ITEMS
from server.services.collect.rounds import run_round
from server.services.collect.settling import Decision, Wish, settle
from server.services.monitor.events import read_journey
from server.settings import write_settings
from server.storage.events import EVENTS, Event
from server.storage.items import Delivery, Item, ReceiptRow
from sync.envelope.item import Item as SealedItem
from tests.field import FieldDevice, Study
from tests.server.collect.pruned import confirmed_twice, taken_back
from tests.watched import replay


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Study]:
    study = Study.central(tmp_path / "central")
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    central.admit(study)
    yield study
    study.close()


def changes(study: Study) -> list[tuple[str, str, str]]:
    return [(row.track, row.before, row.after) for row in study.rows(Event)]


def test_what_waited_and_is_released_has_an_event_and_what_arrived_has_none(central: Study) -> None:
    device = FieldDevice(central)
    central.intake.receive(device.carrier, [device.seal(instance="uuid:1"), device.seal(instance="uuid:1")])
    assert changes(central) == []
    central.introduce(device)
    assert changes(central) == [("state", "waiting", "held"), ("state", "waiting", "conflict")]
    lines = [(each.what, each.before, each.after) for each in read_journey(central.place, "uuid:1")]
    assert lines[:2] == [("finished", None, None)] * 2
    assert lines[2:] == [
        ("arrived", None, "waiting"),
        ("arrived", None, "waiting"),
        ("state", "waiting", "held"),
        ("state", "waiting", "conflict"),
    ]


def test_a_node_tells_how_far_central_had_an_item_and_when(central: Study, node: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    item = device.seal(instance="uuid:1")
    node.intake.receive(device.carrier, [item])
    for _ in range(2):  # the second round changes nothing, so it adds nothing
        assert run_round(node.place, central.transport()).problem is None
    told = changes(node)
    assert ("state", "waiting", "held") in told
    assert [each for each in told if each[0] == "forward"] == [("forward", "queued", "receipted")]
    assert all(row.item_hash == item.hash for row in node.rows(Event))
    # Every change there is: from the first to the last state without a gap.
    (row,) = node.rows(Item)
    assert (row.state, row.forward) == ("held", "receipted")
    write_settings(node.settings)
    done = CliRunner().invoke(feldbuch, ["journey", "uuid:1", "--place", str(node.settings.place), "--json"])
    assert done.exit_code == 0, done.output
    assert {each["what"] for each in json.loads(done.output)} == {"finished", "arrived", "state", "forward"}
    plain = CliRunner().invoke(feldbuch, ["journey", "uuid:1", "--place", str(node.settings.place)])
    assert "at central: queued -> receipted" in plain.output


def test_a_change_that_fails_leaves_no_event(node: Study, central: Study) -> None:
    device = FieldDevice(central)
    node.intake.receive(device.carrier, [device.seal()])

    def broken(connection) -> None:
        change_forward(connection, Item.forward == "queued", "receipted", None, node.place.now())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        node.run(broken)
    assert changes(node) == []
    assert [row.forward for row in node.rows(Item)] == ["queued"]


def test_the_only_updates_of_items_stand_in_one_place() -> None:
    """``tests.watched`` sees what tests do; this sees what none of them does. A note on bundles is no change."""
    services = Path(__file__).resolve().parents[3] / "server"
    updates = re.compile(r"update\((?:ITEMS|_ITEMS|Item|ItemRow)\)|UPDATE item", re.IGNORECASE)
    found = {each.name for each in services.rglob("*.py") if updates.search(each.read_text("utf-8"))}
    assert found == {"changes.py", "outward.py"}


def test_a_change_without_its_event_ends_the_transaction(node: Study, central: Study) -> None:
    """That the tests' databases watch themselves, since what follows rests on it."""
    device = FieldDevice(central)
    node.intake.receive(device.carrier, [device.seal()])
    for values in ({"state": "held"}, {"forward": "receipted"}, {"pruned_at": node.place.now()}):
        with pytest.raises(IntegrityError, match="without its event"):
            node.run(lambda connection, values=values: connection.execute(update(ITEMS).values(values)) and None)
    assert changes(node) == []


def test_every_way_by_which_an_item_changes_is_an_event(central: Study, node: Study) -> None:
    central.admit(node)
    known, other, late, thief = (FieldDevice(central) for _ in range(4))
    for each in (known, other):
        central.introduce(each)
    for each in (node, central):
        client = each.client()
        for device in (known, other, late, thief):
            device.open_session(client)

    def rounds(*devices: FieldDevice, items: list[SealedItem]) -> None:
        for device, item in zip(devices, items, strict=True):
            node.intake.receive(device.carrier, [item])
        assert run_round(node.place, central.transport()).problem is None

    def decide(item: SealedItem, decision: Decision) -> None:
        wish = Wish(item.hash, decision, "asked her", "anna")
        central.run(lambda connection: settle(connection, central.book, wish, central.place.now()))
        assert run_round(node.place, central.transport()).problem is None

    # What the node does not know yet waits, and is released by the feed: held, a conflict, and one that was revoked.
    central.revoke(thief)
    first, second = known.seal(b"one", instance="uuid:1"), other.seal(b"two", instance="uuid:1")
    unknown = [late.seal(each, instance="uuid:2") for each in (b"four", b"five")]
    stolen = thief.seal(instance="uuid:3")
    rounds(known, other, thief, late, late, items=[first, second, stolen, *unknown])
    central.introduce(late)
    assert run_round(node.place, central.transport()).problem is None
    # Settled at central, and the node follows.
    decide(second, "held")
    decide(first, "held")
    decide(stolen, "aside")
    decide(unknown[1], "aside")
    # Safe, so its bytes go; central loses it and its word on it, wants it back, and the tablet brings it.
    confirmed_twice(central, node)
    assert prune(node.place).items == 5
    assert replay(central.place.engine) == {
        ("state", "waiting", "held"),
        ("state", "waiting", "conflict"),
        ("state", "conflict", "held"),
        ("state", "held", "aside"),
        ("state", "aside", "held"),
        ("state", "quarantined", "aside"),
        ("state", "conflict", "aside"),
    }
    taken_back(central, kept=4)
    for _ in range(2):
        assert run_round(node.place, central.transport()).problem is None
    rounds(late, items=[unknown[1]])
    # Central compares and lacks one that is whole here.
    fresh = known.seal(b"six")
    rounds(known, items=[fresh])
    forget(central, fresh.hash)
    assert run_round(node.place, central.transport(), reconcile=True).problem is None
    assert replay(node.place.engine) == {
        ("state", "waiting", "held"),
        ("state", "waiting", "conflict"),
        ("state", "waiting", "quarantined"),
        ("state", "conflict", "held"),
        ("state", "quarantined", "held"),
        ("forward", "queued", "receipted"),
        ("forward", "queued", "sent"),
        ("forward", "sent", "receipted"),
        ("forward", "receipted", "queued"),
        ("forward", "queued", "set_aside"),
        ("forward", "set_aside", "queued"),
        ("bytes", "kept", "pruned"),
        ("bytes", "pruned", "kept"),
    }
    told = {each.what: each for each in read_journey(central.place, "uuid:3")}
    assert (told["settled"].by, told["settled"].after) == ("anna", "aside")


def forget(study: Study, item_hash: str) -> None:
    """As if an item had never come."""

    def operation(connection: Connection) -> None:
        for table, column in ((ReceiptRow, "item_hash"), (Delivery, "item_hash"), (Item, "hash")):
            columns = cast("Table", table.__table__)
            connection.execute(delete(columns).where(columns.c[column] == item_hash))

    study.run(operation)


def test_events_hold_no_content() -> None:
    assert {column.name for column in EVENTS.columns} == {"id", "item_hash", "track", "before", "after", "code", "at"}


def test_a_clock_that_was_put_back_changes_no_order(central: Study) -> None:
    device = FieldDevice(central)
    item = device.seal(instance="uuid:1")
    central.intake.receive(device.carrier, [item])
    start = central.place.now()
    object.__setattr__(central.place, "now", lambda: start - timedelta(days=400))
    central.introduce(device)
    lines = [(each.what, each.after) for each in read_journey(central.place, "uuid:1")]
    assert lines == [("finished", None), ("arrived", "waiting"), ("state", "held")]
