"""The held records of a form, opened through the vault one at a time, with their attachments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Table, and_, func, or_, select
from sqlalchemy.orm import aliased

from server.errors.error import CodedError
from server.export.corrections import UNREADABLE, Corrections, Standing
from server.export.report import Report
from server.place import Place
from server.storage.carriers import FormVersion
from server.storage.checkpoints import is_checkpoint, is_last_checkpoint
from server.storage.items import IntakeKey, Item
from server.storage.returns import takes_the_place_of
from server.vault.client import Grant, VaultClient
from sync.envelope.cover import RECORD_PART, parse_cover
from sync.envelope.record import (
    MAX_PLAINTEXT_SIZE,
    Attachment,
    Outcome,
    RecordDocument,
    check_attachment,
    unpack_record,
)
from sync.errors import EnvelopeError

PAGE = 200
IN_MEMORY = 4 * 1024 * 1024
"""Attachments up to this many bytes are opened once and kept while they are written; larger ones are opened twice."""
REAL = "real"
UNFINISHED = Outcome("unfinished", None)
"""What is known only from a checkpoint: the interview was under way when it was last heard of."""
_ITEMS = cast("Table", Item.__table__)
_KEYS = cast("Table", IntakeKey.__table__)
_ROW = [
    _ITEMS.c[name]
    for name in (
        "id", "instance", "part", "site", "device", "interviewer", "form_version", "purpose", "replaces", "state",
        "finished_at", "received_at",
    )
]  # fmt: skip

ItemRow = Row[Any]


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A record in clear: its item's row, its document, and the rows of the attachments that are held, by part.

    ``kept``: the rows of files that lie with an earlier version, by name.
    """

    row: ItemRow
    document: RecordDocument
    attachments: dict[str, ItemRow]
    kept: dict[str, ItemRow]
    replaced_by: str | None

    @property
    def outcome(self) -> Outcome:
        """How the interview ended, as far as central knows."""
        return self.document.outcome if self.row.part == RECORD_PART else UNFINISHED


class Opener:
    """Opens items that central holds, with one person's grant."""

    def __init__(self, place: Place, vault: VaultClient, grant: Grant) -> None:
        self._place, self._vault, self._grant = place, vault, grant
        self._sealed_keys: dict[str, bytes] = {}

    def content(self, item: int) -> Iterator[bytes]:
        """The content of an item, chunk by chunk; not to be used before the iterator ended.

        Raises ``CodedError``: as ``VaultClient.open``, and ``export.body.missing``.
        """
        query = select(_ITEMS.c.cover, _ITEMS.c.body, _ITEMS.c.body_hash).where(_ITEMS.c.id == item)
        with self._place.engine.connect() as connection:
            row = connection.execute(query).one()
        body: Iterable[bytes] = [row.body]
        if row.body is None:
            if not self._place.blobs.exists(row.body_hash):
                raise CodedError("export.body.missing", blob=row.body_hash)
            body = self._place.blobs.read(row.body_hash)
        yield from self._vault.open(self._grant, row.cover, body, self._sealed_key(row.cover))

    def record(self, item: int) -> RecordDocument:
        """Open and unpack a record. Raises as ``content``; ``EnvelopeError`` ``envelope.record.malformed``."""
        plaintext = bytearray()
        for chunk in self.content(item):
            plaintext += chunk
            if len(plaintext) > MAX_PLAINTEXT_SIZE:
                raise EnvelopeError("envelope.record.malformed")
        return unpack_record(bytes(plaintext))

    def attachment(self, item: int, expected: Attachment) -> Iterator[bytes]:
        """The bytes of an attachment, compared with the manifest before the first is given.

        Raises as ``content``; ``EnvelopeError`` ``envelope.attachment.differs``.
        """
        kept = list(self._compared(item, expected)) if expected.size <= IN_MEMORY else None
        if kept is None:
            for _ in self._compared(item, expected):
                pass
        return iter(kept) if kept is not None else self._compared(item, expected)

    def _compared(self, item: int, expected: Attachment) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for chunk in self.content(item):
            digest.update(chunk)
            size += len(chunk)
            if size > expected.size:
                break
            yield chunk
        check_attachment(expected, size, digest.hexdigest())

    def _sealed_key(self, cover: bytes) -> bytes:
        """The sealed intake key that the item was sealed to; empty where it was the study's own."""
        names = [stanza.key for stanza in parse_cover(cover).recipients]
        for name in names:
            if name not in self._sealed_keys:
                with self._place.engine.connect() as connection:
                    query = select(_KEYS.c.sealed_private).where(_KEYS.c.key == name)
                    self._sealed_keys[name] = connection.execute(query).scalar() or b""
        return next((self._sealed_keys[name] for name in names if self._sealed_keys[name]), b"")


class Records:
    """The records of one form that an export holds; ``report`` is told of all others.

    With ``unfinished`` also the last checkpoint of each interview whose record is not here, with ``replaced`` also
    versions that a later one has corrected.
    """

    def __init__(
        self,
        place: Place,
        opener: Opener,
        form: str,
        report: Report,
        *,
        unfinished: bool = False,
        replaced: bool = False,
    ) -> None:
        self._place, self._opener, self._form, self._report = place, opener, form, report
        self._with_replaced = replaced
        record = and_(_ITEMS.c.form == form, _ITEMS.c.part == RECORD_PART)
        copies = and_(_ITEMS.c.form == form, is_last_checkpoint())
        self._chosen = or_(and_(record, _ITEMS.c.state == "held"), *([copies] if unfinished else []))
        if not report.training:
            self._chosen = and_(self._chosen, _ITEMS.c.purpose == REAL)
        self._count_others(record, None if unfinished else copies)

    def versions(self) -> list[str]:
        """The versions that were answered, the newest first; where none was, the newest that is published.

        Raises ``CodedError`` ``export.form.unknown`` where there is neither.
        """
        published = select(FormVersion.version).where(FormVersion.form == self._form)
        with self._place.engine.connect() as connection:
            order = list(
                connection.execute(published.order_by(FormVersion.published_at.desc(), FormVersion.version)).scalars()
            )
            answered = set(connection.execute(select(_ITEMS.c.form_version).where(self._chosen).distinct()).scalars())
        known = [version for version in order if version in answered]
        if not order and not answered:
            raise CodedError("export.form.unknown", form=self._form)
        return [*known, *sorted(answered.difference(order))] or order[:1]

    def opened(self, readable: Callable[[RecordDocument, str], bool]) -> Iterator[OpenedRecord]:
        """Open them in the order of their arrival; what does not open is told to the report.

        ``readable`` tells whether the instance's XML can be read as the version of the form that is given: a correction
        that cannot takes nobody's place. Raises ``CodedError`` where the vault itself refuses or fails, such as
        ``vault.locked``.
        """
        with self._place.engine.connect() as connection:
            highest = connection.execute(select(func.max(_ITEMS.c.id)).where(self._chosen)).scalar() or 0
        corrections = Corrections(self._corrections(highest), lambda row: self._kind_of(row, readable))
        last = 0
        while rows := self._page(last, highest):
            for row in rows:
                last = row.id
                standing = corrections.standing(row) if row.part == RECORD_PART else Standing()
                if standing.told is not None:
                    by, kind = standing.told
                    self._report.corrections.append({"instance": row.instance, "by": by, "outcome": kind})
                if standing.replaced_by is not None and not self._with_replaced:
                    self._report.left_out["replaced"] = self._report.left_out.get("replaced", 0) + 1
                    continue
                try:
                    document = self._opener.record(row.id)
                except (CodedError, EnvelopeError) as error:
                    raise_if_fatal(error)
                    self._report.unreadable.append({"instance": row.instance, "code": error.code})
                    continue
                kept = self._kept(document)
                yield OpenedRecord(row, document, self._attachments(row), kept, standing.replaced_by)

    def _kind_of(self, row: ItemRow, readable: Callable[[RecordDocument, str], bool]) -> str:
        try:
            document = self._opener.record(row.id)
        except (CodedError, EnvelopeError) as error:
            raise_if_fatal(error)
            return UNREADABLE
        return document.outcome.kind if readable(document, row.form_version) else UNREADABLE

    def _page(self, last: int, highest: int) -> list[ItemRow]:
        query = select(*_ROW).where(self._chosen, _ITEMS.c.id > last, _ITEMS.c.id <= highest)
        with self._place.engine.connect() as connection:
            return list(connection.execute(query.order_by(_ITEMS.c.id).limit(PAGE)))

    def _attachments(self, record: ItemRow) -> dict[str, ItemRow]:
        query = select(*_ROW).where(
            _ITEMS.c.instance == record.instance,
            _ITEMS.c.part != RECORD_PART,
            ~is_checkpoint(_ITEMS.c.part),
            _ITEMS.c.state == "held",
        )
        with self._place.engine.connect() as connection:
            return {row.part: row for row in connection.execute(query)}

    def _kept(self, document: RecordDocument) -> dict[str, ItemRow]:
        """The files of earlier versions. That they are those that are meant is told by their hash."""
        found: dict[str, ItemRow] = {}
        with self._place.engine.connect() as connection:
            for each in document.kept:
                name = and_(_ITEMS.c.instance == each.instance, _ITEMS.c.part == each.attachment.part)
                row = connection.execute(select(*_ROW).where(name, _ITEMS.c.state == "held")).first()
                if row is not None:
                    found[each.attachment.name] = row
        return found

    def _corrections(self, highest: int) -> dict[str, list[ItemRow]]:
        """What directly corrects an instance, the newest first.

        Up to the item where this export ends: what came later takes nobody's place in it.
        """
        older = _ITEMS.alias()
        query = (
            select(older.c.instance.label("replaced"), _ITEMS.c.id, _ITEMS.c.instance, _ITEMS.c.form_version)
            .select_from(_ITEMS)
            .join(older, takes_the_place_of(_ITEMS, older))
            .where(self._chosen, _ITEMS.c.replaces.is_not(None), _ITEMS.c.id <= highest)
            .order_by(_ITEMS.c.id.desc())
        )
        found: dict[str, list[ItemRow]] = {}
        with self._place.engine.connect() as connection:
            rows: list[ItemRow] = list(connection.execute(query))
        for row in rows:
            found.setdefault(row.replaced, []).append(row)
        return found

    def _count_others(self, record: Any, copies: ColumnElement[bool] | None) -> None:  # noqa: ANN401
        states = select(_ITEMS.c.state, func.count()).where(record, _ITEMS.c.state != "held").group_by(_ITEMS.c.state)
        training = select(func.count()).where(record, _ITEMS.c.state == "held", _ITEMS.c.purpose != REAL)
        other = aliased(Item)
        with_record = select(other.id).where(other.instance == _ITEMS.c.instance, other.part == RECORD_PART)
        alone = select(func.count(func.distinct(_ITEMS.c.instance))).where(
            _ITEMS.c.form == self._form,
            _ITEMS.c.part != RECORD_PART,
            ~is_checkpoint(_ITEMS.c.part),
            _ITEMS.c.state == "held",
            ~with_record.exists(),
        )
        with self._place.engine.connect() as connection:
            self._report.left_out = {row[0]: row[1] for row in connection.execute(states)}
            if not self._report.training:
                self._report.left_out["training"] = connection.execute(training).scalar() or 0
            if copies is not None:
                unfinished = connection.execute(select(func.count()).where(copies, _ITEMS.c.purpose == REAL)).scalar()
                self._report.left_out |= {UNFINISHED.kind: unfinished} if unfinished else {}
            self._report.without_record = connection.execute(alone).scalar() or 0


def raise_if_fatal(error: CodedError | EnvelopeError) -> None:
    """Go on only after what concerns one item; a vault that is locked or gone ends the export."""
    if error.code.startswith("vault.") and error.code != "vault.intake_key.sealed":
        raise error
