"""A person at central settles what is kept apart: receipts, exports, ledger, and that nothing goes."""

from __future__ import annotations

from typing import Any

import pytest

from server.errors.error import CodedError
from server.services.collect.epochs import begin_epoch
from server.services.collect.receipts import receipts_of_items
from server.services.collect.rounds import run_round
from server.services.collect.settling import Decision, Settled, Wish, settle
from server.services.collect.siblings import PART_OF_ASIDE
from server.services.monitor.apart import CONFLICT, count_apart, read_apart
from server.services.monitor.ledger import read_ledger
from server.storage.items import Item, ReceiptRow
from server.storage.settlements import Settlement
from sync.envelope.cover import cover_hash
from sync.envelope.encoding import parse_canonical
from sync.envelope.item import Item as SealedItem
from tests.field import FieldDevice, Study


def decide(study: Study, item: str | SealedItem, decision: Decision = "held", reason: str = "asked her") -> Settled:
    name = item if isinstance(item, str) else cover_hash(item.cover)[:12]
    wish = Wish(name, decision, reason, "anna")
    settled: Settled = study.run(lambda connection: settle(connection, study.book, wish, study.place.now()))
    return settled


def states(study: Study) -> dict[str, str]:
    return {row.hash: row.state for row in study.rows(Item)}


def told(study: Study, item: SealedItem) -> str:
    """What central's newest receipt for the item says."""
    name = cover_hash(item.cover)
    with study.place.engine.connect() as connection:
        document: Any = parse_canonical(receipts_of_items(connection, [name])[name], "receipt.field")
    return str(document["state"])


@pytest.fixture
def two(central: Study) -> tuple[FieldDevice, SealedItem, SealedItem]:
    """Two different records of one instance: the first counts, the second is a conflict."""
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    first, second = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    answers = device.deliver(client, device.open_session(client), [first, second])
    assert [each["state"] for each in answers] == ["held", "conflict"]
    return device, first, second


def test_the_other_copy_is_used_and_the_first_is_kept_aside(
    central: Study, two: tuple[FieldDevice, SealedItem, SealedItem]
) -> None:
    device, first, second = two
    with central.place.engine.connect() as connection:
        (line,) = read_apart(connection)
    assert (line.hash, line.code) == (cover_hash(second.cover), CONFLICT)
    assert [(each.hash, each.state, each.number) for each in line.rivals] == [(cover_hash(first.cover), "held", 1)]
    assert told(central, second) == "conflict"
    settled = decide(central, second)
    assert settled == Settled((cover_hash(second.cover),), (cover_hash(first.cover),))
    assert states(central) == {cover_hash(first.cover): "aside", cover_hash(second.cover): "held"}
    assert told(central, second) == "held", "its tablet is told"
    assert told(central, first) == "held", "that central holds it stays true"
    assert [row.seq for row in central.rows(ReceiptRow)] == [1, 2, 3], "one new receipt, and no second for the first"
    with central.place.engine.connect() as connection:
        assert count_apart(connection) == 0
        (aside,) = read_apart(connection, aside=True)
    assert aside.decided is not None
    assert (aside.decided.reason, aside.decided.by, aside.decided.before) == ("asked her", "anna", "held")
    # The same again changes nothing, and a carrier hears of no state that it does not know.
    client = central.client()
    answers = device.deliver(client, device.open_session(client), [first, second])
    assert [each["state"] for each in answers] == ["held", "held"]
    # And it can be taken back.
    assert decide(central, first).gave_way == (cover_hash(second.cover),)
    assert states(central) == {cover_hash(first.cover): "held", cover_hash(second.cover): "aside"}
    assert len(central.rows(Settlement)) == 4
    assert all(row.body for row in central.rows(Item)), "nothing is deleted"


def test_a_conflict_is_set_aside_with_what_came_with_it(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client)
    parts = ["record", "a1"]
    first = [device.seal(b"one" + part.encode(), instance="uuid:1", part=part) for part in parts]
    second = [device.seal(b"two" + part.encode(), instance="uuid:1", part=part) for part in parts]
    device.deliver(client, session, [*first, *second])
    before = read_ledger(central.place).total
    assert (before.central, before.conflict) == (1, 1)
    settled = decide(central, second[0], "aside")
    assert set(settled.items) == {cover_hash(each.cover) for each in second}
    assert settled.gave_way == ()
    after = read_ledger(central.place).total
    assert (after.central, after.conflict, after.aside, after.waiting) == (1, 0, 0, 0)


@pytest.fixture
def rivals(central: Study) -> tuple[list[SealedItem], list[SealedItem], FieldDevice, FieldDevice]:
    """A record with a1 and a2 of one tablet; a record of the same instance with a1 and a3 of another one."""
    devices = FieldDevice(central), FieldDevice(central)
    found = []
    for device, files in zip(devices, (["a1", "a2"], ["a1", "a3"]), strict=True):
        central.introduce(device)
        found.append([device.seal(instance="uuid:1", part=part) for part in ("record", *files)])
        client = central.client()
        device.deliver(client, device.open_session(client), found[-1])
    return found[0], found[1], *devices


def named(central: Study, first: list[SealedItem], second: list[SealedItem]) -> list[list[str]]:
    now = states(central)
    return [[now[cover_hash(item.cover)] for item in items] for items in (first, second)]


def test_the_files_of_the_record_that_gave_way_count_no_longer(
    central: Study, rivals: tuple[list[SealedItem], list[SealedItem], FieldDevice, FieldDevice]
) -> None:
    first, second, _, _ = rivals
    assert named(central, first, second) == [["held"] * 3, ["conflict", "conflict", "held"]]
    settled = decide(central, second[0])
    assert set(settled.gave_way) == {cover_hash(each.cover) for each in first}
    assert named(central, first, second) == [["aside"] * 3, ["held"] * 3]
    assert all(told(central, each) == "held" for each in [*first, *second])
    assert set(decide(central, first[0]).gave_way) == {cover_hash(each.cover) for each in second}
    assert named(central, first, second) == [["held"] * 3, ["aside"] * 3], "and all of it can be taken back"


def test_what_counted_of_a_record_that_is_set_aside_is_so_too(
    central: Study, rivals: tuple[list[SealedItem], list[SealedItem], FieldDevice, FieldDevice]
) -> None:
    first, second, _, _ = rivals
    settled = decide(central, second[0], "aside")
    assert set(settled.items) == {cover_hash(each.cover) for each in second}, "a3, whose name was free, among them"
    assert named(central, first, second) == [["held"] * 3, ["aside"] * 3]


def test_a_file_that_comes_after_its_record_was_set_aside_does_not_count(
    central: Study, rivals: tuple[list[SealedItem], list[SealedItem], FieldDevice, FieldDevice]
) -> None:
    first, second, loser, winner = rivals
    decide(central, second[0])
    client = central.client()
    late, wanted = loser.seal(instance="uuid:1", part="a9"), winner.seal(instance="uuid:1", part="a9")
    answers = loser.deliver(client, loser.open_session(client), [late])
    answers += winner.deliver(client, winner.open_session(client), [wanted])
    assert [(each["state"], each["code"]) for each in answers] == [("held", None)] * 2, "its tablet need not keep it"
    assert named(central, [*first, late], [*second, wanted]) == [["aside"] * 4, ["held"] * 4]
    assert told(central, late) == "held"
    with central.place.engine.connect() as connection:
        lines = {line.hash: line for line in read_apart(connection, aside=True)}
    assert lines[cover_hash(late.cover)].code == PART_OF_ASIDE
    assert set(decide(central, first[0]).items) == {cover_hash(each.cover) for each in [*first, late]}
    assert named(central, [*first, late], [*second, wanted]) == [["held"] * 4, ["aside"] * 4]


def test_a_file_of_one_that_has_both_kinds_of_records_waits_for_a_person(
    central: Study, two: tuple[FieldDevice, SealedItem, SealedItem]
) -> None:
    device, _, second = two
    decide(central, second)
    client = central.client()
    late = device.seal(instance="uuid:1", part="a1")
    for _ in range(2):
        (answer,) = device.deliver(client, device.open_session(client), [late])
        assert (answer["state"], answer["code"]) == ("conflict", None)
    with central.place.engine.connect() as connection:
        (line,) = read_apart(connection)
    assert (line.hash, line.code) == (cover_hash(late.cover), PART_OF_ASIDE)
    decide(central, late)
    assert states(central)[cover_hash(late.cover)] == "held"


def test_a_carrier_hears_over_tus_too_that_what_is_aside_is_held(
    central: Study, two: tuple[FieldDevice, SealedItem, SealedItem]
) -> None:
    device, first, second = two
    decide(central, second)
    client = central.client()
    head = {**device.open_session(client), "Tus-Resumable": "1.0.0"}
    answer = client.head(f"/sync/files/{cover_hash(first.cover)}", headers=head)
    assert (answer.status_code, answer.headers["Feldbuch-State"]) == (200, "held")
    whole = client.get(f"/sync/files/{cover_hash(first.cover)}/answer", headers=head)
    assert whole.get_json()["state"] == "held"


def test_what_a_revoked_tablet_brought_is_used_or_set_aside(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client)
    central.revoke(device)
    used, aside = device.seal(b"one"), device.seal(b"two")
    answers = device.deliver(client, session, [used, aside])
    assert [each["code"] for each in answers] == ["device.revoked", "device.revoked"]
    assert read_ledger(central.place).total.quarantined == 2
    decide(central, used)
    decide(central, aside, "aside", reason="the thief's own")
    total = read_ledger(central.place).total
    assert (total.arrived, total.central, total.quarantined, total.aside, total.waiting) == (2, 1, 0, 1, 0)
    assert told(central, used) == told(central, aside) == "held"
    again = device.deliver(client, session, [used, aside])
    assert [(each["state"], each["code"]) for each in again] == [("held", None)] * 2


def test_a_quarantined_item_replaces_what_counts_under_its_name(central: Study) -> None:
    stranger, known = FieldDevice(central, site="varna"), FieldDevice(central)
    for each in (stranger, known):
        central.introduce(each)
    client = central.client()
    held = known.seal(b"one", instance="uuid:1")
    known.deliver(client, known.open_session(client), [held])
    apart = stranger.seal(b"two", instance="uuid:1", site="duisburg")
    (answer,) = stranger.deliver(client, stranger.open_session(client), [apart])
    assert (answer["state"], answer["code"]) == ("quarantined", "device.site_differs")
    assert decide(central, apart).gave_way == (cover_hash(held.cover),)


def test_a_new_epoch_tells_what_was_decided(central: Study, two: tuple[FieldDevice, SealedItem, SealedItem]) -> None:
    _, first, second = two
    decide(central, second)
    central.run(lambda connection: begin_epoch(connection, central.book, reason="restored", now=central.place.now()))
    assert told(central, first) == told(central, second) == "held"
    decide(central, first)
    rows = central.rows(ReceiptRow)
    assert len(rows) == 5, "what was said in this epoch is not said twice"


def test_what_is_sealed_to_no_key_of_the_study_can_only_be_set_aside(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    device.intake_key = type(device.intake_key)()
    client = central.client()
    item = device.seal(b"for whom?")
    (answer,) = device.deliver(client, device.open_session(client), [item])
    assert answer["code"] == "envelope.recipient.unknown_key"
    with pytest.raises(CodedError, match=r"settling\.unopenable"):
        decide(central, item)
    assert list(states(central).values()) == ["quarantined"]
    decide(central, item, "aside")
    assert list(states(central).values()) == ["aside"]


def test_what_cannot_be_decided_is_told(central: Study, two: tuple[FieldDevice, SealedItem, SealedItem]) -> None:
    _, first, second = two
    stranger = FieldDevice(central)
    client = central.client()
    waiting = stranger.seal(b"who?")
    stranger.deliver(client, stranger.open_session(client), [waiting])
    for item, decision, reason, code in (
        (first, "aside", "why not", "settling.settled"),
        (first, "held", "why not", "settling.settled"),
        (second, "held", "  ", "settling.reason"),
        (second, "held", "x" * 501, "settling.reason"),
        (waiting, "held", "why not", "settling.waiting"),
        ("0" * 64, "held", "why not", "settling.unknown"),
        ("abc", "held", "why not", "settling.unknown"),
        ("%" * 12, "held", "why not", "settling.unknown"),
    ):
        before = states(central)
        with pytest.raises(CodedError) as caught:
            decide(central, item, decision, reason)  # type: ignore[arg-type]
        assert caught.value.code == code
        assert states(central) == before
    assert central.rows(Settlement) == []


def test_a_node_hears_of_the_decision(central: Study, node: Study) -> None:
    central.admit(node)
    device = FieldDevice(central)
    central.introduce(device)
    run_round(node.place, central.transport())
    client = node.client()
    first, second = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    device.deliver(client, device.open_session(client), [first, second])
    run_round(node.place, central.transport())
    decide(central, second)
    run_round(node.place, central.transport())
    name = cover_hash(second.cover)
    assert [row.state for row in node.rows(ReceiptRow) if row.item_hash == name] == ["conflict", "held"]
