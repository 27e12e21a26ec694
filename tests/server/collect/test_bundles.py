"""Bundles: all goes to central and back by stick, under the rules of a round, and damage costs what it touches."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, delete, insert

from server.cli import feldbuch
from server.services.collect.bundles import stick as stick_module
from server.services.collect.bundles.carrying import read_at_central, read_at_node, write_bundles
from server.services.collect.bundles.hearing import StickHeard
from server.services.collect.bundles.inward import StickRead
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.bundles.outward import Written
from server.services.collect.bundles.stick import Stick, told_nobody
from server.services.collect.nodes import revoke_node
from server.services.collect.receipts import ReceiptBook
from server.services.collect.rounds import run_round
from server.storage.carriers import Content, Device, FeedEntryRow, Node, Peer
from server.storage.items import Delivery, Epoch, MarkRow, ReceiptRow
from server.storage.items import Item as ItemRow
from sync.carrier import Counts
from tests.field import FieldDevice, Study
from tests.server.collect.test_onward import forwards, mark_everything

GIGABYTE = 1024**3
LARGE = b"sound" * 500_000


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    """A node that has met central once, before it went to the village."""
    return met(central, node)


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def other(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "other", central)
    yield met(central, study)
    study.close()


def met(central: Study, node: Study) -> Study:
    tell_bundle_key(central.place, central.feed)
    central.admit(node)
    assert run_round(node.place, central.transport()).problem is None
    return node


def write(place: Study, folder: Path, most: int = GIGABYTE) -> Written:
    (written,) = write_bundles(place.place, Stick(folder), most, [], told_nobody)
    return written


def take(central: Study, folder: Path) -> StickRead:
    return read_at_central(central.place, Stick(folder), told_nobody)


def hear(node: Study, folder: Path) -> StickHeard:
    return read_at_node(node.place, Stick(folder), told_nobody)


def states(read: StickRead) -> list[dict[str, int]]:
    return [dict(piece.taken.states) for piece in read.pieces]


def test_everything_goes_by_stick_and_receipts_come_back(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    session = device.open_session(joined.client(), Counts(finished=3, unsent=3))
    assert session
    items = [device.seal(), device.seal(b"x" * 70_000, part="a1"), device.seal(LARGE, part="a2")]
    joined.intake.receive(device.carrier, items)
    before = forwards(joined)
    written = write(joined, folder)
    assert (written.items, len(written.files), written.problem) == (3, 1, None)
    # Writing decides nothing; it is only noted.
    assert forwards(joined) == before == [("queued", None)] * 3
    assert all(row.bundled_at is not None for row in joined.rows(ItemRow))
    assert joined.rows(Peer)[0].bundle_written_at is not None
    # Who finds the stick reads nothing: neither covers nor counts stand in it.
    found = written.files[0].read_bytes()
    assert found.startswith(b"age-encryption.org/v1\n")
    assert not any(
        word in found for word in (b"instance", b"duisburg", device.id.encode(), joined.settings.node.encode())
    )

    read = take(central, folder)
    assert (states(read), read.missing, read.unfinished) == ([{"held": 3}], {}, [])
    assert [row.hash for row in central.rows(ItemRow)] == [each.hash for each in items]
    assert b"".join(central.place.blobs.read(central.rows(ItemRow)[2].body_hash)) == items[2].body
    assert {row.node for row in central.rows(Delivery)} == {joined.settings.node}
    # The ledger knows what the node and the tablet say of themselves.
    assert central.rows(Node)[0].counts["unsent"] == 3
    assert (central.rows(Device)[0].counts["finished"], central.rows(Device)[0].last_place) == (3, joined.settings.node)

    mark = mark_everything(central)
    central.publish(b'{"form": 2}')
    answer = write(central, folder)
    assert answer.problem is None
    heard = hear(joined, folder)
    assert ([piece.problem for piece in heard.pieces], heard.tally.alarm) == ([None], None)
    assert forwards(joined) == [("receipted", None)] * 3
    assert [row.durable_seq for row in joined.rows(MarkRow)] == [mark.durable_seq]
    assert sorted(row.hash for row in joined.rows(Content)) == sorted(row.hash for row in central.rows(Content))
    assert sorted(row.hash for row in joined.rows(FeedEntryRow)) == sorted(
        row.hash for row in central.rows(FeedEntryRow)
    )
    assert joined.rows(Peer)[0].receipt_cursor == 3
    # The tablet gets from the node what central signed, as ever.
    session = device.open_session(joined.client())
    receipts = joined.client().get("/sync/receipts", headers=session).get_json()["receipts"]
    assert [each["cover_hash"] for each in receipts] == [each.hash for each in items]
    # A round over the network has nothing to add, and sends nothing again.
    report = run_round(joined.place, central.transport())
    assert (report.problem, report.states, report.receipts, report.entries, report.contents) == (None, {}, 0, 0, 0)


def test_reading_and_writing_again_change_nothing(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal(), device.seal(LARGE, part="a1")])
    write(joined, folder)
    again = write(joined, folder)
    assert (again.files, again.items, again.there) == ([], 0, 2)
    assert states(take(central, folder)) == [{"held": 2}]
    assert states(take(central, folder)) == [{"known": 2}]
    assert len(central.rows(ReceiptRow)) == 2
    contact = central.rows(Node)[0].last_contact_at
    assert write(central, folder).files != []
    assert write(central, folder).files == []
    assert hear(joined, folder).tally.receipts == 2
    again_heard = hear(joined, folder)
    assert (again_heard.tally.alarm, [piece.problem for piece in again_heard.pieces]) == (None, [None])
    assert len(joined.rows(ReceiptRow)) == 2
    assert central.rows(Node)[0].last_contact_at == contact
    # The node stands otherwise now, and says so; then there is nothing new again.
    assert len(write(joined, folder).files) == 1
    assert write(joined, folder).files == []
    joined.intake.receive(device.carrier, [device.seal()])
    assert write(joined, folder).items == 1
    assert states(take(central, folder)) == [{"known": 2}, {}, {"held": 1}]


def test_a_small_size_makes_pieces_that_are_each_whole(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    items = [device.seal(b"x" * 20_000) for _ in range(6)] + [device.seal(b"y" * 300_000, part="a1")]
    joined.intake.receive(device.carrier, items)
    written = write(joined, folder, 150_000)
    assert [path.stat().st_size <= 150_000 for path in written.files] == [True, True, False]
    lost = written.files[1].rename(folder.parent / written.files[1].name)
    read = take(central, folder)
    assert read.missing == {joined.settings.node: [2]}
    assert 0 < len(central.rows(ItemRow)) < 7
    lost.rename(written.files[1])
    assert take(central, folder).missing == {}
    assert len(central.rows(ItemRow)) == 7
    # The last one missing is seen as well.
    written.files[-1].unlink()
    assert take(central, folder).unfinished == [joined.settings.node]


def test_what_broke_off_is_gone_on_with(
    central: Study, joined: Study, device: FieldDevice, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined.intake.receive(device.carrier, [device.seal(b"x" * 20_000) for _ in range(6)])
    real, calls = stick_module.write_age, []

    def dies(file, chunks, recipients, told):
        calls.append(file)
        if len(calls) == 2:
            file.write(b"half of it")
            raise KeyboardInterrupt
        real(file, chunks, recipients, told)

    with monkeypatch.context() as patched:
        patched.setattr(stick_module, "write_age", dies)
        with pytest.raises(KeyboardInterrupt):
            write(joined, folder, 150_000)
    # A process that was killed cannot clean up behind itself.
    (folder / f".feldbuch-example-{joined.settings.node[:8]}-x.fbb.part").write_bytes(b"half of it")
    assert take(central, folder).unfinished == [joined.settings.node]
    held = len(central.rows(ItemRow))
    assert 0 < held < 6
    written = write(joined, folder, 150_000)
    assert (written.there, written.items) == (held, 6 - held)
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    read = take(central, folder)
    assert (read.missing, read.unfinished, len(central.rows(ItemRow))) == ({}, [], 6)


def test_what_the_writer_finds_damaged_is_put_aside_and_written_again(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal(b"x" * 20_000) for _ in range(6)])
    first = write(joined, folder, 150_000).files[0]
    flip(first, first.stat().st_size // 2)
    assert take(central, folder).pieces[0].problem == "bundle.damaged"
    written = write(joined, folder, 150_000)
    assert [path.name for path in written.aside] == [first.name + ".damaged"]
    assert written.items + written.there == 6
    read = take(central, folder)
    assert ([piece.problem for piece in read.pieces], read.missing, read.unfinished) == ([None] * 2, {}, [])
    assert len(central.rows(ItemRow)) == 6


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_damage_anywhere_costs_no_more_than_what_lies_behind_it(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    items = [device.seal(b"x" * 20_000) for _ in range(8)]
    joined.intake.receive(device.carrier, items)
    path = write(joined, folder).files[0]
    whole = path.read_bytes()
    reached = []
    for part in range(33):
        at = len(whole) * part // 32
        flipped = whole[:at] + bytes(each ^ 0x20 for each in whole[at : at + 1]) + whole[at + 1 :]
        path.write_bytes(flipped if part % 2 else whole[:at])
        read = take(central, folder)
        if part == 32:
            assert read.pieces[0].problem is None
            break
        told = [piece.problem for piece in read.pieces] or ["others"] * len(read.others)
        assert told[0] in {"bundle.damaged", "bundle.header", "others"}, (part, told)
        reached.append(len(central.rows(ItemRow)))
    assert reached == sorted(reached)
    assert reached[0] == 0
    assert reached[-1] >= 4
    assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in items}


def test_a_bundle_of_another_study_and_other_files_are_told(
    central: Study, joined: Study, device: FieldDevice, folder: Path, tmp_path: Path
) -> None:
    stranger = Study.central(tmp_path / "stranger")
    village = Study.node(tmp_path / "village", stranger)
    try:
        met(stranger, village)
        write(village, folder)
        (folder / "photo.fbb").write_bytes(b"no bundle")
        (folder / "header.fbb").write_bytes(b"age-encryption.org/v1\n-> X25519 " + b"A" * 100_000)
        (folder / "letter.txt").write_bytes(b"hello")
        (folder / "link.fbb").symlink_to("/etc/passwd")
        read = take(central, folder)
    finally:
        stranger.close()
        village.close()
    assert [(piece.path.name, piece.problem) for piece in read.pieces] == [
        ("header.fbb", "bundle.header"),
        ("photo.fbb", "bundle.header"),
    ]
    assert len(read.others) == 1
    assert central.rows(ItemRow) == []


def test_two_nodes_share_a_stick(
    central: Study, joined: Study, other: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal()])
    other.intake.receive(device.carrier, [device.seal(), device.seal()])
    write(joined, folder)
    write(other, folder)
    assert sorted(map(str, states(take(central, folder)))) == ["{'held': 1}", "{'held': 2}"]
    assert len(write_bundles(central.place, Stick(folder), GIGABYTE, [], told_nobody)) == 2
    for node, number in ((joined, 1), (other, 2)):
        heard = hear(node, folder)
        assert (heard.tally.receipts, len(heard.others), heard.tally.alarm) == (number, 2, None)
        assert forwards(node) == [("receipted", None)] * number


def test_a_restored_central_has_everything_brought_again(
    central: Study, joined: Study, device: FieldDevice, folder: Path, tmp_path: Path
) -> None:
    items = [device.seal(), device.seal(b"x" * 70_000, part="a1")]
    joined.intake.receive(device.carrier, items)
    write(joined, folder)
    take(central, folder)
    old = tmp_path / "old stick"
    old.mkdir()
    mark_everything(central)
    write(central, old)
    run_round(joined.place, central.transport())
    assert forwards(joined) == [("receipted", None)] * 2

    def restore(connection: Connection) -> None:
        for table in (ReceiptRow, ItemRow, Delivery, MarkRow):
            connection.execute(delete(table))
        connection.execute(insert(Epoch).values(epoch="f" * 32, started_at=central.place.now(), reason="restore"))

    central.run(restore)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    write(joined, fresh)
    take(central, fresh)
    write(central, fresh)
    heard = hear(joined, fresh)
    assert (heard.new_epoch, heard.tally.alarm) == (True, None), heard
    assert forwards(joined) == [("queued", None)] * 2
    # The stick that lay about names an epoch that is over: neither its receipts nor its mark count any more.
    marks = len(joined.rows(MarkRow))
    stale = hear(joined, old)
    assert [piece.problem for piece in stale.pieces] == ["bundle.stale"]
    assert (forwards(joined), len(joined.rows(MarkRow))) == ([("queued", None)] * 2, marks)
    assert joined.rows(Peer)[0].epoch == "f" * 32
    write(joined, fresh)
    assert {row.hash for row in central.rows(ItemRow)} == set()
    take(central, fresh)
    assert {row.hash for row in central.rows(ItemRow)} == {each.hash for each in items}
    write(central, fresh)
    assert hear(joined, fresh).tally.alarm is None
    assert forwards(joined) == [("receipted", None)] * 2
    assert {row.epoch for row in joined.rows(ReceiptRow)} >= {"f" * 32}


def test_a_lost_answer_is_no_alarm_and_central_can_write_it_again(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal()])
    write(joined, folder)
    take(central, folder)
    first = write(central, folder).files[0]
    central.publish(b'{"form": 2}')
    second = write(central, folder).files[0]
    data = first.read_bytes()
    first.unlink()
    heard = hear(joined, folder)
    assert ([piece.problem for piece in heard.pieces], heard.missing) == (["bundle.gap"], [1])
    assert (heard.tally.alarm, heard.tally.receipts) == (None, 0)
    first.write_bytes(data)
    assert hear(joined, folder).tally.receipts == 1
    assert forwards(joined) == [("receipted", None)]
    assert second.exists()


def test_a_revoked_node_is_refused_and_gets_nothing(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal()])
    write(joined, folder)
    node = joined.settings.node
    book = ReceiptBook(central.settings.study, central.central_key)
    take(central, folder)
    central.run(lambda connection: revoke_node(connection, central.feed, book, node, "stolen"))
    assert [piece.problem for piece in take(central, folder).pieces] == ["node.revoked"]
    done = command(central, "write", folder, "--for", node)
    assert done.exit_code == 1
    assert "node.revoked" in str(getattr(done.exception, "code", ""))


def test_a_full_stick_and_a_lost_blob_hold_up_nothing_else(
    central: Study, joined: Study, device: FieldDevice, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = device.seal(b"x" * 100_000)
    joined.intake.receive(device.carrier, [lost, device.seal(LARGE), device.seal(b"x" * 20_000)])
    joined.place.blobs.path(joined.rows(ItemRow)[0].body_hash).unlink()
    monkeypatch.setattr(Stick, "room", lambda _stick: 400_000)
    written = write(joined, folder)
    assert (written.items, written.left, written.unreadable) == (1, 1, 1)
    assert states(take(central, folder)) == [{"held": 1}]
    # On the next stick, what is on none yet goes first.
    monkeypatch.undo()
    second = folder.parent / "second"
    second.mkdir()
    assert write(joined, second).items == 2
    assert states(take(central, second)) == [{"held": 1, "known": 1}]


def test_nobody_but_central_answers(central: Study, joined: Study, folder: Path) -> None:
    assert command(joined, "write", folder, "--for", "x" * 32).exit_code == 1
    assert command(central, "write", folder).exit_code == 1
    assert command(joined, "read", folder).exit_code == 1


def command(place: Study, what: str, folder: Path, *more: str):
    return CliRunner().invoke(feldbuch, ["bundle", what, str(folder), *more, "--place", str(place.settings.place)])


def test_the_commands_say_what_they_did(central: Study, joined: Study, device: FieldDevice, folder: Path) -> None:
    joined.intake.receive(device.carrier, [device.seal()])
    done = command(joined, "write", folder, "--size", "2M")
    assert (done.exit_code, "1 item in 1 file" in done.stdout) == (0, True), done.output
    assert command(joined, "write", folder, "--size", "2k").exit_code == 2
    assert "nothing new. 1 stood there already" in command(joined, "write", folder).stdout
    status = CliRunner().invoke(feldbuch, ["status", "--place", str(joined.settings.place)])
    assert re.search(r"Stick: +written 2\S+Z, 1 not confirmed yet$", status.stdout, re.MULTILINE), status.output
    page = joined.client().get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "1 part not confirmed yet" in page
    done = command(central, "read", folder)
    assert (done.exit_code, "1 held" in done.stdout) == (0, True), done.output
    done = command(central, "write", folder, "--json")
    assert (done.exit_code, json.loads(done.stdout)[0]["node"]) == (0, joined.settings.node), done.output
    done = command(joined, "read", folder)
    assert (done.exit_code, "Receipts: 1." in done.stdout) == (0, True), done.output
    empty = folder.parent / "empty"
    empty.mkdir()
    done = command(central, "read", empty)
    assert (done.exit_code, "[bundle.none]" in done.stderr) == (1, True)
    next(folder.glob(f"feldbuch-example-{joined.settings.node[:8]}-*")).write_bytes(b"age-encryption.org/v1\n")
    done = command(central, "read", folder, "--json")
    assert (done.exit_code, json.loads(done.stdout)["pieces"][0]["problem"]) == (1, "bundle.header")


def test_damage_on_the_way_back_is_no_alarm_and_costs_only_time(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    joined.intake.receive(device.carrier, [device.seal() for _ in range(5)])
    write(joined, folder)
    take(central, folder)
    mark_everything(central)
    central.publish(b'{"form": 2}', b"x" * 200_000)
    path = write(central, folder).files[0]
    whole = path.read_bytes()
    for part in range(1, 8):
        at = len(whole) * part // 8
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        heard = hear(joined, folder)
        assert [piece.problem for piece in heard.pieces] in (["bundle.damaged"], []), part
        assert (heard.tally.alarm, joined.rows(Peer)[0].receipt_cursor) == (None, 0)
    # Central finds the damage when it is asked again, and the node misses nothing.
    assert len(write(central, folder).aside) == 1
    heard = hear(joined, folder)
    assert ([piece.problem for piece in heard.pieces], heard.tally.alarm) == ([None], None)
    assert forwards(joined) == [("receipted", None)] * 5
    assert sorted(row.hash for row in joined.rows(Content)) == sorted(row.hash for row in central.rows(Content))


def test_a_large_item_needs_little_memory(central: Study, joined: Study, device: FieldDevice, folder: Path) -> None:
    joined.intake.receive(device.carrier, [device.seal(bytes(40_000_000), part="a1")])
    tracemalloc.start()
    try:
        write(joined, folder)
        read = take(central, folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert states(read) == [{"held": 1}]
    assert peak < 12_000_000, peak


def test_what_a_tablet_brought_itself_is_confirmed_to_the_node_too(
    central: Study, joined: Study, device: FieldDevice, folder: Path
) -> None:
    items = [device.seal(), device.seal(LARGE, part="a1")]
    joined.intake.receive(device.carrier, items)
    central.intake.receive(device.carrier, items)
    write(joined, folder)
    assert states(take(central, folder)) == [{"known": 2}]
    write(central, folder)
    hear(joined, folder)
    assert forwards(joined) == [("receipted", None)] * 2
    assert len(central.rows(ReceiptRow)) == 2
