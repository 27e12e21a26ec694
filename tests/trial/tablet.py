"""A simulated tablet as a process: it seals, visits places, and prunes. ``python -m tests.trial.tablet FOLDER``.

What it is to do when stands in the plan in its folder; what it has done stands on its disk. So it can be killed at any
moment and started again. ``start`` in the folder above says when the trial began, ``drain`` that the weather is calm.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from server.services.collect.transport import HttpTransport
from sync.envelope.cover import RECORD_PART, RECORD_TYPE, FormReference, SignerPosition, parse_cover
from sync.envelope.item import Item
from sync.envelope.record import Attachment, RecordDocument, pack_record
from sync.envelope.seal import CoverFacts, seal_part
from sync.errors import SyncError
from sync.session import Session
from tests.trial.outbox import Visit
from tests.trial.store import Disk, Identity, Sealed

DISK = "tablet.db"
FORM = FormReference("household_survey", "ab" * 32)
LARGE = 1024 * 1024
"""Media above this go last, as recordings do."""
ROUND_SECONDS = 90
"""After so long without an answer a tablet gives a call up."""
PAUSE = 0.1


@dataclass(frozen=True)
class Orders:
    """What a tablet is told beforehand. ``creations``: time, bytes of the record, bytes of each attachment;
    ``visits``: time and place; ``places``: address of each, by its id."""

    name: str
    seed: str
    identity: Identity
    creations: list[tuple[float, int, list[int]]]
    visits: list[tuple[float, str]]
    places: dict[str, str]
    mutant: Any = ""

    @classmethod
    def read(cls, folder: Path) -> Orders:
        """From the folder of a tablet."""
        said = json.loads((folder / "orders.json").read_text("utf-8"))
        return cls(**{**said, "identity": Identity(**said["identity"])})


class Tablet:
    """One tablet, from one start to the next kill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.orders = Orders.read(folder)
        self.disk = Disk(folder / DISK, self.orders.identity, self.orders.mutant)
        self.begun = float((folder.parent / "start").read_text())
        self.turns = 0

    def run(self) -> None:
        """Work until it is killed, or until ``end`` is there."""
        orders = self.orders
        # What was to be visited while it was off is not made up for.
        visits = [each for each in orders.visits if each[0] >= self.now() - PAUSE]
        while not (self.folder.parent / "end").exists():
            drain = (self.folder.parent / "drain").exists()
            done = self.disk.collected()
            if done < len(orders.creations) and (drain or orders.creations[done][0] <= self.now()):
                self.create(done)
            elif drain:
                self.visit(self.next_place())
                time.sleep(PAUSE * 5)
            elif visits and visits[0][0] <= self.now():
                self.visit(visits.pop(0)[1])
            else:
                time.sleep(PAUSE)

    def now(self) -> float:
        """Seconds since the trial began."""
        return time.time() - self.begun

    def next_place(self) -> str:
        """In the end every place in turn, central every other time."""
        self.turns += 1
        nodes = [each for each in self.orders.places if each != "central"]
        return "central" if self.turns % 2 or not nodes else nodes[self.turns // 2 % len(nodes)]

    def create(self, count: int) -> None:
        """Seal an instance, and note what was sealed."""
        _, size, media = self.orders.creations[count]
        draw = random.Random(f"{self.orders.seed}/{count}")
        instance = f"uuid:{self.orders.name}-{count:05}"
        contents = {f"a{number}": draw.randbytes(length) for number, length in enumerate(media, start=1)}
        manifest = tuple(
            Attachment("image/jpeg", f"{part}.jpg", part, sha256(data).hexdigest(), len(data))
            for part, data in contents.items()
        )
        xml = f"<data id='household_survey'><answer>{draw.randbytes(size // 2).hex()}</answer></data>"
        plains = {RECORD_PART: pack_record(RecordDocument(xml, "de", manifest)), **contents}
        number, previous = self.disk.chain()
        sealed = []
        for part, plain in plains.items():
            number += 1
            item = self._seal(instance, part, plain, SignerPosition(number, previous))
            previous = item.hash
            body_hash = parse_cover(item.cover).body.hash
            priority = 0 if part == RECORD_PART else 1 if len(plain) <= LARGE else 2
            sealed.append(Sealed(item, instance, part, priority, number, body_hash, sha256(plain).hexdigest()))
        self.disk.collect(sealed, self.now())

    def _seal(self, instance: str, part: str, plain: bytes, signer: SignerPosition) -> Item:
        who = self.orders.identity
        facts = CoverFacts(
            study=who.study,
            site=who.site,
            device=who.device,
            interviewer=who.interviewer,
            instance=instance,
            form=FORM,
            part=part,
            content_type=RECORD_TYPE if part == RECORD_PART else "image/jpeg",
            signer=signer,
            finished_at="2026-03-01T10:00:00Z",
        )
        key: EllipticCurvePrivateKey = self.disk.key
        return Item(*seal_part(facts, plain, [bytes.fromhex(who.intake)], key))

    def visit(self, place: str) -> None:
        """One round with a place, then delete what may go. What breaks off is gone on with another time."""
        who = self.orders.identity
        url = self.orders.places[place]
        try:
            with HttpTransport(url, httpx.Client(base_url=url, timeout=ROUND_SECONDS)) as transport:
                Session(Visit(self.disk, place), transport, who.study, who.central_key).run()
        except SyncError as error:
            print(f"{self.now():8.1f} {place} {error.code}", flush=True)
        self.disk.prune()


if __name__ == "__main__":
    Tablet(Path(sys.argv[1])).run()
