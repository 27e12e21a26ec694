"""Real backups, a real restore, and a node that has pruned: nothing is lost, from either of the newest two backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli.init import compose
from server.place import utc_now
from server.services.collect import pruning
from server.services.collect.pruning import prune
from server.services.collect.rounds import run_round
from server.services.operate.backup import make_backup
from server.services.operate.backup_target import BackupTarget
from server.services.operate.restore import Restoration, restore_central
from server.settings import read_settings
from server.storage.items import Item as ItemRow
from server.storage.items import MarkRow
from sync.envelope.item import Item
from sync.pruning import BACKUPS
from tests.field import FieldDevice, Study
from tests.server.operate.conftest import PASSPHRASE

LARGE = os.urandom(150_000)


@pytest.fixture
def central(tmp_path: Path, vault_folder: Path) -> Iterator[Study]:
    """A central that will be lost."""
    study = Study.central(tmp_path / "central")
    shutil.copytree(vault_folder, study.settings.vault)
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    central.admit(study)
    yield study
    study.close()


def after_three_backups(central: Study, node: Study, target: Path) -> list[Item]:
    """Before each backup some items come over the node, and after it the node hears of the mark and prunes."""
    device = FieldDevice(central)
    central.introduce(device)
    items: list[Item] = []
    for number in range(3):
        some = [device.seal(), device.seal(LARGE[number:], part="a1")]
        run_round(node.place, central.transport())
        node.intake.receive(device.carrier, some)
        run_round(node.place, central.transport())
        items += some
        make_backup(central.place, target)
        run_round(node.place, central.transport())
        prune(node.place)
    return items


def brought_back(central: Study, node: Study, snapshot: Path, place: Path) -> tuple[set[str], str | None]:
    """What a restored central holds in the end, with every body, and the alarm of the node's last round."""
    restore_central(Restoration(snapshot, place, PASSPHRASE, "mara"), compose, now=utc_now)
    again = Study(read_settings(place), central.central_key)
    try:
        run_round(node.place, again.transport())
        report = run_round(node.place, again.transport())
        for row in again.rows(ItemRow):
            assert row.body is not None or b"".join(again.place.blobs.read(row.body_hash))
        return {row.hash for row in again.rows(ItemRow)}, report.alarm
    finally:
        again.close()


@pytest.mark.parametrize("back", [1, 2])
def test_nothing_that_came_over_a_node_is_lost(central: Study, node: Study, tmp_path: Path, back: int) -> None:
    items = after_three_backups(central, node, tmp_path / "second")
    assert [row.pruned_at is not None for row in node.rows(ItemRow)] == [True] * 4 + [False] * 2
    assert len(node.rows(MarkRow)) == 3
    snapshot = BackupTarget(tmp_path / "second").snapshots()[-back]
    found, alarm = brought_back(central, node, snapshot, tmp_path / "again")
    assert (found, alarm) == ({each.hash for each in items}, None)


def test_a_node_that_needs_one_backup_only_loses_what_the_older_one_lacks(
    central: Study, node: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above would notice it; and what is lost is told by name."""
    monkeypatch.setitem(BACKUPS, "node", 1)  # type: ignore[call-overload]
    items = after_three_backups(central, node, tmp_path / "second")
    snapshot = BackupTarget(tmp_path / "second").snapshots()[-2]
    found, alarm = brought_back(central, node, snapshot, tmp_path / "again")
    assert found == {each.hash for each in items[:4]}
    assert alarm in ("item.gone", "reconcile.lost")
    assert pruning.prune(node.place).items == 0


def test_the_backups_hold_what_an_older_restore_lacks_until_it_is_there_again(
    central: Study, node: Study, tmp_path: Path
) -> None:
    """A tablet brought items straight to central and has deleted them: no rule of periods may take the newer backup."""
    target = tmp_path / "second"
    after_three_backups(central, node, target)
    older = BackupTarget(target).snapshots()[-2]
    restore_central(Restoration(older, tmp_path / "again", PASSPHRASE, "mara"), compose, now=utc_now)
    again = Study(read_settings(tmp_path / "again"), central.central_key)
    try:
        object.__setattr__(again.settings, "backups_all_hours", 0)
        for name in ("daily", "weekly", "monthly"):
            object.__setattr__(again.settings, f"backups_{name}", 0)
        for _ in range(3):
            assert make_backup(again.place, target).alone == 2
        assert [int(each.name[:6]) for each in BackupTarget(target).snapshots()] == [3, 5, 6]
        run_round(node.place, again.transport())
        assert make_backup(again.place, target).alone == 0
        assert [int(each.name[:6]) for each in BackupTarget(target).snapshots()] == [6, 7]
    finally:
        again.close()
