"""What a node says of itself in its hello: instances in real use, by how far central has them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, case, exists, func, select

from server.place import Place
from server.services.collect.feed import wire_time
from server.services.collect.receipts import ITEMS, MARKS, RECEIPTS, known_epoch
from server.services.collect.space import free_bytes
from server.services.collect.tombstones import has_bytes
from server.storage.checkpoints import is_checkpoint
from sync.carrier import Counts, ReceiptPosition
from sync.envelope.encoding import parse_canonical


def node_counts(connection: Connection, place: Place) -> Counts:
    """Count what this node holds. An instance is unsent, set aside, safe or receipted as its least advanced part is."""
    mark = connection.execute(select(MARKS.c.epoch, MARKS.c.durable_seq).order_by(MARKS.c.id.desc()).limit(1)).first()
    epoch, durable_seq = (mark.epoch, mark.durable_seq) if mark else ("", 0)
    held = (RECEIPTS.c.item_hash == ITEMS.c.hash) & (RECEIPTS.c.state == "held")
    in_mark = (RECEIPTS.c.epoch == epoch) & (RECEIPTS.c.seq <= durable_seq)
    per_item = (
        select(
            ITEMS.c.instance,
            case((ITEMS.c.forward.in_(("queued", "sent")) & has_bytes(), 1), else_=0).label("unsent"),
            case((ITEMS.c.forward == "set_aside", 1), else_=0).label("aside"),
            func.max(case((RECEIPTS.c.id.is_not(None), 1), else_=0)).label("held"),
            func.max(case((in_mark, 1), else_=0)).label("safe"),
            ITEMS.c.received_at,
        )
        .select_from(ITEMS.outerjoin(RECEIPTS, held))
        .where(ITEMS.c.purpose == "real", ~is_checkpoint(ITEMS.c.part))
        .group_by(ITEMS.c.id)
        .subquery()
    )
    per_instance = (
        select(
            func.max(per_item.c.unsent).label("unsent"),
            func.max(per_item.c.aside).label("aside"),
            func.min(per_item.c.held).label("held"),
            func.min(per_item.c.safe).label("safe"),
            func.min(case((per_item.c.unsent == 1, per_item.c.received_at))).label("oldest"),
        )
        .group_by(per_item.c.instance)
        .subquery()
    )
    row = connection.execute(
        select(
            func.count().label("finished"),
            func.coalesce(func.sum(per_instance.c.unsent), 0).label("unsent"),
            func.coalesce(func.sum(per_instance.c.aside), 0).label("aside"),
            func.coalesce(func.sum(per_instance.c.held), 0).label("held"),
            func.coalesce(func.sum(per_instance.c.safe), 0).label("safe"),
            func.min(per_instance.c.oldest).label("oldest"),
        ).select_from(per_instance)
    ).one()
    unconfirmed = ~exists(select(RECEIPTS.c.id).where(held))
    copies = select(func.count()).select_from(ITEMS).where(is_checkpoint(ITEMS.c.part), unconfirmed)
    kept = select(func.coalesce(func.sum(ITEMS.c.body_size), 0)).where(has_bytes())
    used = int(connection.execute(kept).scalar_one())
    return Counts(
        finished=row.finished,
        unsent=row.unsent,
        receipted=row.held - row.safe,
        safe=row.safe,
        set_aside=row.aside,
        oldest_unsent=wire_time(row.oldest) if row.oldest else None,
        storage_used=used,
        storage_quota=used + free_bytes(place.settings.place),
        checkpoints=connection.execute(copies).scalar_one(),
        clock=wire_time(place.now()),
    )


def highest_receipt(connection: Connection) -> ReceiptPosition | None:
    """The highest number of the newest epoch that central gave, as far as this place can prove: a mark names one too.

    Marks outlive a central that somebody took back by hand: what it numbers anew must not seem to be covered by them.
    """
    newest = select(RECEIPTS.c.epoch).order_by(RECEIPTS.c.id.desc()).limit(1)
    for epoch in (known_epoch(connection), connection.execute(newest).scalar()):
        receipt = select(func.max(RECEIPTS.c.seq)).where(RECEIPTS.c.epoch == epoch)
        mark = select(func.max(MARKS.c.durable_seq)).where(MARKS.c.epoch == epoch)
        numbers = [connection.execute(query).scalar() for query in (receipt, mark)]
        known = [each for each in numbers if each is not None]
        if epoch is not None and known:
            return ReceiptPosition(epoch, max(known), _receipt(connection, epoch, numbers[0]))
    return None


def _receipt(connection: Connection, epoch: str, seq: int | None) -> Mapping[str, object] | None:
    query = select(RECEIPTS.c.document).where(RECEIPTS.c.epoch == epoch, RECEIPTS.c.seq == seq).limit(1)
    document = connection.execute(query).scalar()
    return None if document is None else parse_canonical(document, "receipt.forged")
