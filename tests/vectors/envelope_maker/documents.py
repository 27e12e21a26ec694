"""Vectors of signed documents."""

# ruff: noqa: E501 (tables of cases, one case a line)

import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from envelope_maker.world import CENTRAL, DEVICE, DEVICE_ID, EPOCH, ORDER, OTHER_CENTRAL, OTHER_DEVICE, write
from sync.envelope import keys, signed
from sync.envelope.encoding import b64u, canonical, from_b64u

HASH = hashlib.sha256(b"cover").hexdigest()
WRONG, FIELD, NOT_CANONICAL = (
    "envelope.signature.wrong",
    "envelope.document.field",
    "envelope.document.not_canonical",
)


def write_documents() -> None:
    """Receipts, marks, feed entries; a hello stands for what devices sign."""
    receipt = signed.Receipt("ruhr-2026", "uuid:1", "a1", HASH, HASH, "held", EPOCH, 7)
    mark = signed.Mark("ruhr-2026", EPOCH, 7, "2026-11-23T04:00:00Z")
    first = signed.FeedEntry(
        "ruhr-2026", "study", 1, None, "2026-11-23T04:00:00Z", "form", {"title": "Анкета 😀", "on": True}
    )
    previous = signed.document_hash(first.sign(CENTRAL))
    second = signed.FeedEntry(
        "ruhr-2026", "study", 2, previous, "2026-11-23T04:00:00Z", "intake-key", {"list": [None, {}]}
    )
    kinds = {"receipt": [receipt], "mark": [mark], "feed": [first, second]}
    whole = [
        {"kind": kind, "text": entry.sign(CENTRAL).decode(), "hash": signed.document_hash(entry.sign(CENTRAL))}
        for kind, entries in kinds.items()
        for entry in entries
    ]
    broken: list[dict[str, object]] = []

    def add(name: str, kind: str, document: Mapping[str, object], code: str, field: str | None = None) -> None:
        case = {"name": name, "kind": kind, "text": canonical(document).decode(), "code": code}
        broken.append(case if field is None else {**case, "field": field})

    def sign(label: str, document: Mapping[str, object]) -> dict[str, object]:
        return signed.sign_document(label, document, CENTRAL)

    plain = receipt.to_document()
    good = sign("feldbuch/1/receipt", plain)
    value = bytearray(from_b64u(str(good["signature"])))
    value[3] ^= 1
    add("another label", "receipt", sign("feldbuch/1/mark", plain), WRONG)
    add("another key", "receipt", signed.sign_document("feldbuch/1/receipt", plain, OTHER_CENTRAL), WRONG)
    add("a field changed", "receipt", {**good, "seq": 8}, WRONG)
    add("state changed", "receipt", {**good, "state": "conflict"}, WRONG)
    add("flipped", "receipt", {**good, "signature": b64u(bytes(value))}, WRONG)
    add("short signature", "receipt", {**good, "signature": b64u(bytes(63))}, FIELD, "signature")
    add("no signature", "receipt", plain, FIELD, "signature")
    add("a null signature", "receipt", {**good, "signature": None}, FIELD, "signature")
    add("a receipt as mark", "mark", good, FIELD, "at")
    changes: dict[str, list[object]] = {
        "state": ["lost", None], "epoch": ["0" * 31, "A" * 32], "seq": ["1", None], "part": ["a0"], "v": [2],
        "cover_hash": ["", HASH.upper()], "body_hash": [1], "study": [""], "instance": ["uuid 1"],
    }  # fmt: skip
    for field, values in changes.items():
        for changed in values:
            add(
                f"{field} {changed!r:.9}",
                "receipt",
                sign("feldbuch/1/receipt", {**plain, field: changed}),
                FIELD,
                field,
            )
    for field, changed in (("at", "2026-02-30T00:00:00Z"), ("at", "today"), ("durable_seq", None), ("extra", 1)):
        add(f"mark's {field}", "mark", sign("feldbuch/1/mark", {**mark.to_document(), field: changed}), FIELD, field)
    for field, changed in (
        ("previous", None), ("previous", "0"), ("number", 1), ("number", 0), ("kind", "Form"), ("body", []), ("chain", ""),
    ):  # fmt: skip
        named = "previous" if changed == 1 else field
        entry = sign("feldbuch/1/feed", {**second.to_document(), field: changed})
        add(f"feed's {field} {changed}", "feed", entry, FIELD, named)
    broken.append({"name": "a space", "kind": "mark", "text": mark.sign(CENTRAL).decode() + " ", "code": NOT_CANONICAL})
    for kind, entry in (("mark", mark), ("receipt", receipt)):
        text = canonical({**sign(f"feldbuch/1/{kind}", entry.to_document()), "extra": "x" * 4096}).decode()
        broken.append({"name": f"{kind} too long", "kind": kind, "text": text, "code": NOT_CANONICAL})

    hello = {"v": 1, "id": DEVICE_ID, "key": b64u(keys.signer_public_bytes(DEVICE)), "counts": {"queued": 3}}
    own = signed.sign_document("feldbuch/1/hello", hello, DEVICE)
    value = from_b64u(str(own["signature"]))
    high = value[:32] + (ORDER - int.from_bytes(value[32:], "big")).to_bytes(32, "big")
    others = b64u(keys.signer_public_bytes(OTHER_DEVICE))
    own_broken = [
        {"name": "another label", "document": signed.sign_document("feldbuch/1/enrolment", hello, DEVICE), "code": WRONG},
        {"name": "high s", "document": {**own, "signature": b64u(high)}, "code": WRONG},
        {"name": "another signer", "document": signed.sign_document("feldbuch/1/hello", hello, OTHER_DEVICE), "code": WRONG},
        {"name": "a key that is not the id's", "document": signed.sign_document("feldbuch/1/hello", {**hello, "key": others}, OTHER_DEVICE), "code": WRONG},
        {"name": "counts changed", "document": {**own, "counts": {"queued": 2}}, "code": WRONG},
        {"name": "no key", "document": {k: v for k, v in own.items() if k != "key"}, "code": FIELD, "field": "key"},
        {"name": "a short key", "document": {**own, "key": "AAAA"}, "code": FIELD, "field": "key"},
        {"name": "no id", "document": {k: v for k, v in own.items() if k != "id"}, "code": FIELD, "field": "id"},
        {"name": "no signature", "document": hello, "code": FIELD, "field": "signature"},
    ]  # fmt: skip
    write(
        "documents",
        {
            "central": b64u(CENTRAL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
            "whole": whole,
            "broken": broken,
            "own": {"label": "feldbuch/1/hello", "whole": own, "broken": own_broken},
        },
    )
