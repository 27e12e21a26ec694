"""One round of a carrier with a place, as a state machine that the caller drives one exchange at a time.

Whatever breaks off a round, the next one goes on where it stopped: nothing is decided here that is not in the outbox.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.downward import Downward, Tally
from sync.envelope.item import Item
from sync.errors import SyncError
from sync.pace import PIECE_LEAST, AsFastAsItGoes, Pace
from sync.ports import GONE, UNREADABLE, Outbox, Transport, Verdict
from sync.protocol import (
    FEED_ENTRIES_AT_MOST,
    RECEIPTS_AT_MOST,
    RECONCILE,
    TRY_LATER,
    VERSION,
    Greeting,
    HelloAnswer,
    ItemAnswer,
    Limits,
    Offered,
)
from sync.reconciling import Reconciliation
from sync.states import State, state_of_receipt
from sync.uploading import Upload

FRAMING = 8
"""Bytes that the framing of an item adds."""
COVER_AT_MOST = 8192
PUT_OFF_AT_MOST = 20
"""After so many refusals that may pass, a round stops delivering."""
CONTENTS_AT_ONCE = 50
_ABOUT_THE_ITEM = frozenset(
    {
        "envelope.body.hash",
        "envelope.body.size",
        "envelope.cover.field",
        "envelope.cover.not_canonical",
        "envelope.cover.too_large",
        "envelope.signature.wrong",
        "intake.study",
        "intake.too_large",
    }
)
"""Codes that speak of one item and not of the place or the way."""
_MAY_PASS = TRY_LATER | {UNREADABLE}


class Phase(Enum):
    """What a round does next."""

    GREET = auto()
    HELLO = auto()
    OFFER = auto()
    DELIVER = auto()
    CONFIRM = auto()
    RECEIPTS = auto()
    MARK = auto()
    FEED = auto()
    CONTENT = auto()
    RECONCILE = auto()
    DONE = auto()


class Session:
    """A round. ``step`` does one exchange; ``run`` does all of them. Raises what the transport raises."""

    def __init__(
        self,
        outbox: Outbox,
        transport: Transport,
        study: str,
        central_key: Ed25519PublicKey,
        reconciliation: Reconciliation | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._reconciliation = reconciliation
        self._pace = pace or AsFastAsItGoes()
        self._outbox = outbox
        self._transport = transport
        self._study = study
        self._down = Downward(outbox, study, central_key)
        self.phase = Phase.GREET
        self.welcome: HelloAnswer | None = None
        self._greeting: Greeting | None = None
        self._limits = Limits()
        self._small: deque[Offered] = deque()
        self._large: deque[Offered] = deque()
        self._upload: Upload | None = None
        self._first: int | None = None
        self._put_off: set[str] = set()
        self._asked = ""

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        return self._down.tally

    def run(self) -> Tally:
        """Step until the round is done."""
        while self.phase is not Phase.DONE:
            self.step()
        return self.tally

    def step(self) -> Phase:
        """Do the next exchange; returns what comes after it."""
        steps: dict[Phase, Callable[[], Phase]] = {
            Phase.GREET: self._greet,
            Phase.HELLO: self._hello,
            Phase.OFFER: self._offer,
            Phase.DELIVER: self._deliver,
            Phase.CONFIRM: self._confirm,
            Phase.RECEIPTS: self._receipts,
            Phase.MARK: self._mark,
            Phase.FEED: self._feed,
            Phase.CONTENT: self._content,
            Phase.RECONCILE: self._reconcile,
        }
        if self.phase is not Phase.DONE:
            self.phase = steps[self.phase]()
        return self.phase

    def _greet(self) -> Phase:
        greeting = self._transport.greet()
        if greeting.study != self._study:
            raise SyncError("sync.other_study")
        if greeting.v != VERSION:
            raise SyncError("sync.version")
        self._greeting, self._limits = greeting, greeting.limits
        return Phase.HELLO

    def _hello(self) -> Phase:
        if self._greeting is None:
            raise SyncError("sync.order")
        self.welcome = self._transport.hello(self._outbox.hello(self._greeting), self._outbox.relayed())
        if self.welcome.epoch is not None:
            self._outbox.note_epoch(self.welcome.epoch)
        # On a line that breaks often the end of a round may never come.
        if self.welcome.mark is not None:
            self._down.mark(self.welcome.mark)
        if self.welcome.pause > 0:
            return Phase.DONE
        return Phase.OFFER

    def _offer(self) -> Phase:
        limits, first = self._limits, self._first
        most = self._pace.most() if first is None else min(self._pace.most(), first)
        pending = self._fitting(self._outbox.pending(limits.offer_items, self._put_off, most))
        if not pending and first is not None and not self.tally.held_back:
            self._first = None
            return Phase.OFFER
        if not pending or len(self._put_off) >= PUT_OFF_AT_MOST:
            return Phase.CONFIRM
        answers = self._transport.offer(pending)
        if len(answers) != len(pending):
            raise SyncError("sync.answer")
        verdicts = []
        for item, answer in zip(pending, answers, strict=True):
            if answer.answer == "have":
                verdicts.append(self._verdict(item, None, answer.receipt))
            elif self._goes_whole(item):
                self._small.append(item)
            else:
                self._large.append(item)
        self._settle(verdicts)
        return Phase.DELIVER

    def _goes_whole(self, item: Offered) -> bool:
        most = self._limits.batch_bytes
        whole = self._pace.whole()
        return _need(item) <= (most if whole is None else min(most, whole))

    def _fitting(self, pending: Sequence[Offered]) -> Sequence[Offered]:
        """The first of them that the pace lets go now; what is offered and not sent would be offered each round."""
        self.tally.held_back = False
        room = self._pace.room()
        if room is None or not pending:
            return pending
        fitting: list[Offered] = []
        for item in pending:
            need = _need(item) if self._goes_whole(item) else min(_need(item), PIECE_LEAST)
            if need > room:
                break
            room -= need
            fitting.append(item)
        self.tally.held_back = not fitting
        return fitting

    def _deliver(self) -> Phase:
        if len(self._put_off) >= PUT_OFF_AT_MOST:
            self._forget_offered()
        if self._small:
            self._deliver_batch()
        elif self._large:
            self._deliver_large(self._large[0])
        return Phase.DELIVER if self._small or self._large else Phase.OFFER

    def _forget_offered(self) -> None:
        self._small.clear()
        self._large.clear()
        self._upload = None

    def _deliver_batch(self) -> None:
        chosen: list[Offered] = []
        size = 0
        while self._small and len(chosen) < self._limits.batch_items:
            size += _need(self._small[0])
            if chosen and size > self._limits.batch_bytes:
                break
            chosen.append(self._small.popleft())
        read = self._read(chosen)
        if not read:
            return
        self._pace.spend(sum(len(item.cover) + len(item.body) + FRAMING for item in read.values()))
        answers = self._transport.batch(list(read.values()))
        by_hash = {answer.hash: answer for answer in answers}
        if not all(item.hash in by_hash for item in read):
            raise SyncError("sync.answer")
        self._settle([self._answered(item, by_hash[item.hash]) for item in read])

    def _read(self, chosen: Sequence[Offered]) -> dict[Offered, Item]:
        """The items whose bytes are there; one whose bytes are not must hold up no other."""
        read = self._outbox.read([item.hash for item in chosen])
        for item in chosen:
            if item.hash not in read:
                self._settle([self._answered(item, ItemAnswer(item.hash, "refused", UNREADABLE, None))])
        return {item: read[item.hash] for item in chosen if item.hash in read}

    def _deliver_large(self, item: Offered) -> None:
        """A piece of a large item; what is more urgent and came in meanwhile goes before the next one."""
        if self._upload is None or self._upload.item is not item:
            piece_at_most = self._limits.patch_bytes
            self._upload = Upload(self._outbox, self._transport, self._pace, item, piece_at_most)
        try:
            answer = self._upload.step()
        except SyncError as error:
            if error.code not in _ABOUT_THE_ITEM | _MAY_PASS:
                raise
            answer = ItemAnswer(item.hash, "refused", error.code, None)
        if answer is not None:
            self._large.popleft()
            self._settle([self._answered(item, answer)])
        elif self._upload.held_back or self._pace.most() < item.priority:
            self._forget_offered()
        elif item.priority > 0 and self._outbox.pending(1, self._put_off, item.priority - 1):
            self._forget_offered()
            self._first = item.priority - 1

    def _answered(self, item: Offered, answer: ItemAnswer) -> Verdict:
        if answer.state == "refused":
            if answer.code in _MAY_PASS:
                self._put_off.add(item.hash)
                return Verdict(item.hash, State.QUEUED, answer.code)
            return Verdict(item.hash, State.SET_ASIDE, answer.code)
        return self._verdict(item, answer.code, answer.receipt)

    def _verdict(self, item: Offered, code: str | None, document: Mapping[str, object] | None) -> Verdict:
        """By central's receipt where one came and is right; else the item is kept somewhere, and that proves little."""
        if document is not None:
            receipt = self._down.verified(document)
            if receipt is not None and receipt.receipt.cover_hash == item.hash:
                return Verdict(item.hash, state_of_receipt(receipt.receipt.state), code, receipt)
        return Verdict(item.hash, State.SENT, code)

    def _settle(self, verdicts: Sequence[Verdict]) -> None:
        if verdicts:
            self._outbox.settle(verdicts)
        for verdict in verdicts:
            self.tally.states[verdict.state] = self.tally.states.get(verdict.state, 0) + 1

    def _confirm(self) -> Phase:
        """Ask whether central still holds what has no bytes here any more: it may have been restored from too old a
        backup."""
        asked = self._outbox.unconfirmed(self._limits.offer_items, self._asked)
        if not asked:
            return Phase.RECEIPTS
        answers = self._transport.offer(asked)
        if len(answers) != len(asked):
            raise SyncError("sync.answer")
        self._settle(
            [
                self._verdict(item, None, answer.receipt)
                if answer.answer == "have"
                else Verdict(item.hash, State.SET_ASIDE, GONE)
                for item, answer in zip(asked, answers, strict=True)
            ]
        )
        self._asked = asked[-1].hash
        return Phase.CONFIRM

    def _receipts(self) -> Phase:
        cursor = self._outbox.receipt_cursor()
        page = self._transport.receipts(cursor, RECEIPTS_AT_MOST)
        self._down.receipts(page.receipts, page.cursor)
        return Phase.RECEIPTS if page.more and page.cursor > cursor else Phase.MARK

    def _mark(self) -> Phase:
        document = self._transport.durable()
        if document is not None:
            self._down.mark(document)
        return Phase.FEED if self.welcome is not None and self.welcome.standing == "introduced" else Phase.DONE

    def _feed(self) -> Phase:
        heads = self._outbox.heads()
        page = self._transport.feed({chain: head.number for chain, head in heads.items()}, FEED_ENTRIES_AT_MOST)
        good = self._down.entries(page.entries, heads)
        return Phase.FEED if page.more and good and self.tally.alarm is None else Phase.CONTENT

    def _content(self) -> Phase:
        for name in self._outbox.missing_contents(CONTENTS_AT_ONCE):
            try:
                data = self._transport.content(name)
            except SyncError as error:
                # What was forgotten meanwhile must hold up nothing that comes after it.
                if error.code != "content.unknown":
                    raise
                continue
            self._down.content(name, data)
        return Phase.RECONCILE

    def _reconcile(self) -> Phase:
        """Last, so that it holds up nothing; what it queued again is delivered by going round once more."""
        reconciliation = self._reconciliation
        if reconciliation is None or self._greeting is None or RECONCILE not in self._greeting.capabilities:
            return Phase.DONE
        try:
            if reconciliation.step():
                return Phase.RECONCILE
        except SyncError as error:
            if error.code != "server.busy":
                raise
        result, self._reconciliation = reconciliation.result, None
        if result is not None and result.alarm is not None:
            self._down.alarm(result.alarm)
        return Phase.DONE if result is None or not result.queued else Phase.OFFER


def _need(item: Offered) -> int:
    """How many bytes an item takes at most where it goes whole."""
    return item.size + (item.cover_size or COVER_AT_MOST) + FRAMING
