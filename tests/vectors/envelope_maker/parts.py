"""Vectors of whole envelopes, of what records hold, and of items."""

# ruff: noqa: E501 (tables of cases, one case a line)

import hashlib
import json
import zlib
from dataclasses import replace

from envelope_maker.world import DEVICE, KEY_IDS, PUBLIC, SEEDS, XML, facts, pattern, resigned, write
from sync.envelope import cover as covers
from sync.envelope import record, seal
from sync.envelope.body import BodyWriter
from sync.envelope.encoding import U32, b64u, canonical
from sync.envelope.item import pack_item

CARD = "YXWTRQPNMKJ3"
PHOTO, EMPTY = pattern(1500), b""
SEALED, MALFORMED, MISSING = "envelope.recipient.sealed", "envelope.record.malformed", "envelope.recipient.missing"


def the_record() -> record.RecordDocument:
    """A record with two attachments, one of them empty."""
    attachments = tuple(
        record.Attachment(content_type, name, part, hashlib.sha256(content).hexdigest(), len(content))
        for content_type, name, part, content in (
            ("image/jpeg", "Снимка 1.jpg", "a1", PHOTO),
            ("audio/webm", "1763870400000.webm", "a2", EMPTY),
        )
    )
    return record.RecordDocument(XML, "bg", attachments)


def record_json(document: record.RecordDocument) -> dict[str, object]:
    """The record document as the vectors hold it."""
    return {
        "v": 1,
        "instance_xml": document.instance_xml,
        "language": document.language,
        "attachments": [
            {name: getattr(entry, name) for name in ("content_type", "name", "part", "sha256", "size")}
            for entry in document.attachments
        ],
    }


def write_parts() -> None:
    """One instance in three envelopes, whole and broken."""
    document = the_record()
    cover, body = seal.seal_record(facts(), document, PUBLIC[:2], DEVICE)
    writer = BodyWriter()
    photo_body = b"".join(
        writer.write(PHOTO[at : at + 500]) + (writer.flush() if at < 1000 else b"") for at in (0, 500, 1000)
    )
    end, photo_sealed = writer.finish()
    photo = facts(part="a1", content_type="image/jpeg", signer=covers.SignerPosition(2, covers.cover_hash(cover)))
    photo_cover = seal.write_cover(photo, photo_sealed, PUBLIC[:1], DEVICE)
    empty = facts(part="a2", content_type="audio/webm", signer=covers.SignerPosition(3, covers.cover_hash(photo_cover)))
    empty_sealed, empty_body = seal.seal_body(EMPTY)
    empty_cover = seal.write_cover(empty, empty_sealed, PUBLIC[:1], DEVICE)
    other_commitment = seal.write_cover(empty, replace(empty_sealed, key_commitment="0" * 64), PUBLIC[:1], DEVICE)
    other_key = seal.write_cover(empty, replace(empty_sealed, content_key=bytes(32)), PUBLIC[:1], DEVICE)
    moved = {**json.loads(empty_cover), "recipients": json.loads(photo_cover)["recipients"]}
    intake, household, stranger = KEY_IDS
    whole, size = [[0, len(empty_body)]], len(body)
    write(
        "parts",
        {
            "seeds": {key_id: b64u(seed) for key_id, seed in zip(KEY_IDS, SEEDS, strict=True)},
            "envelopes": {
                "record": {"cover": cover.decode(), "body": b64u(body), "keys": [intake, household], "record": record_json(document)},
                "photo": {"cover": photo_cover.decode(), "body": b64u(photo_body + end), "keys": [intake], "content": b64u(PHOTO)},
                "empty": {"cover": empty_cover.decode(), "body": b64u(empty_body), "keys": [intake], "content": ""},
            },
            "broken": [
                {"name": "body cut by a byte", "envelope": "record", "ranges": [[0, size - 1]], "code": "envelope.body.size"},
                {"name": "body longer by a byte", "envelope": "record", "ranges": [[0, size], [0, 1]], "code": "envelope.body.size"},
                {"name": "body of another part", "envelope": "photo", "ranges": [[0, 20]], "code": "envelope.body.size"},
                {"name": "body flipped", "envelope": "record", "ranges": [[0, size]], "flip": [4000, 2], "code": "envelope.body.hash"},
                {"name": "header flipped", "envelope": "empty", "ranges": whole, "flip": [0, 0], "code": "envelope.body.hash"},
                {"name": "chunks reordered", "envelope": "photo", "ranges": [[0, 20], [540, 1060], [20, 540], [1060, 1580]], "code": "envelope.body.hash"},
                {"name": "key of a stranger", "envelope": "record", "keys": {stranger: b64u(SEEDS[2])}, "code": MISSING},
                {"name": "no key", "envelope": "record", "keys": {}, "code": MISSING},
                {"name": "another key under the id", "envelope": "photo", "keys": {intake: b64u(SEEDS[2])}, "code": SEALED},
                {"name": "another commitment, signed", "envelope": "empty", "cover": other_commitment.decode(), "code": SEALED},
                {"name": "another content key, signed", "envelope": "empty", "cover": other_key.decode(), "code": SEALED},
                {"name": "stanzas of another cover, signed", "envelope": "empty", "cover": resigned(moved), "code": SEALED},
            ],
        },
    )  # fmt: skip
    whole_item = pack_item(empty_cover, empty_body)
    end_of_cover = 4 + len(empty_cover)
    malformed = [
        {"name": "cut in the first size", "ranges": [[0, 3]], "items": 0},
        {"name": "cut in the cover", "ranges": [[0, 500]], "items": 0},
        {"name": "cut after the cover", "ranges": [[0, end_of_cover]], "items": 0},
        {"name": "cut in the body's size", "ranges": [[0, end_of_cover + 2]], "items": 0},
        {"name": "cut in the body", "ranges": [[0, len(whole_item) - 1]], "items": 0},
        {"name": "a second one cut", "ranges": [[0, len(whole_item)], [0, 100]], "items": 1},
        {"name": "a size beyond the limit", "ranges": [[0, len(whole_item)]], "flip": [0, 7], "items": 0},
        {"name": "a body beyond the limit", "ranges": [[0, len(whole_item)]], "flip": [end_of_cover + 1, 7], "items": 0},
        {"name": "an empty cover", "whole": b64u(bytes(8)), "items": 0},
        {"name": "a large cover", "whole": b64u(U32.pack(8193) + bytes(8193 + 4)), "items": 0},
        {"name": "a large body", "ranges": [[0, len(whole_item)]], "max_body": len(empty_body) - 1, "items": 0},
        {"name": "too many", "ranges": [[0, len(whole_item)]] * 4, "items": 3},
    ]  # fmt: skip
    write(
        "items",
        {
            "item": b64u(whole_item),
            "cover": b64u(empty_cover),
            "body": b64u(empty_body),
            "hash": covers.cover_hash(empty_cover),
            "max_items": 3,
            "max_body": 65536,
            "broken": malformed,
        },
    )


def write_records() -> None:
    """What the plaintext of a record's body may be. The plaintext is `data` and then `zeros` zeros."""
    good = record_json(the_record())
    none = {"v": 1, "instance_xml": "<a/>", "language": None, "attachments": []}
    first, second = good["attachments"]  # type: ignore[misc]

    def packed(data: bytes, size: int | None = None, length: int | None = None) -> dict[str, object]:
        start = U32.pack(len(data) if length is None else length) + data
        total = record.padded_size(len(data)) if size is None else size
        return {"data": b64u(start), "zeros": total - len(start)}

    def document(value: object) -> dict[str, object]:
        return packed(zlib.compress(canonical(value)))  # type: ignore[arg-type]

    noise = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(145)).hex()
    large = zlib.compress(canonical({**none, "instance_xml": noise}), 0)
    plain = zlib.compress(canonical(good))
    names = ["", ".", "..", "a/b", "a\\b", "a\nb", "a\x7f", "a\0", "n" * 256]
    outcomes: dict[str, object] = {
        "null": None, "complete": {"kind": "complete", "reason": None}, "without a reason": {"kind": "partial", "reason": None},
        "of another kind": {"kind": "lost", "reason": None}, "for another reason": {"kind": "partial", "reason": "bored"},
        "refused for a reason": {"kind": "refused", "reason": "tired"}, "key missing": {"kind": "refused"}, "key more": {"kind": "refused", "reason": None, "x": 1},
    }  # fmt: skip
    kept = {**first, "part": "a7", "name": "Снимка 2.jpg", "instance": "uuid:6f6b2a1e"}
    not_kept: dict[str, object] = {
        "null": None, "nothing": [], "no list": {}, "without an instance": [{key: value for key, value in kept.items() if key != "instance"}],
        "of a record": [{**kept, "part": "record"}], "of no instance": [{**kept, "instance": ""}], "a name twice": [kept, {**kept, "part": "a8"}],
        "an own name": [{**kept, "name": first["name"]}], "key more": [{**kept, "x": 1}], "out of the folder": [{**kept, "name": "../a"}],
    }  # fmt: skip
    broken = {
        "zlib cut": packed(plain[:-1]), "zlib checksum": packed(plain[:-1] + bytes([plain[-1] ^ 1])), "no zlib": packed(b"{}"),
        "bytes after the stream": packed(plain + b"\0"), "two streams": packed(plain + plain), "raw deflate": packed(plain[2:-4]),
        "too little padding": packed(plain, 8191), "too much padding": packed(plain, 8193), "the next size": packed(plain, 8448),
        "a length beyond the end": packed(plain, length=8189), "a length of nothing": packed(b""), "nothing at all": {"data": "", "zeros": 0},
        "a large one not padded": packed(large, len(large) + 4), "a size of Padmé less": packed(large, record.padded_size(len(large)) - 1),
        "other padding": {**packed(plain), "last": 1}, "a bomb": packed(zlib.compress(b" " * (16 * 1024 * 1024 + 1))),
        "not JSON": packed(zlib.compress(b"<a/>")), "not canonical": packed(zlib.compress(canonical(good) + b"\n")),
        "unknown key": document({**good, "x": 1}), "missing key": document({k: v for k, v in good.items() if k != "language"}),
        "version": document({**good, "v": 2}), "no xml": document({**good, "instance_xml": None}), "language": document({**good, "language": "deutsch und"}),
        "attachments no list": document({**good, "attachments": {}}), "parts in another order": document({**good, "attachments": [second, first]}),
        "a part twice": document({**good, "attachments": [first, {**second, "part": "a1"}]}),
        "a name twice": document({**good, "attachments": [first, {**second, "name": first["name"]}]}),
        "a record as attachment": document({**good, "attachments": [{**first, "part": "record"}]}),
        **{f"kept {name}": document({**good, "kept": value}) for name, value in not_kept.items()},
        "sha256": document({**good, "attachments": [{**first, "sha256": "0"}]}), "size": document({**good, "attachments": [{**first, "size": "0"}]}),
        "attachment's unknown key": document({**good, "attachments": [{**first, "x": 0}]}),
        **{f"outcome {name}": document({**none, "outcome": value}) for name, value in outcomes.items()},
        **{f"card {code}": document({**none, "card": code}) for code in ("", "YXWTRQPNMKJC", "yxwtrqpnmkj3", "YWXTRQPNMKJ3", "YXWTRQPNMKJ", "0XWTRQPNMKJ3")}, "card null": document({**none, "card": None}),
        **{f"case {value!r:.9}": document({**none, "case": value}) for value in ("", "a b", "-a", "a" * 65, None)},
        **{f"name {name!r:.9}": document({**good, "attachments": [{**first, "name": name}]}) for name in names},
    }  # fmt: skip
    skipped = {**good, "attachments": [{**first, "part": "a2", "name": "😀" * 255}, {**second, "part": "a10"}]}
    ended: list[dict[str, object]] = [
        {**none, "outcome": {"kind": "partial", "reason": reason}, "card": CARD} for reason in record.REASONS
    ]
    ended += [{**none, "outcome": {"kind": "refused", "reason": None}}, {**good, "card": CARD}]
    ended += [{**none, "case": "hh-0042"}, {**none, "card": CARD, "case": "uuid:" + "a" * 59}]
    ended += [{**none, "kept": [kept]}, {**good, "kept": [kept, {**kept, "name": "b"}], "card": CARD}]
    write(
        "records",
        {
            "padme": [
                [n, record.padme(n)] for n in (2, 3, 4, 5, 8, 9, 100, 8192, 8193, 10000, 65536, 65537, 2**24 + 1)
            ],
            "whole": [{**document(value), "record": value} for value in (good, none, skipped, *ended)]
            + [{**packed(large), "record": {**none, "instance_xml": noise}}],
            "broken": [{"name": name, "code": MALFORMED, **value} for name, value in broken.items()],
        },
    )
