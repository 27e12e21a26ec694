"""Offers over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.envelope.cover import cover_hash
from tests.field import FieldDevice, Study


@pytest.mark.parametrize("part", ["record", "a1", "a9999", "c1", "c9999"])
def test_every_part_that_a_cover_may_name_is_offered_and_taken(part: str, tmp_path: Path) -> None:
    study = Study.central(tmp_path / "central")
    device = FieldDevice(study)
    study.introduce(device)
    item = device.seal(instance="uuid:1", part=part)
    client = study.client()
    session = device.open_session(client)
    named = {"instance": "uuid:1", "part": part, "hash": cover_hash(item.cover), "size": len(item.body), "priority": 0}
    answer = client.post("/sync/offer", json={"items": [named]}, headers=session)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert [each["state"] for each in device.deliver(client, session, [item])] == ["held"]
    study.close()
