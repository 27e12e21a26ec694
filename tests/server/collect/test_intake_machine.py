"""Intake under any order of arrivals, repeats, conflicts, introductions and revocations, against a plain model.

Whatever the order: nothing is lost, nothing is kept twice, and receipts exist exactly for what is decided.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from server.storage.items import Item as ItemRow
from server.storage.items import ReceiptRow
from sync.envelope.item import Item
from sync.envelope.signed import Receipt
from tests.examples import examples
from tests.field import FieldDevice, Study

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
        self.states: dict[str, str] = {}
        self.codes: dict[str, str | None] = {}
        self.order: list[str] = []
        self.decided: list[tuple[str, str]] = []

    def teardown(self) -> None:
        if hasattr(self, "study"):
            self.study.close()
            shutil.rmtree(self.folder)

    def decide(self, which: int, instance: str, item_hash: str, odd: str | None) -> str:
        """What a plain reading of the rules says of an item that is decided now."""
        if self.standing[which] == "revoked":
            state, code = "quarantined", "device.revoked"
        elif odd is not None:
            state, code = "quarantined", KEPT_APART[odd]
        else:
            taken = any(
                self.states.get(other.hash) in ("held", "conflict")
                for _, name, other, _ in self.sealed
                if name == instance and other.hash != item_hash
            )
            state, code = ("conflict" if taken else "held"), None
        self.states[item_hash], self.codes[item_hash] = state, code
        self.decided.append((item_hash, state))
        return state

    @rule(
        which=st.integers(0, DEVICES - 1),
        instance=st.sampled_from(INSTANCES),
        odd=st.sampled_from([None, None, None, "site", "interviewer"]),
        large=st.booleans(),
    )
    def seal(self, which: int, instance: str, odd: str | None, large: bool) -> None:
        plaintext = b"x" * (70_000 if large else 100)
        changes = {odd: "elsewhere"} if odd else {}
        self.sealed.append((which, instance, self.devices[which].seal(plaintext, instance, **changes), odd))

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
            assert (answer.state, answer.code) == (self.states[item.hash], self.codes[item.hash])
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
    max_examples=examples(15), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
