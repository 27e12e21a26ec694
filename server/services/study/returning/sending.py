"""Sending a record back: opened by the vault, sealed for a tablet, and put into that tablet's feed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from forms.errors import FormError
from server.errors.error import CodedError
from server.export.records import Opener, raise_if_fatal
from server.place import Place
from server.services.collect.contents import put_content
from server.services.collect.devices import standing_of
from server.services.collect.feed import Feed, wire_time
from server.services.collect.standing import ITEMS
from server.services.study.returning.choosing import Recipient, last_checkpoint, newest_version, recipient_of
from server.services.study.returning.paths import checked_path
from server.storage.returns import RETURNS
from server.vault.client import Grant, VaultClient
from server.vault.sealing import MAX_SECRET
from sync.envelope.cover import FormReference
from sync.envelope.encoding import canonical
from sync.envelope.keys import key_id
from sync.envelope.parcel import (
    HAS_ISSUES,
    MAX_FILES_SIZE,
    UNFINISHED,
    Addressee,
    Comment,
    Parcel,
    files_of,
    seal_parcel,
)
from sync.envelope.record import RecordDocument
from sync.errors import EnvelopeError
from sync.feed import device_chain

PARCEL_TYPE = "application/vnd.feldbuch.parcel"
MAX_FILE_SIZE = 2 * 1024 * 1024
"""A larger file stays at central."""
RECORDED = ("audio/", "video/")
"""Never sent back: the tablet needs neither to correct an answer."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants sent back. ``to`` and ``interviewer`` are those who made it unless they are named."""

    instance: str
    comments: tuple[Comment, ...]
    by: str
    to: str | None = None
    interviewer: str | None = None
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What was put into the feed: for whom, how large, and which files stay at central."""

    id: str
    instance: str
    device: str
    interviewer: str
    size: int
    stayed: tuple[str, ...]


def comments_name(return_id: str) -> str:
    """The name under which the comments are sealed, and which the vault's log shows when they are opened."""
    return f"return/{return_id}"


class Returning:
    """Sends records back, with one person's grant."""

    def __init__(self, place: Place, vault: VaultClient, grant: Grant) -> None:
        """Raises ``CodedError`` ``role.not_central``."""
        if place.role != "central":
            raise CodedError("role.not_central")
        self._place, self._vault = place, vault
        self._opener = Opener(place, vault, grant)

    def send(self, wish: Wish) -> Sent:
        """Send the newest version of a record, or the last checkpoint of an interview, to a tablet.

        The vault's log says what was opened. Raises ``CodedError``: as ``newest_version`` and ``recipient_of``,
        ``return.finished``, ``return.refused``, ``return.comment``, ``return.comment.long``, ``return.encoding``,
        ``return.path``, ``vault.*``, ``envelope.*`` where the record does not open.
        """
        try:
            return self._send(wish)
        except EnvelopeError as error:
            raise CodedError(error.code, **error.params) from None

    def _send(self, wish: Wish) -> Sent:
        kind = UNFINISHED if wish.unfinished else HAS_ISSUES
        if kind == HAS_ISSUES and not any(each.text.strip() for each in wish.comments):
            raise CodedError("return.comment")
        _check_encoding(wish)
        with self._place.engine.connect() as connection:
            row = self._chosen(connection, wish)
            recipient = recipient_of(connection, row, wish.to, wish.interviewer)
        document = self._opener.record(row.id)
        if document.outcome.kind == "refused":
            raise CodedError("return.refused", instance=row.instance)
        now = self._place.now()
        files = self._files(row.instance, document)
        parcel = Parcel(
            id=secrets.token_hex(16),
            kind=kind,
            by=wish.by[:100],
            at=wire_time(now),
            comments=_placed(wish.comments, document),
            instance=row.instance,
            form=FormReference(row.form, row.form_version),
            purpose=row.purpose,
            record=document,
            files=files,
        )
        comments = self._sealed_comments(parcel)
        addressee = Addressee(self._place.settings.study, recipient.device, recipient.interviewer)
        sealed = seal_parcel(parcel, addressee, recipient.key)
        self._place.writer.run(lambda connection: self._keep(connection, parcel, recipient, sealed, comments, now))
        stayed = tuple(sorted(files_of(document).keys() - files.keys()))
        return Sent(parcel.id, row.instance, recipient.device, recipient.interviewer, len(sealed), stayed)

    def _chosen(self, connection: Connection, wish: Wish) -> Row[Any]:
        if not wish.unfinished:
            return newest_version(connection, wish.instance)
        found = last_checkpoint(connection, wish.instance)
        if found is not None:
            return found
        newest_version(connection, wish.instance)
        raise CodedError("return.finished", instance=wish.instance)

    def _files(self, instance: str, document: RecordDocument) -> dict[str, bytes]:
        """The files that come along, the smallest first. One that has not arrived or differs stays away."""
        places = {each.name: (instance, each.part) for each in document.attachments}
        places |= {each.attachment.name: (each.instance, each.attachment.part) for each in document.kept}
        found: dict[str, bytes] = {}
        size = 0
        for expected in sorted(files_of(document).values(), key=lambda each: (each.size, each.name)):
            if expected.size > MAX_FILE_SIZE or expected.content_type.startswith(RECORDED):
                continue
            if size + expected.size > MAX_FILES_SIZE:
                break
            held_by, part = places[expected.name]
            with self._place.engine.connect() as connection:
                query = select(ITEMS.c.id).where(
                    ITEMS.c.instance == held_by, ITEMS.c.part == part, ITEMS.c.state == "held"
                )
                item = connection.execute(query).scalar()
            if item is None:
                continue
            try:
                found[expected.name] = b"".join(self._opener.attachment(item, expected))
            except (CodedError, EnvelopeError) as error:
                raise_if_fatal(error)
                continue
            size += expected.size
        return found

    def _sealed_comments(self, parcel: Parcel) -> bytes:
        said = canonical({"comments": [{"path": each.path, "text": each.text} for each in parcel.comments]})
        if len(said) > MAX_SECRET:
            raise CodedError("return.comment.long", limit=MAX_SECRET)
        return self._vault.seal_secret(comments_name(parcel.id), said)

    def _keep(
        self,
        connection: Connection,
        parcel: Parcel,
        recipient: Recipient,
        sealed: bytes,
        comments: bytes,
        now: datetime,
    ) -> None:
        # Whoever was revoked meanwhile gets nothing.
        if standing_of(connection, recipient.device) != "introduced":
            raise CodedError("return.device.revoked", device=recipient.device)
        name = put_content(connection, sealed, PARCEL_TYPE)
        body = {"id": parcel.id, "key": key_id(recipient.key), "parcel": {"hash": name, "size": len(sealed)}}
        Feed.of(self._place).append(connection, device_chain(recipient.device), "return", body)
        values = {
            "id": parcel.id,
            "kind": parcel.kind,
            "instance": parcel.instance,
            "device": recipient.device,
            "interviewer": recipient.interviewer,
            "parcel_hash": name,
            "parcel_size": len(sealed),
            "comments": comments,
            "after_item": connection.execute(select(func.max(ITEMS.c.id))).scalar_one(),
            "by": parcel.by,
            "at": now,
        }
        connection.execute(insert(RETURNS).values(values))


def _check_encoding(wish: Wish) -> None:
    """A terminal hands on bytes that are no UTF-8 as lone surrogates, which nothing can be sealed from."""
    said = {"INSTANCE": wish.instance, "--by": wish.by, "--to": wish.to, "--interviewer": wish.interviewer}
    said["--comment"] = "".join(each.text for each in wish.comments)
    said["--question"] = "".join(each.path or "" for each in wish.comments)
    for option, text in said.items():
        try:
            (text or "").encode("utf-8")
        except UnicodeEncodeError:
            raise CodedError("return.encoding", option=option) from None


def _placed(comments: Sequence[Comment], document: RecordDocument) -> tuple[Comment, ...]:
    try:
        return tuple(
            each if each.path is None else Comment(each.text, checked_path(document.instance_xml, each.path))
            for each in comments
        )
    except FormError as error:
        raise CodedError(error.code.value, **error.params) from None
