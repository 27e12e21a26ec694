"""A bundle never permits more than a round does: what central did not sign is an alarm and is not kept."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.services.collect.bundles.agefile import opened_age
from server.services.collect.bundles.hearing import StickHeard
from server.services.collect.bundles.keys import central_recipient, own_identity, recipient_of, tell_bundle_key
from server.services.collect.bundles.plan import make_plan
from server.services.collect.bundles.stick import Stick
from server.services.collect.keys import node_private_key
from server.storage.carriers import Content, FeedEntryRow, Node, Peer
from server.storage.items import Epoch, MarkRow, ReceiptRow
from server.storage.items import Item as ItemRow
from server.storage.keyfiles import BUNDLE_KEY
from sync.bundle import ASK, CONTENT, ENTRY, ITEM, MARK, RECEIPT, write_frame, write_item, write_piece
from sync.bundle_words import Ask, CentralPiece, NodePiece
from sync.envelope.signed import FeedEntry, Mark, Receipt
from sync.errors import SyncError
from tests.field import STUDY, FieldDevice, Study
from tests.server.collect.test_bundles import forwards, hear, met, take, write

AT = "2026-03-01T12:00:00Z"


@pytest.fixture
def joined(central: Study, node: Study) -> Study:
    return met(central, node)


@pytest.fixture
def device(central: Study) -> FieldDevice:
    made = FieldDevice(central)
    central.introduce(made)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
def asked(central: Study, joined: Study, device: FieldDevice, folder: Path) -> Ask:
    """A node whose item is at central, and whose question waits for an answer."""
    joined.intake.receive(device.carrier, [device.seal()])
    write(joined, folder)
    take(central, folder)
    return Ask.read(json.loads(central.rows(Node)[0].bundle_ask))


def put(folder: Path, recipient: str, about: bytes, frames: Iterable[Iterable[bytes]], name: str = "made.fbb") -> None:
    Stick(folder).write(name, write_piece(about, frames), [recipient], lambda _size: None)


def answer(
    central: Study, ask: Ask, folder: Path, frames: Sequence[tuple[bytes, bytes]], key: Ed25519PrivateKey | None = None,
    **changes: object,
) -> None:  # fmt: skip
    """A piece of central that holds what central would never write."""
    epoch = central.rows(Epoch)[-1].epoch
    piece = CentralPiece(STUDY, ask.id, "a" * 32, 1, (), True, AT, ask.sequence, epoch, ask.cursor, ask.cursor + 1)
    about = dataclasses.replace(piece, **changes).sign(key or central.central_key)
    put(folder, ask.recipient, about, [write_frame(*each) for each in frames])


def forged(central: Study, what: str) -> tuple[bytes, bytes]:
    stranger = Ed25519PrivateKey.generate()
    epoch = central.rows(Epoch)[-1].epoch
    if what == "receipt":
        row = central.rows(ItemRow)[0]
        receipt = Receipt(STUDY, row.instance, row.part, row.hash, row.body_hash, "held", epoch, 99)
        return RECEIPT, receipt.sign(stranger)
    if what == "mark":
        return MARK, Mark(STUDY, epoch, 10**6, AT).sign(stranger)
    head = central.rows(FeedEntryRow)[0]
    return ENTRY, FeedEntry(STUDY, "study", 99, head.hash, AT, "revocation", {"node": "x"}).sign(stranger)


@pytest.mark.parametrize(
    ("what", "code"), [("receipt", "receipt.forged"), ("mark", "mark.forged"), ("entry", "feed.forged")]
)
def test_forged_documents_are_an_alarm_and_not_kept(
    central: Study, joined: Study, asked: Ask, folder: Path, what: str, code: str
) -> None:
    answer(central, asked, folder, [forged(central, what)])
    entries = len(joined.rows(FeedEntryRow))
    heard = hear(joined, folder)
    assert (heard.tally.alarm, heard.pieces[0].problem) == (code, code)
    assert (joined.rows(ReceiptRow), joined.rows(MarkRow), len(joined.rows(FeedEntryRow))) == ([], [], entries)
    assert forwards(joined) == [("queued", None)]
    assert (joined.rows(Peer)[0].receipt_cursor, joined.rows(Peer)[0].alarm) == (0, code)


def test_a_document_that_is_no_document_is_an_alarm(central: Study, joined: Study, asked: Ask, folder: Path) -> None:
    answer(central, asked, folder, [(RECEIPT, b'{"a": 1}')])
    assert hear(joined, folder).tally.alarm == "receipt.forged"


def problems(heard: StickHeard) -> list[str | None]:
    return [piece.problem for piece in heard.pieces]


def test_a_piece_that_central_did_not_sign_changes_no_epoch(
    central: Study, joined: Study, asked: Ask, folder: Path
) -> None:
    answer(central, asked, folder, [], key=Ed25519PrivateKey.generate(), epoch="e" * 32)
    epoch = joined.rows(Peer)[0].epoch
    assert problems(hear(joined, folder)) == ["envelope.signature.wrong"]
    assert joined.rows(Peer)[0].epoch == epoch


def test_only_an_answer_to_an_open_question_changes_the_epoch(
    central: Study, joined: Study, asked: Ask, folder: Path
) -> None:
    epoch = joined.rows(Peer)[0].epoch
    for number in (0, asked.sequence - 1, asked.sequence + 1000):
        answer(central, asked, folder, [], epoch="e" * 32, answers=number)
        assert problems(hear(joined, folder)) == ["bundle.stale"]
        (folder / "made.fbb").unlink()
    assert joined.rows(Peer)[0].epoch == epoch
    answer(central, asked, folder, [], epoch="e" * 32)
    assert hear(joined, folder).new_epoch
    assert joined.rows(Peer)[0].epoch == "e" * 32


def test_receipts_are_not_passed_over_by_a_cursor_that_begins_behind(
    central: Study, joined: Study, asked: Ask, folder: Path
) -> None:
    answer(central, asked, folder, [], after=asked.cursor + 10, cursor=asked.cursor + 20)
    assert problems(hear(joined, folder)) == ["bundle.gap"]
    assert joined.rows(Peer)[0].receipt_cursor == asked.cursor


def test_a_content_that_nobody_named_is_not_kept(central: Study, joined: Study, asked: Ask, folder: Path) -> None:
    answer(central, asked, folder, [(CONTENT, b"anything")])
    heard = hear(joined, folder)
    assert (heard.tally.contents, heard.tally.alarm, joined.rows(Content)) == (0, None, [])


def test_a_node_cannot_ask_for_another_and_an_old_question_replaces_no_newer_one(
    central: Study, joined: Study, asked: Ask, folder: Path
) -> None:
    key = node_private_key(joined.settings)
    with central.place.engine.connect() as connection:
        recipient = central_recipient(connection, central.feed)
    assert recipient is not None
    stranger = Study.node(folder.parent / "stranger", central)
    stranger.close()
    about = NodePiece(STUDY, "b" * 32, 1, (), True, AT).sign(key)
    old = dataclasses.replace(asked, cursor=77)
    newest = central.rows(Node)[0].bundle_ask
    newer = dataclasses.replace(asked, sequence=10**6)
    unsealable = dataclasses.replace(newer, recipient="age1" + "q" * 58)
    for each, signer in ((old, key), (newer, node_private_key(stranger.settings)), (unsealable, key)):
        put(folder, recipient, about, [write_frame(ASK, each.sign(signer))])
        take(central, folder)
        (folder / "made.fbb").unlink()
        assert central.rows(Node)[0].bundle_ask == newest
    # Somebody who knows the recipient is not yet a node.
    unknown = NodePiece(STUDY, "b" * 32, 1, (), True, AT).sign(node_private_key(stranger.settings))
    item = FieldDevice(central).seal()
    put(folder, recipient, unknown, [write_item(item.cover, len(item.body), [item.body])])
    held = len(central.rows(ItemRow))
    assert "node.unknown" in [piece.problem for piece in take(central, folder).pieces]
    assert len(central.rows(ItemRow)) == held


def test_a_length_that_lies_reads_nothing_more(central: Study, joined: Study, asked: Ask, folder: Path) -> None:
    with central.place.engine.connect() as connection:
        recipient = central_recipient(connection, central.feed) or ""
    about = NodePiece(STUDY, "b" * 32, 1, (), True, AT).sign(node_private_key(joined.settings))
    item = FieldDevice(central).seal()
    lie = ITEM + len(item.cover).to_bytes(4, "big") + item.cover + (2**32 - 1).to_bytes(4, "big")
    put(folder, recipient, about, [[lie, b"x" * 100_000]])
    assert "bundle.framing" in [piece.problem for piece in take(central, folder).pieces]


def test_reading_may_end_in_the_middle_without_a_thread_left(folder: Path) -> None:
    identity = own_identity_of(folder)
    path = Stick(folder).write("large.fbb", chunks(200), [recipient_of(identity)], lambda _size: None)
    with opened_age(path, identity) as source:
        assert source.read(10) == b"x" * 10
    assert [each for each in threading.enumerate() if each.name == "age"] == []
    os.truncate(path, path.stat().st_size // 2)
    with opened_age(path, identity) as source:
        assert source.read(90 * 65536) == b"x" * 90 * 65536
        with pytest.raises(SyncError, match=r"bundle\.damaged"):
            any(source.read(65536) == b"" for _ in range(200))


def chunks(number: int) -> Iterator[bytes]:
    for _ in range(number):
        yield b"x" * 65536


def own_identity_of(folder: Path) -> str:
    central = Study.central(folder.parent / "keys")
    central.close()
    return own_identity(central.settings)


def test_the_key_is_made_once_and_named_once(central: Study) -> None:
    tell_bundle_key(central.place, central.feed)
    path = central.settings.keys / BUNDLE_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    tell_bundle_key(central.place, central.feed)
    named = [row for row in central.rows(FeedEntryRow) if row.kind == "bundle_key"]
    assert (path.read_bytes(), len(named)) == (before, 1)
    # The key was lost: a new one is named, and the newest counts.
    path.unlink()
    tell_bundle_key(central.place, central.feed)
    with central.place.engine.connect() as connection:
        assert central_recipient(connection, central.feed) == recipient_of(own_identity(central.settings))
    assert sorted(each.name for each in central.settings.keys.iterdir()) == ["bundle.key", "central.key", "session.key"]


def test_a_plan_leaves_what_does_not_fit_and_takes_what_does() -> None:
    plan = make_plan([(1, 500_000), (2, 3_000_000), (3, 400_000), (4, 700_000)], most=1_000_000, room=2_000_000)
    assert ([list(each) for each in plan.pieces], plan.left) == ([[1, 3], [4]], 1)
    assert plan.bytes <= 2_000_000
    assert make_plan([(1, 10)], most=1_000_000, room=0).left == 1
    alone = make_plan([(1, 10), (2, 5_000_000), (3, 10)], most=1_000_000, room=10_000_000)
    assert [list(each) for each in alone.pieces] == [[1], [2], [3]]
