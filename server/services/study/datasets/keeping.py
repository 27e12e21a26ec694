"""Datasets as central keeps them: each import with its facts, none ever changed, the newest of a name in use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Connection, Select, Table, func, select

from forms.names import CHOICES_FILE
from server.errors.error import CodedError
from server.place import Place
from server.services.collect.contents import get_content, put_content
from server.services.study.datasets.options import Facts, Reading
from server.services.study.datasets.problems import shown
from server.services.study.datasets.reading import read_table
from server.storage.bulk import insert_row
from server.storage.datasets import Dataset

DATASETS = cast("Table", Dataset.__table__)
CSV_TYPE = "text/csv; charset=utf-8"
ENDING = ".csv"
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it came, and how it is to be understood."""

    data: bytes
    file_name: str
    facts: Facts
    reading: Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset as it is kept. ``new`` is false where the newest one of the name is the same."""

    name: str
    hash: str
    size: int
    rows: int
    columns: Sequence[dict[str, Any]]
    facts: dict[str, Any]
    reading: dict[str, Any]
    file_name: str
    file_hash: str
    imported_at: datetime
    imported_by: str
    new: bool = False

    @property
    def key(self) -> list[str]:
        """The columns that name a row."""
        return list(self.reading.get("key", []))

    def sidecar(self) -> dict[str, Any]:
        """What has to stand beside the canonical CSV so that importing it again gives the same dataset."""
        texts = [each["name"] for each in self.columns if not each["numeric"]]
        lists = {"key": self.key, "text": texts}
        return {
            **self.facts,
            "delimiter": "comma",
            "decimal": ".",
            **{name: value for name, value in lists.items() if value},
        }


class Datasets:
    """The datasets of a study. Central only."""

    def __init__(self, place: Place) -> None:
        if place.role != "central":
            raise CodedError("role.not_central")
        self._place = place

    def take(self, name: str, source: Source, by: str) -> Kept:
        """Read, check and keep a file under a name; the same again changes nothing.

        Raises ``DatasetErrors`` with everything that is wrong with the file, and ``CodedError``: ``dataset.name``,
        ``dataset.retrieved``. Nothing is stored then.
        """
        check_name(name)
        now = self._place.now()
        # A day ahead: the office and this machine may stand on two sides of midnight.
        if source.facts.retrieved > (now + timedelta(days=1)).date():
            raise CodedError("dataset.retrieved", day=source.facts.retrieved.isoformat())
        table = read_table(source.data, source.reading)
        values = {
            "name": name,
            "hash": table.hash,
            "size": len(table.canonical),
            "rows": len(table.rows),
            "columns": [{"name": each.name, "numeric": each.numeric} for each in table.columns],
            "facts": source.facts.to_json(),
            "reading": source.reading.to_json(),
            "file_name": source.file_name,
            "file_hash": hashlib.sha256(source.data).hexdigest(),
            "imported_at": now,
            "imported_by": by,
        }

        def store(connection: Connection) -> Kept:
            newest = newest_of(connection, name)
            if newest is not None and _same(newest, values):
                return newest
            put_content(connection, table.canonical, CSV_TYPE)
            insert_row(connection, DATASETS, values)
            return Kept(**cast("dict[str, Any]", values), new=True)

        return self._place.writer.run(store)

    def newest(self) -> list[Kept]:
        """The newest dataset of each name, by name."""
        last = select(func.max(DATASETS.c.id)).group_by(DATASETS.c.name)
        with self._place.engine.connect() as connection:
            return _all(connection, _query().where(DATASETS.c.id.in_(last)).order_by(DATASETS.c.name))

    def versions(self, name: str) -> list[Kept]:
        """All imports under a name, the newest first. Raises ``CodedError`` ``dataset.unknown``."""
        with self._place.engine.connect() as connection:
            found = _all(connection, _query().where(DATASETS.c.name == name).order_by(DATASETS.c.id.desc()))
        if not found:
            raise CodedError("dataset.unknown", name=shown(name))
        return found

    def data(self, dataset: Kept) -> bytes:
        """The canonical CSV. Raises ``CodedError`` ``content.unknown`` where the database has lost it."""
        with self._place.engine.connect() as connection:
            content = get_content(connection, dataset.hash)
        if content is None:
            raise CodedError("content.unknown", hash=dataset.hash)
        return content[1]


def check_name(name: str) -> None:
    """Raise ``CodedError`` ``dataset.name`` where no form could refer to ``NAME.csv``."""
    if len(name) > LONGEST_NAME or not CHOICES_FILE.fullmatch(name + ENDING) or not name.isprintable():
        raise CodedError("dataset.name", name=shown(name))


def newest_of(connection: Connection, name: str) -> Kept | None:
    """The newest dataset of a name, or None."""
    found = _all(connection, _query().where(DATASETS.c.name == name).order_by(DATASETS.c.id.desc()).limit(1))
    return found[0] if found else None


def _query() -> Select[Any]:
    return select(*(each for each in DATASETS.c if each.name != "id"))


def _all(connection: Connection, query: Select[Any]) -> list[Kept]:
    return [Kept(**row._mapping) for row in connection.execute(query)]


def _same(kept: Kept, values: dict[str, Any]) -> bool:
    """Whether an import would say nothing new: the same table, from the same source, with the same key."""
    return (kept.hash, kept.facts, kept.key) == (values["hash"], values["facts"], values["reading"].get("key", []))
