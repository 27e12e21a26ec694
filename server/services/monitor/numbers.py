"""Gaps in the numbers that signers give their covers.

A device numbers its covers 1, 2, 3 ... at finishing, attachments and training included, so a number that is not
here although a higher one is known proves that something is not here. What a device finished after its last
contact is not known to anybody: the tail.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from server.services.monitor.reports import Report
from server.storage.items import Item


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers ``first`` to ``last``, both missing."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many numbers are missing."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Missing:
    """What of one signer's numbers is not at this place.

    ``lost``: the signer says that central has everything, yet it has not; without that word the missing parts may
    still be on their way.
    """

    highest_known: int = 0
    gaps: tuple[Gap, ...] = ()
    lost: bool = False

    @property
    def count(self) -> int:
        """How many numbers are missing."""
        return sum(gap.size for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What is here of a signer's numbers: the highest, and the gaps below it."""

    highest: int
    gaps: tuple[Gap, ...]


def find_missing(numbered: Mapping[str, Numbered], reports: Mapping[str, Report]) -> dict[str, Missing]:
    """What is missing by signer, for every signer that is known from a cover or from its report."""
    none = Numbered(0, ())
    return {
        signer: _judge(list(seen.gaps), seen.highest, reports.get(signer))
        for signer in numbered.keys() | reports.keys()
        for seen in [numbered.get(signer, none)]
    }


def read_numbers(connection: Connection, signers: Collection[str] | None = None) -> dict[str, Numbered]:
    """What is here of the numbers of every signer, or of these."""
    gaps: dict[str, list[Gap]] = {}
    highest: dict[str, int] = {}
    signed = [] if signers is None else [Item.signer.in_(signers)]
    following = func.lead(Item.number).over(partition_by=Item.signer, order_by=Item.number)
    pairs = select(Item.signer, Item.number, following.label("following")).where(*signed).subquery()
    holes = (
        select(pairs.c.signer, pairs.c.number + 1, pairs.c.following - 1)
        .where(pairs.c.following > pairs.c.number + 1)
        .order_by(pairs.c.signer, pairs.c.number)
    )
    for signer, low, high in connection.execute(
        select(Item.signer, func.min(Item.number), func.max(Item.number)).where(*signed).group_by(Item.signer)
    ):
        highest[signer] = high
        gaps[signer] = [Gap(1, low - 1)] if low > 1 else []
    for signer, first, last in connection.execute(holes):
        gaps[signer].append(Gap(first, last))
    return {signer: Numbered(high, tuple(gaps[signer])) for signer, high in highest.items()}


def _judge(gaps: list[Gap], highest: int, report: Report | None) -> Missing:
    if report is None:
        return Missing(highest, tuple(gaps))
    if report.highest_number > highest:
        gaps = [*gaps, Gap(highest + 1, report.highest_number)]
    lost = report.everything_delivered and any(gap.first <= report.highest_number for gap in gaps)
    return Missing(max(highest, report.highest_number), tuple(gaps), lost)
