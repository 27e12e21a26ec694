"""The ledger against a plain recount of the same world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import StaticPool, create_engine

from server.place import Place
from server.services.monitor.journey import read_instances
from server.services.monitor.ledger import Counts, read_ledger
from server.settings import Settings
from server.storage.base import Base, harden_sqlite
from server.storage.blobs import BlobStore
from server.storage.writer import Writer
from tests.examples import examples
from tests.server.monitor.worlds import NOW, World, WorldDevice, WorldItem, worlds, write_world


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    harden_sqlite(engine)
    Base.metadata.create_all(engine)
    settings = Settings(place=folder, role="central", study="example", url="http://127.0.0.1")
    yield Place(settings, engine, Writer(engine), BlobStore(Path(folder)), now=lambda: NOW)
    engine.dispose()


def is_under(world: World, words: list[tuple[str, int]]) -> bool:
    """Whether one of these receipts (epoch, seq) is under the mark."""
    return world.mark is not None and any(e == world.mark[0] and s <= world.mark[1] for e, s in words)


def is_whole(world: World, device: str, instance: str) -> bool:
    """Whether every part of an instance is held under the mark, and no number that may be one of it is missing."""
    receipts, parts = world.receipts(), dict[str, bool]()
    numbers = {each.number for each in world.items if each.device == device}
    counts = next((each.counts for each in world.devices if each.id == device), None) or {}
    highest = max(int(str(counts.get("highest_number", 0))), *numbers)
    for index, each in enumerate(world.items):
        if (each.device, each.instance) != (device, instance):
            continue
        words = [(e, s) for state, e, s in receipts.get(index, []) if state == "held"]
        parts[each.part] = parts.get(each.part, False) or (each.state == "held" and is_under(world, words))
        if each.number < highest and each.number + 1 not in numbers:
            return False
    return all(parts.values())


def recount(world: World) -> dict[tuple[str, str], dict[str, int]]:
    """Counts by (site, device), one instance after the other, without a thought for speed."""
    receipts = world.receipts()
    homes, rows = {each.id: each.site for each in world.devices}, {}
    for device in {*homes, *(each.device for each in world.items if each.part == "record")}:
        own = [(index, each) for index, each in enumerate(world.items) if each.device == device]
        records = [(index, each) for index, each in own if each.part == "record"]
        home = homes.get(device) or (records[-1][1].site if records else "")
        for site in {home, *(each.site for _, each in records)}:
            row = dict.fromkeys((each.name for each in fields(Counts)), 0)
            names = {(each.instance, each.purpose) for _, each in records if each.site == site}
            for instance, purpose in names:
                if purpose == "training":
                    row["training"] += 1
                    continue
                states, held, safe = set(), False, False
                for index, each in records:
                    if (each.site, each.instance, each.purpose) != (site, instance, "real"):
                        continue
                    states.add(each.state)
                    words = [(e, s) for state, e, s in receipts.get(index, []) if state == "held"]
                    if each.state == "held" and words:
                        held = True
                        safe |= is_under(world, words)
                row["arrived"] += 1
                row["central"] += held
                row["safe"] += safe and is_whole(world, device, instance)
                row["quarantined"] += "quarantined" in states
                row["conflict"] += "conflict" in states
                row["waiting"] += not (held or states & {"quarantined", "conflict"})
            rows[site, device] = row
        reported = next((each.counts for each in world.devices if each.id == device), None) or {}
        arrived = sum(row["arrived"] for (_, name), row in rows.items() if name == device)
        outside = max(int(str(reported.get("finished", 0))) - arrived, 0)
        row = rows[home, device]
        still_there = sum(int(str(reported.get(key, 0))) for key in ("unsent", "set_aside"))
        row["tablet"] = min(outside, still_there)
        row["node"] = outside - row["tablet"]
        row["drafts"] = int(str(reported.get("drafts", 0)))
        for (_, name), row in rows.items():
            if name == device:
                row["collected"] = row["arrived"] + row["tablet"] + row["node"]
    return rows


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
def test_the_ledger_equals_a_plain_recount(place: Place, world: World) -> None:
    write_world(place.engine, world)
    ledger = read_ledger(place)
    found = {
        (site.site.id, line.device): {each.name: getattr(line.counts, each.name) for each in fields(Counts)}
        for site in ledger.sites
        for line in site.devices
    }
    expected = recount(world)
    assert found == expected
    for each in fields(Counts):
        assert getattr(ledger.total, each.name) == sum(row[each.name] for row in expected.values())
    for line in ledger.devices:
        numbers = {each.number for each in world.items if each.device == line.device}
        reported = next((each.counts for each in world.devices if each.id == line.device), None) or {}
        highest = max([int(str(reported.get("highest_number", 0))), *numbers])
        missing = {number for gap in line.missing.gaps for number in range(gap.first, gap.last + 1)}
        assert missing == set(range(1, highest + 1)) - numbers
        assert line.missing.count == len(missing)
        heard = [each.received_days_ago for each in world.items if (each.device, each.part) == (line.device, "record")]
        heard += [
            each.contact_days_ago
            for each in world.devices
            if each.id == line.device and each.contact_days_ago is not None
        ]
        assert line.contact.state == ("never" if not heard else "long_ago" if min(heard) > 3 else "recent")
        assert (line.contact.at is None) == (not heard)


def device(**changes: object) -> WorldDevice:
    return replace(WorldDevice("tablet-a", "duisburg", 0, None), **changes)  # type: ignore[arg-type]


def item(**changes: object) -> WorldItem:
    base = WorldItem("uuid:1", "record", "duisburg", "tablet-a", "real", 1, "held", 0, 1, (("held", "0" * 32),))
    return replace(base, **changes)  # type: ignore[arg-type]


def line_of(place: Place, world: World):
    write_world(place.engine, world)
    (line,) = read_ledger(place).devices
    return line


def test_a_gap_is_a_loss_only_when_the_device_has_nothing_left(place: Place) -> None:
    items = (item(), item(instance="uuid:2", number=4))
    report = {"finished": 4, "unsent": 1, "sent": 0, "set_aside": 0, "highest_number": 5}
    underway = line_of(place, World((device(counts=report),), items, None))
    assert [(gap.first, gap.last) for gap in underway.missing.gaps] == [(2, 3), (5, 5)]
    assert not underway.missing.lost
    assert line_of(place, World((device(counts={**report, "unsent": 0}),), items, None)).missing.lost
    assert not line_of(place, World((device(counts=None),), items, None)).missing.lost
    copied = {**report, "unsent": 0, "checkpoints": 1}
    assert not line_of(place, World((device(counts=copied),), items, None)).missing.lost


def test_copies_of_what_is_under_way_are_no_instances(place: Place) -> None:
    copies = (item(part="c1", receipts=()), item(part="c2", number=2, receipts=()))
    line = line_of(place, World((device(),), (*copies, item(number=3)), ("0" * 32, 1)))
    assert (line.counts.collected, line.counts.safe, line.missing.count) == (1, 1, 0)
    assert line_of(place, World((device(),), copies, ("0" * 32, 1))).counts.collected == 0


def test_waiting_since_is_the_oldest_that_is_not_safe(place: Place) -> None:
    items = (
        item(finished_days_ago=9),
        item(instance="uuid:2", number=2, finished_days_ago=2),
        item(instance="uuid:3", number=3, finished_days_ago=7, purpose="training"),
    )
    report = {"finished": 3, "unsent": 1, "oldest_unsent": "2026-03-15T10:00:00Z", "highest_number": 4}
    world = World((device(),), items, ("0" * 32, 1))
    assert line_of(place, world).waiting_since == NOW - timedelta(days=2)
    line = line_of(place, replace(world, devices=(device(counts=report),)))
    assert line.waiting_since is not None
    assert line.waiting_since.day == 15
    assert line_of(place, replace(world, mark=("0" * 32, 3))).waiting_since is None


def test_a_report_that_is_no_report_counts_nothing(place: Place) -> None:
    hostile = {"finished": -5, "drafts": True, "unsent": "7", "highest_number": 2**60, "oldest_unsent": ["x"]}
    line = line_of(place, World((device(counts=hostile),), (), None))
    assert line.counts == Counts()
    assert line.missing.count == 0


def test_a_device_that_moved_keeps_its_interviews_where_they_were(place: Place) -> None:
    world = World((device(site="dortmund", counts={"finished": 3, "unsent": 1, "sent": 1}),), (item(),), None)
    write_world(place.engine, world)
    sites = {each.site.id: each for each in read_ledger(place).sites}
    assert sites["duisburg"].counts.collected == 1
    assert (sites["dortmund"].counts.tablet, sites["dortmund"].counts.node) == (1, 1)
    assert [each.here for each in sites["duisburg"].devices] == [False]


def test_what_was_at_a_node_and_has_arrived_is_there_no_more(place: Place) -> None:
    counts = {"finished": 4, "unsent": 1, "sent": 2}
    items = tuple(item(instance=f"uuid:{each}", number=each) for each in (1, 2, 3))
    write_world(place.engine, World((device(counts=counts),), items, None))
    line = read_ledger(place).sites[0].devices[0]
    assert (line.counts.tablet, line.counts.node, line.counts.arrived) == (1, 0, 3)


def test_a_number_that_was_given_twice_hides_no_missing_part(place: Place) -> None:
    items = (item(), item(instance="uuid:2", site="dortmund"))
    world = World((device(counts={"highest_number": 2}),), items, ("0" * 32, 2))
    write_world(place.engine, world)
    assert read_ledger(place).total.safe == 0
    complete = replace(world, items=(*items, item(part="a1", number=2)), mark=("0" * 32, 3))
    write_world(place.engine, complete)
    assert read_ledger(place).total.safe == 2


def test_an_interview_is_safe_only_with_all_its_parts(place: Place) -> None:
    record, photo = item(), item(part="a1", number=2)
    following = item(instance="uuid:2", number=3)
    early, late = ("0" * 32, 1), ("0" * 32, 3)

    def safe(items: tuple[WorldItem, ...], mark: tuple[str, int], highest: int = 0) -> tuple[int, list[str]]:
        line = line_of(place, World((device(counts={"highest_number": highest}),), items, mark))
        return line.counts.safe, [each.whereabouts for each in read_instances(place, "tablet-a")][::-1]

    assert safe((record, photo), early) == (0, ["central"])
    assert safe((record, photo), late) == (1, ["safe"])
    assert safe((record, replace(photo, state="quarantined")), late) == (0, ["central"])
    # The number of the photo is missing: it may be on the tablet still, and nobody else has it.
    assert safe((record,), late, highest=2) == (0, ["central"])
    assert safe((record, following), late) == (1, ["central", "safe"])
    assert safe((record, photo, following), late) == (2, ["safe", "safe"])
