"""The forms in which a known secret may stand in bytes.

The search folds ASCII letters to lower case, so upper and lower case need no forms of their own.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Bytes of UTF-8: a shorter secret would be found by chance."""
WINDOW = 64
WINDOWS = 12


@dataclass(frozen=True, slots=True)
class Needle:
    """Bytes to look for: a secret in one form, ASCII letters in lower case."""

    secret: str
    form: str
    content: bytes


def text_needles(text: str) -> Iterator[Needle]:
    """A text as it is, as UTF-16, in one byte a letter where that can be, escaped, and as base64 and hex.

    A text of several lines is looked for line by line, since each format breaks lines in its own way.
    Raises ``ValueError`` for a line that is too short to be found for certain.
    """
    for line in filter(None, text.splitlines()):
        if len(line.encode("utf-8")) < SHORTEST:
            raise ValueError(f"a canary of fewer than {SHORTEST} bytes: {line}")
        seen: set[bytes] = set()
        for form, content in _text_forms(line):
            folded = content.lower()
            if folded not in seen:
                seen.add(folded)
                yield Needle(text, form, folded)


def binary_needles(name: str, content: bytes) -> Iterator[Needle]:
    """Windows of a file's bytes, spread over it, so that a piece of it is found too; also as base64 and hex.

    Raises ``ValueError`` for a file of fewer than ``WINDOW`` bytes.
    """
    if len(content) < WINDOW:
        raise ValueError(f"a canary of fewer than {WINDOW} bytes: {name}")
    last = len(content) - WINDOW
    for start in sorted({last * step // (WINDOWS - 1) for step in range(WINDOWS)}):
        window = content[start : start + WINDOW]
        # Zeros and other fillings stand in many files.
        if len(set(window)) >= WINDOW // 2:
            yield Needle(name, f"bytes from {start}", window.lower())
            for form, encoded in _encoded(window):
                yield Needle(name, f"bytes from {start} in {form}", encoded.lower())


def _text_forms(line: str) -> Iterator[tuple[str, bytes]]:
    # Letters beyond ASCII are not folded by the search.
    for prefix, variant in (("", line), ("upper case ", line.upper()), ("lower case ", line.lower())):
        yield f"{prefix}UTF-8", variant.encode("utf-8")
        yield f"{prefix}UTF-16-LE", variant.encode("utf-16-le")
        yield f"{prefix}UTF-16-BE", variant.encode("utf-16-be")
    if all(ord(letter) < 256 for letter in line):
        yield "Latin-1", line.encode("latin-1")
    escaped = json.dumps(line)[1:-1]
    yield "JSON escapes", escaped.encode("ascii")
    yield "JSON escapes in UTF-16-LE", escaped.encode("utf-16-le")
    yield "JSON quotes", json.dumps(line, ensure_ascii=False)[1:-1].encode("utf-8")
    yield "XML escapes", line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode("utf-8")
    yield "XML references", line.encode("ascii", "xmlcharrefreplace")
    yield "percent-encoding", quote(line, safe="").encode("ascii")
    yield "percent-encoding of URI components", quote(line, safe="!'()*-._~").encode("ascii")
    yield "form encoding", quote_plus(line).encode("ascii")
    for encoding in ("utf-8", "utf-16-le"):
        for form, encoded in _encoded(line.encode(encoding)):
            yield f"{encoding.upper()} in {form}", encoded


def _encoded(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "hex", content.hex().encode("ascii")
    for lead in range(3):
        # Letters at the edges depend on what stands beside; those in between do not.
        whole = bytes(lead) + content[: len(content) - (lead + len(content)) % 3]
        standard = base64.b64encode(whole)[(lead * 8 + 5) // 6 :]
        yield f"base64 after {lead} bytes", standard
        yield f"base64url after {lead} bytes", standard.translate(bytes.maketrans(b"+/", b"-_"))
