"""What a node says by a bundle: its signed counts, what it asks central for, the newest word of the devices it met."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import select

from server.place import CENTRAL, Place
from server.services.collect.counting import highest_receipt, node_counts
from server.services.collect.onward import NodeOutbox
from server.services.collect.receipts import PEERS
from server.services.collect.standing import DEVICES
from sync.bundle import ASK, HELLO, Frame
from sync.bundle_words import WANTS_AT_MOST, Ask
from sync.envelope.encoding import parse_canonical
from sync.errors import SyncError
from sync.protocol import CAPABILITIES, Greeting, Limits

HELLOS_AT_MOST: Final = 5000
"""Devices of which a bundle brings word: those that were here last."""
WORDS_SIZE: Final = 64 * 1024
"""Room for what a node says of itself; what it relays comes to that."""
CHALLENGE: Final = "bundle"
"""Stands in a hello that nobody asked for. Central gave no such challenge, so the hello opens no session."""
_CHANGING = ("storage_used", "storage_quota", "clock")


class NodeWords:
    """Puts into words how a node stands."""

    def __init__(self, place: Place, outbox: NodeOutbox, key: EllipticCurvePrivateKey) -> None:
        self._place = place
        self._outbox = outbox
        self._key = key
        self._url = place.settings.central_url

    def say(self, recipient: str, relayed: Sequence[bytes]) -> list[Frame]:
        """The frames that begin a bundle: the question, the node's hello, the relayed ones."""
        greeting = Greeting("central", CENTRAL, self._place.settings.study, CHALLENGE, CAPABILITIES, Limits())
        hello = self._outbox.hello(greeting)
        ask = self._ask(recipient, json.loads(hello)["sequence"])
        return [Frame(ASK, ask.sign(self._key)), Frame(HELLO, hello), *(Frame(HELLO, each) for each in relayed)]

    def relayed(self) -> list[bytes]:
        """The newest hellos of devices that said something since the last contact with central, verbatim."""
        since = select(PEERS.c.last_contact_at).where(PEERS.c.url == self._url)
        query = select(DEVICES.c.report).where(DEVICES.c.report.is_not(None))
        with self._place.engine.connect() as connection:
            last = connection.execute(since).scalar()
            if last is not None:
                query = query.where(DEVICES.c.reported_at >= last)
            rows = connection.execute(query.order_by(DEVICES.c.reported_at.desc()).limit(HELLOS_AT_MOST))
            return list(rows.scalars())

    def stand_in(self, said: Sequence[Frame], recipient: str, relayed: Sequence[bytes]) -> bool:
        """Whether what was said before is still how the node stands; the free space apart."""
        asks = [each.data for each in said if each.kind == ASK]
        hellos = [each.data for each in said if each.kind == HELLO]
        if not asks or not hellos or not set(relayed) <= set(hellos[1:]):
            return False
        try:
            ask = Ask.read(parse_canonical(asks[-1], "bundle.field"))
            hello = parse_canonical(hellos[0], "bundle.field")
        except SyncError:
            return False
        with self._place.engine.connect() as connection:
            counts = dataclasses.asdict(node_counts(connection, self._place))
            highest = highest_receipt(connection)
        before: Any = hello.get("counts")
        return (
            dataclasses.replace(self._ask(recipient, ask.sequence), id=ask.id) == ask
            and isinstance(before, dict)
            and all(before.get(name) == value for name, value in counts.items() if name not in _CHANGING)
            and hello.get("highest_receipt") == (dataclasses.asdict(highest) if highest else None)
        )

    def _ask(self, recipient: str, sequence: int) -> Ask:
        return Ask(
            study=self._place.settings.study,
            sequence=sequence,
            recipient=recipient,
            epoch=self._outbox.epoch(),
            cursor=self._outbox.receipt_cursor(),
            heads={chain: head.number for chain, head in self._outbox.heads().items()},
            wants=tuple(self._outbox.missing_contents(WANTS_AT_MOST)),
        )
