"""Pruning at a node: what goes, what stays, and that nothing goes that should stay, whatever breaks off in between."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.errors.error import CodedError
from server.services.collect import pruning
from server.services.collect.housekeeping import ORPHAN_SECONDS, tidy
from server.services.collect.offers import Offers
from server.services.collect.pruning import Pruned, prune
from server.services.collect.quotas import Quotas
from server.services.collect.rounds import run_round
from server.services.monitor.node_status import read_node_status
from server.services.operate.status import read_status
from server.storage.carriers import Node, Peer
from server.storage.items import Item as ItemRow
from server.storage.items import MarkRow, ReceiptRow
from sync.envelope.item import Item
from sync.envelope.seal import seal_body
from sync.envelope.signed import Mark, Receipt
from tests.field import FieldDevice, Study, batch
from tests.server.collect.pruned import (
    another,
    backed_up,
    bytes_of,
    confirmed_twice,
    keep_mark,
    keep_receipt,
    promises_kept,
    taken_back,
)
from tests.watched import forge

BIG = b"x" * 70_000


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


def deliver(node: Study, central: Study, device: FieldDevice, *items: Item) -> None:
    """A tablet brings items to a node, which passes them on."""
    run_round(node.place, central.transport())
    node.intake.receive(device.carrier, items)
    run_round(node.place, central.transport())


def blob_of(study: Study, item: Item) -> Path:
    return study.place.blobs.path(hashlib.sha256(item.body).hexdigest())


def receipt_of(node: Study, item: Item) -> Receipt:
    row = next(row for row in node.rows(ReceiptRow) if row.item_hash == item.hash)
    return Receipt.read(row.document, node.central_key.public_key())


def test_the_bytes_go_under_two_marks_and_a_tombstone_answers_ever_after(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = [device.seal(), device.seal(BIG, part="a1"), device.seal(b"copy", part="c1")]
    deliver(joined, central, device, *items)
    before = read_status(joined.place)["forward"], central.rows(Node)[0].counts
    backed_up(central, 1)
    assert run_round(joined.place, central.transport()).new_mark
    assert prune(joined.place) == Pruned()
    assert not run_round(joined.place, central.transport()).new_mark
    assert prune(joined.place) == Pruned()
    backed_up(central, 2)
    assert run_round(joined.place, central.transport()).new_mark
    done = prune(joined.place)
    assert (done.items, done.bytes, done.blobs) == (3, sum(len(each.body) for each in items), 1)
    assert bytes_of(joined) == {each.hash: None for each in items}
    assert not blob_of(joined, items[1]).exists()
    assert prune(joined.place) == Pruned()

    client = joined.client()
    session = device.open_session(client)
    answers = device.deliver(client, session, items)
    assert [(each["state"], each["receipt"]["state"]) for each in answers] == [("held", "held")] * 3
    offered = [(row.instance, row.part, row.hash) for row in joined.rows(ItemRow)]
    assert [word for word, _ in Offers(joined.place).answer(device.carrier, offered)] == ["have"] * 3
    head = client.head(f"/sync/files/{items[1].hash}", headers={**session, "Tus-Resumable": "1.0.0"})
    assert head.headers["Upload-Offset"] == str(len(items[1].body))
    assert bytes_of(joined)[items[0].hash] is None
    # What the repeated delivery left on the disk is garbage, and goes.
    assert tidy(joined.place, wall_clock=blob_of(joined, items[1]).stat().st_mtime + ORPHAN_SECONDS + 1) == 1
    # An item of another content under a pruned name is a conflict, as ever.
    joined.intake.receive(device.carrier, [other := device.seal(b"other", instance=joined.rows(ItemRow)[0].instance)])
    assert {row.hash: row.state for row in joined.rows(ItemRow)}[other.hash] == "conflict"

    run_round(joined.place, central.transport())
    counts = central.rows(Node)[0].counts
    assert counts["finished"] == before[1]["finished"] == 2
    assert counts["safe"] == 1
    assert read_status(joined.place)["pruned"] == 3
    status = read_node_status(joined.place)
    assert (status.held, status.pruned) == (1, 3)


def test_room_comes_back(central: Study, joined: Study, device: FieldDevice) -> None:
    item = device.seal(BIG, part="a1")
    deliver(joined, central, device, item)
    used = central.rows(Node)[0].counts["storage_used"]
    confirmed_twice(central, joined)
    object.__setattr__(joined.settings, "device_bytes", 80_000)
    cover = joined.intake.check_cover(device.seal(BIG, part="a2").cover)
    with joined.place.engine.connect() as connection:
        assert Quotas(joined.settings).refusal(connection, cover, "held") == "intake.quota.device"
    prune(joined.place)
    with joined.place.engine.connect() as connection:
        assert Quotas(joined.settings).refusal(connection, cover, "held") is None
    run_round(joined.place, central.transport())
    assert used - central.rows(Node)[0].counts["storage_used"] == len(item.body)


def test_only_what_central_holds_goes(central: Study, joined: Study, device: FieldDevice) -> None:
    stranger = FieldDevice(central)
    items = {
        "held": device.seal(),
        "first of two": device.seal(b"1", instance="uuid:x"),
        "conflict": device.seal(b"2", instance="uuid:x"),
        "quarantined": device.seal(site="elsewhere"),
        "waiting": stranger.seal(),
        "waiting, large": stranger.seal(BIG, part="a1"),
    }
    deliver(joined, central, device, *items.values())
    confirmed_twice(central, joined)
    late, lost = device.seal(), device.seal(b"y" * 70_000, part="a2")
    joined.intake.receive(device.carrier, [late, lost])
    blob_of(joined, lost).unlink()
    run_round(joined.place, central.transport())
    backed_up(central, 3)
    run_round(joined.place, central.transport())
    joined.intake.receive(device.carrier, [unsent := device.seal()])
    prune(joined.place)
    found = bytes_of(joined)
    assert {name for name, item in items.items() if found[item.hash] is None} == {"held", "first of two"}
    assert (found[late.hash], found[unsent.hash]) == (late.body, unsent.body)
    assert {row.hash: row.pruned_at for row in joined.rows(ItemRow)}[lost.hash] is None


def test_two_items_with_one_body_keep_it_until_neither_needs_it(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    sealed, body = seal_body(BIG)
    first = device.cover(sealed, body, device.facts("uuid:x", "a1"))
    deliver(joined, central, device, first)
    # A second cover over the same sealed body, which has not reached central yet.
    again = device.cover(sealed, body, device.facts("uuid:x", "a2"))
    joined.intake.receive(device.carrier, [again])
    confirmed_twice(central)
    for mark in central.rows(MarkRow):
        keep_mark(joined, Mark.read(mark.document, central.central_key.public_key()))
    done = prune(joined.place)
    assert (done.items, done.blobs) == (1, 0)
    assert bytes_of(joined)[again.hash] == first.body
    run_round(joined.place, central.transport())
    assert {row.hash for row in central.rows(ItemRow)} == {first.hash, again.hash}
    confirmed_twice(central, joined)
    assert prune(joined.place).blobs == 1
    assert not blob_of(joined, first).exists()


@pytest.mark.parametrize("when", ["before the tombstone", "after the tombstone", "among the blobs"])
def test_a_kill_at_any_step_leaves_garbage_at_most(
    central: Study, joined: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    items = [device.seal(), device.seal(BIG, part="a1"), device.seal(BIG[1:], part="a2")]
    deliver(joined, central, device, *items)
    confirmed_twice(central, joined)
    bury, remove = pruning._bury, pruning.remove_unneeded

    def killed_before(*given: Any, **named: Any) -> Any:
        bury(*given, **named)
        raise KeyboardInterrupt

    def killed_after(connection: Any, blobs: Any, names: Any) -> Any:
        if when == "among the blobs":
            remove(connection, blobs, names[:1])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if when == "before the tombstone":
            patched.setattr(pruning, "_bury", killed_before)
        else:
            patched.setattr(pruning, "remove_unneeded", killed_after)
        with pytest.raises(KeyboardInterrupt):
            prune(joined.place)
    promises_kept(joined)
    gone = [row.pruned_at is not None for row in joined.rows(ItemRow)]
    assert gone == [when != "before the tombstone"] * 3
    prune(joined.place)
    tidy(joined.place, wall_clock=blob_of(central, items[1]).stat().st_mtime + ORPHAN_SECONDS + 5)
    assert bytes_of(joined) == {each.hash: None for each in items}
    assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in items}


def test_what_changes_while_it_is_decided_is_looked_at_again(
    central: Study, joined: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = device.seal()
    deliver(joined, central, device, item)
    confirmed_twice(central, joined)
    permits = pruning._permits
    receipt = receipt_of(joined, item)

    def meanwhile(change: Any) -> Pruned:
        def late(*given: Any) -> Any:
            for each in permits(*given):
                change()
                yield each

        with monkeypatch.context() as patched:
            patched.setattr(pruning, "_permits", late)
            return prune(joined.place)

    set_aside = {"forward": "queued"}
    assert meanwhile(lambda: _set(joined, ItemRow, set_aside)) == Pruned()
    _set(joined, ItemRow, {"forward": "receipted"})
    assert meanwhile(lambda: _set(joined, Peer, {"epoch": "f" * 32})) == Pruned()
    _set(joined, Peer, {"epoch": receipt.epoch})
    later = another(receipt, state="quarantined", seq=receipt.seq + 50)
    assert meanwhile(lambda: keep_receipt(joined, later, device.id)) == Pruned()
    assert prune(joined.place) == Pruned()
    assert bytes_of(joined)[item.hash] == item.body


def _set(study: Study, table: Any, values: dict[str, Any], id_: int | None = None) -> None:
    query = table.__table__.update().values(values)
    query = query if id_ is None else query.where(table.__table__.c.id == id_)
    study.run(lambda connection: forge(connection, query))


def test_nothing_goes_by_documents_that_do_not_hold(central: Study, joined: Study, device: FieldDevice) -> None:
    """As if somebody had written into the node's database, or an older program had not looked closely."""
    item = device.seal()
    deliver(joined, central, device, item)
    confirmed_twice(central, joined)
    receipt = receipt_of(joined, item)
    forger, key = Ed25519PrivateKey.generate(), joined.central_key
    newest = Mark.read(joined.rows(MarkRow)[-1].document, key.public_key())
    broken: list[tuple[Any, str, bytes | str]] = [
        (ReceiptRow, "document", receipt.sign(forger)),
        (ReceiptRow, "document", another(receipt, body_hash="d" * 64).sign(key)),
        (ReceiptRow, "document", another(receipt, study="another").sign(key)),
        (ReceiptRow, "document", another(receipt, state="conflict").sign(key)),
        (ItemRow, "cover", device.seal(b"another").cover),
        (MarkRow, "document", newest.sign(forger)),
        (MarkRow, "document", Mark(newest.study, "f" * 32, newest.durable_seq, newest.at).sign(key)),
        *((ItemRow, "state", state) for state in ("conflict", "quarantined", "waiting")),
        *((ItemRow, "forward", state) for state in ("queued", "sent", "set_aside")),
    ]
    for table, column, document in broken:
        before = [(row.id, getattr(row, column)) for row in joined.rows(table)]
        # Of two marks the other one stays good.
        _set(joined, table, {column: document}, before[-1][0])
        assert prune(joined.place) == Pruned()
        assert bytes_of(joined)[item.hash] == item.body
        for id_, value in before:
            _set(joined, table, {column: value}, id_)
    assert prune(joined.place).items == 1


def test_no_time_that_passes_deletes_anything(central: Study, joined: Study, device: FieldDevice) -> None:
    item = device.seal()
    deliver(joined, central, device, item)
    backed_up(central, 1)
    run_round(joined.place, central.transport())
    now = joined.place.now()
    object.__setattr__(joined.place, "now", lambda: now + timedelta(days=5000))
    assert prune(joined.place) == Pruned()
    backed_up(central, 2)
    run_round(joined.place, central.transport())
    object.__setattr__(joined.settings, "keep_delivered_days", 5001)
    assert prune(joined.place) == Pruned()
    object.__setattr__(joined.settings, "keep_delivered_days", 4999)
    assert prune(joined.place).items == 1


def test_after_a_restore_a_tombstone_is_asked_about_and_what_is_lost_is_named(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = [device.seal(), device.seal(), device.seal(BIG, part="a1")]
    deliver(joined, central, device, *items)
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 3
    unsent = device.seal()
    joined.intake.receive(device.carrier, [unsent])
    # No backup that a mark rests on lacks the last two: somebody has thrown the backups away.
    taken_back(central, 1)
    report = run_round(joined.place, central.transport())
    names = {row.hash: f"{row.instance}/{row.part}" for row in joined.rows(ItemRow)}
    assert (report.alarm, "queued" in report.states) == ("item.gone", False)
    assert set(report.gone) == {names[items[1].hash], names[items[2].hash]} == set(read_status(joined.place)["gone"])
    assert joined.rows(Peer)[0].alarm == "item.gone"
    assert {row.hash for row in central.rows(ItemRow)} == {items[0].hash, unsent.hash}
    # It stays an alarm, holds up nothing else, and ends when central holds them again.
    central.publish()
    report = run_round(joined.place, central.transport())
    assert (report.alarm, report.entries) == ("item.gone", 1)
    central.intake.receive(device.carrier, items)
    report = run_round(joined.place, central.transport())
    assert (report.alarm, report.gone) == (None, ())
    assert read_status(joined.place)["forward"] == {"queued": 0, "sent": 0, "receipted": 4, "set_aside": 0}
    assert prune(joined.place) == Pruned()


def test_the_marks_of_an_epoch_that_is_over_permit_nothing(central: Study, joined: Study, device: FieldDevice) -> None:
    item = device.seal()
    deliver(joined, central, device, item)
    confirmed_twice(central, joined)
    old = [Mark.read(row.document, central.central_key.public_key()) for row in joined.rows(MarkRow)]
    taken_back(central, 1)
    run_round(joined.place, central.transport())
    assert prune(joined.place) == Pruned()
    client = joined.client()
    assert client.get("/sync/durable", headers=device.open_session(client)).get_json() == {"mark": None}
    backed_up(central, 3)
    run_round(joined.place, central.transport())
    for mark in old:
        keep_mark(joined, mark)
    assert prune(joined.place) == Pruned()
    backed_up(central, 4)
    run_round(joined.place, central.transport())
    assert prune(joined.place).items == 1


def test_a_node_whose_own_database_was_taken_back_loses_nothing(
    central: Study, joined: Study, device: FieldDevice, tmp_path: Path
) -> None:
    items = [device.seal(), device.seal(BIG, part="a1")]
    deliver(joined, central, device, *items)
    confirmed_twice(central, joined)
    database = joined.settings.place / "feldbuch.db"
    joined.close()
    shutil.copy(database, tmp_path / "old.db")
    again = Study(joined.settings, central.central_key)
    assert prune(again.place).items == 2
    again.intake.receive(device.carrier, [late := device.seal(BIG[2:], part="a2")])
    again.close()
    for side in ("-wal", "-shm"):
        (database.parent / f"{database.name}{side}").unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", database)
    node = Study(joined.settings, central.central_key)
    try:
        # A row promises a blob that is gone: it is said to central, which has it, and becomes a tombstone again.
        assert run_round(node.place, central.transport()).problem is None
        assert prune(node.place).items == 2
        node.intake.receive(device.carrier, [late])
        run_round(node.place, central.transport())
        assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in [*items, late]}
        promises_kept(node)
    finally:
        node.close()


def test_two_nodes_with_the_same_tablet(central: Study, joined: Study, device: FieldDevice, tmp_path: Path) -> None:
    other = Study.node(tmp_path / "other", central)
    central.admit(other)
    try:
        items = [device.seal(), device.seal(BIG, part="a1")]
        for node in (joined, other):
            deliver(node, central, device, *items)
        confirmed_twice(central, joined)
        assert prune(joined.place).items == 2
        # The other one has heard of neither mark yet, and central was restored meanwhile without what both brought.
        taken_back(central, 0)
        assert run_round(joined.place, central.transport()).alarm == "item.gone"
        run_round(other.place, central.transport())
        assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in items}
        assert run_round(joined.place, central.transport()).alarm is None
        confirmed_twice(central, joined, other)
        assert (prune(joined.place).items, prune(other.place).items) == (0, 2)
    finally:
        other.close()


def test_central_itself_deletes_nothing(central: Study) -> None:
    with pytest.raises(CodedError, match=r"sync\.not_a_node"):
        prune(central.place)


def test_a_batch_of_tombstones_is_small_and_the_next_goes_on(
    central: Study, joined: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    items = [device.seal() for _ in range(5)]
    client = joined.client()
    deliver(joined, central, device)
    client.post("/sync/batch", data=batch(items), headers=device.open_session(client))
    joined.intake.receive(device.carrier, items)
    run_round(joined.place, central.transport())
    confirmed_twice(central, joined)
    assert prune(joined.place).items == 5
