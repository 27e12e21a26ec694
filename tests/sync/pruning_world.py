"""A whole study in memory: tablets, nodes, central, its backups. Rules that are wrong can be put in from outside.

Receipts and marks are the real ones, unsigned, since nobody in here forges; the rule that decides is the real one
unless a mutant takes its place. Time is a number that grows.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sync.envelope.signed import Mark, Receipt
from sync.protocol import CarrierKind
from sync.pruning import Copy, may_delete

STUDY = "example"


@dataclass
class Held:
    """What a carrier knows of one item. ``pruned``: its bytes are gone."""

    copy: Copy
    acknowledged: bool = False
    receipts: list[Receipt] = field(default_factory=list)
    pruned: bool = False
    since: int = 0

    def confirmed(self, epoch: str) -> bool:
        return any(each.epoch == epoch for each in self.receipts)


@dataclass
class Carrier:
    """A tablet or a node."""

    kind: CarrierKind
    items: dict[str, Held] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    epoch: str = ""


Permits = Callable[[Held, Carrier, int], bool]


def by_the_rule(held: Held, carrier: Carrier, _now: int) -> bool:
    """The rule itself."""
    found = may_delete(held.copy, held.receipts, carrier.marks, epoch=carrier.epoch, carrier=carrier.kind)
    return found is not None


@dataclass(frozen=True)
class Rules:
    """What a mutant changes. ``renews``: a restore begins a new epoch; ``offers_again``: carriers then offer anew;
    ``keeps_exact``: a receipt is kept only for the very copy that it names; ``keeps_both``: of two copies of one name
    central keeps both; ``numbers_at_commit``: it gives numbers when it commits, and not when it begins."""

    permits: Permits = by_the_rule
    renews: bool = True
    offers_again: bool = True
    keeps_exact: bool = True
    keeps_both: bool = True
    numbers_at_commit: bool = True


@dataclass
class Central:
    """What central holds: the fate of each item, and its receipts in order."""

    epoch: str
    fates: dict[str, str] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    given: int = 0
    """The highest number that was given before its receipt was there."""

    def clone(self) -> Central:
        return Central(self.epoch, dict(self.fates), dict(self.copies), list(self.receipts))

    def newest(self) -> int:
        return max((each.seq for each in self.receipts if each.epoch == self.epoch), default=0)

    def number(self) -> int:
        self.given = max(self.given, self.newest()) + 1
        return self.given

    def sign(self, copy: Copy, state: str, number: int | None = None) -> Receipt:
        named = (copy.instance, copy.part, copy.cover_hash, copy.body_hash)
        receipt = Receipt(STUDY, *named, state, self.epoch, number or self.number())
        self.receipts.append(receipt)
        return receipt


class World:
    """The study. Every method is something that happens in it."""

    def __init__(self, rules: Rules | None = None, tablets: int = 1, nodes: int = 2) -> None:
        self.rules = rules or Rules()
        self.tablets = [Carrier("device") for _ in range(tablets)]
        self.nodes = [Carrier("node") for _ in range(nodes)]
        self.central = Central("epoch-1")
        self.backups: list[Central] = []
        self.mark: Mark | None = None
        self.now = 0
        self.epochs = 1
        self.collected: dict[str, Copy] = {}
        self.over_nodes: set[str] = set()
        self.forgiven: set[str] = set()
        """What an older backup than the newest may lose: items that came straight to central."""

    @property
    def carriers(self) -> list[Carrier]:
        return [*self.tablets, *self.nodes]

    def collect(self, tablet: Carrier, name: str | None = None) -> str:
        """An interview is finished; returns the hash of its cover."""
        number = len(self.collected) + 1
        cover, body = (hashlib.sha256(f"{what} {number}".encode()).hexdigest() for what in ("cover", "body"))
        copy = Copy(STUDY, name or f"uuid:{number}", "record", cover, body)
        self.collected[cover] = copy
        tablet.items[cover] = Held(copy, since=self.now)
        return cover

    def hand_on(self, tablet: Carrier, node: Carrier, answered: bool = True) -> None:
        """A tablet delivers to a node what is pending there, and hears what the node knows."""
        self.now += 1
        for name, held in tablet.items.items():
            if not held.pruned and not held.receipts and name not in node.items:
                node.items[name] = Held(held.copy, since=self.now)
                self.over_nodes.add(name)
            if answered and name in node.items:
                held.acknowledged = True
        if answered:
            self._hear(tablet, [each for held in node.items.values() for each in held.receipts])
            for mark in node.marks[-1:]:
                self._keep_mark(tablet, mark)

    def deliver(
        self, carrier: Carrier, answered: bool = True, state: str = "held", refused: Collection[str] = ()
    ) -> None:
        """A carrier says hello to central and delivers what is pending; the answers may be lost."""
        self.now += 1
        self._learn(carrier, self.central.epoch)
        for name, held in carrier.items.items():
            if held.pruned or held.confirmed(carrier.epoch) or (held.receipts and not self.rules.offers_again):
                continue
            if name in refused:
                continue
            if name not in self.central.fates:
                self._take(held.copy, state)
            held.acknowledged |= answered
        if answered:
            self.follow(carrier)

    def begin(self, carrier: Carrier) -> list[tuple[Copy, int | None]]:
        """What a carrier delivers has come, and is not committed yet."""
        return [
            (each.copy, None if self.rules.numbers_at_commit else self.central.number())
            for each in carrier.items.values()
        ]

    def commit(self, begun: Sequence[tuple[Copy, int | None]]) -> None:
        """It is committed."""
        for copy, number in begun:
            self._take(copy, "held", number)

    def _take(self, copy: Copy, state: str, number: int | None = None) -> None:
        central = self.central
        taken = [name for name, each in central.copies.items() if each.instance == copy.instance]
        if not self.rules.keeps_both:
            for name in taken:
                del central.fates[name], central.copies[name]
            taken = []
        central.fates[copy.cover_hash] = "conflict" if taken and state == "held" else state
        central.copies[copy.cover_hash] = copy
        central.sign(copy, central.fates[copy.cover_hash], number)

    def follow(self, carrier: Carrier) -> None:
        """A carrier fetches central's receipts."""
        self._learn(carrier, self.central.epoch)
        self._hear(carrier, [each for each in self.central.receipts if each.epoch == self.central.epoch])

    def fetch_mark(self, carrier: Carrier) -> None:
        """A carrier fetches central's mark."""
        if self.mark is not None and self.mark.epoch == self.central.epoch:
            self._keep_mark(carrier, self.mark)

    def back_up(self) -> Mark:
        """A verified backup, and the mark that rests on it."""
        self.now += 1
        self.backups.append(self.central.clone())
        self.mark = Mark(STUDY, self.central.epoch, self.central.newest(), f"{self.now:012}")
        return self.mark

    def restore(self, back: int = 1) -> None:
        """Central is brought back: from the newest backup (1) or from the one before (2)."""
        if len(self.backups) < back:
            return
        self.central = self.backups[-back].clone()
        if self.rules.renews:
            self.epochs += 1
            last = {each.cover_hash: each for each in self.central.receipts}
            self.central.epoch = f"epoch-{self.epochs}"
            for name, receipt in last.items():
                self.central.sign(self.central.copies[name], receipt.state)
        if back > 1:
            self.forgiven |= self.collected.keys() - self.over_nodes
        self.mark = None

    def reject(self, name: str) -> None:
        """A person at central throws a quarantined item away."""
        if self.central.fates.get(name) == "quarantined":
            del self.central.fates[name], self.central.copies[name]

    def reconsider(self, name: str, state: str) -> None:
        """A person at central decides anew."""
        if name in self.central.fates:
            self.central.fates[name] = state
            self.central.sign(self.central.copies[name], state)

    def wait(self, ticks: int) -> None:
        """Time passes."""
        self.now += ticks

    def prune(self, carrier: Carrier) -> int:
        """A carrier deletes what its rules permit; returns how many items."""
        going = [
            held for held in carrier.items.values() if not held.pruned and self.rules.permits(held, carrier, self.now)
        ]
        for held in going:
            held.pruned = True
        return len(going)

    def lost(self) -> set[str]:
        """What lies nowhere any more."""
        there = {name for each in self.carriers for name, held in each.items.items() if not held.pruned}
        return self.collected.keys() - there - self.central.fates.keys() - self.forgiven

    def settle(self) -> None:
        """In the end everybody meets central, twice: what is restored is offered again."""
        for _ in range(2):
            for each in self.carriers:
                self.deliver(each)

    def missing(self) -> set[str]:
        """What central has not got."""
        return self.collected.keys() - self.central.fates.keys() - self.forgiven

    def _learn(self, carrier: Carrier, epoch: str) -> None:
        carrier.epoch = epoch

    def _hear(self, carrier: Carrier, receipts: Sequence[Receipt]) -> None:
        for receipt in receipts:
            for held in carrier.items.values():
                exact = (held.copy.cover_hash, held.copy.body_hash) == (receipt.cover_hash, receipt.body_hash)
                named = (held.copy.instance, held.copy.part) == (receipt.instance, receipt.part)
                if named and (exact or not self.rules.keeps_exact) and receipt not in held.receipts:
                    held.receipts.append(receipt)

    def _keep_mark(self, carrier: Carrier, mark: Mark) -> None:
        carrier.epoch = carrier.epoch or mark.epoch
        carrier.marks.append(mark)


def mutant(**changes: object) -> Rules:
    """Rules with something wrong in them."""
    return dataclasses.replace(Rules(), **changes)  # type: ignore[arg-type]
