"""Vectors of bodies alone."""

import hashlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from envelope_maker.world import pattern, write
from sync.envelope.body import BodyWriter
from sync.envelope.encoding import U32, b64u


def empty_first(content_key: bytes, file_id: bytes) -> bytes:
    """A body that no writer makes: its keys and seals are right, but its first chunk of two is empty."""
    cipher = AESGCM(HKDF(SHA256(), 32, salt=file_id, info=b"feldbuch/1/body").derive(content_key))
    first = cipher.encrypt(bytes(12), b"", None)
    last = cipher.encrypt(bytes(10) + b"\1\1", b"end", None)
    return b"FBB\1" + file_id + U32.pack(0) + first + U32.pack(3) + last


def write_bodies() -> None:
    """Bodies that any writer makes alike, and what a reader says when they are changed."""
    content_key, file_id = hashlib.sha256(b"content key").digest(), hashlib.sha256(b"file id").digest()[:16]
    wholes = []
    plans: dict[str, list[list[int]]] = {
        "empty": [],
        "one_byte": [[1, 0]],
        "exactly_one_chunk": [[65536, 0]],
        "one_chunk_and_a_byte": [[65537, 0]],
        "three_chunks": [[200, 1], [300, 1], [100, 0]],
        "three_full_chunks": [[100000, 0], [96608, 0]],
        "recording": [[200, 1], [300, 1]],
    }
    for name, plan in plans.items():
        writer = BodyWriter(content_key, file_id)
        size = sum(piece for piece, _ in plan)
        content, offset, data = pattern(size), 0, b""
        for piece, flush in plan:
            data += writer.write(content[offset : offset + piece]) + (writer.flush() if flush else b"")
            offset += piece
        end, sealed = writer.finish()
        assert sealed.hash == hashlib.sha256(data + end).hexdigest()
        wholes.append({"name": name, "pieces": plan, "size": sealed.size, "hash": sealed.hash})
    # three_chunks: header 0-20, chunks 20-240, 240-560, 560-680.
    header, first, second, third = [0, 20], [20, 240], [240, 560], [560, 680]
    sealed_code, malformed, recipient = "envelope.body.sealed", "envelope.body.malformed", "envelope.recipient.sealed"
    cases: list[dict[str, object]] = [
        {"name": "cut to nothing", "ranges": [], "code": malformed},
        {"name": "cut in the header", "ranges": [[0, 11]], "code": malformed},
        {"name": "cut after the header", "ranges": [header], "code": malformed},
        {"name": "cut in a length", "ranges": [[0, 22]], "code": malformed},
        {"name": "cut in a chunk", "ranges": [[0, 100]], "code": malformed},
        {"name": "cut after the first chunk", "ranges": [header, first], "code": sealed_code},
        {"name": "cut after the second chunk", "ranges": [header, first, second], "code": sealed_code},
        {"name": "cut in the last chunk", "ranges": [[0, 679]], "code": malformed},
        {"name": "reordered", "ranges": [header, second, first, third], "code": sealed_code},
        {"name": "first chunk doubled", "ranges": [header, first, first, second, third], "code": sealed_code},
        {"name": "last chunk doubled", "ranges": [header, first, second, third, third], "code": sealed_code},
        {"name": "first chunk left out", "ranges": [header, second, third], "code": sealed_code},
        {"name": "joined to itself", "ranges": [[0, 680], [0, 680]], "code": malformed},
        {"name": "four bytes more", "ranges": [[0, 680], [4, 8]], "code": malformed},
        {"name": "an empty chunk before the last", "whole": b64u(empty_first(content_key, file_id)), "code": malformed},
        {"name": "flipped in the magic", "ranges": [[0, 680]], "flip": [0, 0], "code": malformed},
        {"name": "flipped in the version", "ranges": [[0, 680]], "flip": [3, 1], "code": malformed},
        {"name": "flipped in the file id", "ranges": [[0, 680]], "flip": [4, 7], "code": recipient},
        {"name": "flipped high in a length", "ranges": [[0, 680]], "flip": [20, 7], "code": malformed},
        {"name": "flipped low in a length", "ranges": [[0, 680]], "flip": [23, 0], "code": malformed},
        {"name": "flipped in the first chunk", "ranges": [[0, 680]], "flip": [24, 0], "code": sealed_code},
        {"name": "flipped in a tag", "ranges": [[0, 680]], "flip": [239, 3], "code": sealed_code},
        {"name": "flipped in the last chunk", "ranges": [[0, 680]], "flip": [600, 5], "code": sealed_code},
        {"name": "another key", "ranges": [[0, 680]], "content_key": b64u(bytes(32)), "code": recipient},
        {"name": "another commitment", "ranges": [[0, 680]], "commitment": "0" * 64, "code": recipient},
    ]  # fmt: skip
    sealed = BodyWriter(content_key, file_id).finish()[1]
    write(
        "bodies",
        {
            "content_key": b64u(content_key),
            "file_id": b64u(file_id),
            "commitment": sealed.key_commitment,
            "whole": wholes,
            "broken": cases,
        },
    )
