"""Clocks wrong by hours, days or decades: nothing is decided by them, and their times say how wrong they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.cli.status import _said
from server.services.collect.clocks import AT_MOST
from server.services.collect.rounds import run_round
from server.services.monitor.clocks import in_words, notable
from server.services.monitor.journey import read_instances
from server.services.monitor.ledger import read_ledger
from server.services.operate.status import read_status
from server.services.operate.users import add_user
from server.storage.carriers import Device, Node
from server.storage.items import Item, ReceiptRow
from sync.carrier import Counts
from sync.envelope.encoding import canonical
from tests.field import FieldDevice, Study
from tests.server.desk.places import NAME, PASSWORD, sign_in

CLOCKS = {
    "right": timedelta(seconds=7),
    "two hours fast": timedelta(hours=2),
    "three days slow": timedelta(days=-3),
    "1970": datetime(1970, 1, 1, tzinfo=UTC),
    "2050": datetime(2050, 6, 1, tzinfo=UTC),
    "the last that is read": datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC),
    "the first": datetime(1000, 1, 1, tzinfo=UTC),
}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Study]:
    study = Study.central(tmp_path / "central")
    yield study
    study.close()


@pytest.fixture
def node(tmp_path: Path, central: Study) -> Iterator[Study]:
    study = Study.node(tmp_path / "node", central)
    central.admit(study)
    yield study
    study.close()


def wire(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
def test_a_wrong_clock_changes_nothing_but_what_is_said_of_its_times(
    central: Study, clock: timedelta | datetime
) -> None:
    now = datetime.now(UTC)
    shown = now + clock if isinstance(clock, timedelta) else clock
    right, wrong = FieldDevice(central), FieldDevice(central)
    client = central.client()
    for device, at in ((right, now), (wrong, shown)):
        central.introduce(device)
        counts = Counts(finished=2, unsent=1, highest_number=1, oldest_unsent=wire(at), clock=wire(at))
        session = device.open_session(client, counts)
        (answer,) = device.deliver(client, session, [device.seal(finished_at=wire(at))])
        assert (answer["state"], answer["code"]) == ("held", None)
    assert [row.state for row in central.rows(Item)] == ["held", "held"]
    assert [row.seq for row in central.rows(ReceiptRow)] == [1, 2]

    ahead = (shown - now).total_seconds()
    kept = {row.id: row.clock_ahead for row in central.rows(Device)}
    assert abs(kept[right.id]) < 60
    assert abs(kept[wrong.id] - max(-AT_MOST, min(AT_MOST, ahead))) < 60
    lines = {each.device: each for each in read_ledger(central.place).devices}
    assert lines[right.id].clock_ahead is None
    assert (lines[wrong.id].clock_ahead is not None) == (abs(ahead) > 60)
    assert lines[right.id].counts == lines[wrong.id].counts
    (instance,) = read_instances(central.place, wrong.id)
    assert (instance.clock_ahead is not None) == (ahead > 60)
    found = {each["id"]: each for each in json.loads(json.dumps(read_status(central.place)))["devices"]}
    assert found[wrong.id]["clock_ahead"] == kept[wrong.id]
    assert found[wrong.id]["report"]["unsent"] == 1
    assert ("its clock is about" in _said(found[wrong.id])) == (abs(ahead) > 60)
    assert "its clock" not in _said(found[right.id])


def test_what_a_node_brings_proves_only_a_clock_that_is_ahead(central: Study, node: Study) -> None:
    fast, slow = FieldDevice(central), FieldDevice(central)
    client, now = node.client(), datetime.now(UTC)
    for device, hours in ((fast, 5), (slow, -5)):
        central.introduce(device)
        device.open_session(client, Counts(clock=wire(now + timedelta(hours=hours))))
    assert {row.id: round(row.clock_ahead / 3600) for row in node.rows(Device)} == {fast.id: 5, slow.id: -5}
    assert run_round(node.place, central.transport()).problem is None
    kept = {row.id: row.clock_ahead for row in central.rows(Device)}
    assert round(kept[fast.id] / 3600) == 5
    assert kept[slow.id] is None, "its hello may have been on its way for five hours"
    (seen,) = central.rows(Node)
    assert abs(seen.clock_ahead) < 60


def test_a_hello_without_a_clock_is_read_as_before(central: Study) -> None:
    device = FieldDevice(central)
    central.introduce(device)
    device.open_session(central.client(), Counts(clock=wire(datetime.now(UTC) + timedelta(days=1))))
    greeting = central.client().get("/sync/hello").get_json()
    document = device.hello("central", greeting["challenge"])
    assert document["counts"]["clock"] is None
    counts = {name: value for name, value in document["counts"].items() if name not in ("clock", "checkpoints")}
    assert Counts.read(counts) == Counts()
    device.open_session(central.client())
    (kept,) = central.rows(Device)
    assert round(kept.clock_ahead / 86_400) == 1, "what was known of it stays"
    assert canonical(counts)


def test_the_words_of_a_command() -> None:
    assert notable(119) is None
    assert notable(-120) == -120
    assert [in_words(each) for each in (7200, -3 * 86_400, 130, 24 * 31_536_000, -5400)] == [
        "about 2 h fast",
        "about 3 days slow",
        "about 2 min fast",
        "about 24 years fast",
        "about 90 min slow",
    ]


def test_the_pages_say_it_beside_the_times(central: Study) -> None:
    add_user(central.place, NAME, PASSWORD)
    device = FieldDevice(central)
    central.introduce(device)
    client, ahead = central.client(), datetime.now(UTC) + timedelta(hours=26)
    counts = Counts(finished=2, unsent=1, highest_number=2, oldest_unsent=wire(ahead), clock=wire(ahead))
    device.deliver(client, device.open_session(client, counts), [device.seal(finished_at=wire(ahead))])
    desk = central.client()
    assert sign_in(desk, language="en").status_code == 303
    for path in ("/", f"/devices/{device.id}"):
        page = desk.get(path, headers={"Accept-Language": "en"}).text
        assert len(re.findall(r'data-clock="93[56]\d\d"', page)) >= 2, path
    assert re.search(r'data-clock-ahead="93[56]\d\d"', page)
