"""Central reads what it holds: what was changed on the disk, or taken away, is found and named."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import cast

from click.testing import CliRunner
from sqlalchemy import Table, delete, update

from server.cli.reconcile import reconcile
from server.services.operate.bodies import check_bodies
from server.storage.items import Item as ItemRow
from tests.field import FieldDevice, Study

ITEMS = cast("Table", ItemRow.__table__)
LARGE = b"x" * 70_000


def test_what_is_damaged_is_named(tmp_path: Path) -> None:
    central = Study.central(tmp_path / "central")
    try:
        device = FieldDevice(central)
        central.introduce(device)
        items = [device.seal(), device.seal(), device.seal(), *(device.seal(LARGE, part="a1") for _ in range(3))]
        central.intake.receive(device.carrier, items)
        assert check_bodies(central.place).damaged == ()
        assert CliRunner().invoke(reconcile, ["--place", str(tmp_path / "central")]).exit_code == 0
        rows = {row.hash: row for row in central.rows(ItemRow)}
        whole, changed, missing = items[3:]
        path = central.place.blobs.path(rows[changed.hash].body_hash)
        with path.open("r+b") as file:
            file.seek(40_000)
            byte = file.read(1)[0]
            file.seek(40_000)
            file.write(bytes([byte ^ 1]))
        central.place.blobs.path(rows[missing.hash].body_hash).unlink()

        def damage(connection: object) -> None:
            execute = connection.execute  # type: ignore[attr-defined]
            execute(update(ITEMS).where(ITEMS.c.hash == items[0].hash).values(body=os.urandom(10)))
            execute(update(ITEMS).where(ITEMS.c.hash == items[1].hash).values(cover=b"{}"))
            execute(delete(ITEMS).where(ITEMS.c.hash == items[2].hash))

        central.run(damage)
        found = check_bodies(central.place)
        assert found.items == 5
        assert [(each.what, each.hash) for each in found.damaged] == [
            ("body_changed", items[0].hash),
            ("cover", items[1].hash),
            ("body_changed", changed.hash),
            ("body_missing", missing.hash),
            ("item_missing", items[2].hash),
        ]
        assert {(each.instance, each.part) for each in found.damaged} == {
            (rows[each.hash].instance, rows[each.hash].part) for each in items if each is not whole
        }
        said = CliRunner().invoke(reconcile, ["--place", str(tmp_path / "central"), "--json"])
        assert said.exit_code == 1
        assert len(json.loads(said.stdout)["damaged"]) == 5
        told = CliRunner().invoke(reconcile, ["--place", str(tmp_path / "central")])
        assert f"{rows[missing.hash].instance}/a1 ({missing.hash}): its body is not there" in told.stdout
    finally:
        central.close()


def test_a_node_that_cannot_reach_central_says_so(tmp_path: Path) -> None:
    central = Study.central(tmp_path / "central", url="http://127.0.0.1:9")
    node = Study.node(tmp_path / "node", central)
    try:
        said = CliRunner().invoke(reconcile, ["--place", str(tmp_path / "node")])
        assert said.exit_code == 1
        assert "sync.unreachable" in said.stderr
    finally:
        node.close()
        central.close()
