"""Contents that the feed names by their SHA-256: form definitions, XForms, files. Public within the study."""

from __future__ import annotations

import hashlib
from typing import cast

from sqlalchemy import Connection, Table, insert, select

from server.storage.carriers import Content

CONTENTS = cast("Table", Content.__table__)


def put_content(connection: Connection, data: bytes, content_type: str) -> str:
    """Keep a content, once; returns its SHA-256 in hex. Call it inside an operation of the writer."""
    name = hashlib.sha256(data).hexdigest()
    if not has_content(connection, name):
        connection.execute(insert(CONTENTS).values(hash=name, content_type=content_type, data=data))
    return name


def has_content(connection: Connection, name: str) -> bool:
    """Whether a content is held."""
    return connection.execute(select(CONTENTS.c.hash).where(CONTENTS.c.hash == name)).first() is not None


def get_content(connection: Connection, name: str) -> tuple[str, bytes] | None:
    """Content type and bytes of a content, or None."""
    row = connection.execute(select(CONTENTS.c.content_type, CONTENTS.c.data).where(CONTENTS.c.hash == name)).first()
    return (row.content_type, row.data) if row else None
