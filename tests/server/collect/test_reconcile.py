"""A node and central compare what they hold: what either has lost is found, named, healed and told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import ColumnElement, Table, delete, true, update

from server.errors.error import CodedError
from server.services.collect.changes import change_forward, drop_bytes
from server.services.collect.decision import Carrier
from server.services.collect.holdings import EVERY, UNFINISHED_EVERY, NodeHoldings
from server.services.collect.mirror import Mirror
from server.services.collect.rounds import RoundReport, run_round
from server.services.collect.transport import HttpTransport
from server.services.monitor.alarms import find_alarms
from server.services.monitor.ledger import read_ledger
from server.services.operate.status import read_status
from server.storage.items import Delivery
from server.storage.items import Item as ItemRow
from server.storage.reconciled import ReconciledCarrier, ReconciledItem, Reconciliation
from sync.errors import SyncError
from sync.reconcile import Part
from tests.comparing import Counting, fill
from tests.field import FieldDevice, Study

WIRE_AT_MOST = 64 * 1024
ITEMS = cast("Table", ItemRow.__table__)
DELIVERIES = cast("Table", Delivery.__table__)
RUNS = cast("Table", Reconciliation.__table__)


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


@pytest.fixture
def device(central: Study) -> FieldDevice:
    device = FieldDevice(central)
    central.introduce(device)
    return device


def by_hand(node: Study, central: Study, transport: HttpTransport | None = None) -> RoundReport:
    return run_round(node.place, transport or central.transport(), reconcile=True)


def found(report: RoundReport) -> list[tuple[str, str, str | None]]:
    assert report.reconciled is not None
    return [(each.kind, each.hash, each.name.instance if each.name else None) for each in report.reconciled.found]


def alarms(central: Study) -> dict[str, int]:
    return {each.kind: each.count for each in find_alarms(read_ledger(central.place))}


def forget(study: Study, hashes: Sequence[str]) -> None:
    """A place that has lost rows of items without noticing."""
    study.run(lambda connection: connection.execute(delete(ITEMS).where(ITEMS.c.hash.in_(hashes))) and None)


def set_aside(node: Study, which: ColumnElement[bool], code: str) -> None:
    node.run(lambda connection: change_forward(connection, which, "set_aside", code, node.place.now()))


def forwards(node: Study) -> set[str]:
    return {row.forward for row in node.rows(ItemRow)}


def test_what_central_lost_is_named_and_delivered_in_the_same_round(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = [device.seal(), device.seal(), device.seal(b"x" * 70_000, part="a1")]
    joined.intake.receive(device.carrier, items)
    assert by_hand(joined, central).states == {"receipted": 3}
    forget(central, [items[0].hash, items[2].hash])
    report = by_hand(joined, central)
    missing = [("missing", each.hash) for each in (items[0], items[2])]
    assert sorted(each[:2] for each in found(report)) == sorted(missing)
    assert {each[2] for each in found(report)} == {row.instance for row in joined.rows(ItemRow)} - {
        row.instance for row in joined.rows(ItemRow) if row.hash == items[1].hash
    }
    assert (report.problem, report.alarm, report.states) == (None, None, {"receipted": 2})
    assert {row.hash for row in central.rows(ItemRow)} == {item.hash for item in items}
    assert forwards(joined) == {"receipted"}
    told = central.rows(ReconciledCarrier)[0]
    assert (told.carrier, told.kind, told.by, told.missing, told.complete) == (joined.place.id, "node", "hand", 2, True)
    assert {each["hash"] for each in told.items} == {items[0].hash, items[2].hash}
    assert alarms(central)["differed"] == 2
    page = joined.client().get("/").get_data(as_text=True)
    assert page.count('data-found="missing"') == 2
    assert all(f"{each[2]}/" in page for each in found(report))
    assert found(by_hand(joined, central)) == []
    assert "differed" not in alarms(central)
    assert "data-found" not in joined.client().get("/").get_data(as_text=True)
    assert central.rows(ReconciledCarrier)[0].missing == 0


def test_what_the_node_lost_is_named_remembered_and_told_once(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = [device.seal() for _ in range(3)]
    joined.intake.receive(device.carrier, items)
    by_hand(joined, central)
    instance = next(row.instance for row in joined.rows(ItemRow) if row.hash == items[1].hash)
    forget(joined, [items[1].hash])
    report = by_hand(joined, central)
    assert found(report) == [("surplus", items[1].hash, instance)]
    assert report.alarm == "reconcile.surplus"
    row = joined.rows(ReconciledItem)[0]
    assert (row.part, row.device, row.number, row.size) == ("record", device.id, 2, len(items[1].body))
    assert len(joined.rows(ItemRow)) == 2
    assert central.rows(ReconciledCarrier)[0].surplus == 1
    # It is known now that it exists: the sets agree.
    assert found(by_hand(joined, central)) == []
    # When central loses it too, nobody here has it.
    forget(central, [items[1].hash])
    report = by_hand(joined, central)
    assert (found(report), report.alarm) == ([("lost", items[1].hash, instance)], "reconcile.lost")
    assert found(by_hand(joined, central)) == [("lost", items[1].hash, instance)]
    # The tablet that still has it brings it: all is well.
    joined.intake.receive(device.carrier, [items[1]])
    by_hand(joined, central)
    assert found(by_hand(joined, central)) == []
    assert len(central.rows(ItemRow)) == 3


def test_what_is_missing_there_and_gone_here_is_an_alarm(central: Study, joined: Study, device: FieldDevice) -> None:
    items = [device.seal(b"x" * 70_000, part="a1"), device.seal()]
    joined.intake.receive(device.carrier, items)
    by_hand(joined, central)
    joined.place.blobs.path(joined.rows(ItemRow)[0].body_hash).unlink()
    forget(central, [items[0].hash])
    report = by_hand(joined, central)
    assert [each[:2] for each in found(report)] == [("lost", items[0].hash)]
    assert (report.alarm, report.problem) == ("reconcile.lost", None)
    assert forwards(joined) == {"receipted"}
    assert central.rows(ReconciledCarrier)[0].lost == 1
    assert alarms(central)["gone"] == 1
    # Rounds that follow find nothing wrong with themselves; the page goes on saying it.
    run_round(joined.place, central.transport())
    assert 'data-code="reconcile.lost"' in joined.client().get("/").get_data(as_text=True)
    assert read_status(joined.place)["compared"]["lost"] == 1
    assert read_status(central.place)["compared"][0]["lost"] == 1


def test_a_tombstone_belongs_to_the_set_and_cannot_be_delivered_again(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    items = [device.seal(), device.seal()]
    joined.intake.receive(device.carrier, items)
    by_hand(joined, central)
    joined.run(lambda connection: drop_bytes(connection, true(), joined.place.now()))
    assert found(by_hand(joined, central)) == []
    forget(central, [items[0].hash])
    instance = next(row.instance for row in joined.rows(ItemRow) if row.hash == items[0].hash)
    lost = [("lost", items[0].hash, instance)]
    report = by_hand(joined, central)
    assert (found(report), report.alarm) == (lost, "reconcile.lost")
    # Also one of which central was asked already, and which it wanted back.
    set_aside(joined, ITEMS.c.hash == items[0].hash, "item.gone")
    assert found(by_hand(joined, central)) == lost
    assert alarms(central)["gone"] == 1
    assert len(joined.rows(ItemRow)) == 2


def test_what_is_missing_again_is_an_alarm_and_delivered_again(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    item = device.seal()
    joined.intake.receive(device.carrier, [item])
    by_hand(joined, central)
    forget(central, [item.hash])
    assert by_hand(joined, central).alarm is None
    forget(central, [item.hash])
    report = by_hand(joined, central)
    assert ([each[0] for each in found(report)], report.alarm) == (["again"], "reconcile.again")
    assert len(central.rows(ItemRow)) == 1


def test_what_central_holds_by_another_way_is_only_offered(central: Study, joined: Study, device: FieldDevice) -> None:
    item = device.seal()
    joined.intake.receive(device.carrier, [item])
    by_hand(joined, central)
    # Central holds it, and has forgotten that this node brought it; and the node once set it aside.
    central.run(lambda connection: connection.execute(delete(DELIVERIES)) and None)
    assert found(by_hand(joined, central)) == [("missing", item.hash, joined.rows(ItemRow)[0].instance)]
    assert len(central.rows(Delivery)) == 1
    set_aside(joined, true(), "intake.too_large")
    assert found(by_hand(joined, central)) == []
    assert [(row.forward, row.forward_code) for row in joined.rows(ItemRow)] == [("receipted", None)]
    assert len(central.rows(ItemRow)) == 1


@pytest.mark.parametrize("lost", ["missing", "surplus", "both"])
def test_one_item_among_thousands_costs_less_than_64_kib(central: Study, joined: Study, lost: str) -> None:
    hashes = fill(central, joined, 5000)
    expected = []
    if lost in ("missing", "both"):
        forget(central, hashes[1234:1235])
        expected.append(("missing", hashes[1234], "uuid:1234"))
    if lost in ("surplus", "both"):
        forget(joined, hashes[4321:4322])
        expected.append(("surplus", hashes[4321], "uuid:4321"))
    counting = Counting(central)
    report = by_hand(joined, central, counting.way(central))
    assert report.reconciled is not None
    assert (found(report), report.reconciled.compared) == (expected, 5000 - (lost != "surplus"))
    assert counting.bytes <= WIRE_AT_MOST
    assert counting.calls == [
        *["/sync/reconcile"] * 2,
        *["/sync/reconcile/names"] * (lost != "missing"),
        "/sync/reconcile/found",
    ]


def test_it_is_due_once_a_day_and_a_restart_does_not_forget(central: Study, joined: Study, device: FieldDevice) -> None:
    joined.intake.receive(device.carrier, [device.seal()])
    assert run_round(joined.place, central.transport()).reconciled is not None
    assert run_round(joined.place, central.transport()).reconciled is None
    assert [(row.by, row.told) for row in joined.rows(Reconciliation)] == [("schedule", True)]
    last = joined.rows(Reconciliation)[0].at

    def due(after: timedelta, **changes: object) -> bool:
        joined.run(lambda connection: connection.execute(update(RUNS).values(at=last, **changes)) and None)
        object.__setattr__(joined.place, "now", lambda: last + after)
        return NodeHoldings(joined.place).due() == "schedule"

    assert [due(after) for after in (EVERY - timedelta(seconds=1), EVERY)] == [False, True]
    # A clock that was set back must not put it off for years.
    assert due(timedelta(seconds=-1))
    assert due(UNFINISHED_EVERY, complete=False)
    assert not due(UNFINISHED_EVERY, complete=False, alarm="reconcile.answer")


class Breaking(HttpTransport):
    """A way that breaks at the n-th call of a comparison, before or after central heard it."""

    def __init__(self, central: Study, at: int, after: bool) -> None:
        super().__init__("", httpx.Client(transport=httpx.WSGITransport(app=central.app), base_url="http://c"))
        self._left = at
        self._after = after

    def _json(self, method: str, path: str, **options: Any) -> Any:
        if not path.startswith("/sync/reconcile"):
            return super()._json(method, path, **options)
        self._left -= 1
        if self._left == 0 and not self._after:
            raise SyncError("sync.unreachable")
        answer = super()._json(method, path, **options)
        if self._left == 0:
            raise SyncError("sync.unreachable")
        return answer


def test_a_way_that_breaks_in_the_middle_leaves_it_due_or_done(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    # Calls: the whole set, the names of the surplus, what was found.
    for at, after in product((1, 2, 3), (False, True)):
        items = [device.seal() for _ in range(2)]
        joined.intake.receive(device.carrier, items)
        run_round(joined.place, central.transport())
        before = len(joined.rows(Reconciliation))
        forget(central, [items[0].hash])
        forget(joined, [items[1].hash])
        report = by_hand(joined, central, Breaking(central, at, after))
        assert report.problem == "sync.unreachable"
        done = at == 3
        assert [row.told for row in joined.rows(Reconciliation)[before:]] == ([False] if done else [])
        assert run_round(joined.place, central.transport(), reconcile=not done).problem is None
        runs = joined.rows(Reconciliation)[before:]
        assert [(row.missing, row.surplus, row.told) for row in runs] == [(1, 1, True)]
        told = central.rows(ReconciledCarrier)[0]
        assert (told.missing, told.surplus) == (1, 1)
    assert len(central.rows(ItemRow)) == 12
    assert forwards(joined) == {"receipted"}


class Hostile(HttpTransport):
    """A central that answers comparisons as it likes."""

    def __init__(self, central: Study, change: Callable[[Any], Any]) -> None:
        super().__init__("", httpx.Client(transport=httpx.WSGITransport(app=central.app), base_url="http://c"))
        self._change = change

    def reconcile(self, prefixes: Sequence[str]) -> Sequence[object]:
        return cast("Sequence[object]", self._change(super().reconcile(prefixes)))


MALFORMED: Sequence[Callable[[Any], Any]] = (
    lambda parts: [],
    lambda parts: [*parts, *parts],
    lambda parts: [{**parts[0], "hashes": parts[0]["hashes"][::-1]}],
    lambda parts: [{**parts[0], "hashes": parts[0]["hashes"][:1] * 2}],
    lambda parts: [{**parts[0], "hashes": [f"{index:064x}" for index in range(65)], "count": 65}],
    lambda parts: [None],
    lambda parts: [{**parts[0], "count": "2"}],
)


def test_a_malformed_answer_is_an_alarm_ends_the_comparison_and_changes_nothing(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    joined.intake.receive(device.carrier, [device.seal(), device.seal()])
    run_round(joined.place, central.transport())
    for change in MALFORMED:
        report = by_hand(joined, central, Hostile(central, change))
        assert (report.problem, report.alarm) == (None, "reconcile.answer")
    told = [(row.alarm, row.complete, row.told) for row in joined.rows(Reconciliation)[1:]]
    assert told == [("reconcile.answer", False, True)] * len(MALFORMED)
    assert forwards(joined) == {"receipted"}
    # Not again before a day has gone.
    assert run_round(joined.place, Hostile(central, MALFORMED[0])).reconciled is None


def test_a_central_that_denies_everything_gets_it_again_and_nothing_is_deleted(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    joined.intake.receive(device.carrier, [device.seal(), device.seal()])

    def deny(_parts: Any) -> Any:
        return [{"prefix": "", "count": 0, "hashes": []}]

    by_hand(joined, central, Hostile(central, deny))
    report = by_hand(joined, central, Hostile(central, deny))
    assert report.alarm == "reconcile.again"
    assert len(joined.rows(ItemRow)) == 2
    assert forwards(joined) == {"receipted"}
    assert len(central.rows(ItemRow)) == 2


def test_digests_that_never_agree_are_bounded_and_an_alarm(central: Study, joined: Study) -> None:
    fill(central, joined, 300)
    calls = []

    def disagree(parts: Any) -> Any:
        calls.append(len(parts))
        return [
            {**part, "buckets": {name: [count, "0" * 32] for name, (count, _) in part["buckets"].items()}}
            if "buckets" in part
            else part
            for part in parts
        ]

    report = by_hand(joined, central, Hostile(central, disagree))
    assert (found(report), report.alarm, report.problem) == ([], "reconcile.unclear", None)
    assert sum(calls) <= 257


def test_strangers_may_not_compare_and_nobody_sees_what_is_not_theirs(
    central: Study, joined: Study, device: FieldDevice
) -> None:
    other, stranger = FieldDevice(central), FieldDevice(central)
    central.introduce(other)
    client = central.client()
    mine, theirs = device.seal(), other.seal()
    device.deliver(client, device.open_session(client), [mine])
    session = other.open_session(client)
    other.deliver(client, session, [theirs])
    answer = client.post("/sync/reconcile", json={"prefixes": [""]}, headers=session).get_json()
    assert answer == {"parts": [{"prefix": "", "count": 1, "hashes": [theirs.hash]}]}
    asked = {"hashes": [mine.hash, theirs.hash]}
    names = client.post("/sync/reconcile/names", json=asked, headers=session).get_json()["items"]
    assert [each and each["hash"] for each in names] == [None, theirs.hash]
    unknown = stranger.open_session(client)
    told = {
        "by": "hand",
        "compared": 0,
        "missing": 0,
        "surplus": 0,
        "lost": 0,
        "again": 0,
        "complete": True,
        "items": [],
    }
    for path, body in (("", {"prefixes": [""]}), ("/names", asked), ("/found", told)):
        assert client.post(f"/sync/reconcile{path}", json=body).status_code == 401
        assert client.post(f"/sync/reconcile{path}", json=body, headers=unknown).status_code == 403
    central.revoke(other)
    assert client.post("/sync/reconcile", json={"prefixes": [""]}, headers=session).status_code == 403
    # The node delivered neither.
    joined.intake.receive(device.carrier, [mine])
    assert by_hand(joined, central).problem is None
    assert [row.compared for row in joined.rows(Reconciliation)] == [1]


def test_questions_have_limits(central: Study, device: FieldDevice) -> None:
    client = central.client()
    session = device.open_session(client)
    many = [f"{each:02x}" for each in range(33)]
    wrong: list[tuple[str, dict[str, Any]]] = [
        *[("", {"prefixes": each}) for each in ([], many, ["", "ab", ""], ["a"], ["AB"], ["ab\n"], ["0" * 18], None)],
        *[("/names", {"hashes": each}) for each in ([], ["0" * 63], ["0" * 64] * 101)],
        ("", {}),
        ("/found", {"by": "hand"}),
    ]
    for path, body in wrong:
        assert client.post(f"/sync/reconcile{path}", json=body, headers=session).status_code == 422, (path, body)


def test_one_carrier_leaves_room_for_another_to_compare(
    central: Study, device: FieldDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FieldDevice(central)
    central.introduce(other)
    client, answers = central.client(), []
    sessions = {each.id: each.open_session(client) for each in (device, other)}
    ask = Mirror.parts

    def slow(self: Mirror, carrier: Carrier, prefixes: Sequence[str]) -> list[Part]:
        """While the first is answered, the same one asks again, and then another one."""
        if not answers:
            answers.append(0)
            for each in (device, other):
                again = client.post("/sync/reconcile", json={"prefixes": [""]}, headers=sessions[each.id])
                answers.append(again.status_code)
        return ask(self, carrier, prefixes)

    monkeypatch.setattr(Mirror, "parts", slow)
    first = client.post("/sync/reconcile", json={"prefixes": [""]}, headers=sessions[device.id])
    assert (first.status_code, answers) == (200, [0, 503, 200])


def test_a_device_compares_with_a_node_by_what_it_signed(central: Study, joined: Study, device: FieldDevice) -> None:
    items = sorted((device.seal() for _ in range(70)), key=lambda item: item.hash)
    by_hand(joined, central)
    client = joined.client()
    session = device.open_session(client)
    device.deliver(client, session, items)
    whole = client.post("/sync/reconcile", json={"prefixes": [""]}, headers=session).get_json()["parts"][0]
    assert (whole["count"], sum(count for count, _ in whole["buckets"].values())) == (70, 70)
    prefix = items[0].hash[:2]
    part = client.post("/sync/reconcile", json={"prefixes": [prefix]}, headers=session).get_json()["parts"][0]
    assert part["hashes"] == [item.hash for item in items if item.hash.startswith(prefix)]
    packed = hashlib.sha256(b"".join(bytes.fromhex(each) for each in part["hashes"])).hexdigest()[:32]
    assert whole["buckets"][prefix] == [len(part["hashes"]), packed]


def test_what_a_tablet_told_a_node_stands_on_its_page(central: Study, joined: Study, device: FieldDevice) -> None:
    by_hand(joined, central)
    joined.intake.receive(device.carrier, [device.seal()])
    by_hand(joined, central)
    client = joined.client()
    session = device.open_session(client)
    told = {"by": "schedule", "compared": 1, "missing": 1, "surplus": 0, "lost": 0, "again": 0, "complete": True}
    item = {"kind": "missing", "hash": "0" * 64, "instance": "uuid:x", "part": "record"}
    assert client.post("/sync/reconcile/found", json={**told, "items": [item]}, headers=session).status_code == 200
    page = joined.client().get("/").get_data(as_text=True)
    assert f'data-tablet="{device.id}"' in page
    assert "uuid:x/record" in page
    agreed = {**told, "missing": 0, "items": []}
    assert client.post("/sync/reconcile/found", json=agreed, headers=session).status_code == 200
    assert "data-tablet" not in joined.client().get("/").get_data(as_text=True)
    assert [row.kind for row in joined.rows(ReconciledCarrier)] == ["device"]


def test_only_a_node_compares_by_a_round(central: Study) -> None:
    with pytest.raises(CodedError, match=r"sync\.not_a_node"):
        run_round(central.place, central.transport(), reconcile=True)
