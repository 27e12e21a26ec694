"""An export as a whole: ``FORM.csv``, ``FORM-REPEAT.csv``, ``media/INSTANCE/NAME``, ``datasets/``, ``report.json``."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from forms.answers.versions import SideBySide
from forms.errors import FormError
from server.errors.error import CodedError
from server.export.csv import CsvTable
from server.export.datasets import data_files
from server.export.names import Names
from server.export.records import UNFINISHED, ItemRow, OpenedRecord, Opener, Records, raise_if_fatal
from server.export.report import Report
from server.export.tables import can_be_read, columns_of, read_definitions, rows_of
from server.place import Place
from server.storage.blobs import fsync_folder
from server.vault.client import Grant, VaultClient
from sync.envelope.record import COMPLETE, Attachment
from sync.errors import EnvelopeError

REPORT = "report.json"
MEDIA = "media"
ZIP64_FROM = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What an export holds besides real records of complete interviews."""

    training: bool = False
    outcomes: frozenset[str] = frozenset()
    """``partial``: broken off; ``refused``; ``unfinished``: known from a checkpoint alone; ``replaced``: corrected by a
    later version."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an export: its path with ``/``, its bytes, and about how many they are."""

    path: str
    chunks: Iterable[bytes]
    size: int


class Export:
    """One export under way. ``entries`` is to be read once; ``report`` is whole when it ended."""

    def __init__(
        self, place: Place, vault: VaultClient, grant: Grant, form: str, options: ExportOptions | None = None
    ) -> None:
        options = options or ExportOptions()
        at = f"{place.now():%Y-%m-%dT%H:%M:%SZ}"
        self.report = Report(form=form, study=place.settings.study, at=at, training=options.training)
        self._place, self._vault = place, vault
        self._opener = Opener(place, vault, grant)
        self._form = form
        self._outcomes = options.outcomes | {COMPLETE.kind}
        self._names, self._folders = Names(), Names()

    def entries(self) -> Iterator[Entry]:
        """The files, each to be read to its end before the next is asked for. Attachments come first.

        Raises ``CodedError``: ``export.role``, ``export.form.unknown``, ``vault.*``.
        """
        if self._place.role != "central":
            raise CodedError("export.role")
        more = {"unfinished": UNFINISHED.kind in self._outcomes, "replaced": "replaced" in self._outcomes}
        records = Records(self._place, self._opener, self._form, self.report, **more)
        self.report.versions = records.versions()
        if not self._vault.status().unlocked:
            raise CodedError("vault.locked")
        definitions = read_definitions(self._place, self.report.versions)
        forms = SideBySide(definitions)
        self.report.tell_versions(forms.findings, forms.remarks)
        tables = {each.name: CsvTable(each) for each in columns_of(forms)}
        for record in records.opened(lambda document, version: can_be_read(document, version, forms)):
            if (kind := record.outcome.kind) not in self._outcomes:
                self.report.left_out[kind] = self.report.left_out.get(kind, 0) + 1
                continue
            try:
                rows = list(rows_of(record, forms, self.report))
            except FormError as error:
                self.report.unreadable.append({"instance": record.row.instance, "code": error.code.value})
                continue
            for name, row in rows:
                tables[name].add(row)
            self.report.records += 1
            yield from self._media(record)
        for table in tables.values():
            yield Entry(self._names.take(f"{table.name}.csv"), table.chunks(), table.size)
        for file in data_files(self._place, definitions):
            yield Entry(file.path, [file.data], len(file.data))
        report = self.report.to_json()
        yield Entry(REPORT, [report], len(report))

    def _media(self, record: OpenedRecord) -> Iterator[Entry]:
        instance = record.row.instance
        own = record.document.attachments
        for part in sorted(record.attachments.keys() - {each.part for each in own}):
            self.report.unlisted.append({"instance": instance, "part": part, "code": "export.part.unlisted"})
        manifest = [(each, record.attachments.get(each.part)) for each in own]
        manifest += [(each.attachment, record.kept.get(each.attachment.name)) for each in record.document.kept]
        if not manifest:
            return
        folder, files = self._folders.take(instance), Names()
        for expected, item in manifest:
            chunks = self._opened(record, expected, item)
            if chunks is None:
                continue
            name = files.take(expected.name)
            if name != expected.name:
                path = f"{MEDIA}/{folder}/{name}"
                self.report.renamed.append({"instance": instance, "name": expected.name, "path": path})
            self.report.attachments += 1
            yield Entry(f"{MEDIA}/{folder}/{name}", chunks, expected.size)

    def _opened(self, record: OpenedRecord, expected: Attachment, item: ItemRow | None) -> Iterator[bytes] | None:
        """An attachment that is whole, or None after the report was told why there is none."""
        code = "export.attachment.missing"
        if item is not None:
            try:
                return self._opener.attachment(item.id, expected)
            except (CodedError, EnvelopeError) as error:
                raise_if_fatal(error)
                code = error.code
        told = {"instance": record.row.instance, "part": expected.part, "name": expected.name, "code": code}
        self.report.missing.append(told)
        return None


def export_zip(
    place: Place, vault: VaultClient, grant: Grant, form: str, options: ExportOptions | None = None
) -> Iterator[bytes]:
    """A form's export as the bytes of a zip, made while they are read; nothing in clear touches the disk.

    When it raises, what was given so far is no zip: its directory comes last. Raises as ``Export.entries``.
    """
    pipe = _Pipe()
    archive = zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    try:
        for entry in Export(place, vault, grant, form, options).entries():
            with archive.open(entry.path, "w", force_zip64=entry.size >= ZIP64_FROM) as file:
                for chunk in entry.chunks:
                    file.write(chunk)
                    yield from pipe.take()
        archive.close()
        yield from pipe.take()
    finally:
        # What was not finished must not be given a directory by the archive's own end.
        pipe.close()
        archive.close()


def export_folder(
    place: Place,
    vault: VaultClient,
    grant: Grant,
    form: str,
    out: Path,
    options: ExportOptions | None = None,
) -> Report:
    """A form's export in the new folder ``out`` (mode 0700), in clear. It gets its name when it is whole.

    Raises ``CodedError``: ``export.folder.exists``, ``export.folder.unwritable``, and as ``Export.entries``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CodedError("export.folder.exists", path=str(out))
    making = out.with_name(f".{out.name}.{secrets.token_hex(6)}")
    export = Export(place, vault, grant, form, options)
    try:
        making.mkdir(mode=0o700)
        for entry in export.entries():
            _write(making / entry.path, entry.chunks)
        for folder in [*(each for each in making.rglob("*") if each.is_dir()), making]:
            fsync_folder(folder)
        making.rename(out)
        fsync_folder(out.parent)
    except OSError as error:
        raise CodedError("export.folder.unwritable", path=str(out), detail=error.strerror or "") from None
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return export.report


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


class _Pipe:
    """A file that can only be written to; what is written is taken out again. Closed, it swallows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._open = True

    def write(self, data: bytes) -> int:
        if self._open:
            self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        self._open = False

    def take(self) -> Iterator[bytes]:
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            yield b"".join(pieces)
