"""Plans by time of day and the token bucket: never too much, never nothing for ever, whatever the clock does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.envelope.item import Item
from sync.errors import SyncError
from sync.pace import BURST_LEAST, EVERYTHING, PIECE_LEAST, RECORDS, Allowed, Bucket, Plan, burst_of
from sync.protocol import Limits, Offered
from sync.session import Session
from sync.states import State
from tests.examples import examples
from tests.sync.test_session import KEY, Breaking, Place, Store

DAY = 24 * 3600
KBIT_64 = Allowed(8000)
DAYTIME = "06:00-20:00 64, else unlimited"
BERLIN = ZoneInfo("Europe/Berlin")


def berlin(at: datetime) -> datetime:
    return at.astimezone(BERLIN)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "at", "allowed"),
    [
        ("", local(12), Allowed()),
        ("unlimited", local(12), Allowed()),
        ("64", local(3), KBIT_64),
        ("records", local(3), Allowed(most=RECORDS)),
        (DAYTIME, local(6), KBIT_64),
        (DAYTIME, local(19, 59), KBIT_64),
        (DAYTIME, local(20), Allowed()),
        (DAYTIME, local(5, 59), Allowed()),
        ("22:00-06:00 unlimited, else 64", local(23), Allowed()),
        ("22:00-06:00 unlimited, else 64", local(0), Allowed()),
        ("22:00-06:00 unlimited, else 64", local(6), KBIT_64),
        ("00:00-24:00 records", local(0), Allowed(most=RECORDS)),
        ("08:00-18:00 64, 12:00-13:00 128", local(12), KBIT_64),
    ],
)
def test_a_plan_says_what_may_go_at_a_time_of_day(text: str, at: datetime, allowed: Allowed) -> None:
    assert Plan.read(text).at(at) == allowed


WRONG = (
    *("0", "-5", "64 kbit", "fast", "else", "6:00-20:00 64", "06:00-06:00 64", "24:00-06:00 64", "06:60-07:00 64"),
    *("06:00-25:00 64", "06:00-20:00", "else 64, 06:00-20:00 64", "06:00-20:00 64,", "1" * 8, "08:00-18:00 64," * 30),
)


@pytest.mark.parametrize("text", WRONG)
def test_a_plan_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(SyncError, match=r"pace\.plan"):
        Plan.read(text)


def test_it_says_until_when_also_over_midnight_and_where_the_clocks_change() -> None:
    plan = Plan.read(DAYTIME)
    assert plan.until(local(12, 30).astimezone(UTC), berlin) == local(20).astimezone(UTC)
    assert plan.until(local(23).astimezone(UTC), berlin) == (local(6) + timedelta(days=1)).astimezone(UTC)
    # On 29 March 2026 two o'clock is three o'clock; on 25 October there is a second hour between two and three.
    night = Plan.read("02:00-03:00 records, else unlimited")
    assert night.until(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), berlin) == datetime(2026, 3, 30, 0, 0, tzinfo=UTC)
    begin, end = datetime(2026, 10, 25, 0, 0, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert night.until(begin, berlin) == end, "the hour that comes twice counts twice"
    assert night.until(end, berlin) == datetime(2026, 10, 26, 1, 0, tzinfo=UTC)
    assert Plan.read("64").until(begin, berlin) is None
    assert Plan.read("00:00-12:00 64, else 64").until(begin, berlin) is None


KINDS = st.sampled_from(["time", "ask", "back", "ahead", "rate"])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 200_000), st.sampled_from([8, 64, 900])), max_size=60)


@given(STEPS)
@settings(max_examples=examples(200), deadline=None)
def test_never_more_than_the_burst_and_the_rate_whatever_the_clock_says(
    steps: list[tuple[str, int, int]],
) -> None:
    """Real time and the clock are two things: of a jump ahead one bucket full comes, of a jump back nothing."""
    rate, clock = 8000, 1_000_000.0
    most = burst = burst_of(rate, 30)
    bucket, sent = Bucket(burst, clock, rate), 0
    for kind, size, kbit in steps:
        if kind == "time":
            clock += size / 1000
            most += rate * size / 1000
        elif kind == "back":
            clock -= 3 * DAY
        elif kind == "ahead":
            clock += 3 * DAY
            most += burst
        elif kind == "rate":
            bucket = bucket.filled(clock, rate, burst)
            rate, burst = kbit * 125, burst_of(kbit * 125, 30)
            bucket = bucket.filled(clock, rate, burst)
        else:
            bucket = bucket.filled(clock, rate, burst)
            take = min(size, int(bucket.tokens))
            bucket, sent = bucket.spent(take), sent + take
        assert bucket.tokens <= max(burst, burst_of(900 * 125, 30))
        assert sent <= most + 1


@given(st.floats(-1e9, 1e9), st.sampled_from([125, 8000, 10_000_000]), st.floats(-4e8, 4e8))
@settings(max_examples=examples(100), deadline=None)
def test_it_is_full_again_after_a_while_whatever_stood_in_it(tokens: float, rate: int, jump: float) -> None:
    burst = burst_of(rate, 30)
    bucket = Bucket(max(tokens, -burst), 0.0, rate).filled(jump, rate, burst)
    assert bucket.filled(jump + 2 * burst / rate + 1, rate, burst).tokens == burst
    assert Bucket(float("nan"), 0.0, rate).filled(1.0, rate, burst).tokens == 0.0
    assert burst >= BURST_LEAST >= PIECE_LEAST


def test_a_lower_rate_counts_for_the_time_that_was_not_looked_at() -> None:
    day, night = 8000, 100_000
    bucket = Bucket(0.0, 0.0, night).filled(10.0, day, burst_of(day, 30))
    assert bucket.tokens == 10 * day
    assert bucket.filled(20.0, night, burst_of(night, 30)).tokens == 20 * day


class Clocked:
    """A pace over a bucket whose clock the test turns."""

    def __init__(self, rate: int, most: Callable[[], int] = lambda: EVERYTHING) -> None:
        self.now, self.rate, self.spent, self.most = 0.0, rate, 0, most
        self.bucket = Bucket(burst_of(rate, 30), 0.0, rate)

    def room(self) -> int:
        self.bucket = self.bucket.filled(self.now, self.rate, self.whole())
        return int(self.bucket.tokens)

    def whole(self) -> int:
        return burst_of(self.rate, 30)

    def spend(self, size: int) -> None:
        self.spent += size
        self.bucket = self.bucket.spent(size)


class Mixed(Store):
    """An outbox that knows priorities: items by their part, records first."""

    def __init__(self, records: list[Item], media: list[Item]) -> None:
        super().__init__([*records, *media])
        self.media = {each.hash for each in media}

    def add(self, record: Item) -> None:
        self.items[record.hash] = record
        self.states[record.hash] = State.QUEUED

    def pending(self, limit: int, excluding: object, most: int) -> list[Offered]:
        queued = [
            Offered("i", "record", each, len(self.items[each].body), 2 if each in self.media else 0)
            for each, state in self.states.items()
            if state is State.QUEUED and each not in excluding  # type: ignore[operator]
        ]
        return sorted((each for each in queued if each.priority <= most), key=lambda each: each.priority)[:limit]


class Wide(Breaking):
    """A way that never breaks, to a place that takes larger calls; it notes what came in which order."""

    def __init__(self, place: Place) -> None:
        super().__init__(place, [])
        self.came: list[str] = []
        self.between: Callable[[], None] = lambda: None

    def greet(self):  # type: ignore[no-untyped-def]
        return type(super().greet())("central", "central", "example", "c", (), Limits())

    def batch(self, items):  # type: ignore[no-untyped-def]
        self.came += [each.hash for each in items]
        return super().batch(items)

    def upload(self, item_hash: str, offset: int, data: bytes) -> int:
        self._place.uploads[item_hash] += data
        self.came.append(item_hash)
        self.between()
        return offset + len(data)


def one_round(outbox: Store, way: Wide, pace: Clocked) -> Session:
    session = Session(outbox, way, "example", KEY.public_key(), pace=pace)
    session.run()
    return session


def test_a_record_overtakes_a_recording_that_is_held_back_and_the_cap_is_kept() -> None:
    recording = Item(b"audio", bytes(2_000_000))
    outbox, place, pace = Mixed([], [recording]), Place(), Clocked(8000)
    way = Wide(place)
    rounds = 0
    records = [Item(f"record {index}".encode(), bytes(5000)) for index in range(20)]
    while State.QUEUED in outbox.states.values():
        rounds += 1
        assert rounds < 100
        session = one_round(outbox, way, pace)
        assert pace.spent <= burst_of(8000, 30) + 8000 * pace.now
        if rounds <= len(records):
            late = records[rounds - 1]
            outbox.add(late)
            pace.now += 30
            session = one_round(outbox, way, pace)
            assert late.hash in place.items, "it came a round later, before the rest of the recording"
        pace.now += 30
        assert session.tally.held_back == (recording.hash not in place.items)
    assert place.items[recording.hash] == recording.body
    needed = (len(recording.body) - burst_of(8000, 30)) / 8000
    assert pace.now <= 1.3 * needed + 60, "the cap is used, too"


def test_a_record_that_comes_while_a_recording_goes_up_does_not_wait_for_its_end() -> None:
    recording, record = Item(b"audio", bytes(5_000_000)), Item(b"record", bytes(5000))
    outbox, place = Mixed([], [recording]), Place()
    way = Wide(place)
    way.between = lambda: outbox.add(record) if len(way.came) == 2 else None
    Session(outbox, way, "example", KEY.public_key()).run()
    assert way.came == [*[recording.hash] * 2, record.hash, *[recording.hash] * 3]
    assert set(place.items) == {recording.hash, record.hash}


def test_an_item_larger_than_the_bucket_goes_in_pieces_and_one_that_fits_goes_whole() -> None:
    large, small = Item(b"large", bytes(BURST_LEAST)), Item(b"small", bytes(BURST_LEAST // 2))
    outbox, place, pace = Mixed([large, small], []), Place(), Clocked(1000)
    way = Wide(place)
    for _ in range(10):
        one_round(outbox, way, pace)
        pace.now += 60
    assert set(place.items) == {large.hash, small.hash}
    assert set(place.uploads) == {large.hash}


def test_media_wait_while_only_records_may_go_also_in_the_middle_of_an_upload() -> None:
    recording, record = Item(b"audio", bytes(3_000_000)), Item(b"record", bytes(5000))
    outbox, place = Mixed([record], [recording]), Place()
    way, metered = Wide(place), [True]
    pace = Clocked(10_000_000, lambda: RECORDS if metered[0] else EVERYTHING)
    one_round(outbox, way, pace)
    assert set(place.items) == {record.hash}
    assert not place.uploads
    metered[0] = False
    way.between = lambda: metered.__setitem__(0, True)
    one_round(outbox, way, pace)
    assert len(place.uploads[recording.hash]) == 1024 * 1024, "the line became a metered one after a piece"
    metered[0], way.between = False, lambda: None
    one_round(outbox, way, pace)
    assert place.items[recording.hash] == recording.body
