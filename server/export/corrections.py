"""Which record a later version takes the place of in an export: only one that can be read, and says no less, may."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from sync.envelope.record import COMPLETE

REFUSED, PARTIAL = "refused", "partial"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a record that was corrected.

    ``replaced_by``: the instance that took its place, None where it keeps it. ``told``: for the report, the correction
    that gave up the answers (``refused``) or took no place (``partial``, ``unreadable``), with its kind.
    """

    replaced_by: str | None = None
    told: tuple[str, str] | None = None


class Corrections:
    """The later versions of records. ``kind_of`` opens a record: how it ended, or ``unreadable``."""

    def __init__(self, later: Mapping[str, Sequence[Row[Any]]], kind_of: Callable[[Row[Any]], str]) -> None:
        """``later``: the rows that directly correct an instance, the newest first."""
        self._later = later
        self._kind_of = kind_of
        self._known: dict[str, str] = {}

    def standing(self, row: Row[Any]) -> Standing:
        """Whether a later version takes the place of this record; also one that corrects a correction of it."""
        first: tuple[str, str] | None = None
        for each in self._versions(row.instance):
            kind = self._kind(each)
            if kind in {COMPLETE.kind, REFUSED}:
                return Standing(each.instance, (each.instance, kind) if kind == REFUSED else None)
            # What was broken off may stand for what was broken off before, never for a whole interview.
            if kind == PARTIAL and self._kind(row) == PARTIAL:
                return Standing(each.instance)
            first = first or (each.instance, kind)
        return Standing(told=first)

    def _versions(self, instance: str) -> Iterator[Row[Any]]:
        seen, waiting = {instance}, deque([instance])
        while waiting:
            for each in self._later.get(waiting.popleft(), ()):
                if each.instance not in seen:
                    seen.add(each.instance)
                    waiting.append(each.instance)
                    yield each

    def _kind(self, row: Row[Any]) -> str:
        if row.instance not in self._known:
            self._known[row.instance] = self._kind_of(row)
        return self._known[row.instance]
