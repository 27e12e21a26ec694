"""What waited is decided upon: after an introduction it is held, after a revocation it is kept apart."""

from __future__ import annotations

from sqlalchemy import Connection, select, tuple_, update

from server.services.collect.receipts import ITEMS, Decided, ReceiptBook, decided
from server.services.collect.standing import KeyOwners, judge, known_devices, known_nodes
from sync.envelope.cover import parse_cover


def release_waiting(connection: Connection, signer_id: str, book: ReceiptBook | None) -> int:
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
        state = (
            "quarantined" if code else "conflict" if _name_is_taken(connection, cover.instance, cover.part) else "held"
        )
        connection.execute(update(ITEMS).where(ITEMS.c.id == row.id).values(state=state, code=code))
        results.append(decided(cover, state))
    if book is not None:
        book.write(connection, results)
    return len(results)


def _name_is_taken(connection: Connection, instance: str, part: str) -> bool:
    query = select(ITEMS.c.id).where(
        tuple_(ITEMS.c.instance, ITEMS.c.part) == (instance, part), ITEMS.c.state.in_(("held", "conflict"))
    )
    return connection.execute(query.limit(1)).first() is not None
