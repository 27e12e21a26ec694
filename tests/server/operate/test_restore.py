"""Restoring central: whole or not at all, under a new epoch, and every sender delivers again what it lacks."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.init import compose
from server.cli.restore import restore
from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.jobs import feed_job
from server.place import utc_now
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.rounds import run_round
from server.services.operate.backup import has_unsaved_feed, make_backup, verify_backup
from server.services.operate.backup_target import BackupTarget
from server.services.operate.restore import Restoration, Restored, restore_central
from server.settings import read_settings
from server.storage.items import Backup, Epoch, IntakeKey, Item, MarkRow, ReceiptRow
from server.storage.keyfiles import BUNDLE_KEY, SESSION_KEY
from server.vault.audit import AUDIT_FILE, check_audit_log
from sync.envelope.signed import Mark, Receipt
from tests.field import FieldDevice, Study
from tests.server.operate.conftest import PASSPHRASE

LARGE = os.urandom(300_000)


@pytest.fixture
def lost(tmp_path: Path, vault_folder: Path) -> Iterator[Study]:
    """A central that will be lost."""
    study = Study.central(tmp_path / "central")
    shutil.copytree(vault_folder, study.settings.vault)
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, lost: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", lost)
    lost.admit(study)
    yield study
    study.close()


def bring_back(source: Path, place: Path, passphrase: str = PASSPHRASE, **named: object) -> Restored:
    return restore_central(Restoration(source, place, passphrase, "mara"), compose, now=utc_now, **named)


def receipts(study: Study) -> list[Receipt]:
    """The receipts of the epoch in force, each signed by the key that tablets have pinned."""
    epoch = study.rows(Epoch)[-1].epoch
    documents = [row.document for row in study.rows(ReceiptRow) if row.epoch == epoch]
    return [Receipt.read(each, study.central_key.public_key()) for each in documents]


def test_every_sender_delivers_again_what_a_restored_central_lacks(lost: Study, node: Study, tmp_path: Path) -> None:
    device = FieldDevice(lost)
    lost.introduce(device)
    early = [device.seal(), device.seal(LARGE, part="a1"), device.seal()]
    node.intake.receive(device.carrier, early)
    run_round(node.place, lost.transport())
    make_backup(lost.place, tmp_path / "second")
    late = [device.seal(), device.seal(LARGE[1:], part="a1")]
    node.intake.receive(device.carrier, late)
    run_round(node.place, lost.transport())
    run_round(node.place, lost.transport())
    assert [row.forward for row in node.rows(Item)] == ["receipted"] * 5

    done = bring_back(tmp_path / "second", tmp_path / "again")
    assert (done.items, done.receipts, done.blobs, done.aside) == (3, 3, 1, None)
    central = Study(read_settings(tmp_path / "again"), lost.central_key)
    try:
        held = {row.hash: row for row in central.rows(Item)}
        assert set(held) == {each.hash for each in early}
        assert b"".join(central.place.blobs.read(held[early[1].hash].body_hash)) == early[1].body
        assert [row.reason for row in central.rows(Epoch)][-1] == "restore"
        assert central.rows(Epoch)[-1].epoch == done.epoch != lost.rows(Epoch)[-1].epoch
        assert [each.seq for each in receipts(central)] == [1, 2, 3]
        assert {each.cover_hash: each.state for each in receipts(central)} == {each.hash: "held" for each in early}
        # The old mark says nothing in the new epoch.
        marks = [Mark.read(row.document, lost.central_key.public_key()) for row in central.rows(MarkRow)]
        assert all(mark.epoch != done.epoch for mark in marks)

        # The node notices the epoch, offers everything, and delivers what is missing: nothing is lost, nothing twice.
        run_round(node.place, central.transport())
        run_round(node.place, central.transport())
        assert sorted(row.hash for row in central.rows(Item)) == sorted(each.hash for each in early + late)
        assert [row.forward for row in node.rows(Item)] == ["receipted"] * 5
        newest = {row.item_hash: row.epoch for row in node.rows(ReceiptRow)}
        assert newest == {each.hash: done.epoch for each in early + late}
        assert make_backup(central.place, tmp_path / "third").durable_seq == 5
    finally:
        central.close()


def test_secrets_come_back_and_the_session_key_is_new(lost: Study, tmp_path: Path) -> None:
    tell_bundle_key(lost.place, lost.feed)
    make_backup(lost.place, tmp_path / "second")
    done = bring_back(tmp_path / "second", tmp_path / "again")
    settings = read_settings(done.place)
    old, new = lost.settings, settings
    assert {each.name for each in new.keys.iterdir()} == {each.name for each in old.keys.iterdir()}
    assert (new.keys / BUNDLE_KEY).is_file()
    for path in old.keys.iterdir():
        assert ((new.keys / path.name).read_bytes() == path.read_bytes()) is (path.name != SESSION_KEY)
    for path in done.place.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    # Whoever opened the secrets stands in the vault's log, which goes on where it was.
    assert check_audit_log(new.vault / AUDIT_FILE) is None
    assert b"mara" in (new.vault / AUDIT_FILE).read_bytes()
    assert list(tmp_path.glob(".*")) == []


def test_nothing_is_overwritten_and_what_stood_there_is_put_aside(lost: Study, tmp_path: Path) -> None:
    make_backup(lost.place, tmp_path / "second")
    place = lost.settings.place
    with pytest.raises(CodedError, match=r"init\.exists"):
        bring_back(tmp_path / "second", place)
    done = bring_back(tmp_path / "second", place, put_aside=True)
    assert done.aside is not None
    assert (done.aside / "feldbuch.db").is_file()
    assert (place / "feldbuch.db").is_file()
    assert done.epoch not in (done.aside / "feldbuch.db").read_bytes().decode("latin-1")


@pytest.mark.parametrize(
    ("passphrase", "damage", "code"),
    [
        ("another one that is wrong", None, "vault.passphrase.wrong"),
        (PASSPHRASE, "blobs", "backup.blob.damaged"),
        (PASSPHRASE, "feldbuch.db", "backup.file.damaged"),
    ],
)
def test_what_cannot_be_brought_back_whole_is_not_brought_back(
    lost: Study, tmp_path: Path, passphrase: str, damage: str | None, code: str
) -> None:
    device = FieldDevice(lost)
    lost.introduce(device)
    lost.intake.receive(device.carrier, [device.seal(), device.seal(LARGE, part="a1")])
    snapshot = make_backup(lost.place, tmp_path / "second").snapshot
    if damage is not None:
        file = next((tmp_path / "second").glob("blobs/*/*")) if damage == "blobs" else snapshot / damage
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CodedError) as caught:
        bring_back(tmp_path / "second", tmp_path / "again", passphrase)
    assert caught.value.code == code
    assert code in catalogue()
    assert not (tmp_path / "again").exists()
    assert list(tmp_path.glob(".*")) == []


def test_the_command_restores_and_says_what_it_did(lost: Study, tmp_path: Path) -> None:
    make_backup(lost.place, tmp_path / "second")
    (tmp_path / "words").write_text(PASSPHRASE + "\n", "utf-8")
    arguments = [str(tmp_path / "second"), str(tmp_path / "again"), "--passphrase-file", str(tmp_path / "words")]
    said = CliRunner().invoke(restore, [*arguments, "--backup-target", str(tmp_path / "third")], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    assert "0 items" in said.output
    assert "new epoch" in said.output
    assert read_settings(tmp_path / "again").backup_target == str(tmp_path / "third")
    verify_backup(tmp_path / "second")


def test_what_nobody_could_bring_again_is_backed_up_soon(lost: Study, tmp_path: Path) -> None:
    """A tablet that enrolled after the last backup seals to a key that lies at central alone."""
    target = tmp_path / "second"
    settings = lost.settings
    place = dataclasses.replace(lost.place, settings=dataclasses.replace(settings, backup_target=str(target)))
    assert has_unsaved_feed(place, target)
    feed_job(place)
    device = FieldDevice(lost)
    lost.intake.receive(device.carrier, [device.seal()])
    assert not has_unsaved_feed(place, target)
    lost.introduce(device)
    feed_job(place)
    assert len(BackupTarget(target).snapshots()) == 2
    feed_job(place)
    assert len(BackupTarget(target).snapshots()) == 2
    done = bring_back(target, tmp_path / "again")
    central = Study(read_settings(done.place), lost.central_key)
    try:
        assert [row.key for row in central.rows(IntakeKey)] == [device.intake_key.key]
    finally:
        central.close()
    # A target that is away is told once an hour by the ordinary backup, not four times a minute.
    target.rename(tmp_path / "away")
    target.write_text("no folder")
    lost.introduce(FieldDevice(lost))
    for _ in range(3):
        feed_job(place)
    assert [row.problem for row in lost.rows(Backup)][2:] == ["backup.target.unwritable"]
