"""Searches every byte under folders for known secrets (canaries), in the forms of ``needles`` and decompressed.

::

    canaries = Canaries(texts=["Заради сестра ми ..."], files={"photo": png})
    findings = canaries.search([profile, place, backup])

A file's raw bytes are searched; besides, what is compressed in it, the blocks and records of LevelDB, the cells of
SQLite databases (with the WAL beside them, so that values on several pages are whole), and all of that in each other.
Brotli and Zstandard are not decompressed: Python 3.11 cannot.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.canary.leveldb import is_table, log_records, table_blocks
from tests.canary.needles import Needle, binary_needles, text_needles
from tests.canary.streams import streams_in

DEEPEST = 4
BLOCK = 1024 * 1024
_SQLITE = b"SQLite format 3\0"
_WORD = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A secret that was found. ``offset`` is that of its first place within ``where``: a file, or a part of one."""

    file: Path
    where: str
    offset: int
    secret: str
    form: str


class Canaries:
    """Known secrets, ready to be searched for."""

    def __init__(self, texts: Iterable[str] = (), files: Mapping[str, bytes] | None = None) -> None:
        """``texts`` are answers; ``files`` are contents by a name for them. Raises ``ValueError`` for short ones."""
        needles = [needle for text in texts for needle in text_needles(text)]
        needles += [needle for name, content in (files or {}).items() for needle in binary_needles(name, content)]
        self._by_word: dict[int, list[Needle]] = {}
        for needle in needles:
            for word in _words_of(needle.content):
                self._by_word.setdefault(word, []).append(needle)
        self._words = frozenset(self._by_word)

    def search(self, places: Iterable[Path]) -> list[Finding]:
        """What is found in these files and in all files under these folders."""
        found = []
        for place in places:
            for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if file.is_file() and not file.is_symlink():
                    found += self.search_file(file)
        return found

    def search_file(self, file: Path) -> list[Finding]:
        """What is found in one file."""
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return []
        found = list(self._search(file, "", data, 0))
        if data.startswith(_SQLITE):
            for where, cell in _cells(file):
                found += self._search(file, where, cell, 1)
        elif is_table(data):
            for index, block in enumerate(table_blocks(data)):
                found += self._search(file, f"/block {index}", block, 1)
        elif data[6:7] in (b"\1", b"\2", b"\3", b"\4") and (file.suffix == ".log" or file.name.startswith("MANIFEST")):
            for index, record in enumerate(log_records(data)):
                found += self._search(file, f"/record {index}", record, 1)
        return found

    def search_bytes(self, data: bytes) -> Iterator[tuple[int, Needle]]:
        """The needles in some bytes as they are, each with the offset of its first place."""
        if len(data) < 2 * _WORD - 1:
            return
        folded = data.lower()
        words = memoryview(folded + bytes(-len(folded) % _WORD)).cast("I")
        seen: set[Needle] = set()
        for start in range(0, len(words), BLOCK // _WORD):
            block = words[start : start + BLOCK // _WORD]
            if self._words.isdisjoint(block):
                continue
            candidates = {needle: None for word in self._words.intersection(block) for needle in self._by_word[word]}
            for needle in candidates.keys() - seen:
                margin = len(needle.content)
                offset = folded.find(needle.content, max(0, start * _WORD - margin), start * _WORD + BLOCK + margin)
                if offset >= 0:
                    seen.add(needle)
                    yield offset, needle

    def _search(self, file: Path, where: str, data: bytes, depth: int) -> Iterator[Finding]:
        for offset, needle in self.search_bytes(data):
            yield Finding(file, f"{file}{where}", offset, needle.secret, needle.form)
        if depth < DEEPEST:
            for stream in streams_in(data):
                inside = f"{where}/{stream.kind} at {stream.offset}"
                yield from self._search(file, inside, stream.content, depth + 1)


def describe(findings: Sequence[Finding]) -> str:
    """Findings for a person, one a line."""
    return "\n".join(f"{each.secret!r} as {each.form} in {each.where} at {each.offset}" for each in findings)


def _words_of(content: bytes) -> Iterator[int]:
    """Four words of a needle of which one lies on a word's boundary wherever the needle begins: the rarest ones."""
    for residue in range(_WORD):
        starts = range(residue, len(content) - _WORD + 1, _WORD)
        if not starts:
            raise ValueError("too short to be searched for")
        words = [content[start : start + _WORD] for start in starts]
        rarest = max(words, key=lambda word: (len(set(word)), sum(byte not in b"\0 etaoinsr=" for byte in word)))
        yield memoryview(rarest).cast("I")[0]


def _cells(file: Path) -> Iterator[tuple[str, bytes]]:
    """All texts and blobs of a SQLite database, read from a copy, and where they stand."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        copy.write_bytes(file.read_bytes())
        wal = file.with_name(f"{file.name}-wal")
        if wal.is_file():
            copy.with_name("copy.db-wal").write_bytes(wal.read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            connection.text_factory = bytes
            try:
                names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            except sqlite3.Error:
                return
            for table in (name.decode() for (name,) in names):
                try:
                    for number, row in enumerate(connection.execute(f'SELECT * FROM "{table}"')):
                        for column, value in enumerate(row):
                            if isinstance(value, bytes):
                                yield f"/{table}/row {number}/column {column}", value
                except sqlite3.Error:
                    continue
