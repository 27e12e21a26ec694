"""The keys of bundles: each place has an age identity of its own; central tells its public half by the feed."""

from __future__ import annotations

import os
import re
import secrets
from typing import Any, cast

from pyrage import x25519
from sqlalchemy import Connection

from server.errors.error import CodedError
from server.place import CENTRAL, Place
from server.services.collect.feed import Feed
from server.settings import Settings
from server.storage.blobs import fsync_folder
from server.storage.keyfiles import BUNDLE_KEY, BUNDLE_KEY_SIZE, read_key, write_key
from sync.envelope.encoding import parse_canonical
from sync.feed import STUDY_CHAIN

BUNDLE_KEY_KIND = "bundle_key"
_IDENTITY = re.compile(r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}")


def own_identity(settings: Settings) -> str:
    """The age identity of this place; it is made when it is asked for the first time.

    Raises ``CodedError``: ``key.wrong``, ``key.open_to_others``, ``key.missing``.
    """
    if not (settings.keys / BUNDLE_KEY).exists():
        _make_identity(settings)
    text = read_key(settings.keys, BUNDLE_KEY, BUNDLE_KEY_SIZE).decode("ascii", "replace")
    if _IDENTITY.fullmatch(text) is None:
        raise CodedError("key.wrong", path=str(settings.keys / BUNDLE_KEY), size=BUNDLE_KEY_SIZE)
    return text


def _make_identity(settings: Settings) -> None:
    """Make the key whole or not at all: a place that serves must not end with half of one."""
    name = f".{BUNDLE_KEY}.{secrets.token_hex(8)}"
    write_key(settings.keys, name, str(x25519.Identity.generate()).encode("ascii"))
    try:
        try:
            os.link(settings.keys / name, settings.keys / BUNDLE_KEY)
        except FileExistsError:
            pass
        except OSError:
            # Some file systems know no second name for a file.
            (settings.keys / name).rename(settings.keys / BUNDLE_KEY)
        fsync_folder(settings.keys)
    finally:
        (settings.keys / name).unlink(missing_ok=True)


def recipient_of(identity: str) -> str:
    """The public half."""
    return str(x25519.Identity.from_str(identity).to_public())


def tell_bundle_key(place: Place, feed: Feed) -> None:
    """See that the feed names central's bundle key as it is. Nothing to do at a node, or where it does already."""
    if place.id != CENTRAL:
        return
    recipient = recipient_of(own_identity(place.settings))

    def operation(connection: Connection) -> None:
        if central_recipient(connection, feed) != recipient:
            feed.append(connection, STUDY_CHAIN, BUNDLE_KEY_KIND, {"recipient": recipient})

    place.writer.run(operation)


def central_recipient(connection: Connection, feed: Feed) -> str | None:
    """Central's bundle key by the newest entry of the feed; None where none came yet."""
    entries = feed.all_of(connection, STUDY_CHAIN, BUNDLE_KEY_KIND)
    if not entries:
        return None
    recipient = cast("dict[str, Any]", parse_canonical(entries[-1], "feed.broken")["body"]).get("recipient")
    return recipient if isinstance(recipient, str) else None
