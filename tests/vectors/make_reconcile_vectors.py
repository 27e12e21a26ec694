"""Writes ``tests/vectors/reconcile/parts.json``: parts of sets of hashes, as both implementations must see them.

Usage: python -m tests.vectors.make_reconcile_vectors
Item ``i`` of a set has the hash SHA-256 of ``"<seed> <i>"``. ``sha256`` is that of the part's lines, joined by line
feeds: its hashes, or ``<name> <count> <digest>`` of each bucket. Small parts stand there themselves.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from sync.reconcile import summarise

FILE = Path(__file__).parent / "reconcile" / "parts.json"
CASES = [
    (0, 0, ""),
    (1, 1, ""),
    (2, 64, ""),
    (3, 65, ""),
    (3, 65, "5d"),
    (4, 3000, ""),
    (4, 3000, "a0"),
    (4, 3000, "a0b1"),
]
SHOWN_AT_MOST = 70


def lines(part: dict[str, Any]) -> list[str]:
    """A part as text: its hashes, or "<name> <count> <digest>" of each bucket in the order of their names."""
    buckets = sorted(part.get("buckets", {}).items())
    return part.get("hashes") or [f"{name} {count} {digest}" for name, (count, digest) in buckets]


def main() -> int:
    """Write the file."""
    vectors: list[dict[str, Any]] = []
    for seed, items, prefix in CASES:
        hashes = sorted(hashlib.sha256(f"{seed} {index}".encode()).hexdigest() for index in range(items))
        part = summarise(prefix, [each for each in hashes if each.startswith(prefix)]).json()
        said = "\n".join(lines(part))
        vector: dict[str, Any] = {"seed": seed, "items": items, "prefix": prefix}
        vector["sha256"] = hashlib.sha256(said.encode()).hexdigest()
        if items <= SHOWN_AT_MOST:
            vector["part"] = part
        vectors.append(vector)
    FILE.write_text(json.dumps(vectors, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
