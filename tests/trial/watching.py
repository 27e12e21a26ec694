"""Looking at a trial while it goes on, from outside: at the disks of the parties, and at nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from server.errors.error import CodedError
from server.services.operate.backup_target import read_manifest
from tests.trial.comparing import backed_up, held, pruned
from tests.trial.founding import backups
from tests.trial.plan import CENTRAL, Plan
from tests.trial.store import Looked, look
from tests.trial.tablet import DISK


@dataclass(frozen=True)
class Sample:
    """How things stood at a time: interviews collected and parts noted, and how many of those parts were at central."""

    at: float
    collected: int
    noted: int
    at_central: int


class Watch:
    """Looks at the disks of a trial in a folder."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._folder, self._plan = folder, plan

    def tablets(self) -> dict[str, Looked]:
        """The disks of all tablets."""
        return {each: look(self._folder / each / DISK) for each in self._plan.tablets}

    def sample(self, at: float, otherwise: int) -> Sample:
        """How things stand; ``otherwise``: what counts as being at central where central cannot be read."""
        looked = self.tablets().values()
        noted = {note.hash for each in looked for note in each.notes}
        there = held(self._folder / CENTRAL)
        at_central = otherwise if there is None else len(noted & there)
        return Sample(at, sum(each.collected for each in looked), len(noted), at_central)

    def deleted(self) -> tuple[set[str], int]:
        """What tablets have deleted, and how many copies nodes have."""
        on_tablets = {each for looked in self.tablets().values() for each in looked.pruned}
        return on_tablets, sum(pruned(self._folder / each) for each in self._plan.nodes)

    def gone(self, drowned: Collection[str]) -> int:
        """How many items no tablet, no node that is left, and not central holds."""
        there = set()
        for place in [*self._plan.nodes, CENTRAL]:
            found = held(self._folder / place)
            if found is None:
                return 0
            there |= set() if place in drowned else found
        return len(self.deleted()[0] - there)

    def only_at(self, node: str) -> int:
        """How many items of a node central lacks."""
        there, at_node = held(self._folder / CENTRAL), held(self._folder / node)
        return 0 if there is None or at_node is None else len(at_node - there)

    def bites(self, back: int) -> bool:
        """Whether there are enough backups, the newest has the whole feed, tablets have deleted something, and central
        holds more than the chosen backup.

        Where that is the one before the newest, tablets have deleted some of what it lacks: so nodes alone have that.
        """
        snapshots = backups(self._folder).snapshots()
        there = held(self._folder / CENTRAL)
        if there is None or len(snapshots) < back + 1:
            return False
        try:
            saved = read_manifest(snapshots[-1])
            with closing(sqlite3.connect(self._folder / CENTRAL / "feldbuch.db", timeout=5)) as db:
                (entries,) = db.execute("SELECT max(id) FROM feed_entry").fetchone()
            lacking = there - backed_up(snapshots[-back])
        except (CodedError, sqlite3.Error):
            return False
        deleted, _ = self.deleted()
        if back == 2:
            lacking &= deleted
        return int(saved["feed"]) >= entries and bool(deleted) and bool(lacking)
