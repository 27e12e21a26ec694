"""A node and central: rounds through the whole protocol, and what happens when somebody between tampers."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Table, delete, insert

from server.errors.error import CodedError
from server.services.collect.housekeeping import ORPHAN_SECONDS, tidy
from server.services.collect.keys import node_private_key
from server.services.collect.nodes import revoke_node
from server.services.collect.onward import NodeOutbox
from server.services.collect.rounds import only_round, run_round
from server.services.collect.transport import HttpTransport
from server.storage.blobs import BlobStore
from server.storage.carriers import Content, Device, FeedEntryRow, Node, Peer
from server.storage.items import Delivery, Epoch, MarkRow, ReceiptRow
from server.storage.items import Item as ItemRow
from sync.carrier import Counts
from sync.envelope.item import Item
from sync.envelope.signed import Mark, Receipt, sign_document
from sync.errors import SyncError
from sync.protocol import FeedPage, HelloAnswer, ItemAnswer, ReceiptPage
from tests.field import FORM, SITE, STUDY, FieldDevice, Study

LARGE = b"x" * 2_500_000


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


def mark_everything(central: Study) -> Mark:
    """Central's mark over all receipts, as a verified backup leaves it."""
    receipts = central.rows(ReceiptRow)
    mark = Mark(STUDY, receipts[-1].epoch, receipts[-1].seq, "2026-03-01T10:00:00Z")
    values = {
        "epoch": mark.epoch,
        "durable_seq": mark.durable_seq,
        "document": mark.sign(central.central_key),
        "received_at": central.place.now(),
    }
    table = MarkRow.__table__
    assert isinstance(table, Table)
    central.run(lambda connection: connection.execute(insert(table).values(values)) and None)
    return mark


def forwards(node: Study) -> list[tuple[str, str | None]]:
    return [(row.forward, row.forward_code) for row in node.rows(ItemRow)]


def test_a_round_brings_everything_up_and_everything_down(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    central.publish()
    items = [device.seal(), device.seal(b"x" * 70_000, part="a1"), device.seal(LARGE, part="a2")]
    joined.intake.receive(device.carrier, items)
    report = run_round(joined.place, central.transport())
    assert (report.problem, report.alarm, report.states) == (None, None, {"receipted": 3})
    assert [row.hash for row in central.rows(ItemRow)] == [item.hash for item in items]
    assert b"".join(central.place.blobs.read(central.rows(ItemRow)[2].body_hash)) == items[2].body
    assert forwards(joined) == [("receipted", None)] * 3
    # The node learned who the device is, so what had waited is held; receipts are central's alone.
    assert [row.state for row in joined.rows(ItemRow)] == ["held"] * 3
    receipts = [Receipt.read(row.document, central.central_key.public_key()) for row in joined.rows(ReceiptRow)]
    assert [(each.cover_hash, each.state, each.seq) for each in receipts] == [
        (item.hash, "held", number) for number, item in enumerate(items, 1)
    ]
    assert [row.document for row in joined.rows(FeedEntryRow)] != []
    assert {row.chain for row in joined.rows(FeedEntryRow)} == {"study", "devices", f"device:{device.id}"}
    assert sorted(row.hash for row in joined.rows(Content)) == sorted(row.hash for row in central.rows(Content))
    # The tablet reads from the node what central signed, verbatim.
    client = joined.client()
    session = device.open_session(client)
    entries = client.post("/sync/feed", json={}, headers=session).get_json()["entries"]
    assert [each["kind"] for each in entries] == ["study", "node", "form", "certificate", "intake_key"]
    receipts_said = client.get("/sync/receipts", headers=session).get_json()
    assert [each["cover_hash"] for each in receipts_said["receipts"]] == [item.hash for item in items]
    form = next(each["body"] for each in entries if each["kind"] == "form")
    assert form["id"] == FORM.id
    content = client.get(f"/sync/content/{form['definition']['hash']}", headers=session)
    assert content.get_data() == b'{"form": 1}'
    assert client.get(f"/sync/content/{'0' * 64}", headers=session).status_code == 404


def test_the_mark_travels_and_an_older_one_changes_nothing(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    joined.intake.receive(device.carrier, [device.seal()])
    run_round(joined.place, central.transport())
    first = mark_everything(central)
    run_round(joined.place, central.transport())
    joined.intake.receive(device.carrier, [device.seal()])
    run_round(joined.place, central.transport())
    second = mark_everything(central)
    run_round(joined.place, central.transport())
    run_round(joined.place, central.transport())
    assert [row.durable_seq for row in joined.rows(MarkRow)] == [first.durable_seq, second.durable_seq]
    counts = central.rows(Node)[0].counts
    assert (counts["finished"], counts["safe"], counts["receipted"], counts["unsent"]) == (2, 2, 0, 0)


def test_a_second_round_sends_nothing_twice(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    joined.intake.receive(device.carrier, [device.seal(), device.seal()])
    run_round(joined.place, central.transport())
    report = run_round(joined.place, central.transport())
    assert (report.states, report.receipts, report.entries) == ({}, 0, 0)
    assert len(central.rows(ReceiptRow)) == 2


def test_what_waits_at_central_gets_its_receipt_after_the_introduction(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    joined.intake.receive(device.carrier, [device.seal()])
    assert run_round(joined.place, central.transport()).states == {"sent": 1}
    assert forwards(joined) == [("sent", None)]
    assert [(row.standing, row.site) for row in central.rows(Device)] == [("unknown", SITE)]
    assert central.introduce(device) == 1
    assert run_round(joined.place, central.transport()).receipts == 1
    assert forwards(joined) == [("receipted", None)]
    assert joined.rows(ItemRow)[0].state == "held"


def test_conflicts_and_quarantine_are_kept_and_told(central: Study, joined: Study) -> None:
    one, two = FieldDevice(central), FieldDevice(central)
    central.introduce(one)
    central.introduce(two)
    joined.intake.receive(one.carrier, [one.seal(instance="uuid:x"), two.seal(instance="uuid:x")])
    joined.intake.receive(one.carrier, [one.seal(site="elsewhere")])
    run_round(joined.place, central.transport())
    assert [(row.state, row.code) for row in central.rows(ItemRow)] == [
        ("held", None),
        ("conflict", None),
        ("quarantined", "device.site_differs"),
    ]
    assert [row.state for row in joined.rows(ReceiptRow)] == ["held", "conflict", "quarantined"]
    assert forwards(joined) == [("receipted", None), ("receipted", None), ("receipted", "device.site_differs")]


def test_what_central_has_no_room_for_stays_queued_and_the_round_ends(central: Study, joined: Study) -> None:
    object.__setattr__(central.settings, "unknown_device_bytes", 30_000)
    stranger, friend = FieldDevice(central), FieldDevice(central)
    central.introduce(friend)
    joined.intake.receive(stranger.carrier, [stranger.seal(b"x" * 9_000) for _ in range(4)])
    joined.intake.receive(friend.carrier, [friend.seal()])
    report = run_round(joined.place, central.transport())
    assert report.problem is None
    assert report.states == {"sent": 2, "queued": 2, "receipted": 1}
    assert sorted(forwards(joined)) == [
        ("queued", "intake.quota.device"),
        ("queued", "intake.quota.device"),
        ("receipted", None),
        ("sent", None),
        ("sent", None),
    ]
    central.introduce(stranger)
    run_round(joined.place, central.transport())
    assert [forward for forward, _ in forwards(joined)] == ["receipted"] * 5


def test_a_node_relays_the_newest_word_of_each_device(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    client = joined.client()
    device.open_session(client, Counts(finished=3, unsent=3, highest_number=3))
    device.open_session(client, Counts(finished=4, unsent=2, highest_number=4))
    run_round(joined.place, central.transport())
    row = central.rows(Device)[0]
    assert (row.counts["finished"], row.report_sequence, row.last_place) == (4, 2, joined.place.id)
    assert row.last_contact_at is not None
    # The tablet met central directly since: the node's older word changes nothing.
    device.open_session(central.client(), Counts(finished=5, highest_number=5))
    direct = central.rows(Device)[0]
    transport = central.transport()
    greeting = transport.greet()
    transport.hello(_hello_of(joined, greeting), [joined.rows(Device)[0].report])
    after = central.rows(Device)[0]
    assert (after.counts["finished"], after.last_place, after.last_contact_at) == (
        5,
        "central",
        direct.last_contact_at,
    )


def _hello_of(node: Study, greeting: Any) -> bytes:
    return NodeOutbox(node.place, node.feed, node_private_key(node.settings)).hello(greeting)


def test_a_node_that_is_unknown_or_revoked_is_turned_away(central: Study, node: Study) -> None:
    device = FieldDevice(central)
    node.intake.receive(device.carrier, [device.seal()])
    assert run_round(node.place, central.transport()).problem == "node.unknown"
    assert [row.problem for row in node.rows(Peer)] == ["node.unknown"]
    central.admit(node)
    assert run_round(node.place, central.transport()).problem is None
    central.run(lambda connection: revoke_node(connection, central.feed, central.book, node.place.id, "stolen"))
    assert run_round(node.place, central.transport()).problem == "node.revoked"
    assert len(node.rows(ItemRow)) == 1


def test_one_round_at_a_time(central: Study, joined: Study) -> None:
    with only_round(joined.place), pytest.raises(Exception, match=r"sync\.running"):
        run_round(joined.place, central.transport())


class Tampering(HttpTransport):
    """Somebody between, who changes what the pattern finds in a signed document."""

    def __init__(self, central: Study, pattern: str, replacement: str) -> None:
        super().__init__("", central.transport()._client)
        self._pattern, self._replacement = pattern, replacement

    def _changed(self, document: Mapping[str, object] | None) -> Any:
        return json.loads(re.sub(self._pattern, self._replacement, json.dumps(document)))


class TamperedFeed(Tampering):
    def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
        page = super().feed(after, limit)
        return FeedPage([self._changed(entry) for entry in page.entries], page.more)


class OmittedEntry(TamperedFeed):
    def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
        page = HttpTransport.feed(self, after, limit)
        return FeedPage([entry for entry in page.entries if entry["kind"] != self._pattern], page.more)


class TamperedReceipts(Tampering):
    def batch(self, items: Sequence[Item]) -> Sequence[ItemAnswer]:
        answers = super().batch(items)
        return [ItemAnswer(each.hash, each.state, each.code, self._changed(each.receipt)) for each in answers]

    def receipts(self, after: int, limit: int) -> ReceiptPage:
        page = super().receipts(after, limit)
        return ReceiptPage([self._changed(each) for each in page.receipts], page.cursor, page.more)


class TamperedMark(Tampering):
    def hello(self, hello: bytes, relayed: Sequence[bytes]) -> HelloAnswer:
        answer = super().hello(hello, relayed)
        return replace(answer, mark=self._changed(answer.mark))

    def durable(self) -> Mapping[str, object] | None:
        changed: Mapping[str, object] | None = self._changed(super().durable())
        return changed


class TamperedContent(Tampering):
    def content(self, name: str) -> bytes:
        return super().content(name) + b" "


def tampering_is_noticed(joined: Study, transport: HttpTransport, alarm: str) -> None:
    assert run_round(joined.place, transport).alarm == alarm
    assert [row.alarm for row in joined.rows(Peer)] == [alarm]


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [(r"http://127.0.0.1:8001", "http://127.0.0.1:6666"), ('"number": 4', '"number": 5'), ("Varna", "Berlin")],
)
def test_a_changed_entry_is_an_alarm_and_what_was_held_stays(
    central: Study, joined: Study, pattern: str, replacement: str
) -> None:
    run_round(joined.place, central.transport())
    before = joined.rows(FeedEntryRow)
    central.publish()
    body = {"title": {"en": "Varna http://127.0.0.1:8001"}, "languages": [], "sites": []}
    central.run(lambda connection: central.feed.append(connection, "study", "study", body))
    tampering_is_noticed(joined, TamperedFeed(central, pattern, replacement), "feed.forged")
    kept = joined.rows(FeedEntryRow)
    assert [row.document for row in kept[: len(before)]] == [row.document for row in before]
    assert all("6666" not in row.document.decode() and "Berlin" not in row.document.decode() for row in kept)
    assert run_round(joined.place, central.transport()).alarm is None
    assert [row.alarm for row in joined.rows(Peer)] == [None]
    assert len(joined.rows(FeedEntryRow)) == len(before) + 2


def test_an_entry_that_is_left_out_is_an_alarm(central: Study, joined: Study) -> None:
    central.publish()
    central.publish(b"{}")
    tampering_is_noticed(joined, OmittedEntry(central, "node", ""), "feed.broken")
    assert [row.kind for row in joined.rows(FeedEntryRow)] == ["study"]


def test_a_history_of_the_feed_that_central_lost_and_wrote_anew_is_an_alarm(central: Study, joined: Study) -> None:
    """Central was restored from a backup that is older than what it had told; its chain goes on otherwise."""
    central.publish()
    central.publish(b"{}")
    run_round(joined.place, central.transport())
    before = [row.document for row in joined.rows(FeedEntryRow)]
    entries = cast("Table", FeedEntryRow.__table__)
    lost = (entries.c.chain == "study") & (entries.c.number > 2)
    central.run(lambda connection: connection.execute(delete(entries).where(lost)) and None)
    for form in (b'{"after": 1}', b'{"after": 2}', b'{"after": 3}'):
        central.publish(form)
    tampering_is_noticed(joined, central.transport(), "feed.broken")
    assert [row.document for row in joined.rows(FeedEntryRow)] == before, "what was held stays"


def test_a_node_that_signs_entries_and_keys_itself_is_not_believed(central: Study, joined: Study) -> None:
    """Whoever is between offers keys of their own, in a chain that follows and is signed, but not by central."""
    run_round(joined.place, central.transport())
    before = joined.rows(FeedEntryRow)
    device = FieldDevice(central)
    central.introduce(device)
    own = Ed25519PrivateKey.generate()

    class OwnKeys(HttpTransport):
        def feed(self, after: Mapping[str, int], limit: int) -> FeedPage:
            page = super().feed(after, limit)
            signed = []
            for entry in page.entries:
                unsigned = {name: value for name, value in entry.items() if name != "signature"}
                if entry["kind"] == "intake_key":
                    unsigned["body"] = {**cast("dict[str, Any]", entry["body"]), "public": "A" * 1622}
                signed.append(sign_document("feldbuch/1/feed", unsigned, own))
            return FeedPage(signed, page.more)

    tampering_is_noticed(joined, OwnKeys("", central.transport()._client), "feed.forged")
    assert joined.rows(FeedEntryRow) == before


def test_a_forged_receipt_proves_nothing(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    joined.intake.receive(device.carrier, [device.seal(site="elsewhere")])
    tampering_is_noticed(joined, TamperedReceipts(central, '"quarantined"', '"held"'), "receipt.forged")
    assert joined.rows(ReceiptRow) == []
    assert [forward for forward, _ in forwards(joined)] == ["sent"]


def test_a_forged_mark_is_not_kept(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    joined.intake.receive(device.carrier, [device.seal()])
    run_round(joined.place, central.transport())
    mark_everything(central)
    tampering_is_noticed(joined, TamperedMark(central, r'"durable_seq": 1', '"durable_seq": 9'), "mark.forged")
    assert joined.rows(MarkRow) == []


def test_a_changed_content_is_not_kept(central: Study, joined: Study) -> None:
    central.publish()
    tampering_is_noticed(joined, TamperedContent(central, "", ""), "content.forged")
    assert joined.rows(Content) == []


def test_a_content_that_central_has_forgotten_holds_up_no_other(central: Study, joined: Study) -> None:
    class Forgotten(HttpTransport):
        asked = 0

        def content(self, name: str) -> bytes:
            self.asked += 1
            return super().content("0" * 64 if self.asked == 1 else name)

    central.publish()
    transport = Forgotten("", central.transport()._client)
    report = run_round(joined.place, transport)
    assert (report.problem, report.alarm) == (None, None)
    assert transport.asked > 1
    assert len(joined.rows(Content)) == transport.asked - 1


def test_a_broken_connection_is_a_problem_of_the_round_and_no_more(central: Study, joined: Study) -> None:
    class Cut(HttpTransport):
        def offer(self, items: Any) -> Any:
            raise SyncError("sync.unreachable")

    device = FieldDevice(central)
    joined.intake.receive(device.carrier, [device.seal()])
    report = run_round(joined.place, Cut("", central.transport()._client))
    assert report.problem == "sync.unreachable"
    assert joined.rows(Peer)[0].last_contact_at is not None
    assert forwards(joined) == [("queued", None)]


def test_tidying_takes_only_what_belongs_to_nobody(central: Study) -> None:
    device = FieldDevice(central)
    kept = device.seal(b"x" * 70_000)
    central.intake.receive(device.carrier, [kept])
    orphan = central.settings.blobs / "ab" / ("ab" * 32)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"x")
    assert tidy(central.place) == 0
    assert orphan.exists()
    assert tidy(central.place, wall_clock=orphan.stat().st_mtime + ORPHAN_SECONDS + 1) == 1
    assert not orphan.exists()
    assert b"".join(central.place.blobs.read(central.rows(ItemRow)[0].body_hash)) == kept.body


def test_a_blob_that_tidying_takes_at_the_last_moment_is_not_said_to_be_held(
    central: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file lay there when intake looked, and not any more when its row was to be written."""
    device = FieldDevice(central)
    central.introduce(device)
    item = device.seal(b"x" * 70_000)
    blob = central.place.blobs.path(hashlib.sha256(item.body).hexdigest())
    blob.parent.mkdir(exist_ok=True)
    blob.write_bytes(item.body)
    renew = BlobStore.renew

    def tidied(store: BlobStore, name: str) -> None:
        renew(store, name)
        os.utime(blob, (0, 0))
        assert tidy(central.place) == 1

    with monkeypatch.context() as patched:
        patched.setattr(BlobStore, "renew", tidied)
        with pytest.raises(CodedError, match=r"server\.busy"):
            central.intake.receive(device.carrier, [item])
    assert central.rows(ItemRow) == []
    assert [each.state for each in central.intake.receive(device.carrier, [item])] == ["held"]
    assert blob.read_bytes() == item.body


def test_a_file_that_the_disk_has_lost_holds_up_no_other(central: Study, joined: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    sizes = {"lost": 100_000, "cut": 2_500_000, "lost too": 2_500_000, "good": 100_000, "large": 2_500_000}
    items = {name: device.seal(b"x" * size) for name, size in sizes.items()}
    joined.intake.receive(device.carrier, list(items.values()))
    bodies = {name: joined.place.blobs.path(hashlib.sha256(item.body).hexdigest()) for name, item in items.items()}
    bodies["lost"].unlink()
    bodies["lost too"].unlink()
    os.truncate(bodies["cut"], 1_000_000)
    for _ in range(2):
        report = run_round(joined.place, central.transport())
        assert report.problem is None
        states = dict(zip(items, forwards(joined), strict=True))
        assert states == {
            "lost": ("queued", "outbox.unreadable"),
            "cut": ("queued", "outbox.unreadable"),
            "lost too": ("queued", "outbox.unreadable"),
            "good": ("receipted", None),
            "large": ("receipted", None),
        }


def test_what_a_restored_central_has_lost_is_brought_again(central: Study, joined: Study) -> None:
    """A restore takes central back to a backup: it numbers anew, and its cursors begin again."""
    device = FieldDevice(central)
    central.introduce(device)
    items = [device.seal(), device.seal(b"x" * 70_000, part="a1"), device.seal()]
    joined.intake.receive(device.carrier, items)
    run_round(joined.place, central.transport())
    assert joined.rows(Peer)[0].receipt_cursor == 3

    def restore(connection: Connection) -> None:
        for table in (ReceiptRow, ItemRow, Delivery):
            connection.execute(delete(table))
        connection.execute(insert(Epoch).values(epoch="f" * 32, started_at=central.place.now(), reason="restore"))

    central.run(restore)
    assert run_round(joined.place, central.transport()).states == {"receipted": 3}
    assert {row.hash for row in central.rows(ItemRow)} == {item.hash for item in items}
    newest = {row.item_hash: row.epoch for row in joined.rows(ReceiptRow)}
    assert newest == {item.hash: "f" * 32 for item in items}
    assert run_round(joined.place, central.transport()).states == {}
    # Receipts that come later are not hidden behind the old cursor.
    stranger = FieldDevice(central)
    joined.intake.receive(stranger.carrier, [stranger.seal()])
    run_round(joined.place, central.transport())
    central.introduce(stranger)
    assert run_round(joined.place, central.transport()).receipts == 1
    assert forwards(joined) == [("receipted", None)] * 4
