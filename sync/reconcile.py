"""Comparing two sets of item hashes by 256 buckets, and by the buckets of those: Reconciliation in the protocol.

Both sides summarise their set by prefix; the carrier asks for the parts that differ until it sees hashes on both sides.
A hash is the SHA-256 of a cover in hex, a prefix the first digits of it, always an even number of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Final, cast

from sync.envelope.encoding import MAX_INTEGER
from sync.envelope.fields import HASH
from sync.errors import SyncError

DIGEST_BYTES: Final = 16
LIST_AT_MOST: Final = 64
"""A part of at most so many items is given as their hashes."""
PREFIX_DIGITS_AT_MOST: Final = 16
PREFIXES_AT_MOST: Final = 32
"""Prefixes in one call."""
QUESTIONS_AT_MOST: Final = 2000
ENTRIES_AT_MOST: Final = 40_000
"""Prefixes that one comparison asks for, and hashes and buckets that it reads: some 2 MB, whatever the place says."""
FOUND_AT_MOST: Final = 1000
NAMES_AT_MOST: Final = 100

PREFIX = re.compile(r"(?:[0-9a-f]{2}){0,8}")
_DIGEST = re.compile(r"[0-9a-f]{32}")
_NAMES: Final = tuple(f"{number:02x}" for number in range(256))

Scan = Callable[[str], Iterable[str]]
"""The hashes of a set that begin with a prefix, ascending, each once."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many items a bucket has, and its digest in hex."""

    count: int
    digest: str


@dataclass(frozen=True, slots=True)
class Part:
    """What a set holds under a prefix: its hashes if they are few, else its buckets by the next two digits."""

    prefix: str
    count: int
    hashes: tuple[str, ...] | None = None
    buckets: Mapping[str, Bucket] | None = None

    def json(self) -> dict[str, object]:
        """As it stands in an answer."""
        said: dict[str, object] = {"prefix": self.prefix, "count": self.count}
        if self.buckets is not None:
            return {**said, "buckets": {name: [each.count, each.digest] for name, each in self.buckets.items()}}
        return {**said, "hashes": list(self.hashes or ())}


def beyond(prefix: str) -> str:
    """What sorts behind every hash that begins with the prefix: for a range of a database."""
    return prefix + "g"


def digest(hashes: Sequence[str]) -> str:
    """The digest of ascending hashes."""
    return hashlib.sha256(bytes.fromhex("".join(hashes))).hexdigest()[: 2 * DIGEST_BYTES]


def summarise(prefix: str, hashes: Iterable[str]) -> Part:
    """The part of a set under a prefix; ``hashes`` are those that begin with it, ascending, each once."""
    rest = iter(hashes)
    first = tuple(islice(rest, LIST_AT_MOST + 1))
    if len(first) <= LIST_AT_MOST or len(prefix) >= PREFIX_DIGITS_AT_MOST:
        few = first[:LIST_AT_MOST]
        return Part(prefix, len(few), hashes=few)
    buckets = _buckets(prefix, chain(first, rest))
    return Part(prefix, sum(each.count for each in buckets.values()), buckets=buckets)


def read_part(prefix: str, value: object) -> Part:
    """Check what a place answered for a prefix. Raises SyncError `reconcile.answer`."""
    if not isinstance(value, dict) or value.get("prefix") != prefix or not _is_count(value.get("count"), 0):
        raise SyncError("reconcile.answer")
    count: int = value["count"]
    if value.keys() == {"prefix", "count", "hashes"}:
        part = Part(prefix, count, hashes=_read_hashes(prefix, value["hashes"]))
        total = len(part.hashes or ())
    elif value.keys() == {"prefix", "count", "buckets"} and len(prefix) < PREFIX_DIGITS_AT_MOST:
        part = Part(prefix, count, buckets=_read_buckets(value["buckets"]))
        total = sum(each.count for each in (part.buckets or {}).values())
    else:
        raise SyncError("reconcile.answer")
    if total != count:
        raise SyncError("reconcile.answer")
    return part


class Comparison:
    """A carrier's own set against a place's, whose parts it is told: which hashes are missing there, which surplus.

    Ask for ``questions()``, hand their parts to ``take``, until there are no more. Whatever a place says, it asks
    no more once ``QUESTIONS_AT_MOST``, ``ENTRIES_AT_MOST`` or ``FOUND_AT_MOST`` is reached; ``complete`` is False then.
    """

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._open = [""]
        self._differs = False
        self.asked = 0
        self.entries = 0
        self.compared = 0
        """Items that the place says to have."""
        self.missing: list[str] = []
        self.surplus: list[str] = []
        self.complete = True

    @property
    def unclear(self) -> bool:
        """Whether digests differ that should not: everything below them is equal."""
        return self._differs and self.complete and not self._open and not self.missing and not self.surplus

    def questions(self) -> list[str]:
        """The prefixes to ask for next; none at the end."""
        left = min(PREFIXES_AT_MOST, QUESTIONS_AT_MOST - self.asked)
        if self._open and (left <= 0 or self.entries >= ENTRIES_AT_MOST or self._room() <= 0):
            self.complete = False
            self._open.clear()
        return self._open[::-1][:left]

    def take(self, parts: Sequence[Part]) -> None:
        """Compare the parts that were asked for, in the order of the questions."""
        del self._open[len(self._open) - len(parts) :]
        self.asked += len(parts)
        following: list[str] = []
        for part in parts:
            self.entries += len(part.hashes or part.buckets or ())
            if part.prefix == "":
                self.compared = part.count
            if part.buckets is None:
                self._walk(self._scan(part.prefix), part.hashes or ())
            else:
                following += self._differing(part.prefix, part.buckets)
        self._open += reversed(following)

    def _differing(self, prefix: str, theirs: Mapping[str, Bucket]) -> Iterator[str]:
        mine = _buckets(prefix, self._scan(prefix))
        for name in _NAMES:
            if mine.get(name) == theirs.get(name):
                continue
            self._differs = True
            if name in theirs:
                yield prefix + name
            else:
                self._walk(self._scan(prefix + name), ())

    def _walk(self, mine: Iterable[str], theirs: Sequence[str]) -> None:
        """Note what only one of two ascending sets has, as far as there is room."""
        unmet = set(theirs)
        for each in mine:
            if each in unmet:
                unmet.discard(each)
            elif self._note(self.missing, each):
                return
        for each in theirs:
            if each in unmet and self._note(self.surplus, each):
                return

    def _note(self, found: list[str], item_hash: str) -> bool:
        """Note a difference; True where there is no room for it any more."""
        if self._room() <= 0:
            self.complete = False
            return True
        found.append(item_hash)
        return False

    def _room(self) -> int:
        return FOUND_AT_MOST - len(self.missing) - len(self.surplus)


def _buckets(prefix: str, hashes: Iterable[str]) -> dict[str, Bucket]:
    at = len(prefix)
    found: dict[str, Bucket] = {}
    for name, group in groupby(hashes, key=lambda each: each[at : at + 2]):
        members = list(group)
        found[name] = Bucket(len(members), digest(members))
    return found


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_INTEGER


def _read_hashes(prefix: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > LIST_AT_MOST:
        raise SyncError("reconcile.answer")
    before = ""
    for each in value:
        if not isinstance(each, str) or not HASH.fullmatch(each) or not each.startswith(prefix) or each <= before:
            raise SyncError("reconcile.answer")
        before = each
    return tuple(cast("list[str]", value))


def _read_buckets(value: object) -> dict[str, Bucket]:
    if not isinstance(value, dict) or not value.keys() <= set(_NAMES):
        raise SyncError("reconcile.answer")
    read: dict[str, Bucket] = {}
    for name, each in value.items():
        if not isinstance(each, list) or len(each) != 2 or not _is_count(each[0], 1):
            raise SyncError("reconcile.answer")
        if not isinstance(each[1], str) or not _DIGEST.fullmatch(each[1]):
            raise SyncError("reconcile.answer")
        read[name] = Bucket(each[0], each[1])
    return read
