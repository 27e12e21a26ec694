"""Reading the shared vectors; tests/vectors/envelope/README.md says what stands in them."""

import json
from pathlib import Path
from typing import Any

from sync.envelope.encoding import from_b64u

FOLDER = Path(__file__).parents[2] / "vectors" / "envelope"


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def pattern(size: int) -> bytes:
    return bytes((i * 31 + (i >> 8) * 17) & 0xFF for i in range(size))


def changed(whole: bytes, case: dict[str, Any]) -> bytes:
    """The pieces of `whole` that a case names, joined, with one bit flipped if it says so; or its own bytes."""
    if "whole" in case:
        return from_b64u(case["whole"])
    if "ranges" not in case:
        return whole
    data = bytearray(b"".join(whole[start:end] for start, end in case["ranges"]))
    if "flip" in case:
        at, bit = case["flip"]
        data[at] ^= 1 << bit
    return bytes(data)


def replaced(base: str, case: dict[str, Any]) -> bytes:
    """A cover's bytes: `cover` itself, or `base` with one text replaced."""
    if "cover" in case:
        return case["cover"].encode()
    old, new = case["replace"]
    assert base.count(old) == 1
    return base.replace(old, new).encode()


def seeds(value: dict[str, str]) -> dict[str, bytes]:
    return {key: from_b64u(seed) for key, seed in value.items()}
