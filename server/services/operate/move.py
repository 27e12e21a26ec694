"""Addresses that change: of a place itself, of a node as central tells it, of central as a node knows it."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from sqlalchemy import Connection, Table, select, update

from server.place import Place
from server.services.collect.feed import Feed
from server.settings import Settings, write_settings
from server.storage.carriers import Node, Peer
from sync.envelope.encoding import parse_canonical
from sync.feed import STUDY_CHAIN

NODES = cast("Table", Node.__table__)
PEERS = cast("Table", Peer.__table__)


def move_place(settings: Settings, **changes: Any) -> Settings:  # noqa: ANN401
    """The settings with these changes, written where they differ. The place must not be served meanwhile."""
    changed = dataclasses.replace(settings, **changes)
    if changed != settings:
        write_settings(changed)
    return changed


def move_node(place: Place, feed: Feed, node: str, url: str) -> bool:
    """Tell everyone the new address of a node: a new ``node`` entry in the study's chain. Central only.

    Returns whether there was anything to tell: nothing for a node that is unknown, revoked, or there already.
    """

    def operation(connection: Connection) -> bool:
        where = (NODES.c.id == node, NODES.c.standing == "introduced", NODES.c.url != url)
        if connection.execute(select(NODES.c.id).where(*where)).first() is None:
            return False
        entries = feed.all_of(connection, STUDY_CHAIN, "node")
        bodies = [cast("dict[str, Any]", parse_canonical(each, "feed.broken")["body"]) for each in entries]
        newest = [body for body in bodies if body["id"] == node][-1]
        feed.append(connection, STUDY_CHAIN, "node", {**newest, "url": url})
        connection.execute(update(NODES).where(*where).values(url=url))
        return True

    return place.writer.run(operation)


def move_peer(place: Place, old: str, new: str) -> None:
    """Keep what a node knows of central under central's new address: cursors and the number of its last hello."""
    if old != new:
        place.writer.run(lambda connection: connection.execute(update(PEERS).where(PEERS.c.url == old).values(url=new)))
