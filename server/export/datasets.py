"""The data that forms looked into, beside the answers: each file once, and a list of where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Table, select

from forms.definition import Form
from forms.files import files_of
from server.export.names import Names
from server.place import Place
from server.storage.carriers import Content
from server.storage.datasets import Dataset

FOLDER = "datasets"
LIST = "datasets.json"
_DATASETS = cast("Table", Dataset.__table__)
_IMPORTED = ("file_name", "file_hash", "imported_by")


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the export: its path, its bytes."""

    path: str
    data: bytes


def data_files(place: Place, forms: Mapping[str, Form]) -> Iterator[DataFile]:
    """The files with data that these versions are bound to, and ``datasets.json`` last; nothing without any."""
    used: dict[tuple[str, str], list[str]] = {}
    for version, form in forms.items():
        for each in files_of(form):
            bound = (form.files or {}).get(each.name)
            if each.is_data and bound is not None:
                used.setdefault((each.name, bound), []).append(version)
    names, listed = Names(), []
    names.take(LIST)
    with place.engine.connect() as connection:
        for (name, hash_), versions in used.items():
            data = connection.execute(select(Content.data).where(Content.hash == hash_)).scalar()
            if data is None:
                continue
            path = f"{FOLDER}/{names.take(name)}"
            listed.append({"file": path, "name": name, "sha256": hash_, "form_versions": versions})
            listed[-1] |= _provenance(connection, name, hash_)
            yield DataFile(path, data)
    if listed:
        text = json.dumps({"v": 1, "files": listed}, ensure_ascii=False, indent=1)
        yield DataFile(f"{FOLDER}/{LIST}", text.encode("utf-8") + b"\n")


def _provenance(connection: Connection, name: str, hash_: str) -> dict[str, Any]:
    """Where the bytes come from, as the newest import of them says; nothing where they came with the form itself."""
    imports = select(_DATASETS).where(_DATASETS.c.hash == hash_, _DATASETS.c.name == name.removesuffix(".csv"))
    row = connection.execute(imports.order_by(_DATASETS.c.id.desc()).limit(1)).first()
    if row is None:
        return {}
    told = {each: row._mapping[each] for each in _IMPORTED}
    key = {"key": row.reading["key"]} if "key" in row.reading else {}
    return {
        **row.facts,
        "rows": row._mapping["rows"],
        "columns": row._mapping["columns"],
        **key,
        "imported_at": f"{row.imported_at:%Y-%m-%dT%H:%M:%SZ}",
        **told,
    }
