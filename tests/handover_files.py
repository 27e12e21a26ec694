"""Hand-over files as a tablet writes them, for tests and vectors; the page of the protocol is the definition."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sync.envelope.encoding import U32, canonical
from sync.envelope.item import Item, pack_item
from sync.handover import MAGIC


def handover_file(items: Sequence[Item], study: str, device: str, at: str, count: int | None = None) -> bytes:
    """The bytes of a whole file; `count` lies about the number of items where given."""
    number = len(items) if count is None else count
    about = canonical({"v": 1, "study": study, "device": device, "at": at, "count": number})
    start = MAGIC + U32.pack(len(about)) + about
    before = start + b"".join(pack_item(each.cover, each.body) for each in items)
    return before + U32.pack(0) + U32.pack(len(items)) + hashlib.sha256(before).digest()
