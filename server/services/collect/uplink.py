"""What a node may send to central just now: by its plan, by central's plan for it, and where the line is metered.

Nothing is decided by it but when items go. Hello, receipts, marks and the feed always go.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, select

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.feed import Feed, wire_time
from server.services.collect.metered import system_says_metered
from server.services.collect.standing import NODES
from sync.envelope.encoding import parse_canonical
from sync.errors import SyncError
from sync.feed import STUDY_CHAIN
from sync.pace import RECORDS, Allowed, Bucket, Plan, burst_of

UPLINK_KIND: Final = "uplink"
SWITCH_FILE: Final = "uplink-switch.json"
BUCKET_FILE: Final = "uplink-bucket.json"
HOURS_AT_MOST: Final = 31 * 24

Why = Literal["cap", "records", "metered"]
Source = Literal["settings", "central", "switch", "system"]


@dataclass(frozen=True, slots=True)
class Uplink:
    """What may go now. ``why`` it is less than everything, by whose word, and until when where that is known."""

    allowed: Allowed
    why: Why | None = None
    source: Source | None = None
    until: datetime | None = None

    @property
    def paused(self) -> bool:
        """Whether media wait."""
        return self.allowed.most == RECORDS


def local_time(at: datetime) -> datetime:
    """A time by this computer's time zone."""
    return at.astimezone()


def read_uplink(
    place: Place,
    local: Callable[[datetime], datetime] = local_time,
    system: Callable[[], bool] = system_says_metered,
    planned: tuple[Plan, Source] | None = None,
) -> Uplink:
    """What a node may send now. Its own plan comes before central's, what was said by hand before every setting.

    ``planned`` is what ``read_plan`` gave, where that is known already.
    """
    now = place.now()
    plan, source = planned or read_plan(place)
    allowed = plan.at(local(now))
    metered = _metered(place, now, system)
    if metered is not None:
        return Uplink(Allowed(allowed.rate, RECORDS), "metered", *metered)
    if allowed == Allowed():
        return Uplink(allowed)
    return Uplink(allowed, "cap" if allowed.rate is not None else "records", source, plan.until(now, local))


def read_plan(place: Place) -> tuple[Plan, Source]:
    """The plan that counts for a node, and whose it is."""
    text = place.settings.uplink
    source: Source = "settings"
    if not text:
        with place.engine.connect() as connection:
            text, source = told_plan(connection, Feed.of(place), place.settings.node), "central"
    try:
        return Plan.read(text), source
    except SyncError:
        # Of a later version; a plan that cannot be read holds nothing back.
        return Plan(), source


def _metered(place: Place, now: datetime, system: Callable[[], bool]) -> tuple[Source, datetime | None] | None:
    """By whose word the line is metered, and until when; None where it is not."""
    said = _read_json(place.settings.place / SWITCH_FILE)
    until = _read_time(said.get("until"))
    since = _read_time(said.get("since"))
    # A clock that was set back must not make an hour last for years.
    over = until is not None and (until <= now or (since is not None and now < since - timedelta(days=1)))
    if isinstance(said.get("metered"), bool) and not over:
        return ("switch", until) if said["metered"] else None
    if place.settings.uplink_metered == "yes":
        return "settings", None
    if place.settings.uplink_metered == "auto" and system():
        return "system", None
    return None


def say_metered(place: Place, metered: bool | None, hours: int | None = None) -> None:
    """Say by hand whether the line is metered, for so many hours or until it is said again; None: as the settings say.

    Raises ``CodedError`` ``sync.not_a_node``.
    """
    if place.role != "node":
        raise CodedError("sync.not_a_node")
    path = place.settings.place / SWITCH_FILE
    if metered is None:
        path.unlink(missing_ok=True)
        return
    now = place.now()
    until = None if hours is None else wire_time(now + timedelta(hours=hours))
    _write_json(path, {"metered": metered, "since": wire_time(now), "until": until})


def tell_plan(connection: Connection, feed: Feed, node: str, plan: str) -> None:
    """Set a node's plan from central, through the feed; an empty one takes it back. An operation of the writer.

    Raises ``CodedError`` ``node.unknown``; ``SyncError`` ``pace.plan``.
    """
    Plan.read(plan)
    if connection.execute(select(NODES.c.standing).where(NODES.c.id == node)).scalar() != "introduced":
        raise CodedError("node.unknown", node=node)
    feed.append(connection, STUDY_CHAIN, UPLINK_KIND, {"node": node, "plan": plan})


def told_plan(connection: Connection, feed: Feed, node: str) -> str:
    """Central's newest plan for a node; empty where it said none."""
    for encoded in reversed(feed.all_of(connection, STUDY_CHAIN, UPLINK_KIND)):
        body = cast("dict[str, Any]", parse_canonical(encoded, "feed.broken")["body"])
        if body.get("node") == node:
            plan = body.get("plan")
            return plan if isinstance(plan, str) else ""
    return ""


class NodePace:
    """The pace of a node's round, for ``sync.session``. What may go is asked again before every piece.

    The bucket stands in a file, so that a process that starts again begins with what was left.
    """

    def __init__(
        self,
        place: Place,
        local: Callable[[datetime], datetime] = local_time,
        system: Callable[[], bool] = system_says_metered,
    ) -> None:
        self._place = place
        self._local = local
        # Asking the system takes a process: once a round is enough.
        metered = place.settings.uplink_metered == "auto" and system()
        self._system = lambda: metered
        self._planned = read_plan(place)
        self._path = place.settings.place / BUCKET_FILE
        self._bucket = self._kept()

    def most(self) -> int:
        """The least urgent priority that may go now."""
        return read_uplink(self._place, self._local, self._system, self._planned).allowed.most

    def room(self) -> int | None:
        """Bytes that may go now."""
        rate = self._rate()
        if rate is None:
            return None
        now = self._place.now().timestamp()
        bucket = self._bucket or Bucket(self._burst(rate), now, rate)
        self._bucket = bucket.filled(now, rate, self._burst(rate))
        return max(0, int(self._bucket.tokens))

    def whole(self) -> int | None:
        """Bytes that can ever go at once."""
        rate = self._rate()
        return None if rate is None else self._burst(rate)

    def spend(self, size: int) -> None:
        """Note that so many bytes go."""
        if self.room() is None or self._bucket is None:
            return
        self._bucket = self._bucket.spent(size)
        values = {"tokens": self._bucket.tokens, "at": self._bucket.at, "rate": self._bucket.rate}
        # On a full disk the cap still holds in this process.
        with contextlib.suppress(OSError):
            _write_json(self._path, values)

    def _rate(self) -> int | None:
        plan, _ = self._planned
        return plan.at(self._local(self._place.now())).rate

    def _burst(self, rate: int) -> int:
        return burst_of(rate, self._place.settings.sync_every)

    def _kept(self) -> Bucket | None:
        said = _read_json(self._path)
        try:
            return Bucket(float(said["tokens"]), float(said["at"]), int(said["rate"]))
        except (KeyError, TypeError, ValueError, OverflowError):
            return None


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    """Replace a file at once. It need not survive the loss of power: nothing but the pace would be lost."""
    written = path.with_suffix(".new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file)
    written.replace(path)


def _read_time(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
