"""Metrics for Prometheus: a fixed list with labels of few values, nothing personal and nothing that was answered.

``deploy/docs/operations.md`` lists them; a test holds that it lists these and no others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.place import Place
from server.services.monitor.figures import Figures, read_figures
from server.version import __version__

CACHE_SECONDS = 30.0
"""What is counted in the database is counted at most so often, whoever asks."""
COMMIT_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
GROUP_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})


class PlaceCollector(Collector):
    """The figures of a place as gauges, counted anew when the last count is older than ``CACHE_SECONDS``."""

    def __init__(self, place: Place, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: tuple[float, Figures] | None = None

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: to describe would be to count."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The gauges of this moment."""
        place, found = self._place, self._figures()
        at_node = place.role == "node"
        info = GaugeMetricFamily("feldbuch_info", "The program and its role; always 1.", labels=("role", "version"))
        info.add_metric((place.role, __version__), 1)
        yield info
        yield _by("feldbuch_items", "Items by state.", "state", found.items)
        yield _one("feldbuch_item_bytes", "Sealed bytes of items that are kept here.", found.item_bytes)
        if found.oldest_age is not None:
            text = "Since the oldest item arrived that is not receipted (node), or in no verified backup (central)."
            yield _one("feldbuch_oldest_unsafe_age_seconds", text, found.oldest_age)
        if at_node:
            yield _by("feldbuch_items_forward", "Items by how far central has them.", "state", found.forward)
            yield _one("feldbuch_items_pruned", "Items whose bytes were deleted, safe at central.", found.pruned)
        else:
            yield _one("feldbuch_receipt_seq", "The highest number of a receipt in this epoch.", found.receipt_seq)
            yield _one("feldbuch_durable_seq", "The number up to which a verified backup holds all.", found.durable_seq)
            beyond = max(0, found.receipt_seq - found.durable_seq)
            yield _one("feldbuch_receipts_not_durable", "Receipts that no verified backup holds yet.", beyond)
            if found.backup_age is not None:
                yield _one("feldbuch_backup_age_seconds", "Since the last verified backup ended.", found.backup_age)
        yield _one("feldbuch_uploads_open", "Uploads under way.", found.uploads)
        yield _one("feldbuch_upload_bytes", "Bytes that the uploads under way will have.", found.upload_bytes)
        yield _one("feldbuch_disk_free_bytes", "Bytes free on the disk of the place.", found.disk_free)
        yield _one("feldbuch_disk_kept_free_bytes", "Below so many nothing is taken in.", found.disk_kept)
        yield _one("feldbuch_feed_entries", "Entries of the signed feed.", found.feed_entries)
        yield _by("feldbuch_contact_age_seconds", "Since a node, or central, was heard of.", "peer", found.contact_age)
        tablets = GaugeMetricFamily("feldbuch_tablets", "Tablets by site and contact.", labels=("site", "contact"))
        for (site, contact), count in sorted(found.tablets.items()):
            tablets.add_metric((site, contact), count)
        yield tablets
        yield _by("feldbuch_alarms", "What needs a person: 1, or of how many.", "code", found.alarms)
        yield _one("feldbuch_writer_waiting", "Operations that wait for the writer.", place.writer.waiting)

    def _figures(self) -> Figures:
        with self._lock:
            now = self._monotonic()
            if self._last is None or now - self._last[0] > CACHE_SECONDS:
                self._last = (now, read_figures(self._place))
            return self._last[1]


class Metrics:
    """The metrics of one process that serves a place."""

    def __init__(self, place: Place, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(PlaceCollector(place, monotonic))
        ProcessCollector(registry=self._registry)
        self._commits = Histogram(
            "feldbuch_writer_commit_seconds",
            "How long a group of operations took to be durable.",
            buckets=COMMIT_BUCKETS,
            registry=self._registry,
        )
        self._groups = Histogram(
            "feldbuch_writer_group_operations",
            "How many operations shared a commit.",
            buckets=GROUP_BUCKETS,
            registry=self._registry,
        )
        self._requests = Histogram(
            "feldbuch_request_seconds",
            "How long requests took, by route, method and status.",
            ("route", "method", "status"),
            buckets=REQUEST_BUCKETS,
            registry=self._registry,
        )

    def commit_done(self, seconds: float, operations: int) -> None:
        """Count a commit of the writer."""
        self._commits.observe(seconds)
        self._groups.observe(operations)

    def request_done(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request. ``route`` is a template, never a path; ``method`` is one of ``METHODS`` or ``other``."""
        self._requests.labels(route, method, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text form."""
        return generate_latest(self._registry)


def place_text(place: Place) -> bytes:
    """What the database says, in Prometheus' text form: for a place that is not served."""
    registry = CollectorRegistry()
    registry.register(PlaceCollector(place))
    return generate_latest(registry)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in sorted(values.items()):
        family.add_metric((key,), value)
    return family
