"""Intake under any order of arrivals, repeats, conflicts, introductions, revocations and decisions of a person.

A plain model says what should be.

Whatever the order: nothing is lost, nothing is kept twice, receipts exist exactly for what is decided, and each change
of an item is an event.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.services.collect.settling import Decision, Wish, settle
from server.services.collect.siblings import PART_OF_ASIDE
from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.envelope.cover import RECORD_PART as RECORD
from sync.envelope.item import Item
from sync.envelope.signed import Receipt
from tests.examples import examples
from tests.field import FieldDevice, Study
from tests.watched import replay

DEVICES = 3
INSTANCES = ["uuid:a", "uuid:b", "uuid:c"]
KEPT_APART = {"site": "device.site_differs", "interviewer": "device.interviewer_differs"}


class IntakeMachine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.study = Study.central(self.folder / "central")
        self.devices = [FieldDevice(self.study) for _ in range(DEVICES)]
        self.standing = ["unknown"] * DEVICES
        self.sealed: list[tuple[int, str, Item, str | None]] = []
        self.parts: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.codes: dict[str, str | None] = {}
        self.order: list[str] = []
        self.decided: list[tuple[str, str]] = []

    def teardown(self) -> None:
        if hasattr(self, "study"):
            replay(self.study.place.engine)
            self.study.close()
            shutil.rmtree(self.folder)

    def decide(self, which: int, instance: str, item_hash: str, odd: str | None) -> str:
        """What a plain reading of the rules says of an item that is decided now."""
        if self.standing[which] == "revoked":
            state, code = "quarantined", "device.revoked"
        elif odd is not None:
            state, code = "quarantined", KEPT_APART[odd]
        else:
            others = {each for each in self.of_instance(instance) if each != item_hash}
            counting = {each for each in others if self.states[each] in ("held", "conflict")}
            records = {each for each in others & self.of_signer(which) if self.parts[each] == RECORD}
            if self.parts[item_hash] != RECORD and any(self.states[each] == "aside" for each in records):
                state, code = ("conflict" if records & counting else "aside"), PART_OF_ASIDE
            else:
                taken = any(self.parts[each] == self.parts[item_hash] for each in counting)
                state, code = ("conflict" if taken else "held"), None
        self.states[item_hash], self.codes[item_hash] = state, code
        self.decided.append((item_hash, "held" if state == "aside" else state))
        return state

    def of_instance(self, instance: str) -> set[str]:
        """What has arrived of it."""
        return {item.hash for _, name, item, _ in self.sealed if name == instance and item.hash in self.states}

    def of_signer(self, which: int) -> set[str]:
        return {item.hash for owner, _, item, _ in self.sealed if owner == which}

    @rule(
        which=st.integers(0, DEVICES - 1),
        instance=st.sampled_from(INSTANCES),
        odd=st.sampled_from([None, None, None, "site", "interviewer"]),
        large=st.booleans(),
        part=st.sampled_from([RECORD, RECORD, "a1", "a2"]),
    )
    def seal(self, which: int, instance: str, odd: str | None, large: bool, part: str) -> None:
        plaintext = b"x" * (70_000 if large else 100)
        changes = {odd: "elsewhere"} if odd else {}
        item = self.devices[which].seal(plaintext, instance, part=part, **changes)
        self.sealed.append((which, instance, item, odd))
        self.parts[item.hash] = part

    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        if not self.sealed:
            return
        chosen = data.draw(st.lists(st.sampled_from(range(len(self.sealed))), min_size=1, max_size=4))
        answers = self.study.intake.receive(self.devices[0].carrier, [self.sealed[index][2] for index in chosen])
        for index, answer in zip(chosen, answers, strict=True):
            which, instance, item, odd = self.sealed[index]
            if item.hash not in self.states:
                self.order.append(item.hash)
                if self.standing[which] == "unknown":
                    self.states[item.hash], self.codes[item.hash] = "waiting", None
                else:
                    self.decide(which, instance, item.hash, odd)
            state, code = self.states[item.hash], self.codes[item.hash]
            heard = ("held", None) if state in ("held", "aside") else (state, None if code == PART_OF_ASIDE else code)
            assert (answer.state, answer.code) == heard
            assert (answer.receipt is None) == (answer.state == "waiting")

    def release(self, which: int) -> None:
        for item_hash in self.order:
            for owner, instance, item, odd in self.sealed:
                if item.hash == item_hash and owner == which and self.states[item_hash] == "waiting":
                    self.decide(which, instance, item_hash, odd)

    @rule(which=st.integers(0, DEVICES - 1))
    def introduce(self, which: int) -> None:
        if self.standing[which] == "unknown":
            self.study.introduce(self.devices[which])
            self.standing[which] = "introduced"
            self.release(which)

    @rule(which=st.integers(0, DEVICES - 1))
    def revoke(self, which: int) -> None:
        if self.standing[which] == "introduced":
            self.study.revoke(self.devices[which])
            self.standing[which] = "revoked"

    @rule(data=st.data(), decision=st.sampled_from(["held", "aside"]))
    def settle(self, data: st.DataObject, decision: Decision) -> None:
        """A person decides of what is apart."""
        apart = [each for each in self.order if self.states[each] in {"conflict", "quarantined", "aside"} - {decision}]
        if not apart:
            return
        named = data.draw(st.sampled_from(apart))
        which, instance = next((owner, name) for owner, name, item, _ in self.sealed if item.hash == named)
        arrived = [each for each in self.order if each in self.of_instance(instance)]
        own = self.of_signer(which)
        group = [each for each in arrived if each in own and self.states[each] == self.states[named]]
        if len({self.parts[each] for each in group}) < len(group):
            group = [named]
        held = [each for each in arrived if self.states[each] == "held" and each not in group]
        names = {self.parts[each] for each in group}
        giving_way = []
        if decision == "held":
            rest = {each for each in held if RECORD in names and each not in own and self.parts[each] != RECORD}
            giving_way = [each for each in held if self.parts[each] in names or each in rest]
        elif RECORD in names and all(self.parts[each] != RECORD for each in held if each in own):
            group += [each for each in held if each in own]
        wish = Wish(named, decision, "asked her", "anna")
        now = self.study.place.now()
        settled = self.study.run(lambda connection: settle(connection, self.study.book, wish, now))
        assert (settled.items, settled.gave_way) == (tuple(group), tuple(giving_way))
        said = dict(self.decided)
        for each in giving_way:
            self.states[each] = "aside"
        for each in group:
            self.states[each] = decision
        self.decided += [(each, "held") for each in (*giving_way, *group) if said[each] != "held"]

    @invariant()
    def nothing_lost_and_nothing_twice(self) -> None:
        if not hasattr(self, "study"):
            return
        rows = self.study.rows(ItemRow)
        assert [(row.hash, row.state, row.code) for row in rows] == [
            (item_hash, self.states[item_hash], self.codes[item_hash]) for item_hash in self.order
        ]
        bodies = {item.hash: item.body for _, _, item, _ in self.sealed}
        for row in rows:
            body = row.body if row.body is not None else b"".join(self.study.place.blobs.read(row.body_hash))
            assert body == bodies[row.hash]

    @invariant()
    def receipts_say_what_was_decided_in_that_order(self) -> None:
        if not hasattr(self, "study"):
            return
        rows = self.study.rows(ReceiptRow)
        receipts = [Receipt.read(row.document, self.study.central_key.public_key()) for row in rows]
        assert [receipt.seq for receipt in receipts] == list(range(1, len(receipts) + 1))
        assert [(receipt.cover_hash, receipt.state) for receipt in receipts] == self.decided


TestIntakeMachine = IntakeMachine.TestCase
TestIntakeMachine.settings = settings(
    max_examples=examples(15), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
