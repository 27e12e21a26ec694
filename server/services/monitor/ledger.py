"""The ledger: where every instance is, by site and device, computed from status alone.

Counts are of instances in real use (records, not attachments); training stands apart. It needs no key and works
while the vault is locked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from sqlalchemy import Row, Table, select

from server.place import Place
from server.services.monitor.arrivals import Arrived, oldest
from server.services.monitor.clocks import notable
from server.services.monitor.compared import CarrierCompared, read_compared
from server.services.monitor.contact import Contact, judge_contact
from server.services.monitor.numbers import Missing, find_missing
from server.services.monitor.remembered import Remembered
from server.services.monitor.reports import Report, read_report
from server.services.monitor.safety import Safety, judge_safety
from server.services.monitor.study import Site, read_study
from server.storage.carriers import Device, Node
from server.storage.items import Item

_device: Table = Device.__table__  # type: ignore[assignment]
_node: Table = Node.__table__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Instances. ``collected = tablet + node + arrived``, and ``arrived`` are at central in whatever state.

    ``collected``: known to be finished, the greater of what the device reported and what arrived.
    ``tablet``, ``node``: not at central; at a node as far as the device has reported it.
    ``central``: held with a receipt; ``safe`` of them: every part under the durable mark, none known to be outside.
    ``waiting``, ``quarantined``, ``conflict``: arrived and not (or not only) plainly held. ``aside``: arrived, and a
    person decided that it counts for nothing. ``drafts``: begun, as reported. ``training``: apart.
    """

    collected: int = 0
    tablet: int = 0
    node: int = 0
    arrived: int = 0
    central: int = 0
    safe: int = 0
    waiting: int = 0
    quarantined: int = 0
    conflict: int = 0
    aside: int = 0
    drafts: int = 0
    training: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device at a site. ``waiting_since``: since when its oldest instance is not safe, by the device's clock.

    A device that has worked at several sites has a line at each; ``here`` is true where it works now, and only
    that line bears what is still outside, its drafts and its missing numbers.
    """

    device: str
    here: bool
    name: str | None
    interviewer: str | None
    standing: str
    counts: Counts
    waiting_since: datetime | None
    contact: Contact
    missing: Missing
    report: Report | None
    app_version: str | None
    clock_ahead: int | None = None
    """By how many seconds its clock is ahead, about (negative: behind), where that is worth a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site with its devices, the sum of their counts, and the latest sign of life from any of them."""

    site: Site
    counts: Counts
    waiting_since: datetime | None
    contact: Contact
    devices: tuple[DeviceLine, ...]

    @property
    def clock_ahead(self) -> int | None:
        """As of the device by whose clock ``waiting_since`` is."""
        return next((each.clock_ahead for each in self.devices if each.waiting_since == self.waiting_since), None)

    @property
    def silent(self) -> int:
        """How many devices that work here were not heard of for long, or never; revoked ones apart."""
        return sum(each.here and each.contact.state != "recent" and each.standing != "revoked" for each in self.devices)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLine:
    """A node: what it says it holds that central has not receipted, and when it was last heard of."""

    id: str
    name: str
    standing: str
    sites: tuple[str, ...]
    contact: Contact
    report: Report | None
    missing: Missing
    clock_ahead: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The whole ledger at one moment."""

    at: datetime
    title: Mapping[str, str]
    total: Counts
    waiting_since: datetime | None
    sites: tuple[SiteLine, ...]
    nodes: tuple[NodeLine, ...]
    safety: Safety
    compared: tuple[CarrierCompared, ...] = ()
    """The newest comparison of each carrier with what lies here."""

    @property
    def devices(self) -> tuple[DeviceLine, ...]:
        """The devices, each once: where they work now."""
        return tuple(each for site in self.sites for each in site.devices if each.here)


def read_ledger(place: Place, remembered: Remembered | None = None) -> Ledger:
    """Compute the ledger in one read transaction, so that its numbers belong together.

    With ``remembered`` only what has changed since the last time is counted again.
    """
    remembered = remembered or Remembered()
    now = place.now()
    study = read_study(place)
    with remembered.turn(), place.engine.connect() as connection:
        safety = judge_safety(connection, place.settings, now)
        counted = remembered.count(connection, safety.mark)
        arrivals = counted.arrivals
        devices = {row.id: row for row in connection.execute(select(_device))}
        nodes = list(connection.execute(select(_node).order_by(_node.c.name, _node.c.id)))
        newest = select(Item.id, Item.interviewer).where(Item.id.in_([each.newest_item for each in arrivals]))
        interviewers = {row.id: row.interviewer for row in connection.execute(newest)} if arrivals else {}
        reports = {
            row.id: report for row in [*devices.values(), *nodes] if (report := read_report(row.counts)) is not None
        }
        missing = find_missing(counted.numbers, reports)
        compared = read_compared(connection)
    by_device: dict[str, list[Arrived]] = {each: [] for each in devices}
    for each in arrivals:
        by_device.setdefault(each.device, []).append(each)
    lines: dict[str, list[DeviceLine]] = {}
    for device, arrived in by_device.items():
        newest_arrival = max(arrived, key=lambda each: each.newest_item, default=None)
        interviewer = interviewers.get(newest_arrival.newest_item) if newest_arrival is not None else None
        for site, line in _device_lines(
            device, devices.get(device), arrived, interviewer, reports.get(device), missing.get(device), now
        ):
            lines.setdefault(site, []).append(line)
    listed = {each.id for each in study.sites}
    others = tuple(Site(each, "unlisted", {}) for each in sorted(lines.keys() - listed))
    sites = tuple(_site_line(each, lines.get(each.id, []), now) for each in (*study.sites, *others))
    return Ledger(
        at=now,
        title=study.title,
        total=_sum(each.counts for each in sites),
        waiting_since=oldest(each.waiting_since for each in sites),
        sites=sites,
        nodes=tuple(_node_line(row, reports.get(row.id), missing.get(row.id), now) for row in nodes),
        safety=safety,
        compared=tuple(compared.values()),
    )


def _device_lines(
    device: str,
    row: Row[tuple[object, ...]] | None,
    arrived: list[Arrived],
    interviewer: str | None,
    report: Report | None,
    missing: Missing | None,
    now: datetime,
) -> Iterable[tuple[str, DeviceLine]]:
    total = sum(each.instances for each in arrived)
    outside = max(report.finished - total, 0) if report is not None else 0
    # What a report calls sent may have arrived since; what it calls unsent is still there.
    on_tablet = min(outside, report.unsent + report.set_aside) if report is not None else 0
    newest = max(arrived, key=lambda each: each.newest_item, default=None)
    home = (row.site if row is not None else None) or (newest.site if newest is not None else "")
    contact = judge_contact(
        [row.last_contact_at if row is not None else None, *(each.last_received_at for each in arrived)], now
    )
    at_sites = {each.site: each for each in arrived}
    for site in at_sites.keys() | {home}:
        here, found = site == home, at_sites.get(site)
        counts = Counts(
            collected=(found.instances if found else 0) + (outside if here else 0),
            tablet=on_tablet if here else 0,
            node=outside - on_tablet if here else 0,
            arrived=found.instances if found else 0,
            central=found.central if found else 0,
            safe=found.safe if found else 0,
            waiting=found.waiting if found else 0,
            quarantined=found.quarantined if found else 0,
            conflict=found.conflict if found else 0,
            aside=found.aside if found else 0,
            drafts=report.drafts if here and report is not None else 0,
            training=found.training if found else 0,
        )
        unsent = report.oldest_unsent if here and outside and report is not None else None
        yield (
            site,
            DeviceLine(
                device=device,
                here=here,
                name=row.name if row is not None else None,
                interviewer=(row.interviewer if row is not None else None) or interviewer,
                standing=row.standing if row is not None else "unknown",
                counts=counts,
                waiting_since=oldest([unsent, found.oldest_unsafe if found else None]),
                contact=contact,
                missing=missing if here and missing is not None else Missing(),
                report=report,
                app_version=row.app_version if row is not None else None,
                clock_ahead=notable(row.clock_ahead) if row is not None else None,
            ),
        )


def _site_line(site: Site, lines: list[DeviceLine], now: datetime) -> SiteLine:
    return SiteLine(
        site=site,
        counts=_sum(each.counts for each in lines),
        waiting_since=oldest(each.waiting_since for each in lines),
        contact=judge_contact([each.contact.at for each in lines], now),
        devices=tuple(sorted(lines, key=lambda each: (each.interviewer or "", each.name or "", each.device))),
    )


def _node_line(row: Row[tuple[object, ...]], report: Report | None, missing: Missing | None, now: datetime) -> NodeLine:
    return NodeLine(
        id=row.id,
        name=row.name,
        standing=row.standing,
        sites=tuple(row.sites),
        contact=judge_contact([row.last_contact_at], now),
        report=report,
        missing=missing or Missing(),
        clock_ahead=notable(row.clock_ahead),
    )


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for each in counts:
        total += each
    return total
