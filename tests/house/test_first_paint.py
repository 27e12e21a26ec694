"""What the tablet loads before home is painted stays small, and the form engine is not among it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

DIST = Path(__file__).resolve().parents[2] / "server/static/dist"
MOST = 120_000
"""Bytes of JavaScript, gzip."""
ENTRY = "index.html"
SCREENS = ("UnlockScreen", "HomeScreen")
ENGINE_AT_LEAST = 600_000
"""Bytes: hardly anything else of the app is nearly as large as the form engine."""

Chunks = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def chunks() -> Chunks:
    manifest = DIST / ".vite/manifest.json"
    assert manifest.is_file(), "the tablet app is not built; run 'make tablet'"
    found: Chunks = json.loads(manifest.read_text("utf-8"))
    return found


def reached(chunks: Chunks, *starts: str) -> set[str]:
    """The files of these chunks and of all that they import at once."""
    seen: set[str] = set()
    ahead = list(starts)
    while ahead:
        if (key := ahead.pop()) not in seen:
            seen.add(key)
            ahead += chunks[key].get("imports", [])
    return {chunks[key]["file"] for key in seen}


def weight(files: set[str]) -> int:
    """Bytes of these files as a server sends them."""
    return sum(len(gzip.compress((DIST / name).read_bytes(), mtime=0)) for name in files if name.endswith(".js"))


def test_home_needs_little(chunks: Chunks) -> None:
    screens = [key for key, chunk in chunks.items() if chunk.get("name") in SCREENS]
    languages = [key for key in chunks if key.startswith("src/ui/texts/")]
    assert len(languages) == 5, "each language of the interface is a file of its own"
    for language in languages:
        needed = reached(chunks, ENTRY, language, *screens)
        assert weight(needed) <= MOST, f"{language}: {sorted(needed)}"


def test_engine_waits_for_a_form(chunks: Chunks) -> None:
    large = {name for name in reached(chunks, *chunks) if (DIST / name).stat().st_size >= ENGINE_AT_LEAST}
    engine = {name for name in large if b"instanceAttachments" in (DIST / name).read_bytes()}
    assert len(engine) == 1, large
    assert not large & reached(chunks, ENTRY)
