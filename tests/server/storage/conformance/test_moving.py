"""A central moves from its folder to PostgreSQL and S3, is backed up there, and comes back from such a backup."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.init import compose
from server.cli.serve import only_server
from server.errors.error import CodedError
from server.place import utc_now
from server.services.collect.receipts import newest_mark
from server.services.operate.backup import make_backup, verify_backup
from server.services.operate.bodies import check_bodies
from server.services.operate.lease import JobLease
from server.services.operate.restore import Restoration, restore_central
from server.services.operate.store import move_store
from server.settings import Settings, read_settings, write_settings
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from server.vault.keyfile import MIN_MEMORY_KIB, Cost, create_vault
from sync.envelope.signed import Mark
from tests import field
from tests.field import FieldDevice, Study
from tests.postgresql import Cluster
from tests.s3 import Bucket

PASSPHRASE = "correct horse battery staple"


def tell(_what: str, _done: int, _total: int) -> None:
    """Nobody listens."""


@pytest.fixture
def moved(tmp_path: Path, cluster: Cluster, bucket: Bucket) -> Iterator[tuple[Study, FieldDevice]]:
    """A central that began in its folder, with its keys, and a device that delivers to it."""
    target = tmp_path / "backups"
    study = Study.central(tmp_path / "central", backup_target=str(target))
    create_vault(study.settings.vault, PASSPHRASE, Cost(MIN_MEMORY_KIB, 1, 2))
    device = FieldDevice(study)
    study.introduce(device)
    study.intake.receive(device.carrier, [device.seal(), device.seal(b"x" * 100_000)])
    study.close()
    database, blobs = cluster.make(template="template0"), bucket.make()
    done = move_store(study.settings, database, blobs, compose, tell)
    assert done.blobs == 1
    settings = read_settings(study.settings.place, {})
    assert (settings.database, settings.blob_store) == (database, blobs)
    there = Study(settings, study.central_key)
    yield there, device
    there.close()


def test_it_goes_on_where_it_was_and_a_backup_of_it_is_restored_like_any_other(
    moved: tuple[Study, FieldDevice], tmp_path: Path
) -> None:
    central, device = moved
    assert not (central.settings.place / "feldbuch.db").exists()
    assert (central.settings.place / "feldbuch.db.moved").exists()
    (answer,) = central.intake.receive(device.carrier, [device.seal(b"y" * 100_000)])
    assert answer.state == "held"
    assert [row.seq for row in central.rows(ReceiptRow)] == [1, 2, 3]
    assert [row.id for row in central.rows(ItemRow)] == [1, 2, 3]
    assert check_bodies(central.place).damaged == ()

    target = Path(central.settings.backup_target)
    made = make_backup(JobLease(central.place, "jobs").fenced(JobLease(central.place, "jobs").take() or 0), target)
    assert (made.items, made.blobs, made.durable_seq, made.marked) == (3, 2, 3, True)
    with central.place.engine.connect() as connection:
        document = newest_mark(connection)
    assert document is not None
    assert Mark.read(document, central.central_key.public_key()).durable_seq == 3
    assert verify_backup(target).items == 3

    restored = restore_central(Restoration(target, tmp_path / "back", PASSPHRASE, "anna"), compose, now=utc_now)
    assert (restored.items, restored.receipts) == (3, 3)
    settings = dataclasses.replace(read_settings(tmp_path / "back", {}))
    assert (settings.database, settings.blob_store) == ("", "")
    back = Study(settings, central.central_key)
    try:
        assert [row.hash for row in back.rows(ItemRow)] == [row.hash for row in central.rows(ItemRow)]
        assert check_bodies(back.place).damaged == ()
        assert len({row.epoch for row in back.rows(ReceiptRow)}) == 2
    finally:
        back.close()


def test_a_backup_whose_process_lost_the_lease_moves_no_mark(moved: tuple[Study, FieldDevice]) -> None:
    central, _ = moved
    one, other = JobLease(central.place, "one", seconds=0), JobLease(central.place, "other")
    fence = one.take()
    assert fence is not None
    assert other.take() == fence + 1
    with pytest.raises(CodedError, match=r"lease\.lost"):
        make_backup(one.fenced(fence), Path(central.settings.backup_target))
    with central.place.engine.connect() as connection:
        assert newest_mark(connection) is None


def test_what_is_elsewhere_already_or_taken_is_refused(moved: tuple[Study, FieldDevice], tmp_path: Path) -> None:
    central, _ = moved
    with pytest.raises(CodedError) as again:
        move_store(central.settings, central.settings.database, "", compose, tell)
    assert again.value.code == "store.moved"
    assert field.new_store() == {}
    another = Study.central(tmp_path / "another")
    another.close()
    with pytest.raises(CodedError) as taken:
        move_store(another.settings, central.settings.database, "", compose, tell)
    assert taken.value.code == "store.taken"
    assert read_settings(another.settings.place, {}).database == ""
    with pytest.raises(CodedError) as secret:
        move_store(another.settings, "postgresql://anna:secret@host/name", "", compose, tell)
    assert secret.value.code == "settings.secret"


@pytest.mark.parametrize("name", ["database", "blob_store"])
def test_a_node_keeps_everything_in_its_folder(tmp_path: Path, name: str) -> None:
    settings = Settings(place=tmp_path, role="node", study="example", url="http://localhost")
    write_settings(settings)
    with pytest.raises(CodedError) as refused:
        read_settings(tmp_path, {f"FELDBUCH_{name.upper()}": "s3://elsewhere/x"})
    assert (refused.value.code, refused.value.params["name"]) == ("settings.wrong", name)
    with pytest.raises(CodedError) as moved:
        move_store(settings, "", "s3://elsewhere/x", compose, tell)
    assert moved.value.code == "store.role"


def test_who_wants_a_place_for_itself_waits_for_all_that_serve_it(tmp_path: Path) -> None:
    with only_server(tmp_path, 8000), only_server(tmp_path, 8001):
        for port in (8000, None):
            with pytest.raises(CodedError, match=r"serve\.running"), only_server(tmp_path, port):
                pass
    with only_server(tmp_path), pytest.raises(CodedError, match=r"serve\.running"), only_server(tmp_path, 8000):
        pass
