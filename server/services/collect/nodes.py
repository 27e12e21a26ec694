"""Nodes, at central: invited by a link, joined with their own key, revoked. The study's chain tells everyone."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Connection, insert, select, update

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.feed import Feed, wire_time
from server.services.collect.keys import central_public_key
from server.services.collect.links import JOIN_PATH, write_link
from server.services.collect.receipts import ReceiptBook
from server.services.collect.release import release_waiting
from server.services.collect.standing import NODES
from server.services.collect.study import study_facts
from server.services.collect.tokens import add_token, find_token, token_hash, use_token
from sync.carrier import Join
from sync.envelope.encoding import b64u, parse_canonical
from sync.feed import STUDY_CHAIN

CERTIFIED_DAYS = 366


def make_join_link(
    place: Place, feed: Feed, *, name: str, url: str, sites: Sequence[str], devices_at_most: int, days: int | None
) -> str:
    """Make a token for one node and the link that carries it; the node's address and sites are fixed by it.

    Raises ``CodedError``: ``study.missing``, ``site.unknown``.
    """
    with place.engine.connect() as connection:
        study_facts(connection, feed).check_sites(*sites)
    details = {"name": name, "url": url, "sites": list(sites), "devices_at_most": devices_at_most}
    token = place.writer.run(
        lambda connection: add_token(
            connection, "node", site=sites[0], uses=1, days=days, now=place.now(), details=details
        )
    )
    content = {
        "v": 1,
        "study": place.settings.study,
        "central": place.settings.url,
        "key": b64u(central_public_key(place.settings).public_bytes_raw()),
        "token": token,
        "name": name,
        "url": url,
        "sites": list(sites),
    }
    return write_link(place.settings.url, JOIN_PATH, content)


class Joinings:
    """Takes nodes into the study at central."""

    def __init__(self, place: Place, feed: Feed) -> None:
        self._place = place
        self._feed = feed

    def join(self, token: str, document: Mapping[str, object]) -> bytes:
        """Certify the node that signed the document; returns its ``node`` entry. Coming again gives the same answer.

        Raises ``EnvelopeError`` (``enrolment.field``, ``envelope.signature.wrong``), ``CodedError``:
        ``enrolment.study``, ``enrolment.token.unknown``, ``.expired``, ``.used_up``, ``node.revoked``.
        """
        join = Join.read(document)
        if join.study != self._place.settings.study:
            raise CodedError("enrolment.study")
        if not hmac.compare_digest(token_hash(token), join.token_hash):
            raise CodedError("enrolment.token.unknown")
        return self._place.writer.run(lambda connection: self._certify(connection, join))

    def _certify(self, connection: Connection, join: Join) -> bytes:
        now = self._place.now()
        token = find_token(connection, "node", join.token_hash, now)
        standing = connection.execute(select(NODES.c.standing).where(NODES.c.id == join.id)).scalar()
        if standing == "revoked":
            raise CodedError("node.revoked", node=join.id)
        if standing == "introduced":
            return self._entry_of(connection, join.id)
        use_token(connection, token)
        details = token.details
        connection.execute(
            insert(NODES).values(
                id=join.id,
                standing="introduced",
                key=join.key,
                name=details["name"],
                url=details["url"],
                sites=details["sites"],
                joined_at=now,
            )
        )
        body = {
            "id": join.id,
            "key": b64u(join.key),
            "url": details["url"],
            "sites": details["sites"],
            "devices_at_most": details["devices_at_most"],
            "until": wire_time(now + timedelta(days=CERTIFIED_DAYS)),
        }
        return self._feed.append(connection, STUDY_CHAIN, "node", body)

    def _entry_of(self, connection: Connection, node: str) -> bytes:
        for encoded in reversed(self._feed.all_of(connection, STUDY_CHAIN, "node")):
            body = cast("dict[str, Any]", parse_canonical(encoded, "feed.broken")["body"])
            if body["id"] == node:
                return encoded
        raise CodedError("node.unknown", node=node)


def revoke_node(connection: Connection, feed: Feed, book: ReceiptBook, node: str, reason: str) -> None:
    """Revoke a node: it is answered 403 from now on. What it delivered stays. An operation of the writer.

    Raises ``CodedError``: ``node.unknown``, ``node.revoked``.
    """
    standing = connection.execute(select(NODES.c.standing).where(NODES.c.id == node)).scalar()
    if standing is None:
        raise CodedError("node.unknown", node=node)
    if standing == "revoked":
        raise CodedError("node.revoked", node=node)
    connection.execute(update(NODES).where(NODES.c.id == node).values(standing="revoked"))
    feed.append(connection, STUDY_CHAIN, "revocation", {"node": node, "reason": reason})
    release_waiting(connection, node, book, feed.now)
