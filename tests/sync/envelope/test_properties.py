"""What must hold of every envelope, whatever it holds and wherever it is changed."""

import hashlib
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.envelope import body, cover, record, seal
from sync.envelope.encoding import b64u, canonical
from sync.errors import EnvelopeError
from tests.examples import examples
from tests.sync.envelope.world import DEVICE, PRIVATE, PUBLIC, facts, record_facts

CONTENT = bytes(range(256)) * 3
COVER, BODY = seal.seal_part(facts(), CONTENT, PUBLIC[:2], DEVICE)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def small_chunks() -> tuple[body.SealedBody, bytes]:
    writer = body.BodyWriter()
    data = b"".join(writer.write(CONTENT[at : at + 100]) + writer.flush() for at in range(0, len(CONTENT), 100))
    end, sealed = writer.finish()
    return sealed, data + end


SMALL, SMALL_BODY = small_chunks()


class Dribble:
    """A source that gives less than it was asked for, as sockets do."""

    def __init__(self, data: bytes, sizes: Iterator[int]) -> None:
        self._source = io.BytesIO(data)
        self._sizes = sizes

    def read(self, size: int, /) -> bytes:
        return self._source.read(min(size, next(self._sizes, size)))


@given(st.lists(st.tuples(st.binary(max_size=200), st.booleans()), max_size=6), st.lists(st.integers(1, 40)))
def test_any_content_opens_to_itself(pieces: list[tuple[bytes, bool]], sizes: list[int]) -> None:
    writer = body.BodyWriter()
    data = b"".join(writer.write(piece) + (writer.flush() if flush else b"") for piece, flush in pieces)
    end, sealed = writer.finish()
    data += end
    body.verify_body(Dribble(data, iter(sizes)), cover.BodyReference(sealed.hash, sealed.size))
    opened = body.open_body(Dribble(data, iter(sizes)), sealed.content_key, sealed.key_commitment)
    assert b"".join(opened) == b"".join(piece for piece, _ in pieces)


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 131072, 200_000])
def test_chunks_are_full_and_the_last_one_is_the_last(size: int) -> None:
    content = (CONTENT * (size // len(CONTENT) + 1))[:size]
    sealed, data = seal.seal_body(content)
    chunks = list(body.open_body(data, sealed.content_key, sealed.key_commitment))
    assert b"".join(chunks) == content
    assert len(chunks) == max(1, -(-size // body.CHUNK_SIZE))


@settings(max_examples=examples(40))
@given(TEXTS, st.none() | st.sampled_from(["de", "bg", "tr-Latn"]))
def test_any_record_opens_to_itself(instance_xml: str, language: str | None) -> None:
    document = record.RecordDocument(instance_xml, language)
    encoded, data = seal.seal_record(record_facts(), document, PUBLIC[:1], DEVICE)
    verified = cover.verify_cover(encoded)
    assert seal.open_record(verified, io.BytesIO(data), PRIVATE) == document


@settings(max_examples=examples(300))
@given(st.integers(0, len(COVER) * 8 - 1))
def test_a_flipped_bit_of_a_cover_is_refused(bit: int) -> None:
    flipped = bytearray(COVER)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError, match=r"envelope\.(cover|signature)\."):
        cover.verify_cover(bytes(flipped))


@given(st.integers(0, len(COVER) - 1))
def test_a_cut_cover_is_refused(size: int) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.cover\.not_canonical"):
        cover.verify_cover(COVER[:size])


@given(st.integers(0, len(BODY) * 8 - 1))
def test_a_flipped_bit_of_a_body_is_refused_by_who_cannot_open(bit: int) -> None:
    flipped = bytearray(BODY)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError, match=r"envelope\.body\.hash"):
        body.verify_body(bytes(flipped), cover.parse_cover(COVER).body)


@settings(max_examples=examples(300))
@given(st.integers(0, len(SMALL_BODY) * 8 - 1))
def test_a_flipped_bit_of_a_body_does_not_open(bit: int) -> None:
    flipped = bytearray(SMALL_BODY)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeError, match=r"envelope\.(body\.(malformed|sealed)|recipient\.sealed)"):
        list(body.open_body(bytes(flipped), SMALL.content_key, SMALL.key_commitment))


@given(st.integers(0, len(SMALL_BODY) - 1))
def test_a_cut_body_does_not_open(size: int) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.body\.(malformed|sealed)"):
        list(body.open_body(SMALL_BODY[:size], SMALL.content_key, SMALL.key_commitment))
    with pytest.raises(EnvelopeError, match=r"envelope\.body\.size"):
        body.verify_body(SMALL_BODY[:size], cover.BodyReference(SMALL.hash, SMALL.size))


@given(st.binary(min_size=1, max_size=80))
def test_an_extended_body_does_not_open(more: bytes) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.body\.(malformed|sealed)"):
        list(body.open_body(SMALL_BODY + more, SMALL.content_key, SMALL.key_commitment))


@given(
    st.binary(max_size=200)
    | st.dictionaries(st.sampled_from(sorted(cover._KEYS)), st.none() | st.integers(0, 9) | TEXTS).map(canonical)
)
def test_only_known_errors_come_out_of_a_cover(data: bytes) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.cover\.(not_canonical|field)"):
        cover.parse_cover(data)


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1))
def test_only_known_errors_come_out_of_a_record(data: bytes, size: int) -> None:
    plaintext = (size.to_bytes(4, "big") + data).ljust(record.MIN_PLAINTEXT_SIZE, b"\0")
    with pytest.raises(EnvelopeError, match=r"envelope\.record\.malformed"):
        record.unpack_record(plaintext)


def test_a_refusal_and_an_interview_have_one_size() -> None:
    # Random letters compress worst; 6 KB of them is more than an interview of 6 KB of XML will ever need.
    noise = b64u(hashlib.shake_256(b"interview").digest(4500))
    sizes = {
        len(seal.seal_record(record_facts(), record.RecordDocument(noise[:length], "de"), PUBLIC[:1], DEVICE)[1])
        for length in (0, 300, 3000, 6000)
    }
    assert sizes == {20 + 4 + 8192 + 16}


@given(st.integers(2, 17 * 1024 * 1024))
def test_padding_adds_at_most_an_eighth(size: int) -> None:
    padded = record.padme(size)
    assert size <= padded <= size * 1.12 + 1
    assert record.padme(padded) == padded
