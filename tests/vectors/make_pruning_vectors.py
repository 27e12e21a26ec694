"""Writes pruning/cases.json anew: python tests/vectors/make_pruning_vectors.py

Ed25519 signs alike every time, so an unchanged rule leaves the file unchanged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from envelope_maker.world import CENTRAL, EPOCH, OTHER_CENTRAL

from sync.envelope.encoding import b64u
from sync.envelope.signed import Mark, Receipt
from sync.pruning import Copy

FILE = Path(__file__).parent / "pruning" / "cases.json"
OTHER_EPOCH = "f" * 32
COPY = Copy("ruhr-2026", "uuid:6f6b2a1e-3a2b-4e0d-9a51-0c6f6c3f8d11", "a1", "c" * 64, "b" * 64)
RECEIPT = Receipt(COPY.study, COPY.instance, COPY.part, COPY.cover_hash, COPY.body_hash, "held", EPOCH, 10)
FIRST = Mark(COPY.study, EPOCH, 10, "2026-11-23T04:00:00Z")
SECOND = Mark(COPY.study, EPOCH, 10, "2026-11-23T05:00:00Z")


def signed(document: Receipt | Mark, key: Any = CENTRAL) -> dict[str, Any]:
    """A document as JSON, signed by central unless said otherwise."""
    found: dict[str, Any] = json.loads(document.sign(key))
    return found


def case(name: str, permitted: str, receipts: list[Any], marks: list[Any], epoch: str = EPOCH) -> dict[str, Any]:
    """``permitted``: of the carriers that may delete, the words device and node."""
    plain = [each if isinstance(each, dict) else signed(each) for each in receipts]
    return {
        "name": name,
        "epoch": epoch,
        "receipts": plain,
        "marks": [each if isinstance(each, dict) else signed(each) for each in marks],
        "device": "device" in permitted,
        "node": "node" in permitted,
    }


def cases() -> list[dict[str, Any]]:
    """What permits, and then each clause violated alone."""
    both, marks = "device node", [FIRST, SECOND]
    forged = {**signed(RECEIPT), "seq": 9}
    later = replace(FIRST, durable_seq=10**6)
    found = [
        case("covered by two marks", both, [RECEIPT], marks),
        case("covered by two marks that came in the wrong order", both, [RECEIPT], [SECOND, FIRST]),
        case("the second mark covers more", both, [RECEIPT], [FIRST, replace(SECOND, durable_seq=11)]),
        case("two marks of one second", both, [RECEIPT], [FIRST, replace(FIRST, durable_seq=11)]),
        case("an older receipt says otherwise", both, [replace(RECEIPT, state="quarantined", seq=3), RECEIPT], marks),
        case("an older receipt comes late", both, [RECEIPT, replace(RECEIPT, state="conflict", seq=3)], marks),
        case("the first number", both, [replace(RECEIPT, seq=1)], marks),
        case("a word of an epoch that is over", both, [replace(RECEIPT, epoch=OTHER_EPOCH, state="conflict"), RECEIPT],
             marks),
        case("covered by one mark", "device", [RECEIPT], [FIRST]),
        case("the same mark twice", "device", [RECEIPT], [FIRST, FIRST]),
        case("the older mark does not cover it", "device", [RECEIPT], [replace(FIRST, durable_seq=9), SECOND]),
        case("the second mark is forged", "device", [RECEIPT], [FIRST, signed(SECOND, OTHER_CENTRAL)]),
        case("the second mark is of another epoch", "device", [RECEIPT], [FIRST, replace(SECOND, epoch=OTHER_EPOCH)]),
        case("no receipt", "", [], marks),
        case("no mark", "", [RECEIPT], []),
        case("above the marks", "", [replace(RECEIPT, seq=11)], marks),
        case("marks of an earlier epoch", "", [RECEIPT], [replace(each, epoch=OTHER_EPOCH) for each in marks]),
        case("receipt of an earlier epoch", "", [replace(RECEIPT, epoch=OTHER_EPOCH)], marks),
        case("receipt and marks of an epoch that is over", "", [RECEIPT], marks, OTHER_EPOCH),
        case("quarantined", "", [replace(RECEIPT, state="quarantined")], marks),
        case("conflict", "", [replace(RECEIPT, state="conflict")], marks),
        case("quarantined later", "", [RECEIPT, replace(RECEIPT, state="quarantined", seq=12)], marks),
        case("conflict later, and that came first", "", [replace(RECEIPT, state="conflict", seq=12), RECEIPT], marks),
        case("held anew above the marks", "", [replace(RECEIPT, state="conflict", seq=3), replace(RECEIPT, seq=11)],
             marks),
        case("another cover", "", [replace(RECEIPT, cover_hash="d" * 64)], marks),
        case("another body", "", [replace(RECEIPT, body_hash="d" * 64)], marks),
        case("another instance", "", [replace(RECEIPT, instance="uuid:other")], marks),
        case("another part", "", [replace(RECEIPT, part="a2")], marks),
        case("receipt of another study", "", [replace(RECEIPT, study="another")], marks),
        case("marks of another study", "", [RECEIPT], [replace(each, study="another") for each in marks]),
        case("all of another study", "", [replace(RECEIPT, study="another")],
             [replace(each, study="another") for each in marks]),
        case("receipt of another central", "", [signed(RECEIPT, OTHER_CENTRAL)], marks),
        case("marks of another central", "", [RECEIPT], [signed(each, OTHER_CENTRAL) for each in marks]),
        case("receipt changed after it was signed", "", [{**signed(replace(RECEIPT, seq=11)), "seq": 10}], marks),
        case("state changed after it was signed", "", [{**signed(replace(RECEIPT, state="conflict")), "state": "held"}],
             marks),
        case("marks changed after they were signed", "", [replace(RECEIPT, seq=11)],
             [{**signed(each), "durable_seq": 11} for each in marks]),
        case("a mark that is signed as a receipt", "", [RECEIPT], [signed(RECEIPT)]),
        case("a forged receipt beside a good one", both, [forged, RECEIPT], marks),
        case("a forged mark beside good ones", both, [RECEIPT], [signed(later, OTHER_CENTRAL), *marks]),
    ]  # fmt: skip
    if len({each["name"] for each in found}) != len(found):
        raise AssertionError("a name stands twice")
    return found


if __name__ == "__main__":
    document = {
        "central": b64u(CENTRAL.public_key().public_bytes_raw()),
        "copy": asdict(COPY),
        "cases": cases(),
    }
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
