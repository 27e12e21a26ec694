"""Which backups stay: by periods, and whatever the periods say, everything that a promise rests on."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from server.cli.backup import backup
from server.jobs import backup_job
from server.services.operate import backup_copy, retention
from server.services.operate.backup import make_backup, verify_backup
from server.services.operate.backup_target import MANIFEST, BackupTarget, read_blob_list, read_manifest
from server.services.operate.retention import KeepRule, Snapshot, drop_backups, judge_backups, needs_full
from server.storage.carriers import Device
from server.storage.items import Epoch, IntakeKey, Item, ReceiptRow
from tests.examples import examples
from tests.server.operate.conftest import Central

BIG = 100_000
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEAN = KeepRule(newest=2, hours=0, daily=0, weekly=0, monthly=0)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "second"


def set_clock(central: Central, now: datetime) -> None:
    object.__setattr__(central.place, "now", lambda: now)


def keep_all(central: Central) -> None:
    object.__setattr__(central.place.settings, "backups_kept", 1000)


def names(judged: list[Snapshot]) -> list[int]:
    return [int(each.path.name[:6]) for each in judged if each.reasons]


def dated(folder: Path, times: list[datetime]) -> BackupTarget:
    """A target with a manifest for each time, and nothing else; what it holds is not looked at."""
    target = BackupTarget(folder)
    for number, at in enumerate(times, 1):
        snapshot = folder / "snapshots" / f"{number:06d}-{at:%Y%m%dT%H%M%SZ}"
        snapshot.mkdir(parents=True)
        counts = {"epoch": "e", "durable_seq": number, "items": number, "blobs": 0}
        files = {"blobs.txt": {"sha256": sha256(b"").hexdigest(), "size": 0}}
        manifest = {"v": 1, "study": "example", "files": files, "at": f"{at:%Y-%m-%dT%H:%M:%SZ}", **counts}
        (snapshot / MANIFEST).write_text(json.dumps(manifest), "utf-8")
        (snapshot / "blobs.txt").write_text("", "ascii")
    return target


@pytest.fixture
def nothing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "missing_in", lambda newer, older: 0)


@pytest.mark.usefixtures("nothing_alone")
def test_the_rule_of_periods(tmp_path: Path) -> None:
    hours = [START + timedelta(hours=each) for each in range(24 * 400)]
    target = dated(tmp_path, hours[::12])
    rule = KeepRule(newest=2, hours=48, daily=14, weekly=8, monthly=12)
    kept = [each for each in judge_backups(target, rule) if each.reasons]
    assert [sum(reason in each.reasons for each in kept) for reason in ("newest", "recent", "daily", "weekly")] == [
        2,
        4,
        14,
        8,
    ]
    assert len({(each.at.year, each.at.month) for each in kept if each.at}) == 12
    assert len(kept) < 4 + 14 + 8 + 12
    drop_backups(target, rule)
    again = judge_backups(target, rule)
    assert [each.path for each in again] == [each.path for each in kept]
    assert all(each.reasons for each in again)


def test_a_clock_that_jumps_ahead_removes_nothing_that_a_day_kept(tmp_path: Path, nothing_alone: None) -> None:
    days = [START + timedelta(days=each) for each in range(10)]
    target = dated(tmp_path, [*days, START + timedelta(days=20_000)])
    assert names(judge_backups(target, KeepRule(2, 48, 14, 8, 12))) == list(range(11, 0, -1))


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=12), st.integers(0, 3), st.integers(0, 4))
@settings(deadline=None, max_examples=examples(15))
def test_whatever_the_times_the_newest_two_stay(tmp_path_factory: Any, hours: list[int], daily: int, most: int) -> None:
    folder = tmp_path_factory.mktemp("target")
    target = dated(folder, [START + timedelta(hours=each) for each in hours])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(retention, "missing_in", lambda newer, older: 0)
        drop_backups(target, KeepRule(2, most, daily, most, daily))
    left = [int(each.name[:6]) for each in target.snapshots()]
    assert left[-2:] == [number for number in (len(hours) - 1, len(hours)) if number > 0]


def test_old_backups_go_with_the_blobs_that_only_they_name(central: Central, target: Path) -> None:
    keep_all(central)
    for byte in b"abc":
        central.hold(bytes([byte]) * BIG, blob=True)
        make_backup(central.place, target)
    goal = BackupTarget(target)
    (target / "blobs" / "ff").mkdir(mode=0o700)
    stray = target / "blobs" / "ff" / ("f" * 64)
    stray.write_bytes(b"of a backup that is no more")
    judged = drop_backups(goal, LEAN)
    assert names(judged) == [3, 2]
    assert [int(each.name[:6]) for each in goal.snapshots()] == [2, 3]
    assert not stray.exists()
    newest = verify_backup(target)
    assert newest.blobs == 3
    assert sorted(each.name for each in target.glob("blobs/*/*")) == sorted(read_blob_list(newest.snapshot))
    for each in goal.snapshots():
        verify_backup(each)


def test_what_only_an_old_backup_holds_keeps_it(central: Central, target: Path) -> None:
    """Central was taken back to an older backup: the ones that came after it hold what tablets have deleted."""
    keep_all(central)
    first = central.hold(b"a" * BIG, blob=True)
    make_backup(central.place, target)
    for byte in b"bcd":
        central.hold(bytes([byte]) * BIG, blob=True)
        make_backup(central.place, target)
    for statement in (
        delete(Item).where(Item.hash != first),
        delete(ReceiptRow).where(ReceiptRow.item_hash != first),
        insert(Epoch).values(epoch="f" * 32, started_at=central.place.now(), reason="restore"),
    ):
        central.run(statement)
    for _ in range(2):
        report = make_backup(central.place, target)
    assert report.alone == 3
    judged = drop_backups(BackupTarget(target), LEAN)
    assert [(int(each.path.name[:6]), each.reasons, each.alone) for each in judged if each.reasons] == [
        (6, ("newest",), 0),
        (5, ("newest",), 0),
        (4, ("alone",), 3),
    ]
    assert verify_backup(judged[2].path).blobs == 4
    # The same bodies under other covers are not the same items.
    for byte in b"bcd":
        central.hold(bytes([byte]) * BIG, blob=True, epoch="f" * 32)
    assert names(judge_backups(BackupTarget(target), LEAN)) == [6, 5, 4]


def test_the_key_of_a_tablet_keeps_a_backup_too(central: Central, target: Path) -> None:
    keep_all(central)
    central.run(insert(Device).values(id="d1", standing="introduced", first_seen_at=START, report_sequence=0))
    values = {"key": "k", "device": "d1", "period": 1, "public": b"p", "sealed_private": b"s"}
    central.run(insert(IntakeKey).values(values))
    make_backup(central.place, target)
    central.run(delete(IntakeKey))
    for _ in range(2):
        make_backup(central.place, target)
    assert names(drop_backups(BackupTarget(target), LEAN)) == [3, 2, 1]


@pytest.mark.parametrize("file", [MANIFEST, "blobs.txt", "feldbuch.db"])
def test_nothing_goes_by_a_backup_that_cannot_be_read(central: Central, target: Path, file: str) -> None:
    keep_all(central)
    for byte in b"abc":
        central.hold(bytes([byte]) * BIG, blob=True)
        make_backup(central.place, target)
    oldest, middle, _ = BackupTarget(target).snapshots()
    broken = middle if file == "blobs.txt" else oldest
    (broken / file).unlink()
    blobs = sorted(target.glob("blobs/*/*"))
    stray = target / "blobs" / "ff" / ("f" * 64)
    stray.parent.mkdir(mode=0o700, exist_ok=True)
    stray.write_bytes(b"perhaps named by what cannot be read")
    judged = drop_backups(BackupTarget(target), LEAN)
    assert broken in BackupTarget(target).snapshots()
    assert set(blobs) <= set(target.glob("blobs/*/*"))
    assert stray.exists() is (file != "feldbuch.db")
    if file == MANIFEST:
        assert "damaged" in judged[-1].reasons


def test_nothing_goes_by_a_list_of_blobs_that_was_cut(central: Central, target: Path) -> None:
    keep_all(central)
    for byte in b"abcd":
        central.hold(bytes([byte]) * BIG, blob=True)
        make_backup(central.place, target)
    newest = BackupTarget(target).snapshots()[-1]
    whole = (newest / "blobs.txt").read_bytes()
    (newest / "blobs.txt").write_bytes(whole[: len(whole) // 4 * 3])
    blobs = sorted(target.glob("blobs/*/*"))
    judged = drop_backups(BackupTarget(target), LEAN)
    assert sorted(target.glob("blobs/*/*")) == blobs
    assert judged[0].reasons == ("damaged",)
    assert names(judged) == [4, 3, 2], "the newest two that are whole stay beside it"


def test_a_full_backup_of_the_future_stops_no_other(tmp_path: Path) -> None:
    target = dated(tmp_path, [START + timedelta(days=each) for each in (0, 900)])
    for each in target.snapshots():
        manifest = json.loads((each / MANIFEST).read_text("utf-8"))
        (each / MANIFEST).write_text(json.dumps({**manifest, "full": True}), "utf-8")
    assert [needs_full(target, 7, START + timedelta(days=day)) for day in (1, 6, 7, 100)] == [False, False, True, True]


def test_a_kill_while_old_ones_go_leaves_no_backup_that_lacks_a_blob(
    central: Central, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all(central)
    for _ in range(4):
        central.hold(os.urandom(BIG), blob=True)
        make_backup(central.place, target)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("remove_blobs", "rmtree"):
        with monkeypatch.context() as patched:
            patched.setattr(*((BackupTarget, step) if step == "remove_blobs" else (shutil, step)), killed)
            with pytest.raises(KeyboardInterrupt):
                drop_backups(BackupTarget(target), replace(LEAN, newest=3 if step == "remove_blobs" else 2))
        for each in BackupTarget(target).snapshots():
            verify_backup(each)
    make_backup(central.place, target)
    assert list((target / "snapshots").glob(".*")) == []


def test_a_backup_by_schedule_is_full_once_a_week_and_finds_what_rots(
    central: Central, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(central.place.settings, "backup_target", str(target))
    read: list[Path] = []
    real = backup_copy.sha256_of
    monkeypatch.setattr(backup_copy, "sha256_of", lambda path: read.append(path) or real(path))  # type: ignore[func-returns-value]
    central.hold(b"a" * BIG, blob=True)
    full = []
    for day in (0, 1, 6, 8, 9):
        set_clock(central, START + timedelta(days=day))
        read.clear()
        backup_job(central.place)
        newest = BackupTarget(target).newest()
        assert newest is not None
        full.append((read_manifest(newest)["full"], any("blobs" in str(each.parent.parent) for each in read)))
    assert full == [(True, False), (False, False), (False, False), (True, True), (False, False)]
    assert not needs_full(BackupTarget(target), 0, START + timedelta(days=900))
    assert central.problems() == [None] * 5


def test_a_copy_to_another_folder_moves_no_mark(central: Central, target: Path, tmp_path: Path) -> None:
    object.__setattr__(central.place.settings, "backup_target", str(target))
    central.hold(b"a" * 100)
    assert make_backup(central.place, target).marked
    central.hold(b"b" * 100)
    assert not make_backup(central.place, tmp_path / "stick").marked
    assert len(central.marks()) == 1
    assert verify_backup(tmp_path / "stick").items == 2


def test_the_commands(central: Central, target: Path) -> None:
    keep_all(central)
    for _ in range(4):
        central.hold(os.urandom(100))
        make_backup(central.place, target)
    run = CliRunner().invoke
    place = ["--place", str(central.place.settings.place), str(target)]
    few = {f"FELDBUCH_BACKUPS_{name}": "0" for name in ("ALL_HOURS", "DAILY", "WEEKLY", "MONTHLY")}
    few["FELDBUCH_BACKUPS_KEPT"] = "2"
    listed = json.loads(run(backup, ["list", *place, "--json"], env=few).output)
    assert [(each["name"][:6], each["reasons"], each["items"]) for each in listed] == [
        ("000004", ["newest"], 4),
        ("000003", ["newest"], 3),
        ("000002", [], 2),
        ("000001", [], 1),
    ]
    assert "2 of 4 backups would go." in run(backup, ["prune", *place, "--dry-run"], env=few).output
    assert len(BackupTarget(target).snapshots()) == 4
    with BackupTarget(target).locked():
        assert "backup.running" in str(run(backup, ["prune", *place], env=few).exception)
    assert "2 of 4 backups are removed." in run(backup, ["prune", *place], env=few).output
    assert [int(each.name[:6]) for each in BackupTarget(target).snapshots()] == [3, 4]
    assert "newest" in run(backup, ["list", *place], env=few).output
