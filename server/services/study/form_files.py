"""The bytes that a form version is bound to: datasets of central, and files of a folder that is given with the form.

A table comes from the newest dataset of its name, or from the folder, which stands first. Everything is named by the
SHA-256 of its bytes and delivered as a content that the feed names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lxml import etree
from sqlalchemy import Connection, func, select

from forms.definition import Form
from forms.errors import Finding
from forms.files import Found, bind_files
from server.errors.error import CodedError
from server.services.collect.contents import CONTENTS, put_content
from server.services.study.datasets.keeping import CSV_TYPE, DATASETS, newest_of
from server.services.study.datasets.options import Reading
from server.services.study.datasets.problems import DatasetErrors, Problems
from server.services.study.datasets.reading import read_table

MAX_BYTES = 5 * 1024 * 1024
"""Of one file."""
PLAIN_TYPE = "application/octet-stream"
"""What is not a table is never served as anything that a browser would show."""
MEDIA = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".mp3", ".m4a", ".ogg", ".oga", ".wav", ".mp4", ".webm", ".3gp"}
)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file of a version: its name, the SHA-256 and number of its bytes; the bytes where they are not kept yet."""

    name: str
    hash: str
    size: int
    data: bytes | None = None
    content_type: str = PLAIN_TYPE


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A form with ``files`` filled in, the files themselves, and what there is to say about them."""

    form: Form
    files: Sequence[FormFile]
    findings: Sequence[Finding]

    def store(self, connection: Connection) -> list[dict[str, object]]:
        """Keep what is not kept yet; returns what the feed says of the files. Inside an operation of the writer."""
        for each in self.files:
            if each.data is not None:
                put_content(connection, each.data, each.content_type)
        return [{"name": each.name, "hash": each.hash, "size": each.size} for each in self.files]


def bind_form(connection: Connection, form: Form, folder: Path | None = None) -> BoundForm:
    """Bind a form to the bytes that its files have now.

    Raises ``DatasetErrors`` for files of the folder that cannot be used: ``form_file.*``, and for a table
    everything that is wrong with it.
    """
    finder = _Finder(connection, folder)
    bound = bind_files(form, finder.find)
    finder.problems.raise_any()
    files = [finder.found[name, hash_] for name, hash_ in (bound.form.files or {}).items()]
    return BoundForm(bound.form, files, bound.findings)


class _Finder:
    def __init__(self, connection: Connection, folder: Path | None) -> None:
        self._connection = connection
        self._folder = folder
        self.problems = Problems()
        self.found: dict[tuple[str, str], FormFile] = {}

    def find(self, name: str, pinned: str | None) -> Found | None:
        """What lies under a name, or exactly the bytes that are named."""
        given = self._in_folder(name)
        if given is not None and pinned in (None, given[0].hash):
            file, found = given
            self.found[name, file.hash] = file
            return found
        dataset = newest_of(self._connection, name.removesuffix(".csv")) if name.endswith(".csv") else None
        hash_ = pinned or (dataset.hash if dataset is not None else None)
        if hash_ is None:
            return None
        query = select(func.length(CONTENTS.c.data)).where(CONTENTS.c.hash == hash_)
        size = self._connection.execute(query).scalar()
        if size is None:
            return None
        self.found[name, hash_] = FormFile(name, hash_, size)
        older = given is not None or (dataset is not None and dataset.hash != hash_)
        # Of what was imported once, the columns are known.
        known = select(DATASETS.c.columns, DATASETS.c.rows).where(DATASETS.c.hash == hash_).limit(1)
        table = self._connection.execute(known).first()
        if table is None:
            return Found(hash_, older=older)
        columns, rows = table
        return Found(hash_, tuple(each["name"] for each in columns), rows, older)

    def _in_folder(self, name: str) -> tuple[FormFile, Found] | None:
        if self._folder is None:
            return None
        path = self._folder / name
        if not path.is_file():
            return None
        if path.stat().st_size > MAX_BYTES:
            self.problems.add(CodedError("form_file.too_large", file=name, limit=MAX_BYTES // 1024 // 1024))
            return None
        data = path.read_bytes()
        if name.endswith(".csv"):
            return self._table(name, data)
        if not _usable(name, data):
            self.problems.add(CodedError("form_file.unusable", file=name))
            return None
        hash_ = sha256(data).hexdigest()
        return FormFile(name, hash_, len(data), data), Found(hash_)

    def _table(self, name: str, data: bytes) -> tuple[FormFile, Found] | None:
        try:
            # Tables that go with a form are written as XLSForm has it: with a point.
            table = read_table(data, Reading(decimal="."))
        except DatasetErrors as error:
            self.problems.add(CodedError("form_file.table", file=name))
            for each in error.problems:
                self.problems.add(each)
            return None
        file = FormFile(name, table.hash, len(table.canonical), table.canonical, CSV_TYPE)
        return file, Found(table.hash, tuple(each.name for each in table.columns), len(table.rows))


def _usable(name: str, data: bytes) -> bool:
    """Whether a file is what its ending says, as far as a form could not be opened otherwise."""
    ending = Path(name).suffix.lower()
    if ending == ".xml":
        return _is_xml(data)
    if ending == ".geojson":
        return _is_geojson(data)
    return ending in MEDIA and bool(data)


def _is_xml(data: bytes) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return False
    # Entities of its own would be unfolded on the tablet.
    return not root.getroottree().docinfo.internalDTD


def _is_geojson(data: bytes) -> bool:
    try:
        found = json.loads(data.removeprefix(_BYTE_ORDER_MARK))
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        return False
    return isinstance(found.get("features"), list)
