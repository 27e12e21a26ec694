"""What is sent: records of 4 KB, sealed and signed by as many devices as there are clients, before any clock starts."""

from __future__ import annotations

import random
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from sync.carrier import Counts, Hello
from sync.envelope.cover import FormReference, SignerPosition, cover_hash
from sync.envelope.item import pack_item
from sync.envelope.keys import device_id, recipient_public_bytes, signer_public_bytes
from sync.envelope.record import RecordDocument
from sync.envelope.seal import CoverFacts, seal_record

RECORD_SIZE = 4096
BATCH_TYPE = "application/vnd.feldbuch.batch"


@dataclass(frozen=True)
class BenchDevice:
    """A device with its sealed records, as items."""

    id: str
    key: ec.EllipticCurvePrivateKey
    recipient: bytes
    """Public half of its intake key."""
    items: list[bytes]

    @property
    def public(self) -> bytes:
        return signer_public_bytes(self.key)

    def hello(self, study: str, challenge: str) -> bytes:
        """The body of ``POST /sync/hello`` at central."""
        hello = Hello(
            study=study,
            kind="device",
            to="central",
            challenge=challenge,
            sequence=1,
            app_version="bench",
            counts=Counts(),
        )
        return b'{"hello":' + hello.sign(self.key) + b',"relayed":[]}'


def make_devices(study: str, site: str, records: list[int]) -> list[BenchDevice]:
    """A device for each number, with so many sealed records. Every run seals the same answers."""
    words = random.Random(1)
    return [_make_device(study, site, each, words) for each in records]


def _make_device(study: str, site: str, records: int, words: random.Random) -> BenchDevice:
    recipient = recipient_public_bytes(words.randbytes(32))
    key = ec.generate_private_key(ec.SECP256R1())
    own_id, previous, items = device_id(signer_public_bytes(key)), None, []
    for number in range(1, records + 1):
        facts = CoverFacts(
            study=study,
            site=site,
            device=own_id,
            interviewer="bench",
            instance=f"uuid:{words.randbytes(16).hex()}",
            form=FormReference("bench", "0" * 64),
            part="record",
            content_type="application/vnd.feldbuch.record",
            signer=SignerPosition(number, previous),
            finished_at="2026-01-01T12:00:00Z",
        )
        answers = words.randbytes(RECORD_SIZE // 2).hex()
        cover, body = seal_record(facts, RecordDocument(answers, "de"), [recipient], key)
        previous = cover_hash(cover)
        items.append(pack_item(cover, body))
    return BenchDevice(own_id, key, recipient, items)


def batch_request(item: bytes, session: str) -> bytes:
    """A whole HTTP request that delivers one item."""
    head = (
        f"POST /sync/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {session}\r\n"
        f"Content-Type: {BATCH_TYPE}\r\nContent-Length: {len(item)}\r\n\r\n"
    )
    return head.encode("ascii") + item
