"""Delivering one large item in pieces, as the pace allows, from where its upload stopped."""

from __future__ import annotations

from sync.errors import SyncError
from sync.pace import PIECE_LEAST, Pace
from sync.ports import UNREADABLE, Outbox, Transport
from sync.protocol import ItemAnswer, Offered


class Upload:
    """An upload under way. A broken connection ends the round, and the next one goes on where this one stopped."""

    def __init__(self, outbox: Outbox, transport: Transport, pace: Pace, item: Offered, piece_at_most: int) -> None:
        self._outbox, self._transport, self._pace = outbox, transport, pace
        self.item = item
        self._at_most = piece_at_most
        self._offset: int | None = None
        self.held_back = False
        """The pace lets no further piece go now."""

    def step(self) -> ItemAnswer | None:
        """Send the next piece; the answer once all are there. Raises what transport and outbox raise."""
        if self._offset is None:
            self._offset = self._transport.upload_offset(self.item.hash)
        if self._offset is None:
            if self._room(PIECE_LEAST) is None:
                return None
            cover = self._outbox.read_cover(self.item.hash)
            self._pace.spend(len(cover) * 4 // 3)
            self._transport.create_upload(cover, self.item.size)
            self._offset = self._transport.upload_offset(self.item.hash) or 0
        rest = self.item.size - self._offset
        if rest > 0:
            room = self._room(rest)
            if room is None:
                return None
            data = self._outbox.read_body(self.item.hash, self._offset, min(self._at_most, rest, room))
            if not data:
                raise SyncError(UNREADABLE)
            self._pace.spend(len(data))
            self._offset = self._transport.upload(self.item.hash, self._offset, data)
            if self._offset < self.item.size:
                return None
        return self._transport.upload_answer(self.item.hash)

    def _room(self, wanted: int) -> int | None:
        """How many bytes may go, None where they are too few to be worth it."""
        room = self._pace.room()
        if room is None:
            return wanted
        self.held_back = room < min(wanted, PIECE_LEAST)
        return None if self.held_back else room
