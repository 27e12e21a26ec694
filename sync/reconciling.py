"""One reconciliation of a carrier with a place: ask, compare, heal, tell. The caller drives it one exchange at a time.

What a comparison found is settled at once in the carrier's store; whatever breaks off before begins anew the next time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from sync.errors import SyncError
from sync.reconcile import NAMES_AT_MOST, Comparison, read_part

TOLD_AT_MOST: Final = 50
"""Items that a place is told of by their names."""

By = Literal["schedule", "hand"]
Kind = Literal["lost", "again", "missing", "surplus"]
KINDS: Final[tuple[Kind, ...]] = ("lost", "again", "missing", "surplus")
"""What may be found, the gravest first."""


@dataclass(frozen=True, slots=True)
class Named:
    """An item by the names that stand on its cover; ``device`` is who signed it, ``size`` the bytes of its body."""

    hash: str
    instance: str
    part: str
    device: str
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Found:
    """A difference. ``name`` is None where neither side could say what it is."""

    kind: Kind
    hash: str
    name: Named | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison showed, before the carrier looked what it can do. ``names`` are the place's, of the surplus."""

    compared: int
    missing: Sequence[str]
    surplus: Sequence[str]
    names: Mapping[str, Named]
    complete: bool
    alarm: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a reconciliation found and healed, as the carrier keeps and tells it."""

    by: By
    compared: int
    found: Sequence[Found] = ()
    complete: bool = True
    alarm: str | None = None
    queued: bool = False
    """Whether something was queued again and should be delivered now."""

    def count(self, kind: Kind) -> int:
        """How many of a kind were found."""
        return sum(each.kind == kind for each in self.found)

    def json(self) -> dict[str, object]:
        """As the place is told."""
        gravest = sorted(self.found, key=lambda each: KINDS.index(each.kind))[:TOLD_AT_MOST]
        items = [
            {
                "kind": each.kind,
                "hash": each.hash,
                "instance": each.name.instance if each.name else None,
                "part": each.name.part if each.name else None,
            }
            for each in gravest
        ]
        counts: dict[str, object] = {kind: self.count(kind) for kind in KINDS}
        return {"by": self.by, "compared": self.compared, **counts, "complete": self.complete, "items": items}


class Holdings(Protocol):
    """What a carrier's store knows of what a place should have. Everything is durable when a method returns."""

    def due(self) -> By | None:
        """Whether a comparison is due, and who wants it."""

    def believed(self, prefix: str) -> Iterable[str]:
        """The hashes of the carrier's set that begin with a prefix, ascending, each once."""

    def unknown(self, hashes: Collection[str]) -> Collection[str]:
        """Those of these hashes of which the carrier holds no item in any state."""

    def settle(self, by: By, compared: Compared) -> Result:
        """Heal what can be healed, and keep what was found. Nothing is deleted."""

    def untold(self) -> Result | None:
        """What was found and the place does not know of yet."""

    def told(self) -> None:
        """The place knows now."""


class Mirror(Protocol):
    """The way to a place's set. Raises SyncError with the place's code, or `sync.unreachable`."""

    def reconcile(self, prefixes: Sequence[str]) -> Sequence[object]:
        """The parts under these prefixes, not yet checked."""

    def names(self, hashes: Sequence[str]) -> Sequence[Named | None]:
        """What these hashes are, for those of the carrier's set; in order."""

    def found(self, result: Result) -> None:
        """Tell what was found."""


@dataclass(slots=True)
class Reconciliation:
    """A reconciliation. Call ``step`` until it says that nothing is left to do."""

    holdings: Holdings
    mirror: Mirror
    result: Result | None = None
    _by: By | None = None
    _comparison: Comparison | None = None
    _surplus: list[str] = field(default_factory=list)
    _named: int = 0
    _names: dict[str, Named] = field(default_factory=dict)
    _begun: bool = False

    def step(self) -> bool:
        """Do the next exchange, if any; False when nothing is left. Raises what the mirror raises."""
        if not self._begun:
            self._begun = True
            self._by = self.holdings.due()
            if self._by is not None:
                self._comparison = Comparison(self.holdings.believed)
        if self._comparison is not None:
            self._compare(self._comparison)
            return True
        untold = self.holdings.untold()
        if untold is None:
            return False
        self.mirror.found(untold)
        self.holdings.told()
        return False

    def _compare(self, comparison: Comparison) -> None:
        prefixes = comparison.questions()
        if prefixes:
            try:
                self._ask(comparison, prefixes)
            except SyncError as error:
                if error.code != "reconcile.answer":
                    raise
                self._settle(comparison, error.code)
            return
        if not self._surplus and comparison.surplus:
            self._surplus = sorted(self.holdings.unknown(comparison.surplus))
        if self._named < len(self._surplus):
            self._ask_names(self._surplus[self._named : self._named + NAMES_AT_MOST])
            return
        self._settle(comparison, "reconcile.unclear" if comparison.unclear else None)

    def _ask(self, comparison: Comparison, prefixes: Sequence[str]) -> None:
        answers = self.mirror.reconcile(prefixes)
        if len(answers) != len(prefixes):
            raise SyncError("reconcile.answer")
        comparison.take([read_part(prefix, answer) for prefix, answer in zip(prefixes, answers, strict=True)])

    def _ask_names(self, hashes: Sequence[str]) -> None:
        named = self.mirror.names(hashes)
        self._named += len(hashes)
        self._names |= {item_hash: name for item_hash, name in zip(hashes, named, strict=False) if name is not None}

    def _settle(self, comparison: Comparison, alarm: str | None) -> None:
        by = self._by or "schedule"
        self._comparison = None
        found = Compared(
            comparison.compared,
            comparison.missing,
            comparison.surplus,
            self._names,
            comparison.complete and alarm != "reconcile.answer",
            alarm,
        )
        self.result = self.holdings.settle(by, found)
