"""A whole study of real places in one process: central, two nodes, two tablets, sticks, backups, and what goes wrong.

The places, their databases, the protocol and the sealing are the real ones; only the network is missing. Every method
of ``World`` is something that happens in a study. ``lost`` and ``missing`` look at the bytes themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.errors.error import CodedError
from server.services.collect.bundles.carrying import read_at_central, read_at_node, write_bundles
from server.services.collect.bundles.keys import tell_bundle_key
from server.services.collect.bundles.stick import Stick, told_nobody
from server.services.collect.epochs import begin_epoch
from server.services.collect.housekeeping import ORPHAN_SECONDS, tidy
from server.services.collect.pruning import prune
from server.services.collect.rounds import run_round
from server.services.collect.settling import Wish, settle
from server.services.collect.transport import HttpTransport
from server.settings import Settings
from server.storage.items import Item as ItemRow
from server.storage.writer import _Waiting
from sync.envelope.cover import RECORD_PART, parse_cover
from sync.envelope.item import Item
from sync.envelope.signed import Mark
from sync.errors import SyncError
from sync.ports import Transport
from sync.session import Session
from tests.field import STUDY, FieldDevice, Study
from tests.server.collect.pruned import backed_up
from tests.trial.outbox import Visit
from tests.trial.store import Disk, Identity, Sealed

TABLETS, NODES = 2, 2
BIG = 70_000
"""Bytes of a body that lies as a blob."""
STICK_FILE = 1024 * 1024
FREE = 1024**4

Goes = Literal["well", "cut", "answer lost", "carrier killed", "place killed"]


@dataclass(frozen=True)
class Luck:
    """What goes wrong in an exchange: at which call, or at which commit; ``kept``: the commit was durable."""

    goes: Goes = "well"
    at: int = 0
    kept: bool = False


WELL = Luck()


class Killed(BaseException):
    """A process ended in the middle of it."""


class Line:
    """A way to a place that breaks at one call: before it, or when its answer is on the way back."""

    def __init__(self, transport: HttpTransport, luck: Luck) -> None:
        self._transport = transport
        self._luck = luck
        self._calls = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._transport, name)

        @functools.wraps(method)
        def call(*given: Any) -> Any:
            here = self._calls == self._luck.at
            self._calls += 1
            if here and self._luck.goes == "cut":
                raise SyncError("sync.unreachable")
            answer = method(*given)
            if here and self._luck.goes == "answer lost":
                raise SyncError("sync.unreachable")
            return answer

        return call


class Party:
    """A place that may be killed and started again."""

    def __init__(self, study: Study) -> None:
        self.study = study

    def dies_at(self, commit: int, kept: bool) -> None:
        """From this commit on (counted from 0) nothing is written any more; the first may still become durable."""
        writer = self.study.place.writer
        write = writer._commit
        left = commit

        def dying(group: list[_Waiting[Any]]) -> None:
            nonlocal left
            if left > 0:
                left -= 1
                write(group)
                return
            if left == 0 and kept:
                write([_Waiting(each.operation, each.merged, each.argument) for each in group])
            left = -1
            for each in group:
                each.fail(Killed())

        setattr(writer, "_commit", dying)  # noqa: B010

    def restart(self) -> None:
        """What was in memory only is gone."""
        self.study.close()
        self.study = Study(self.study.settings, self.study.central_key)


class Tablet:
    """A tablet: who it is, and its disk."""

    def __init__(self, central: Study, file: Path) -> None:
        self.device = FieldDevice(central)
        central.introduce(self.device)
        identity = Identity(
            study=STUDY,
            site=self.device.site,
            interviewer=self.device.interviewer,
            device=self.device.id,
            signing=self.device.signing_key.private_numbers().private_value,
            intake=self.device.intake_key.public.hex(),
            central=central.central_key.public_key().public_bytes_raw().hex(),
        )
        self.disk = Disk(file, identity)

    def bytes_of(self) -> dict[str, bytes]:
        """The sealed bodies that lie here."""
        return dict(self.disk.db.execute("SELECT hash, body FROM item WHERE pruned = 0").fetchall())


class World:
    """The study. Use it as a context manager: its folder and its places end with it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="feldbuch-world-"))
        template = _template()
        shutil.copytree(template.folder, self.folder, dirs_exist_ok=True)
        self.key = template.key

        def opened(name: str) -> Party:
            settings = dataclasses.replace(template.settings[name], place=self.folder / name)
            return Party(Study(settings, template.key))

        self.central = opened("central")
        self.nodes = [opened(f"node{number}") for number in range(NODES)]
        self.tablets = [Tablet(self.central.study, self.folder / f"tablet{number}.db") for number in range(TABLETS)]
        self.sealed: dict[str, Item] = {}
        self.backups: list[Path] = []
        self.marks: list[Mark] = []
        self.full: set[Party] = set()
        self.forgiven: set[str] = set()
        """What an older backup than the newest may lose: items that came straight to central."""
        for node in self.nodes:
            self.round(node)

    def close(self) -> None:
        """End everything."""
        for party in self.parties:
            party.study.close()
        for tablet in self.tablets:
            tablet.disk.db.close()
        shutil.rmtree(self.folder)

    @property
    def parties(self) -> list[Party]:
        """Every place."""
        return [self.central, *self.nodes]

    def collect(self, tablet: Tablet, sizes: list[int], instance: str | None = None, **odd: Any) -> list[Item]:
        """An interview is finished: a record and attachments of these sizes, in bytes."""
        device = tablet.device
        sealed: list[Sealed] = []
        for index, size in enumerate(sizes):
            part = RECORD_PART if index == 0 else f"a{index}"
            plain = f"{len(self.sealed)}-".encode().ljust(size, b"x")
            item = device.seal(plain, instance, part, **odd)
            cover = parse_cover(item.cover)
            instance = cover.instance
            plain_hash = hashlib.sha256(plain).hexdigest()
            sealed.append(
                Sealed(item, instance, part, int(index > 0), cover.signer.number, cover.body.hash, plain_hash)
            )
            self.sealed[item.hash] = item
        tablet.disk.collect(sealed, 0.0)
        return [each.item for each in sealed]

    def visit(self, tablet: Tablet, place: Party, luck: Luck = WELL) -> None:
        """A tablet's round with a place; then it deletes what it may."""
        if luck.goes == "place killed":
            place.dies_at(luck.at, luck.kept)
        line = cast("Transport", Line(place.study.transport(), luck))
        key = self.key.public_key()
        try:
            Session(Visit(tablet.disk, place.study.place.id), line, STUDY, key).run()
        except SyncError:
            pass
        except Killed:
            place.restart()
        if luck.goes == "place killed":
            place.restart()
        tablet.disk.prune()

    def round(self, node: Party, luck: Luck = WELL, *, reconcile: bool = False) -> str | None:
        """A node's round with central; returns its alarm."""
        dying = {"carrier killed": node, "place killed": self.central}.get(luck.goes)
        if dying is not None:
            dying.dies_at(luck.at, luck.kept)
        line = cast("HttpTransport", Line(self.central.study.transport(), luck))
        try:
            return run_round(node.study.place, line, reconcile=reconcile).alarm
        except Killed:
            return None
        finally:
            if dying is not None:
                dying.restart()

    def prune(self, node: Party, luck: Luck = WELL) -> int:
        """A node deletes what it may; returns how many items."""
        if luck.goes != "well":
            node.dies_at(luck.at, luck.kept)
        try:
            return prune(node.study.place).items
        except Killed:
            return 0
        finally:
            if luck.goes != "well":
                node.restart()

    def tidy(self, party: Party) -> None:
        """Tidying finds everything old."""
        newest = max((each.stat().st_mtime for each in party.study.settings.place.rglob("*")), default=0.0)
        tidy(party.study.place, wall_clock=newest + ORPHAN_SECONDS + 1)

    def back_up(self) -> Mark:
        """A verified backup, and the mark that rests on it."""
        folder = self.folder / f"backup{len(self.backups)}"
        shutil.copytree(self.central.study.settings.blobs, folder / "blobs")
        source = self.central.study.settings.place / "feldbuch.db"
        with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(folder / "feldbuch.db")) as copy:
            database.backup(copy)
        self.backups.append(folder)
        self.marks.append(backed_up(self.central.study, len(self.backups)))
        return self.marks[-1]

    def restore(self, back: int = 1) -> None:
        """Central is brought back: from the newest backup (1) or from the one before (2), under a new epoch."""
        if len(self.backups) < back:
            return
        at_nodes = {row.hash for node in self.nodes for row in node.study.rows(ItemRow)}
        self.central.study.close()
        place, backup = self.central.study.settings.place, self.backups[-back]
        for each in place.glob("feldbuch.db*"):
            each.unlink()
        shutil.copy(backup / "feldbuch.db", place)
        shutil.rmtree(self.central.study.settings.blobs)
        shutil.copytree(backup / "blobs", self.central.study.settings.blobs)
        self.central.study = study = Study(self.central.study.settings, self.key)
        study.run(lambda connection: begin_epoch(connection, study.book, reason="restore", now=study.place.now()))
        if back > 1:
            self.forgiven |= self.sealed.keys() - at_nodes

    def write_stick(self, party: Party, stick: Path) -> None:
        """Somebody writes to a stick what is to go; what is not possible is said."""
        with contextlib.suppress(SyncError, CodedError):
            write_bundles(party.study.place, Stick(stick), STICK_FILE, [], told_nobody)

    def read_stick(self, party: Party, stick: Path) -> None:
        """Somebody puts the stick in."""
        read: Callable[..., object] = read_at_central if party is self.central else read_at_node
        with contextlib.suppress(SyncError, CodedError):
            read(party.study.place, Stick(stick), told_nobody)

    def stick(self, number: int) -> Path:
        """One of the sticks that lie about."""
        folder = self.folder / f"stick{number}"
        folder.mkdir(exist_ok=True)
        return folder

    def decide(self, use: bool) -> None:
        """A person at central decides of the oldest item that is kept apart."""
        study = self.central.study
        apart = [row for row in study.rows(ItemRow) if row.state in ("quarantined", "conflict")]
        if not apart:
            return
        wish = Wish(apart[0].hash, "held" if use else "aside", "looked at", "mara")
        with contextlib.suppress(SyncError, CodedError):
            study.run(lambda connection: settle(connection, study.book, wish, study.place.now()))

    def free_bytes(self, folder: Path) -> int:
        """What takes the place of ``space.free_bytes``: nothing is left where a disk is full."""
        is_full = any(folder == each.study.settings.place for each in self.full)
        return 0 if is_full else FREE

    def settle(self) -> None:
        """In the end all goes well, and everybody meets everybody."""
        self.full.clear()
        for _ in range(3):
            for tablet in self.tablets:
                for party in self.parties:
                    self.visit(tablet, party)
            for node in self.nodes:
                self.round(node)

    def lost(self) -> set[str]:
        """What lies nowhere any more, byte by byte."""
        there = self.at_central()
        for node in self.nodes:
            there |= _whole(node.study, self.sealed)
        for tablet in self.tablets:
            there |= {name for name, body in tablet.bytes_of().items() if body == self.sealed[name].body}
        return self.sealed.keys() - there - self.forgiven

    def missing(self) -> set[str]:
        """What central has not got, byte by byte."""
        return self.sealed.keys() - self.at_central() - self.forgiven

    def at_central(self) -> set[str]:
        """What central holds whole."""
        return _whole(self.central.study, self.sealed)


def _whole(study: Study, sealed: dict[str, Item]) -> set[str]:
    found = set()
    for row in study.rows(ItemRow):
        body = row.body
        if body is None and row.pruned_at is None and study.place.blobs.exists(row.body_hash):
            body = b"".join(study.place.blobs.read(row.body_hash))
        if row.hash in sealed and body == sealed[row.hash].body:
            found.add(row.hash)
    return found


@dataclass(frozen=True)
class _Template:
    """A central and nodes that central has admitted, closed, to be copied for each world."""

    folder: Path
    settings: dict[str, Settings]
    key: Ed25519PrivateKey


@functools.cache
def _template() -> _Template:
    folder = Path(tempfile.mkdtemp(prefix="feldbuch-template-"))
    atexit.register(shutil.rmtree, folder)
    central = Study.central(folder / "central")
    tell_bundle_key(central.place, central.feed)
    nodes = [Study.node(folder / f"node{number}", central) for number in range(NODES)]
    for node in nodes:
        central.admit(node)
    places = {each.settings.place.name: each for each in (central, *nodes)}
    for each in places.values():
        each.close()
    return _Template(folder, {name: each.settings for name, each in places.items()}, central.central_key)
