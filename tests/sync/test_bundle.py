"""Pieces of bundles: what stands whole comes out as it went in, damage and impossible lengths are met in time."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.bundle import AT_MOST, ENTRY, HELLO, MARK, Frame, PieceFile, write_frame, write_item, write_piece
from sync.bundle_words import Ask, CentralPiece, NodePiece, is_central
from sync.envelope.encoding import U32, parse_canonical
from sync.errors import EnvelopeError, SyncError
from sync.framing import READ_SIZE, HandedItem

ABOUT = b'{"v":1}'
FRAMES = [(HELLO, b"hello"), (b"i", (b"cover", b"body" * 40)), (MARK, b"mark"), (b"i", (b"another", b""))]
SET = "0" * 32
AT = "2026-03-01T12:00:00Z"


def by_the_page() -> bytes:
    """A piece written out as the page of the protocol says, without the code that is tested."""
    data = b"FBX\x01" + (7).to_bytes(4, "big") + ABOUT
    for kind, content in FRAMES:
        data += kind
        for each in content if isinstance(content, tuple) else (content,):
            data += len(each).to_bytes(4, "big") + each
    return data + b"." + (4).to_bytes(4, "big") + hashlib.sha256(data).digest()


WHOLE = by_the_page()


def read(data: bytes) -> tuple[list[Any], str | None]:
    """The frames that came out whole, and the code of the damage."""
    found: list[Any] = []
    try:
        for each in PieceFile(io.BytesIO(data)).frames():
            if isinstance(each, HandedItem):
                body = b""
                while piece := each.body.read(READ_SIZE):
                    body += piece
                found.append((b"i", (each.cover, body)))
            else:
                found.append((each.kind, each.data))
    except SyncError as error:
        return found, error.code
    return found, None


def test_a_piece_is_written_and_read_as_the_page_says() -> None:
    frames = [
        write_item(content[0], len(content[1]), [content[1]])
        if isinstance(content, tuple)
        else write_frame(kind, content)
        for kind, content in FRAMES
    ]
    assert b"".join(write_piece(ABOUT, frames)) == WHOLE
    assert read(WHOLE) == (FRAMES, None)
    assert PieceFile(io.BytesIO(WHOLE)).about == {"v": 1}


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unseen(at: int, change: int) -> None:
    data = bytearray(WHOLE)
    data[at] ^= change
    found, code = read(bytes(data))
    assert code in {"bundle.header", "bundle.damaged", "bundle.framing"}
    assert len(found) <= len(FRAMES)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_cut_piece_gives_what_stands_before_the_cut(at: int) -> None:
    found, code = read(WHOLE[:at])
    assert code in {"bundle.header", "bundle.damaged"}
    assert found == FRAMES[: len(found)]


def test_bytes_behind_the_end_are_seen() -> None:
    assert read(WHOLE + b"x") == (FRAMES, "bundle.framing")


class Endless(io.RawIOBase):
    """A beginning, and then as many zeros as anybody reads; more than a little is too much."""

    def __init__(self, beginning: bytes) -> None:
        self.rest = beginning
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        data, self.rest = self.rest[:size], self.rest[size:]
        self.given += size
        assert self.given < 2_000_000
        return data or bytes(size)


@pytest.mark.parametrize("kind", [HELLO, MARK, ENTRY, b"i", b"?", b"\0"])
def test_lengths_that_cannot_be_are_refused_before_they_are_read(kind: bytes) -> None:
    beginning = b"FBX\x01" + U32.pack(len(ABOUT)) + ABOUT + kind + U32.pack(max(AT_MOST.values()) + 1)
    with pytest.raises(SyncError, match=r"bundle\.framing"):
        list(PieceFile(Endless(beginning)).frames())
    with pytest.raises(SyncError, match=r"bundle\.header"):
        PieceFile(Endless(b"FBX\x01" + U32.pack(2**32 - 1)))


def node_piece(**changes: Any) -> NodePiece:
    return NodePiece(**{"study": "example", "set": SET, "number": 2, "before": (1,), "last": True, "at": AT, **changes})


def ask(**changes: Any) -> Ask:
    recipient = "age1" + "q" * 58
    values = {"study": "example", "sequence": 3, "recipient": recipient, "epoch": None, "cursor": 0}
    return Ask(**{**values, "heads": {"study": 2}, "wants": ("ab" * 32,), **changes})


def test_what_is_signed_is_read_and_nothing_else() -> None:
    key, central = generate_private_key(SECP256R1()), Ed25519PrivateKey.generate()
    piece = NodePiece.read(parse_canonical(node_piece().sign(key), "x"))
    assert node_piece(id=piece.id) == piece
    asked = Ask.read(parse_canonical(ask().sign(key), "x"))
    assert ask(id=asked.id) == asked
    answer = CentralPiece("example", piece.id, SET, 1, (), False, AT, 3, "f" * 32, 0, 7)
    encoded = answer.sign(central)
    assert CentralPiece.read(encoded, central.public_key()) == answer
    assert is_central(parse_canonical(encoded, "x"))
    assert not is_central(parse_canonical(node_piece().sign(key), "x"))
    with pytest.raises(EnvelopeError, match="signature"):
        CentralPiece.read(encoded, Ed25519PrivateKey.generate().public_key())
    for signed, reader in ((node_piece().sign(key), NodePiece), (ask().sign(key), Ask)):
        document = parse_canonical(signed, "x")
        with pytest.raises(EnvelopeError, match="signature"):
            reader.read({**document, "study": "another"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0}, {"number": 10_000}, {"before": ("1",)}, {"before": tuple(range(10_000))}, {"last": 1},
        {"set": "x"}, {"at": "now"},
    ],
)  # fmt: skip
def test_fields_that_are_not_as_they_must_be_are_named(wrong: dict[str, Any]) -> None:
    key = generate_private_key(SECP256R1())
    document = parse_canonical(node_piece(**wrong).sign(key), "x")
    with pytest.raises(EnvelopeError, match=next(iter(wrong))):
        NodePiece.read(document)


@pytest.mark.parametrize(
    "wrong", [{"recipient": "age1x"}, {"heads": {"study": -1}}, {"heads": {"no chain": 1}}, {"wants": ("x",)}]
)
def test_a_question_that_asks_for_the_impossible_is_refused(wrong: dict[str, Any]) -> None:
    key = generate_private_key(SECP256R1())
    with pytest.raises(EnvelopeError):
        Ask.read(parse_canonical(ask(**wrong).sign(key), "x"))


def test_frames_of_documents_keep_their_bytes_out_of_logs() -> None:
    assert "secret" not in repr(Frame(HELLO, b"secret"))
