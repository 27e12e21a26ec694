"""The node's side of reconciliation: what it believes central to have, and what becomes of what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, Final, cast

from sqlalchemy import Connection, Select, Table, func, insert, select, update

from server.place import Place
from server.services.collect.changes import change_forward
from server.services.collect.receipts import ITEMS
from server.services.collect.tombstones import has_bytes
from server.storage.bulk import insert_rows
from server.storage.reconciled import ReconciledItem
from server.storage.reconciled import Reconciliation as ReconciliationRow
from sync.reconcile import beyond
from sync.reconciling import KINDS, By, Compared, Found, Kind, Named, Result

RUNS = cast("Table", ReconciliationRow.__table__)
FOUND = cast("Table", ReconciledItem.__table__)

EVERY: Final = timedelta(days=1)
UNFINISHED_EVERY: Final = timedelta(hours=1)
"""When more was found than one comparison takes."""
BELIEVED: Final = ("sent", "receipted")
MOST: Final = 2**31 - 1
REMEMBERED_AT_MOST: Final = 200_000
_ALARMS: Final[Mapping[Kind, str]] = {
    "lost": "reconcile.lost",
    "again": "reconcile.again",
    "surplus": "reconcile.surplus",
}
_AT_ONCE = 500
_NEWEST = select(RUNS).order_by(RUNS.c.id.desc()).limit(1)
_ITEM = (ITEMS.c.hash, ITEMS.c.instance, ITEMS.c.part, ITEMS.c.device, ITEMS.c.number, ITEMS.c.body_size)


class NodeHoldings:
    """Implements ``sync.reconciling.Holdings`` over the tables of a node. Used by one round at a time."""

    def __init__(self, place: Place, by_hand: bool = False) -> None:
        self._place = place
        self._by_hand = by_hand

    def due(self) -> By | None:
        """By hand whenever asked; else a day after the last one, or at once where that lies in the future."""
        if self._by_hand:
            return "hand"
        with self._place.engine.connect() as connection:
            last = connection.execute(_NEWEST).first()
        return "schedule" if last is None or _is_due(last, self._place.now()) else None

    def believed(self, prefix: str) -> Iterator[str]:
        """What was sent or receipted, tombstones among it; what an earlier comparison found at central and not here.

        A tombstone that central wanted back stays in it: so central goes on being told that it lost something.
        """
        wanted_back = (ITEMS.c.forward == "set_aside") & ~has_bytes()
        items = [
            select(ITEMS.c.hash)
            .where(which, ITEMS.c.hash >= prefix, ITEMS.c.hash < beyond(prefix))
            .order_by(ITEMS.c.hash)
            for which in (*(ITEMS.c.forward == each for each in BELIEVED), wanted_back)
        ]
        surplus = (
            select(FOUND.c.hash)
            .where(FOUND.c.kind == "surplus", FOUND.c.hash >= prefix, FOUND.c.hash < beyond(prefix))
            .order_by(FOUND.c.hash)
        )
        before = ""
        with self._place.engine.connect() as connection:
            for each in merge(*(connection.execute(query).scalars() for query in (*items, surplus))):
                if each != before:
                    yield each
                before = each

    def unknown(self, hashes: Collection[str]) -> Collection[str]:
        """Those of these hashes that no item of this node has."""
        with self._place.engine.connect() as connection:
            return set(hashes) - set(_rows(connection, select(ITEMS.c.hash), hashes))

    def settle(self, by: By, compared: Compared) -> Result:
        """Queue again what is missing there and whole here; keep what was found, and that surplus items exist."""
        result = self._judge(by, compared)
        known = set(compared.surplus) - {each.hash for each in result.found}

        def operation(connection: Connection) -> bool:
            queued = False
            for states, hashes in (
                (BELIEVED, [each.hash for each in result.found if each.kind in ("missing", "again")]),
                (("set_aside",), list(known)),
            ):
                for some in _some(hashes):
                    those = ITEMS.c.hash.in_(some) & ITEMS.c.forward.in_(states)
                    queued |= change_forward(connection, those, "queued", None, self._place.now()) > 0
            self._write(connection, result)
            return queued

        return replace(result, queued=self._place.writer.run(operation))

    def untold(self) -> Result | None:
        """The newest comparison, if central has not heard of it."""
        with self._place.engine.connect() as connection:
            last = connection.execute(_NEWEST).first()
            return None if last is None or last.told else _read(connection, last)

    def told(self) -> None:
        """Central knows now."""
        query = update(RUNS).where(RUNS.c.told.is_(False)).values(told=True)
        self._place.writer.run(lambda connection: connection.execute(query) and None)

    def _judge(self, by: By, compared: Compared) -> Result:
        """What each difference is. Nothing is written yet, since files are looked at."""
        blobs = self._place.blobs
        with self._place.engine.connect() as connection:
            in_row, tombstone = ITEMS.c.body.is_not(None).label("in_row"), ITEMS.c.pruned_at
            columns = (*_ITEM, ITEMS.c.body_hash, in_row, tombstone)
            rows = _rows(connection, select(*columns), compared.missing)
            remembered = _remembered(connection, set(compared.missing) - rows.keys())
            last = select(RUNS.c.id).order_by(RUNS.c.id.desc()).limit(1).scalar_subquery()
            query = select(FOUND.c.hash).where(FOUND.c.reconciliation == last, FOUND.c.kind.in_(("missing", "again")))
            before = set(connection.execute(query).scalars())
        found: list[Found] = []
        for each in compared.missing:
            row = rows.get(each)
            # A blob under the name of a tombstone is nobody's: tidying may take it at any time.
            if row is not None and row.pruned_at is None and (row.in_row or blobs.size(row.body_hash) == row.body_size):
                kind: Kind = "again" if each in before else "missing"
                found.append(Found(kind, each, Named(*row[: len(_ITEM)])))
            else:
                name = Named(*row[: len(_ITEM)]) if row is not None else remembered.get(each)
                found.append(Found("lost", each, name))
        found += [Found("surplus", each, compared.names.get(each)) for each in self.unknown(compared.surplus)]
        found.sort(key=lambda each: (KINDS.index(each.kind), each.hash))
        kinds = {each.kind for each in found}
        alarm = next((code for kind, code in _ALARMS.items() if kind in kinds), compared.alarm)
        return Result(by, min(compared.compared, MOST), found, compared.complete, alarm)

    def _write(self, connection: Connection, result: Result) -> None:
        values: dict[str, object] = {
            "at": self._place.now(),
            "by": result.by,
            "compared": result.compared,
            "complete": result.complete,
            "alarm": result.alarm,
            "told": False,
        }
        for kind in KINDS:
            values[kind] = result.count(kind)
        has_room = self._has_room(connection)
        run = connection.execute(insert(RUNS).values(values)).inserted_primary_key
        rows = [
            {
                "reconciliation": run[0] if run else None,
                "kind": each.kind,
                "hash": each.hash,
                "instance": each.name.instance if each.name else None,
                "part": each.name.part if each.name else None,
                "device": each.name.device if each.name else None,
                "number": each.name.number if each.name else None,
                "size": each.name.size if each.name else None,
            }
            for each in result.found
            if each.kind != "surplus" or has_room
        ]
        insert_rows(connection, FOUND, rows)

    def _has_room(self, connection: Connection) -> bool:
        """Whatever central says to have and nobody sent: what is remembered of it stays in bounds."""
        query = select(func.count()).select_from(FOUND)
        return int(connection.execute(query).scalar_one()) < REMEMBERED_AT_MOST


def newest_result(connection: Connection) -> tuple[datetime, Result] | None:
    """When the last comparison ended, and what it found; None before the first."""
    last = connection.execute(_NEWEST).first()
    return None if last is None else (last.at, _read(connection, last))


def _is_due(last: Any, now: datetime) -> bool:  # noqa: ANN401
    # Where an answer was malformed, another comparison would meet the same; more to find is another matter.
    wait = EVERY if last.complete or last.alarm == "reconcile.answer" else UNFINISHED_EVERY
    return not last.at <= now < last.at + wait


def _read(connection: Connection, run: Any) -> Result:  # noqa: ANN401
    query = select(FOUND).where(FOUND.c.reconciliation == run.id).order_by(FOUND.c.id)
    found = [Found(row.kind, row.hash, _name(row)) for row in connection.execute(query)]
    return Result(run.by, run.compared, found, run.complete, run.alarm)


def _name(row: Any) -> Named | None:  # noqa: ANN401
    if row.instance is None:
        return None
    return Named(row.hash, row.instance, row.part, row.device, row.number, row.size)


def _some(hashes: Collection[str]) -> Iterator[list[str]]:
    """Hashes in lists that a statement takes."""
    every = sorted(hashes)
    return (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))


def _rows(connection: Connection, query: Select[Any], hashes: Collection[str]) -> dict[str, Any]:
    """The rows of items by their hash, which is the first column."""
    found: dict[str, Any] = {}
    for some in _some(hashes):
        found |= {row[0]: row for row in connection.execute(query.where(ITEMS.c.hash.in_(some)))}
    return found


def _remembered(connection: Connection, hashes: Collection[str]) -> dict[str, Named]:
    """The names of items that were never held here, as central once said them."""
    names: dict[str, Named] = {}
    for some in _some(hashes):
        for row in connection.execute(select(FOUND).where(FOUND.c.kind == "surplus", FOUND.c.hash.in_(some))):
            name = _name(row)
            if name is not None:
                names[row.hash] = name
    return names
