"""Hand-over files: what a tablet wrote when nothing else helped is taken in by the ordinary intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server.place import Place
from server.services.collect.decision import Carrier
from server.services.collect.intake import Intake
from server.services.collect.intake_files import ItemsTaken, take_items
from sync.errors import SyncError
from sync.handover import About, HandoverFile

BY_FILE = Carrier("file", "device")
"""Who delivered what came in a file. The file names a device, but nobody signed that."""


@dataclass
class HandoverReport:
    """What became of a file."""

    about: About
    taken: ItemsTaken = field(default_factory=ItemsTaken)
    problem: str | None = None
    """Code of the damage at which reading ended, or that the trailer told, or None."""
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def states(self) -> Counter[str]:
        """The items by their state."""
        return self.taken.states

    @property
    def refused(self) -> Counter[str]:
        """Those that were not kept, by their code."""
        return self.taken.refused

    @property
    def read(self) -> int:
        """How many items were read whole."""
        return self.taken.read

    @property
    def missing(self) -> int:
        """How many items the file should have held beyond those, by its own word."""
        return max(0, self.about.count - self.read)


class Handover:
    """Takes hand-over files in at a place."""

    def __init__(self, place: Place, intake: Intake) -> None:
        self._place = place
        self._intake = intake

    def take_in(self, path: Path) -> HandoverReport:
        """Take in every item that stands whole in a file; damage is told in the report.

        What was read before an error is kept, and the file may be taken in again: nothing is kept twice.
        Raises ``SyncError`` ``handover.header``, ``OSError`` of the file, ``CodedError`` ``storage.full``.
        """
        with path.open("rb") as source:
            file = HandoverFile(source)
            report = HandoverReport(file.about)
            try:
                take_items(self._place, self._intake, BY_FILE, file.items(), report.taken)
            except SyncError as error:
                report.problem, report.params = error.code, error.params
        return report
