"""Vectors of what is sent back: sealed, and what stands in it."""

# ruff: noqa: E501 (tables of cases, one case a line)

import hashlib
import zlib
from dataclasses import asdict

from envelope_maker.parts import CARD, PHOTO, record_json, the_record
from envelope_maker.world import DEVICE_ID, KEY_IDS, PUBLIC, SEEDS, write
from sync.envelope import parcel, record
from sync.envelope.cover import FormReference
from sync.envelope.encoding import U32, b64u, canonical

ID = "0123456789abcdef0123456789abcdef"
SEALED, MALFORMED = "envelope.parcel.sealed", "envelope.parcel.malformed"
PHOTO_NAME = "Снимка 1.jpg"
ADDRESSEE = parcel.Addressee("ruhr-2026", DEVICE_ID, "iv-07")


def the_parcel() -> parcel.Parcel:
    """A record with two comments, of whose two files the photo comes along."""
    return parcel.Parcel(
        id=ID,
        kind="has_issues",
        by="Мария 😀",
        at="2026-11-23T04:00:00Z",
        comments=(parcel.Comment("Bitte das Alter prüfen."), parcel.Comment("144?\nПровери", "/data/member[2]/age")),
        instance="uuid:6f6b2a1e-3a2b-4e0d-9a51-0c6f6c3f8d11",
        form=FormReference("household_survey", hashlib.sha256(b"form").hexdigest()),
        purpose="real",
        record=the_record(),
        files={PHOTO_NAME: PHOTO},
    )


def parcel_json(of: parcel.Parcel) -> dict[str, object]:
    """The parcel document as the vectors hold it."""
    return {
        "v": 1, "id": of.id, "kind": of.kind, "by": of.by, "at": of.at, "comments": [asdict(each) for each in of.comments],
        "instance": of.instance, "form": {"id": of.form.id, "version": of.form.version}, "purpose": of.purpose,
        "record": record_json(of.record), "files": list(of.files),
    }  # fmt: skip


def write_parcels() -> None:
    """A sealed parcel, whole and broken; plaintexts, whole and broken."""
    good = parcel_json(the_parcel())
    kept = {
        "content_type": "audio/webm",
        "instance": "uuid:1",
        "name": "b.webm",
        "part": "a3",
        "sha256": hashlib.sha256(b"b").hexdigest(),
        "size": 1,
    }
    none = {"v": 1, "instance_xml": "<a/>", "language": None, "attachments": []}
    unfinished = {
        **good,
        "kind": "unfinished",
        "comments": [],
        "record": {**none, "card": CARD},
        "files": [],
        "purpose": "training",
    }
    with_kept = {**good, "record": {**record_json(the_record()), "kept": [kept]}, "files": ["b.webm", PHOTO_NAME]}
    long_texts = {
        **good,
        "by": "😀" * 100,
        "comments": [{"path": "/" + "я" * 499, "text": "😀" * 2000}, *[{"path": None, "text": "x"}] * 199],
    }

    def packed(
        document: object, files: bytes = PHOTO, size: int | None = None, length: int | None = None
    ) -> dict[str, object]:
        compressed = document if isinstance(document, bytes) else zlib.compress(canonical(document))  # type: ignore[arg-type]
        start = U32.pack(len(compressed) if length is None else length) + compressed + files
        total = max(8192, record.padme(len(start))) if size is None else size
        return {"data": b64u(start), "zeros": total - len(start)}

    large = hashlib.shake_256(b"large").digest(9000)
    with_large = {
        **with_kept,
        "record": {
            **none,
            "attachments": [{**kept_as_own(kept), "size": 9000, "sha256": hashlib.sha256(large).hexdigest()}],
        },
        "files": ["b.webm"],
    }
    too_large = {**with_large, "record": {**none, "attachments": [{**kept_as_own(kept), "size": 8 * 1024 * 1024 + 1}]}}
    plain = zlib.compress(canonical(good))
    changes: dict[str, list[object]] = {
        "v": [2], "id": [ID[1:], ID.upper(), None], "kind": ["approved", None], "by": ["", "x" * 101, None], "at": ["today", "2026-02-30T00:00:00Z"],
        "instance": ["", None], "form": [None, {"id": "a"}, {"id": "a", "version": "1"}], "purpose": ["both"], "record": [None, {}, {**none, "v": 2}],
        "files": [None, ["other"], [PHOTO_NAME, PHOTO_NAME], [1]],
        "comments": [None, [], [{"path": None, "text": ""}], [{"path": None, "text": " \n\t\r"}], [{"path": None, "text": "x" * 2001}], [{"path": "age", "text": "x"}],
                     [{"path": "/a//b", "text": "x"}], [{"path": "/" + "a" * 500, "text": "x"}], [{"text": "x"}], [{"path": None, "text": "x"}] * 201],
    }  # fmt: skip
    broken = {
        "zlib cut": packed(plain[:-1]), "no zlib": packed(b"{}"), "bytes after the stream": packed(plain + b"\0"), "a bomb": packed(zlib.compress(b" " * (16 * 1024 * 1024 + 1))),
        "too little padding": packed(good, size=8191), "too much padding": packed(good, size=8448), "other padding": {**packed(good), "last": 1},
        "a length beyond the end": packed(good, length=9000), "nothing at all": {"data": "", "zeros": 0}, "not canonical": packed(zlib.compress(canonical(good) + b" ")),
        "a file missing": packed(good, b""), "a file cut": packed(good, PHOTO[:-1]), "a file more": packed(good, PHOTO + b"x"), "a file changed": packed(good, b"x" + PHOTO[1:]),
        "files in another order": packed({**with_kept, "files": [PHOTO_NAME, "b.webm"]}, b"b" + PHOTO), "a large one not padded": packed(with_large, large, 4 + len(zlib.compress(canonical(with_large))) + 9000),
        "files too large together": packed(too_large, b""), "unknown key": packed({**good, "x": 1}), "missing key": packed({key: value for key, value in good.items() if key != "by"}),
        **{f"{key} {number}": packed({**good, key: value}) for key, values in changes.items() for number, value in enumerate(values)},
    }  # fmt: skip
    sealed = parcel.seal_parcel(the_parcel(), ADDRESSEE, PUBLIC[1])
    _, household, stranger = KEY_IDS
    whole = [[0, len(sealed)]]
    write(
        "parcels",
        {
            "addressee": asdict(ADDRESSEE),
            "id": ID,
            "seeds": {key_id: b64u(seed) for key_id, seed in zip(KEY_IDS, SEEDS, strict=True)},
            "key": household,
            "sealed": {"parcel": b64u(sealed), "document": good, "files": {PHOTO_NAME: b64u(PHOTO)}},
            "not_opened": [
                {"name": "key of a stranger", "key": stranger, "ranges": whole, "code": SEALED},
                {"name": "cut", "ranges": [[0, len(sealed) - 1]], "code": SEALED},
                {"name": "cut in the encapsulation", "ranges": [[0, 1000]], "code": SEALED},
                {"name": "flipped", "ranges": whole, "flip": [3000, 2], "code": SEALED},
                {"name": "encapsulation flipped", "ranges": whole, "flip": [5, 2], "code": SEALED},
                {"name": "another interviewer", "addressee": {"interviewer": "iv-08"}, "ranges": whole, "code": SEALED},
                {"name": "another device", "addressee": {"device": "b" * 32}, "ranges": whole, "code": SEALED},
                {"name": "another study", "addressee": {"study": "other"}, "ranges": whole, "code": SEALED},
                {"name": "another id", "id": ID[::-1], "ranges": whole, "code": SEALED},
            ],
            "whole": [
                {**packed(good), "document": good},
                {**packed(unfinished, b""), "document": unfinished},
                {**packed(with_kept, b"b" + PHOTO), "document": with_kept},
                {**packed(long_texts), "document": long_texts},
                {**packed(with_large, large), "document": with_large},
            ],
            "broken": [{"name": name, "code": MALFORMED, **value} for name, value in broken.items()],
        },
    )  # fmt: skip


def kept_as_own(kept: dict[str, object]) -> dict[str, object]:
    """The entry of an attachment of the record itself."""
    return {key: value for key, value in kept.items() if key != "instance"}
