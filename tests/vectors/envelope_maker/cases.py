"""Vectors of case lists: sealed, and what stands in them."""

# ruff: noqa: E501 (tables of cases, one case a line)

import zlib
from collections.abc import Sequence

from envelope_maker.world import DEVICE_ID, KEY_IDS, PUBLIC, SEEDS, write
from sync.envelope import cases
from sync.envelope.encoding import U32, b64u, canonical
from sync.envelope.record import padded_size

SEALED, MALFORMED = "envelope.cases.sealed", "envelope.cases.malformed"
ADDRESSEE = {"study": "ruhr-2026", "device": DEVICE_ID, "interviewer": "iv-07"}


def write_case_lists() -> None:
    """A sealed list, whole and broken; plaintexts, whole and broken."""
    first = {
        "id": "hh-0042",
        "label": "Дом 42 😀",
        "due": "2026-12-01",
        "forms": ["household_survey", "contact_protocol"],
        "note": "Abends ab 18 Uhr.\nÜber die Großmutter.",
        "properties": {"round": "2", "language": "bg"},
    }
    second = {
        "id": "uuid:6f6b2a1e-3a2b-4e0d-9a51-0c6f6c3f8d11",
        "label": "H",
        "due": None,
        "forms": [],
        "note": None,
        "properties": {},
    }
    longest = {
        "id": "a" * 64,
        "label": "😀" * 80,
        "due": "2024-02-29",
        "forms": [f"f{i}" for i in range(20)],
        "note": "я" * 500,
        "properties": {**{f"p{i}": "" for i in range(49)}, "_" + "a" * 63: "😀" * 500},
    }

    def packed(document: object, size: int | None = None, length: int | None = None) -> dict[str, object]:
        compressed = document if isinstance(document, bytes) else zlib.compress(canonical(document))  # type: ignore[arg-type]
        start = U32.pack(len(compressed) if length is None else length) + compressed
        total = padded_size(len(compressed)) if size is None else size
        return {"data": b64u(start), "zeros": total - len(start)}

    def listed(*entries: object) -> dict[str, object]:
        return {"v": 1, "cases": list(entries)}

    good = listed(first, second)
    plain = zlib.compress(canonical(good))
    changes: dict[str, Sequence[object]] = {
        "id": ["", "a" * 65, "a b", "-a", None], "label": ["", "x" * 81, "a\nb", "a\x7f", None], "due": ["", "2026-02-30", "2026-13-01", "26-01-01", "2026-1-1", "0999-01-01", 20261201],
        "forms": [None, ["a", "a"], [""], [1], [f"f{i}" for i in range(21)]], "note": ["", "x" * 501, "a\rb", "a\tb", 1],
        "properties": [None, {"a b": "x"}, {"1a": "x"}, {"": "x"}, {"a" * 65: "x"}, {"a": None}, {"a": "x" * 501}, {"a": "\n"}, {f"p{i}": "" for i in range(51)}],
    }  # fmt: skip
    broken = {
        "zlib cut": packed(plain[:-1]), "no zlib": packed(b"{}"), "bytes after the stream": packed(plain + b"\0"), "too little padding": packed(good, 8191), "too much padding": packed(good, 8448),
        "other padding": {**packed(good), "last": 1}, "a length beyond the end": packed(good, length=9000), "nothing at all": {"data": "", "zeros": 0},
        "too large": packed(zlib.compress(b" " * (4 * 1024 * 1024 + 1))), "not canonical": packed(zlib.compress(canonical(good) + b" ")), "version": packed({**good, "v": 2}), "no list": packed({**good, "cases": {}}),
        "unknown key": packed({**good, "x": 1}), "missing key": packed({"v": 1}), "a case twice": packed(listed(first, second, first)), "a case's unknown key": packed(listed({**second, "name": "x"})),
        "a case's missing key": packed(listed({key: value for key, value in second.items() if key != "note"})), "too many": packed(listed(*({**second, "id": f"c{i}"} for i in range(5001)))),
        **{f"{key} {number}": packed(listed({**second, key: value})) for key, values in changes.items() for number, value in enumerate(values)},
    }  # fmt: skip
    sealed = cases.seal_cases(canonical(good), recipient=PUBLIC[1], **ADDRESSEE)
    _, household, stranger = KEY_IDS
    whole = [[0, len(sealed)]]
    write(
        "cases",
        {
            "addressee": ADDRESSEE,
            "seeds": {key_id: b64u(seed) for key_id, seed in zip(KEY_IDS, SEEDS, strict=True)},
            "key": household,
            "sealed": {"list": b64u(sealed), "document": good},
            "not_opened": [
                {"name": "key of a stranger", "key": stranger, "ranges": whole, "code": SEALED},
                {"name": "cut", "ranges": [[0, len(sealed) - 1]], "code": SEALED},
                {"name": "cut in the encapsulation", "ranges": [[0, 1000]], "code": SEALED},
                {"name": "flipped", "ranges": whole, "flip": [3000, 2], "code": SEALED},
                {"name": "encapsulation flipped", "ranges": whole, "flip": [5, 2], "code": SEALED},
                {"name": "another interviewer", "addressee": {"interviewer": "iv-08"}, "ranges": whole, "code": SEALED},
                {"name": "another device", "addressee": {"device": "b" * 32}, "ranges": whole, "code": SEALED},
                {"name": "another study", "addressee": {"study": "other"}, "ranges": whole, "code": SEALED},
            ],
            "whole": [{**packed(each), "document": each} for each in (good, listed(), listed(longest))],
            "broken": [{"name": name, "code": MALFORMED, **value} for name, value in broken.items()],
        },
    )
