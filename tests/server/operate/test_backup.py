"""Backups: whole, checked, made while central writes; the mark says no more than what the copy holds."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, insert, select, update

from server.cli.backup import backup
from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.services.operate import backup_copy
from server.services.operate.backup import make_backup, verify_backup
from server.services.operate.backup_target import BackupTarget
from server.storage.items import Epoch, Item, MarkRow, ReceiptRow
from server.storage.keyfiles import CENTRAL_KEY, SESSION_KEY
from server.vault.core import Vault
from sync.envelope.signed import Mark
from tests.server.operate.conftest import EPOCH, PASSPHRASE, Central

BIG = 300_000


def code_of(call, *arguments, **named):
    with pytest.raises(CodedError) as caught:
        call(*arguments, **named)
    assert caught.value.code in catalogue() or caught.value.code == "epoch.missing"
    return caught.value.code


def newest_mark(central: Central) -> Mark:
    return Mark.read(central.marks()[-1], central.public_key)


@contextlib.contextmanager
def copy_of(snapshot: Path):
    with contextlib.closing(sqlite3.connect(f"file:{snapshot}/feldbuch.db?mode=ro", uri=True)) as copy:
        yield copy


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "second"


def test_a_backup_holds_everything_and_moves_the_mark(central, target):
    for number in range(5):
        central.hold(os.urandom(9000))
        central.hold(bytes([number]) * BIG, blob=True)
    report = make_backup(central.place, target)
    assert (report.items, report.blobs, report.new_blobs, report.durable_seq) == (10, 5, 5, 10)
    assert report.same_file_system
    mark = newest_mark(central)
    assert (mark.study, mark.epoch, mark.durable_seq) == ("example", EPOCH, 10)
    assert central.problems() == [None]
    again = verify_backup(target)
    assert (again.snapshot, again.items, again.blobs, again.durable_seq) == (report.snapshot, 10, 5, 10)
    assert again.bytes == report.bytes > 5 * BIG
    for path in target.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_backup_copies_only_new_blobs(central, target):
    central.hold(b"a" * BIG, blob=True)
    make_backup(central.place, target)
    central.hold(b"b" * BIG, blob=True)
    report = make_backup(central.place, target)
    assert (report.blobs, report.new_blobs, report.durable_seq) == (2, 1, 2)
    assert [each.name[:6] for each in BackupTarget(target).snapshots()] == ["000001", "000002"]


def test_blobs_of_an_earlier_backup_are_made_durable_before_the_mark(central, target, monkeypatch):
    """The earlier one may have been killed between giving a blob its name and syncing the folder."""
    central.hold(b"a" * BIG, blob=True)
    make_backup(central.place, target)
    (blob,) = (target / "blobs").glob("??/*")
    synced = []
    monkeypatch.setattr(backup_copy, "fsync_folder", lambda folder: synced.append((folder, marks_of(central))))
    make_backup(central.place, target)
    assert synced == [(blob.parent, 1), (target / "blobs", 1)]
    assert marks_of(central) == 2


def marks_of(central):
    with central.place.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(MarkRow)).scalar_one()


def test_secrets_lie_in_a_backup_sealed_and_come_back_with_the_passphrase(central, target, tmp_path):
    central.hold(b"x" * 9000)
    snapshot = make_backup(central.place, target).snapshot
    for path in target.rglob("*"):
        if path.is_file():
            assert central.key not in path.read_bytes(), path
    assert not (snapshot / f"{SESSION_KEY}.sealed").exists()
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(snapshot / "study.key.json", restored)
    vault = Vault(restored, 60)
    sealed = (snapshot / f"{CENTRAL_KEY}.sealed").read_bytes()
    assert vault.open_secret(vault.unlock(PASSPHRASE, "mara"), CENTRAL_KEY, sealed) == central.key
    vault.close()


def test_a_copy_made_while_central_writes_is_consistent(central, target, monkeypatch):
    for _ in range(300):
        central.hold(os.urandom(9000))
    monkeypatch.setattr(backup_copy, "PAGES_AT_ONCE", 8)
    stop, count, written_during_copy = threading.Event(), [300], threading.Event()

    def write():
        while not stop.is_set():
            central.hold(os.urandom(BIG), blob=True) if count[0] % 5 == 0 else central.hold(os.urandom(9000))
            count[0] += 1
            written_during_copy.set()

    writer = threading.Thread(target=write)
    writer.start()
    during = []

    def progress(what, done, total):
        if what == "database" and len(during) < 40:
            written_during_copy.clear()
            assert written_during_copy.wait(20), "writers must not be held up by a backup"
            during.append(total)

    try:
        report = make_backup(central.place, target, progress=progress)
    finally:
        stop.set()
        writer.join()
    assert len(during) == 40
    assert len(set(during)) == 1, "what is written meanwhile must not come in"
    assert 300 <= report.durable_seq == report.items < count[0]
    with copy_of(report.snapshot) as copy:
        assert copy.execute("SELECT max(seq), count(*) FROM receipt").fetchone() == (report.items, report.items)
    verify_backup(target)
    assert newest_mark(central).durable_seq == report.durable_seq


def test_the_mark_ends_before_a_gap_and_counts_only_the_epoch_in_force(central, target):
    names = [central.hold(os.urandom(100)) for _ in range(5)]
    central.run(delete(ReceiptRow.__table__).where(ReceiptRow.seq == 3))
    assert names
    assert make_backup(central.place, target).durable_seq == 2
    central.run(insert(Epoch.__table__).values(epoch="f" * 32, started_at=central.place.now(), reason="restore"))
    assert make_backup(central.place, target).durable_seq == 0
    central.hold(b"new", epoch="f" * 32)
    report = make_backup(central.place, target)
    assert (report.epoch, report.durable_seq) == ("f" * 32, 1)


def test_a_receipt_without_its_item_stops_the_backup(central, target):
    name = central.hold(b"x")
    central.run(delete(Item.__table__).where(Item.hash == name))
    assert code_of(make_backup, central.place, target) == "backup.item.missing"


def damage_blob(central: Central, body: bytes) -> None:
    name = central.hold(body, blob=True)
    with central.place.engine.connect() as connection:
        (blob,) = connection.exec_driver_sql("SELECT body_hash FROM item WHERE hash = ?", (name,)).one()
    central.place.blobs.path(blob).write_bytes(body[:-1] + b"!")


def lose_blob(central: Central, body: bytes) -> None:
    damage_blob(central, body)
    for path in central.place.settings.blobs.glob("*/*"):
        path.unlink()


def damage_body(central: Central, body: bytes) -> None:
    name = central.hold(body)
    central.run(update(Item.__table__).where(Item.hash == name).values(body=body[:-1] + b"!"))


def damage_cover(central: Central, body: bytes) -> None:
    name = central.hold(body)
    central.run(update(Item.__table__).where(Item.hash == name).values(cover=b"other"))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (damage_blob, "backup.blob.damaged"),
        (lose_blob, "backup.blob.missing"),
        (damage_body, "backup.item.damaged"),
        (damage_cover, "backup.item.damaged"),
    ],
)
def test_damage_at_central_fails_the_backup_and_leaves_the_mark(central, target, damage, code):
    central.hold(b"good")
    make_backup(central.place, target)
    before = central.marks()
    damage(central, b"z" * BIG)
    assert code_of(make_backup, central.place, target) == code
    assert central.marks() == before
    assert central.problems() == [None, code]
    assert len(BackupTarget(target).snapshots()) == 1
    assert [each.name for each in (target / "snapshots").iterdir() if each.name.startswith(".")] == []
    verify_backup(target)


def test_a_rotten_blob_of_an_earlier_backup_is_found_and_replaced(central, target):
    central.hold(b"a" * BIG, blob=True)
    make_backup(central.place, target)
    (blob,) = (target / "blobs").glob("*/*")
    blob.write_bytes(b"b" * BIG)
    assert code_of(verify_backup, target) == "backup.blob.damaged"
    assert make_backup(central.place, target).new_blobs == 0
    assert make_backup(central.place, target, verify="all").new_blobs == 1
    verify_backup(target)
    blob.write_bytes(b"short")
    assert make_backup(central.place, target).new_blobs == 1


@pytest.mark.parametrize("name", ["feldbuch.db", "manifest.json", "central.key.sealed", "blobs.txt", "study.key.json"])
def test_a_changed_file_of_a_snapshot_is_found(central, target, name):
    central.hold(b"a" * 100)
    snapshot = make_backup(central.place, target).snapshot
    content = (snapshot / name).read_bytes()
    (snapshot / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if content else b"x")
    if name == "manifest.json":
        (snapshot / name).write_bytes(content[:-4])
    assert code_of(verify_backup, snapshot) == "backup.file.damaged"


def test_targets_that_will_not_do(central, target, tmp_path):
    place = central.place
    assert code_of(make_backup, place, place.settings.place / "backup") == "backup.target.inside"
    assert code_of(make_backup, place, tmp_path) == "backup.target.inside"
    assert code_of(make_backup, place, tmp_path / "no" / "such") == "backup.target.missing"
    (tmp_path / "file").write_text("")
    assert code_of(make_backup, place, tmp_path / "file") == "backup.target.unwritable"
    assert len([each for each in central.problems() if each]) == 4
    make_backup(place, target)
    (manifest,) = target.glob("snapshots/*/manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "study": "another"}))
    assert code_of(make_backup, place, target) == "backup.target.other_study"
    assert code_of(verify_backup, tmp_path) == "backup.none"


def test_two_at_once_are_refused_and_that_is_no_failure(central, target):
    codes = []

    def progress(what, done, total):
        if not codes:
            codes.append(code_of(make_backup, central.place, target))

    make_backup(central.place, target, progress=progress)
    assert codes == ["backup.running"]
    assert central.problems() == [None]


def test_a_restore_or_a_loss_meanwhile_leaves_the_mark(central, target):
    central.hold(b"x")
    later = insert(Epoch.__table__).values(epoch="f" * 32, started_at=central.place.now(), reason="restore")
    done = []

    def progress(what, _done, _total):
        if what == "items" and not done:
            done.append(central.run(later))

    assert code_of(make_backup, central.place, target, progress=progress) == "backup.epoch.changed"
    assert central.marks() == []
    values = {"epoch": "f" * 32, "durable_seq": 7, "document": b"", "received_at": central.place.now()}
    central.run(insert(MarkRow.__table__).values(values))
    assert code_of(make_backup, central.place, target) == "backup.mark.backwards"


KILLED = """
import os, sys
from pathlib import Path
from server.app import create_app
from server.opening import place_of
from server.services.operate.backup import make_backup
from server.settings import read_settings

def progress(what, done, total):
    if what == sys.argv[3]:
        os.kill(os.getpid(), 9)

make_backup(place_of(create_app(read_settings(Path(sys.argv[1])))), Path(sys.argv[2]), progress=progress)
"""


@pytest.mark.parametrize("moment", ["database", "blobs", "items"])
def test_killed_in_the_middle_it_leaves_nothing_and_the_next_one_works(central, target, moment):
    central.hold(b"a" * BIG, blob=True)
    command = [sys.executable, "-c", KILLED, str(central.place.settings.place), str(target), moment]
    killed = subprocess.run(command, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert BackupTarget(target).snapshots() == []
    assert central.marks() == []
    report = make_backup(central.place, target)
    assert report.durable_seq == 1
    assert [each.name for each in (target / "snapshots").iterdir()] == [report.snapshot.name]
    verify_backup(target)


@pytest.mark.parametrize("failing", range(1, 12))
def test_whatever_write_fails_nothing_half_made_stays(central, target, monkeypatch, failing):
    central.hold(b"a" * BIG, blob=True)
    real, calls = os.fsync, [0]

    def fsync(descriptor):
        path = os.readlink(f"/proc/self/fd/{descriptor}")
        if str(target) in path:
            calls[0] += 1
            if calls[0] == failing:
                raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    code = code_of(make_backup, central.place, target)
    assert calls[0] == failing, "fewer writes are made durable than there were"
    assert code == "backup.target.full"
    assert central.marks() == []
    assert central.problems() == [code]
    for snapshot in BackupTarget(target).snapshots():
        verify_backup(snapshot)
    monkeypatch.setattr(os, "fsync", real)
    make_backup(central.place, target)
    assert newest_mark(central).durable_seq == 1


def test_the_command_line(feldbuch, central, target):
    central.hold(b"a" * BIG, blob=True)
    place = ("--place", str(central.place.settings.place))
    process = feldbuch("backup", *place, target)
    process.wait_for_line("WARNING: it lies on the same file system")
    assert process.process.wait(60) == 0
    assert "1 items, 1 blobs (1 new)" in process.output
    assert f"Safe up to number 1 of epoch {EPOCH}." in process.output
    result = CliRunner().invoke(backup, [*place, "--verify", str(target)])
    assert result.exit_code == 0
    assert "is whole" in result.output
    result = CliRunner().invoke(backup, list(place))
    assert isinstance(result.exception, CodedError)
    assert result.exception.code == "backup.target.none"
