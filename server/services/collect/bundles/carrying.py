"""Bundles as the commands use them: a node writes for central and reads from it, central the other way round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from server.errors.error import CodedError
from server.place import Place
from server.services.collect.bundles.answering import Answering
from server.services.collect.bundles.hearing import Hearing, StickHeard
from server.services.collect.bundles.inward import Inward, StickRead
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.bundles.outward import Outward, Written
from server.services.collect.bundles.stick import Stick, Told
from server.services.collect.feed import Feed
from server.services.collect.intake import Intake
from server.services.collect.keys import central_private_key
from server.services.collect.receipts import ReceiptBook
from server.services.collect.reception import Reception
from server.services.collect.rounds import only_one
from server.services.collect.sessions import Sessions
from server.storage.keyfiles import SESSION_KEY, read_key
from sync.protocol import Limits

LOCK_FILE: Final = "bundle.lock"


def write_bundles(place: Place, stick: Stick, most: int, nodes: Sequence[str], told: Told) -> list[Written]:
    """At a node for central, at central for the nodes that are named, or for all that have asked.

    ``most``: bytes of one file. Raises ``CodedError``: ``bundle.running``, ``bundle.no_nodes``, ``role.not_central``
    where a node is told to write for nodes, and what ``Outward.write`` and ``Answering.write`` raise.
    """
    feed = Feed.of(place)
    with only_one(place, LOCK_FILE, "bundle.running"):
        if place.role == "node":
            if nodes:
                raise CodedError("role.not_central")
            return [Outward(place, feed, told).write(stick, most)]
        tell_bundle_key(place, feed)
        answering = Answering(place, feed, told)
        chosen = list(dict.fromkeys(nodes)) or answering.nodes()
        if not chosen:
            raise CodedError("bundle.no_nodes")
        return [answering.write(stick, node, most) for node in chosen]


def read_at_central(place: Place, stick: Stick, told: Told) -> StickRead:
    """Take in what nodes wrote. Raises ``CodedError``: ``bundle.running``, and as ``Inward.read`` does."""
    book = ReceiptBook(place.settings.study, central_private_key(place.settings))
    reception = Reception(place, Sessions(read_key(place.settings.keys, SESSION_KEY)), book)
    with only_one(place, LOCK_FILE, "bundle.running"):
        tell_bundle_key(place, Feed.of(place))
        return Inward(place, Intake.of(place, Limits()), reception, told).read(stick)


def read_at_node(place: Place, stick: Stick, told: Told) -> StickHeard:
    """Keep what central wrote. Raises ``CodedError``: ``bundle.running``, and as ``Hearing.read`` does."""
    with only_one(place, LOCK_FILE, "bundle.running"):
        return Hearing(place, Feed.of(place), told).read(stick)
