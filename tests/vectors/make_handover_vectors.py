"""Writes handover/files.json anew: python tests/vectors/make_handover_vectors.py

Stanzas and signatures are random by nature, so the envelopes differ at every run; the file around them does not.
"""

from __future__ import annotations

import json
from pathlib import Path

from envelope_maker.world import DEVICE, DEVICE_ID, PUBLIC, facts, pattern

from sync.envelope.cover import SignerPosition, cover_hash
from sync.envelope.encoding import b64u
from sync.envelope.item import Item, pack_item
from sync.envelope.seal import seal_body, write_cover
from tests.handover_files import handover_file

FILE = Path(__file__).parent / "handover" / "files.json"
SIZES = {"record": 300, "a1": 0, "a2": 70_000}
AT = "2026-11-23T04:00:00Z"


def seal() -> list[Item]:
    """Three envelopes of one interview; the last body has two chunks."""
    items: list[Item] = []
    for number, (part, size) in enumerate(SIZES.items(), start=1):
        sealed, body = seal_body(pattern(size))
        previous = cover_hash(items[-1].cover) if items else None
        kind = {} if part == "record" else {"content_type": "audio/webm"}
        about = facts(part=part, signer=SignerPosition(number, previous), **kind)
        items.append(Item(write_cover(about, sealed, PUBLIC[:1], DEVICE), body))
    return items


def broken(items: list[Item], file: bytes) -> list[dict[str, object]]:
    """Ways to damage the file: bytes kept (`ranges`) or one bit changed (`flip`), and what a reader then meets."""
    ends = [len(file) - 40 - sum(len(pack_item(each.cover, each.body)) for each in items)]
    for each in items:
        ends.append(ends[-1] + len(pack_item(each.cover, each.body)))
    size = len(file)
    second_body_size = ends[1] + 4 + len(items[1].cover)
    return [
        {"name": "no byte", "ranges": [], "items": 0, "code": "handover.header"},
        {"name": "header cut", "ranges": [[0, ends[0] - 1]], "items": 0, "code": "handover.header"},
        {"name": "another version", "flip": [3, 1], "items": 0, "code": "handover.header"},
        {"name": "only the header", "ranges": [[0, ends[0]]], "items": 0, "code": "handover.cut"},
        {"name": "cut behind the first item", "ranges": [[0, ends[1]]], "items": 1, "code": "handover.cut"},
        {"name": "cut in the last body", "ranges": [[0, ends[3] - 1]], "items": 2, "code": "handover.cut"},
        {"name": "cut in the trailer", "ranges": [[0, size - 1]], "items": 3, "code": "handover.cut"},
        {"name": "extended", "ranges": [[0, size], [0, 1]], "items": 3, "code": "handover.differs"},
        {"name": "an item missing", "ranges": [[0, ends[1]], [ends[2], size]], "items": 2, "code": "handover.differs"},
        {"name": "items swapped", "ranges": [[0, ends[0]], [ends[1], ends[2]], [ends[0], ends[1]], [ends[2], size]],
         "items": 3, "code": "handover.differs"},
        {"name": "a bit of a body", "flip": [ends[3] - 100, 3], "items": 3, "code": "handover.differs"},
        {"name": "a bit of the trailer", "flip": [size - 1, 0], "items": 3, "code": "handover.differs"},
        {"name": "the size of a cover", "flip": [ends[1], 7], "items": 1, "code": "handover.framing"},
        {"name": "the size of a body", "flip": [second_body_size + 3, 0], "items": 1, "code": "handover.framing"},
    ]  # fmt: skip


if __name__ == "__main__":
    sealed = seal()
    whole = handover_file(sealed, "ruhr-2026", DEVICE_ID, AT)
    document = {
        "about": {"v": 1, "study": "ruhr-2026", "device": DEVICE_ID, "at": AT, "count": len(sealed)},
        "items": [{"cover": each.cover.decode(), "body": b64u(each.body)} for each in sealed],
        "file": b64u(whole),
        "broken": broken(sealed, whole),
    }
    FILE.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
