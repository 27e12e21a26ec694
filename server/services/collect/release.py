"""What waited is decided upon: after an introduction it is held, after a revocation it is kept apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from server.services.collect.changes import change_state
from server.services.collect.receipts import ITEMS, Decided, ReceiptBook, decided
from server.services.collect.siblings import Siblings
from server.services.collect.standing import KeyOwners, judge, known_devices, known_nodes
from sync.envelope.cover import parse_cover


def release_waiting(connection: Connection, signer_id: str, book: ReceiptBook | None, now: datetime) -> int:
    """Decide upon everything that waited for this signer, in the order of arrival; returns how many items.

    Call it in the operation of the writer that changed the signer's standing. At central (with ``book``) each item
    gets its receipt.
    """
    waiting = connection.execute(
        select(ITEMS.c.id, ITEMS.c.cover)
        .where(ITEMS.c.signer == signer_id, ITEMS.c.state == "waiting")
        .order_by(ITEMS.c.id)
    ).all()
    signers = known_devices(connection, [signer_id]) | known_nodes(connection, [signer_id])
    if not waiting or signer_id not in signers:
        return 0
    results: list[Decided] = []
    for row in waiting:
        cover = parse_cover(row.cover)
        keys = {stanza.key for stanza in cover.recipients}
        code = judge(cover, signers[signer_id], KeyOwners().owners(connection, keys) if book else None)
        if code is not None:
            state = "quarantined"
        else:
            state, code = _siblings(connection, cover.instance).fate(cover.instance, cover.part, signer_id)
        change_state(connection, ITEMS.c.id == row.id, state, code, now)
        results.append(decided(cover, state))
    if book is not None:
        book.write(connection, results)
    return len(results)


def _siblings(connection: Connection, instance: str) -> Siblings:
    query = select(ITEMS.c.instance, ITEMS.c.part, ITEMS.c.signer, ITEMS.c.state).where(ITEMS.c.instance == instance)
    siblings = Siblings()
    for row in connection.execute(query):
        siblings.note(*row)
    return siblings
