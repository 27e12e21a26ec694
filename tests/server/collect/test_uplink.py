"""A node's line to central: capped by a plan, metered by hand or by setting, told by central; what is said of it."""

from __future__ import annotations

import dataclasses
import json
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from server.cli.node import node as node_command
from server.cli.uplink import in_words
from server.cli.uplink import uplink as uplink_command
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.metered import system_says_metered
from server.services.collect.rounds import run_round
from server.services.collect.transport import HttpTransport
from server.services.collect.uplink import BUCKET_FILE, NodePace, read_uplink, say_metered
from server.services.monitor.uplink import read_held_back
from server.services.operate.status import read_status
from server.settings import SETTINGS_FILE, read_settings
from server.storage.items import Item as ItemRow
from sync.errors import SyncError
from sync.pace import Allowed, burst_of
from tests.conftest import Start
from tests.field import FieldDevice, Study
from tests.server.collect.serving import Server

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAYTIME = "06:00-20:00 64, else unlimited"
RATE = 8000
EVERY = 30


def utc(at: datetime) -> datetime:
    return at


class Turned:
    """A node whose clock and settings the test turns."""

    def __init__(self, study: Study) -> None:
        self.study, self.now = study, NOON
        self.settings = study.settings

    def set(self, **changes: str) -> None:
        self.settings = dataclasses.replace(self.settings, **changes)

    @property
    def place(self) -> Place:
        return dataclasses.replace(self.study.place, settings=self.settings, now=lambda: self.now)

    def pace(self) -> NodePace:
        return NodePace(self.place, utc, lambda: False)


@pytest.fixture
def central(tmp_path: Path, free_port: int) -> Iterator[Study]:
    study = Study.central(tmp_path / "central", url=f"http://127.0.0.1:{free_port}", port=free_port)
    yield study
    study.close()


@pytest.fixture
def turned(joined: Study) -> Turned:
    return Turned(joined)


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    central.admit(node)
    return node


def collect(central: Study, node: Study, records: int, media: int) -> FieldDevice:
    device = FieldDevice(central)
    central.introduce(device)
    run_round(node.place, central.transport())
    items = [device.seal(secrets.token_bytes(3000)) for _ in range(records)]
    node.intake.receive(device.carrier, items)
    node.intake.receive(device.carrier, [device.seal(secrets.token_bytes(media), part="a1")])
    return device


def arrived(central: Study) -> list[str]:
    return [row.part for row in central.rows(ItemRow)]


def test_64_kbit_are_kept_over_a_real_connection_and_records_go_before_the_recording(
    central: Study, joined: Study, start_process: Start
) -> None:
    turned = Turned(joined)
    turned.set(uplink=DAYTIME)
    device = collect(central, joined, 3, 1_200_000)
    server = Server(central, start_process)
    server.up()
    sent = Sent(central.settings.url)
    try:
        rounds = 0
        while "a1" not in arrived(central):
            rounds += 1
            assert rounds < 40
            joined.intake.receive(device.carrier, [device.seal(secrets.token_bytes(2000))])
            with sent.transport() as way:
                report = run_round(turned.place, way, pace=turned.pace())
            assert report.problem is None
            assert report.held_back == ("a1" not in arrived(central))
            assert arrived(central).count("record") == 3 + rounds, "no record waits for the recording"
            assert sent.items <= burst_of(RATE, EVERY) + RATE * EVERY * (rounds - 1)
            turned.now += timedelta(seconds=EVERY)
    finally:
        server.kill()
    assert 3 <= rounds <= 6, "the cap is used, too"


class Sent:
    """Counts the bytes of items that go to a real server."""

    def __init__(self, url: str) -> None:
        self.url, self.items = url, 0

    def transport(self) -> HttpTransport:
        return HttpTransport(self.url, httpx.Client(base_url=self.url, event_hooks={"request": [self._count]}))

    def _count(self, request: httpx.Request) -> None:
        if request.url.path.startswith(("/sync/batch", "/sync/files")):
            self.items += len(request.content)


def test_on_a_metered_line_records_go_and_media_wait_until_it_is_over(central: Study, turned: Turned) -> None:
    collect(central, turned.study, 2, 50_000)
    say_metered(turned.place, True, 8)
    run_round(turned.place, central.transport(), pace=turned.pace())
    assert arrived(central) == ["record"] * 2
    with turned.place.engine.connect() as connection:
        held = read_held_back(turned.place, connection)
    assert (held.why, held.source, held.paused, held.waiting) == ("metered", "switch", True, 1)
    assert held.until == NOON + timedelta(hours=8)
    assert held.waiting_bytes >= 50_000
    told = read_status(turned.place)["uplink"]
    assert told == held.json()
    assert in_words(told) == (
        "Paused: the line is metered (said by hand), until 2026-03-02T20:00:00Z. "
        "Records go; photos and recordings wait (1 parts, 0.1 MB)."
    )
    turned.now += timedelta(hours=8)
    run_round(turned.place, central.transport(), pace=turned.pace())
    assert sorted(arrived(central)) == ["a1", "record", "record"]


def test_the_receipts_and_the_feed_come_where_nothing_may_go(central: Study, turned: Turned) -> None:
    device = collect(central, turned.study, 1, 100_000)
    turned.set(uplink="1")
    turned.place.settings.place.joinpath(BUCKET_FILE).write_text(
        json.dumps({"tokens": 0, "at": NOON.timestamp(), "rate": 125})
    )
    central.introduce(FieldDevice(central))
    central.intake.receive(device.carrier, [])
    report = run_round(turned.place, central.transport(), pace=turned.pace())
    assert report.problem is None
    assert report.held_back
    assert report.entries > 0
    assert report.states == {}


def test_a_process_that_starts_again_begins_with_what_was_left(turned: Turned) -> None:
    turned.set(uplink="64")
    pace = turned.pace()
    assert pace.room() == burst_of(RATE, EVERY)
    pace.spend(burst_of(RATE, EVERY))
    assert turned.pace().room() == 0
    turned.now += timedelta(seconds=10)
    assert turned.pace().room() == 10 * RATE
    turned.now -= timedelta(days=3)
    assert turned.pace().room() == 0
    turned.now += timedelta(days=9)
    assert turned.pace().room() == burst_of(RATE, EVERY)


@pytest.mark.parametrize(
    "kept", ["", "[]", "{", '{"tokens": "many"}', '{"tokens": NaN, "at": 0, "rate": 5}', "[" * 9999]
)
def test_a_bucket_that_cannot_be_read_holds_up_nothing_for_long(turned: Turned, kept: str) -> None:
    turned.set(uplink="64")
    (turned.place.settings.place / BUCKET_FILE).write_text(kept)
    pace = turned.pace()
    pace.room()
    turned.now += timedelta(minutes=2)
    assert pace.room() == burst_of(RATE, EVERY)


def test_what_is_said_by_hand_comes_before_settings_and_ends_also_where_the_clock_goes_back(turned: Turned) -> None:
    def now(system: bool = False) -> tuple[str | None, str | None]:
        seen = read_uplink(turned.place, utc, lambda: system)
        return seen.why, seen.source

    assert now(system=True) == (None, None), "nobody asked to ask the system"
    turned.set(uplink_metered="auto")
    assert now(system=True) == ("metered", "system")
    assert now() == (None, None)
    turned.set(uplink_metered="yes")
    assert now() == ("metered", "settings")
    say_metered(turned.place, False)
    assert now() == (None, None)
    say_metered(turned.place, True, 2)
    assert now() == ("metered", "switch")
    turned.now += timedelta(hours=2)
    assert now() == ("metered", "settings"), "as set"
    turned.set(uplink_metered="no")
    assert now() == (None, None)
    turned.now -= timedelta(days=4000)
    assert now() == (None, None), "a clock that was set back does not bring it back for years"
    say_metered(turned.place, None)
    assert now() == (None, None)


def test_central_tells_a_plan_through_the_feed_and_the_nodes_own_comes_first(
    central: Study, turned: Turned, tmp_path: Path
) -> None:
    node = turned.study.settings.node
    told = CliRunner().invoke(node_command, ["uplink", node, DAYTIME, "--place", str(central.settings.place)])
    assert told.exit_code == 0, told.output
    assert read_uplink(turned.place, utc).why is None
    assert run_round(turned.study.place, central.transport()).problem is None
    seen = read_uplink(turned.place, utc)
    assert (seen.allowed, seen.why, seen.source) == (Allowed(RATE), "cap", "central")
    assert seen.until == NOON.replace(hour=20)
    turned.set(uplink="128")
    assert read_uplink(turned.place, utc).allowed == Allowed(2 * RATE)
    turned.set(uplink="")
    again = CliRunner().invoke(node_command, ["uplink", node, "", "--place", str(central.settings.place)])
    assert again.exit_code == 0, again.output
    run_round(turned.study.place, central.transport())
    assert read_uplink(turned.place, utc).why is None
    for wrong in ([node, "fast"], ["nobody", DAYTIME]):
        refused = CliRunner().invoke(node_command, ["uplink", *wrong, "--place", str(central.settings.place)])
        assert isinstance(refused.exception, CodedError | SyncError)


def test_the_command_says_it_and_keeps_it(turned: Turned) -> None:
    def run(*options: str) -> str:
        done = CliRunner().invoke(uplink_command, [*options, "--place", str(turned.settings.place)])
        assert done.exit_code == 0, done.output
        return done.output

    assert run() == "Everything goes, as fast as the line is.\n"
    assert "Paused: the line is metered (said by hand), until " in run("--metered", "--hours", "3")
    assert "Paused" in run()
    assert run("--free") == "Everything goes, as fast as the line is.\n"
    assert CliRunner().invoke(uplink_command, ["--hours", "3", "--place", str(turned.settings.place)]).exit_code == 2
    run("--as-set")


def test_the_nodes_page_says_that_media_wait_why_and_until_when(turned: Turned) -> None:
    client = turned.study.client()
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert "data-uplink" not in page
    say_metered(turned.study.place, True, 5)
    page = client.get("/", headers={"Accept-Language": "de"}).text
    assert 'data-uplink="metered"' in page
    assert "Fotos und Aufnahmen (0 Teile, 0" in page
    assert "Bis <time" in page


def test_settings_that_cannot_be_meant_are_refused(turned: Turned) -> None:
    path = turned.settings.place / SETTINGS_FILE
    whole = path.read_text()
    for line in ('uplink = "fast"', 'uplink_metered = "maybe"'):
        path.write_text(f"{whole}{line}\n")
        with pytest.raises(CodedError, match=r"settings\.wrong"):
            read_settings(turned.settings.place, {})
    path.write_text(f'{whole}uplink = "{DAYTIME}"\nuplink_metered = "auto"\n')
    assert read_settings(turned.settings.place, {}).uplink == DAYTIME


@pytest.mark.parametrize(
    ("said", "metered"), [("u 1", True), ("u 3", True), ("u 4", False), ("u 0", False), ("", False)]
)
def test_networkmanager_is_understood(said: str, metered: bool) -> None:
    assert system_says_metered([sys.executable, "-c", f"print({said!r})"]) is metered


def test_a_system_without_networkmanager_has_no_metered_line() -> None:
    assert not system_says_metered(["/nowhere/busctl"])
    assert not system_says_metered([sys.executable, "-c", "import sys; sys.exit('no such service')"])
