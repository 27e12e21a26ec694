"""The lists of cases as they flow down: sealed for each interviewer on each device, named in the device's chain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Connection, Row, Table, delete, insert, select, update

from server.errors.error import CodedError
from server.services.collect.contents import CONTENTS, put_content
from server.services.collect.feed import ENTRIES, Feed
from server.services.collect.standing import DEVICE_INTERVIEWERS, DEVICES
from server.storage.cases import CaseList, StudyCase
from sync.envelope.cases import MOST_CASES, ListedCase, seal_cases, write_cases
from sync.envelope.encoding import parse_canonical
from sync.envelope.keys import key_id
from sync.errors import EnvelopeError
from sync.feed import device_chain, device_of_chain

CASES = cast("Table", StudyCase.__table__)
CASE_LISTS = cast("Table", CaseList.__table__)
CASES_KIND = "cases"
_LIST_TYPE = "application/octet-stream"


def publish_lists(connection: Connection, feed: Feed, device: str | None = None) -> int:
    """Seal the lists that have changed and name them in the feed, of all devices or of one; returns how many.

    Call it in the operation of the writer that changed a case, a device or a key. Central only. Raises ``CodedError``
    ``cases.too_many`` where a list would be longer than a tablet takes.
    """
    query = (
        select(
            DEVICES.c.id, DEVICES.c.site, DEVICE_INTERVIEWERS.c.interviewer, DEVICE_INTERVIEWERS.c.encryption_key,
            CASE_LISTS.c.encryption_key.label("known_key"), CASE_LISTS.c.document_hash, CASE_LISTS.c.content,
        )
        .join(DEVICE_INTERVIEWERS, DEVICE_INTERVIEWERS.c.device == DEVICES.c.id)
        .outerjoin(
            CASE_LISTS,
            (CASE_LISTS.c.device == DEVICES.c.id) & (CASE_LISTS.c.interviewer == DEVICE_INTERVIEWERS.c.interviewer),
        )
        .where(DEVICES.c.standing == "introduced", DEVICE_INTERVIEWERS.c.encryption_key.is_not(None))
        .order_by(DEVICES.c.id, DEVICE_INTERVIEWERS.c.interviewer)
    )  # fmt: skip
    if device is not None:
        query = query.where(DEVICES.c.id == device)
    documents: dict[tuple[str, str], bytes] = {}
    published = 0
    for row in connection.execute(query).all():
        place = (row.site, row.interviewer)
        if place not in documents:
            documents[place] = document_of(connection, *place)
        published += _publish(connection, feed, row, documents[place])
    return published


def document_of(connection: Connection, site: str, interviewer: str | None) -> bytes:
    """The list, in clear, of an interviewer at a site; with None, of one to whom nothing is assigned.

    Raises ``CodedError`` ``cases.too_many``.
    """
    query = (
        select(CASES)
        .where(CASES.c.status == "open", CASES.c.site == site)
        .where(CASES.c.interviewer.is_(None) | (CASES.c.interviewer == interviewer))
        .order_by(CASES.c.due.is_(None), CASES.c.due, CASES.c.label, CASES.c.id)
    )
    rows = connection.execute(query).all()
    try:
        return write_cases([_listed(row) for row in rows])
    except EnvelopeError:
        # What a case may hold was checked when it came; only all of them together can be too much.
        raise CodedError("cases.too_many", site=site, found=len(rows), limit=MOST_CASES) from None


def forget_lists(connection: Connection, device: str) -> None:
    """Forget the lists of a device that is revoked: from now on nobody is given them."""
    own = CASE_LISTS.c.device == device
    contents = list(connection.execute(select(CASE_LISTS.c.content).where(own)).scalars())
    connection.execute(delete(CONTENTS).where(CONTENTS.c.hash.in_(contents)))
    connection.execute(delete(CASE_LISTS).where(own))


def named_list(body: Mapping[str, Any]) -> tuple[str, str] | None:
    """The interviewer and the content of a ``cases`` entry; None where it is not as the protocol says."""
    named, interviewer = body.get("list"), body.get("interviewer")
    name = named.get("hash") if isinstance(named, dict) else None
    return (interviewer, name) if isinstance(interviewer, str) and isinstance(name, str) else None


def newest_lists(connection: Connection) -> dict[tuple[str, str], str]:
    """The contents of the newest lists by device and interviewer, as the feed names them at a node."""
    query = select(ENTRIES.c.chain, ENTRIES.c.document).where(ENTRIES.c.kind == CASES_KIND).order_by(ENTRIES.c.id)
    found: dict[tuple[str, str], str] = {}
    for chain, document in connection.execute(query):
        device, named = device_of_chain(chain), named_list(_body(document))
        if device is not None and named is not None:
            found[device, named[0]] = named[1]
    return found


def forget_replaced(connection: Connection, device: str, keep: str | None = None) -> None:
    """Forget at a node the lists of a device that its chain names, of one interviewer; the content ``keep`` stays.

    With ``keep`` of None all of them: the device is revoked.
    """
    query = select(ENTRIES.c.document).where(ENTRIES.c.chain == device_chain(device), ENTRIES.c.kind == CASES_KIND)
    named = [each for each in (named_list(_body(document)) for document in connection.execute(query).scalars()) if each]
    owner = next((interviewer for interviewer, content in named if content == keep), None)
    old = [content for interviewer, content in named if content != keep and (keep is None or interviewer == owner)]
    connection.execute(delete(CONTENTS).where(CONTENTS.c.hash.in_(old)))


def _body(document: bytes) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", parse_canonical(document, "feed.broken")["body"])


def _publish(connection: Connection, feed: Feed, row: Any, document: bytes) -> int:  # noqa: ANN401
    digest = hashlib.sha256(document).hexdigest()
    is_known = row.content is not None
    if is_known and (row.document_hash, row.known_key) == (digest, row.encryption_key):
        return 0
    if not is_known and document == write_cases([]):
        return 0
    sealed = seal_cases(document, feed.study, row.id, row.interviewer, row.encryption_key)
    content = put_content(connection, sealed, _LIST_TYPE)
    body: dict[str, object] = {
        "device": row.id,
        "interviewer": row.interviewer,
        "key": key_id(row.encryption_key),
        "list": {"hash": content, "size": len(sealed)},
    }
    feed.append(connection, device_chain(row.id), CASES_KIND, body)
    values = {"encryption_key": row.encryption_key, "document_hash": digest, "content": content}
    own = (CASE_LISTS.c.device == row.id) & (CASE_LISTS.c.interviewer == row.interviewer)
    if is_known:
        connection.execute(delete(CONTENTS).where(CONTENTS.c.hash == row.content))
        connection.execute(update(CASE_LISTS).where(own).values(**values))
    else:
        connection.execute(insert(CASE_LISTS).values(device=row.id, interviewer=row.interviewer, **values))
    return 1


def _listed(row: Row[Any]) -> ListedCase:
    return ListedCase(row.id, row.label, row.due, tuple(row.forms), row.note, row.properties)
