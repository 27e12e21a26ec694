"""The work of a central, on each store: what comes in, what is answered, what is counted."""

from __future__ import annotations

import hashlib

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from server.services.collect.decision import Carrier
from server.services.collect.epochs import begin_epoch
from server.services.collect.offers import Offers
from server.services.collect.pruning import prune
from server.services.collect.receipts import newest_mark, receipts_after
from server.services.collect.rounds import run_round
from server.services.collect.settling import Wish, settle
from server.services.monitor.apart import read_apart
from server.services.monitor.events import read_journey
from server.services.monitor.figures import read_figures
from server.services.monitor.journey import read_instances
from server.services.monitor.ledger import read_ledger
from server.services.operate.bodies import check_bodies
from server.services.operate.database import check_database, downgrade_database, upgrade_database
from server.services.operate.status import read_status
from server.storage.base import db
from server.storage.carriers import FeedEntryRow
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.carrier import Counts
from sync.envelope.encoding import parse_canonical
from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt
from tests.field import FieldDevice, Study
from tests.server.collect.pruned import backed_up, bytes_of, confirmed_twice
from tests.server.storage.conformance.conftest import EVERY
from tests.watched import replay, unwatch

LARGE = b"x" * 200_000


def receipts(study: Study) -> list[Receipt]:
    return [Receipt.read(row.document, study.central_key.public_key()) for row in study.rows(ReceiptRow)]


def body_of(study: Study, item: Item) -> bytes:
    (row,) = [each for each in study.rows(ItemRow) if each.hash == item.hash]
    return row.body if row.body is not None else b"".join(study.place.blobs.read(row.body_hash))


@pytest.mark.parametrize("new_store", EVERY, indirect=True)
def test_what_comes_in_is_kept_once_and_said_to_be(central: Study) -> None:
    device, stranger = FieldDevice(central), FieldDevice(central)
    central.introduce(device)
    small, large, other = device.seal(), device.seal(LARGE), device.seal(b"other", instance="uuid:1")
    rival, unknown = device.seal(b"another", instance="uuid:1"), stranger.seal(LARGE)
    client = central.client()
    session = device.open_session(client)
    answers = device.deliver(client, session, [small, large, other, rival, unknown])
    assert [each["state"] for each in answers] == ["held", "held", "held", "conflict", "waiting"]
    again = device.deliver(client, session, [unknown, large, rival])
    assert [each["state"] for each in again] == ["waiting", "held", "conflict"]
    assert again[1]["receipt"] == answers[1]["receipt"], "the same word, not another one"
    assert central.introduce(stranger) == 1
    rows = central.rows(ItemRow)
    assert [row.state for row in rows] == ["held", "held", "held", "conflict", "held"]
    assert [row.body is None for row in rows] == [False, True, False, False, True]
    for item in (small, large, other, rival, unknown):
        assert body_of(central, item) == item.body
    assert [(each.seq, each.cover_hash) for each in receipts(central)] == [
        (number, item.hash) for number, item in enumerate((small, large, other, rival, unknown), start=1)
    ]
    assert check_bodies(central.place).damaged == ()


def test_offers_receipts_and_marks(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    items = [device.seal(instance=f"uuid:{number}") for number in range(5)]
    central.intake.receive(device.carrier, items[:3])
    names = [(f"uuid:{number}", "record", item.hash) for number, item in enumerate(items)]
    by_node = Carrier("a node", "node")
    answers = Offers(central.place).answer(by_node, [*names, ("uuid:0", "record", "ab" * 32)])
    assert [what for what, _ in answers] == ["have", "have", "have", "want", "want", "conflict"]
    with central.place.engine.connect() as connection:
        first, cursor, more = receipts_after(connection, device.id, "device", 0, 2)
        assert more
        rest, _, more = receipts_after(connection, device.id, "device", cursor, 2)
        assert not more
        assert [*first, *rest] == [row.document for row in central.rows(ReceiptRow)]
        assert receipts_after(connection, by_node.id, "node", 0, 9)[0] == [*first, *rest], "a node of what it offered"
        assert newest_mark(connection) is None
    mark = backed_up(central)
    assert mark.durable_seq == 3
    with central.place.engine.connect() as connection:
        document = newest_mark(connection)
    assert document is not None
    assert Mark.read(document, central.central_key.public_key()) == mark
    central.run(lambda connection: begin_epoch(connection, central.book, reason="restore", now=central.place.now()))
    with central.place.engine.connect() as connection:
        assert newest_mark(connection) is None, "a mark of an epoch that is over"
    assert [each.seq for each in receipts(central)] == [1, 2, 3, 1, 2, 3]
    assert len({each.epoch for each in receipts(central)}) == 2


def test_a_node_delivers_compares_and_prunes(central: Study, node: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    items = [device.seal(), device.seal(LARGE), device.seal(b"x" * 1_200_000, part="a1")]
    for item in items:
        node.intake.receive(device.carrier, [item])
    report = run_round(node.place, central.transport(), reconcile=True)
    assert (report.problem, report.alarm) == (None, None)
    assert [each.state for each in receipts(central)] == ["held"] * 3
    assert {row.forward for row in node.rows(ItemRow)} == {"receipted"}
    for item in items:
        assert body_of(central, item) == item.body
    confirmed_twice(central, node)
    assert prune(node.place).items == 3
    assert set(bytes_of(node).values()) == {None}
    with central.place.engine.connect() as there, node.place.engine.connect() as here:
        assert node.feed.all_of(here, "study") == central.feed.entries(there, {}, ["study"], 100)[0]


def test_the_chains_of_the_feed_are_whole(central: Study) -> None:
    for _ in range(3):
        central.introduce(FieldDevice(central))
    central.publish()
    heads: dict[str, tuple[int, str | None]] = {}
    for row in central.rows(FeedEntryRow):
        number, previous = heads.get(row.chain, (0, None))
        assert row.number == number + 1
        assert parse_canonical(row.document, "feed.broken")["previous"] == previous
        heads[row.chain] = (row.number, hashlib.sha256(row.document).hexdigest())
    assert heads["devices"][0] == 3


def test_what_is_kept_apart_is_settled_and_everything_is_counted(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = central.client()
    session = device.open_session(client, Counts(highest_number=2**53 - 1))
    first, second = device.seal(b"one", instance="uuid:1"), device.seal(b"two", instance="uuid:1")
    device.deliver(client, session, [first, second, device.seal(LARGE), device.seal(b"test", purpose="training")])
    with central.place.engine.connect() as connection:
        (line,) = read_apart(connection)
    assert line.hash == second.hash
    wish = Wish(second.hash[:12], "held", "asked her", "anna")
    settled = central.run(lambda connection: settle(connection, central.book, wish, central.place.now()))
    assert (settled.items, settled.gave_way) == ((second.hash,), (first.hash,))
    assert replay(central.place.engine) == {("state", "held", "aside"), ("state", "conflict", "held")}
    assert [each.what for each in read_journey(central.place, "uuid:1")][-2:] == ["settled", "settled"]
    ledger = read_ledger(central.place)
    assert (ledger.total.collected, ledger.total.central, ledger.total.safe) == (2, 2, 0)
    backed_up(central)
    assert read_ledger(central.place).total.safe == 2
    figures = read_figures(central.place)
    assert sum(figures.items.values()) == 4
    assert all(type(each) is int for each in figures.items.values())
    status = read_status(central.place)
    assert status["role"] == "central"
    assert len(read_instances(central.place, device.id)) == 4


def test_the_migrations_end_at_the_models_and_go_down_and_up(central: Study) -> None:
    check_database(central.app)
    with central.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
        for table in inspect(connection).get_table_names():
            for column in inspect(connection).get_columns(table):
                assert column["default"] is None or column["name"] != "id", "numbers are given under the writers' turn"
    central.run(unwatch)
    downgrade_database(central.app, "base")
    upgrade_database(central.app)
    check_database(central.app)
