"""Hand-over files are taken in by the ordinary intake: with all its checks, in part where damaged, and never twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import feldbuch
from server.services.collect.handover import Handover, HandoverReport
from server.services.collect.intake_files import BATCH_BYTES
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.envelope.item import Item, pack_item
from sync.errors import SyncError
from tests.field import STUDY, FieldDevice, Study
from tests.handover_files import handover_file

AT = "2026-03-01T12:00:00Z"
LARGE = b"sound" * (BATCH_BYTES // 4)


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


def written(folder: Path, device: FieldDevice, items: Sequence[Item], count: int | None = None) -> Path:
    file = folder / "tablet.fbh"
    file.write_bytes(handover_file(items, STUDY, device.id, AT, count))
    return file


def taken(place: Study, file: Path) -> HandoverReport:
    return Handover(place.place, place.intake).take_in(file)


def interview(device: FieldDevice) -> list[Item]:
    """A record, a small photo, and a recording that goes through the spool."""
    record = device.seal()
    instance = json.loads(record.cover)["instance"]
    return [record, device.seal(b"photo", instance, "a1"), device.seal(LARGE, instance, "a2")]


def test_all_is_taken_in_once_with_receipts(central: Study, device: FieldDevice, tmp_path: Path) -> None:
    file = written(tmp_path, device, items := interview(device))
    report = taken(central, file)
    assert (dict(report.states), report.problem, report.missing) == ({"held": 3}, None, 0)
    rows = central.rows(ItemRow)
    assert [(row.hash, row.state, row.carrier) for row in rows] == [(each.hash, "held", "file") for each in items]
    assert b"".join(central.place.blobs.read(rows[2].body_hash)) == items[2].body
    assert len(central.rows(ReceiptRow)) == 3
    again = taken(central, file)
    assert dict(again.states) == {"known": 3}
    assert len(central.rows(ReceiptRow)) == 3
    assert list(central.settings.spool.iterdir()) == []


def test_what_the_tablet_delivers_later_is_known_and_it_gets_its_receipts(
    central: Study, device: FieldDevice, tmp_path: Path
) -> None:
    taken(central, written(tmp_path, device, items := interview(device)[:2]))
    client = central.client()
    session = device.open_session(client)
    assert [each["state"] for each in device.deliver(client, session, items)] == ["held", "held"]
    receipts = client.get("/sync/receipts?after=0&limit=10", headers=session).get_json()["receipts"]
    assert [each["cover_hash"] for each in receipts] == [each.hash for each in items]
    assert len(central.rows(ItemRow)) == 2


def test_a_node_queues_what_came_in_a_file(central: Study, node: Study, device: FieldDevice, tmp_path: Path) -> None:
    report = taken(node, written(tmp_path, device, interview(device)))
    assert dict(report.states) == {"waiting": 3}
    assert [row.forward for row in node.rows(ItemRow)] == ["queued"] * 3


def test_damage_costs_only_what_it_touches(central: Study, device: FieldDevice, tmp_path: Path) -> None:
    first, second, third = device.seal(), device.seal(), device.seal()
    file = written(tmp_path, device, [first, second, third])
    whole = file.read_bytes()
    at = whole.index(second.body) + 30
    file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    report = taken(central, file)
    assert dict(report.refused) == {"envelope.body.hash": 1}
    assert (dict(report.states), report.problem) == ({"held": 2, "refused": 1}, "handover.differs")
    assert [row.hash for row in central.rows(ItemRow)] == [first.hash, third.hash]


@pytest.mark.parametrize("lost", [1, 41, 100_000])
def test_a_cut_file_gives_what_stands_before_the_cut(
    central: Study, device: FieldDevice, tmp_path: Path, lost: int
) -> None:
    file = written(tmp_path, device, interview(device))
    file.write_bytes(file.read_bytes()[:-lost])
    report = taken(central, file)
    assert report.problem == "handover.cut"
    assert (report.read, report.missing) == ((3, 0) if lost == 1 else (2, 1))
    assert len(central.rows(ItemRow)) == report.read
    assert list(central.settings.spool.iterdir()) == []


def test_foreign_and_revoked_and_too_large(central: Study, device: FieldDevice, tmp_path: Path) -> None:
    foreign = device.seal(study="another")
    central.revoke(device)
    report = taken(central, written(tmp_path, device, [foreign, device.seal(), device.seal(LARGE)]))
    assert dict(report.states) == {"refused": 1, "quarantined": 2}
    assert dict(report.refused) == {"intake.study": 1}


def test_a_file_that_promises_more_is_told(central: Study, device: FieldDevice, tmp_path: Path) -> None:
    report = taken(central, written(tmp_path, device, [device.seal()], count=3))
    assert (report.problem, report.missing) == ("handover.differs", 2)


def test_another_file_is_refused_whole(central: Study, device: FieldDevice, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    item = device.seal()
    file.write_bytes(pack_item(item.cover, item.body))
    with pytest.raises(SyncError, match=r"handover\.header"):
        taken(central, file)


def test_the_command_tells_each_file_and_ends_with_1_where_one_was_not_whole(
    central: Study, device: FieldDevice, tmp_path: Path
) -> None:
    good = written(tmp_path, device, [device.seal()])
    bad = tmp_path / "cut.fbh"
    bad.write_bytes(good.read_bytes()[:-1])
    none = tmp_path / "none.fbh"
    none.write_bytes(b"")
    place = ["--place", str(central.settings.place)]
    done = CliRunner().invoke(feldbuch, ["intake", str(good), *place])
    assert (done.exit_code, "1 of 1 items" in done.output, "1 held" in done.output) == (0, True, True), done.output
    done = CliRunner().invoke(feldbuch, ["intake", str(good), str(bad), str(none), "--json", *place])
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [each["problem"] for each in told] == [None, "handover.cut", "handover.header"]
    assert "[handover.cut]" in done.stderr
