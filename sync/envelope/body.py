"""The body: content in sealed chunks, by the STREAM construction (FORMAT.md, The body)."""

import hashlib
import hmac
import io
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.envelope.cover import BodyReference
from sync.envelope.encoding import U32, sha256_hex
from sync.errors import EnvelopeError

MAGIC = b"FBB\x01"
FILE_ID_SIZE = 16
HEADER_SIZE = len(MAGIC) + FILE_ID_SIZE
CONTENT_KEY_SIZE = 32
CHUNK_SIZE = 65536
TAG_SIZE = 16

_READ_SIZE = 262144
_SMALL_BODY = 65536
_MALFORMED = "envelope.body.malformed"


class Readable(Protocol):
    """A source of bytes: a file, a socket's stream. `read` returns b"" only at the end."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes."""


@dataclass(frozen=True, slots=True)
class SealedBody:
    """What a cover needs to know of a finished body. `content_key` is secret until it stands in stanzas."""

    content_key: bytes = field(repr=False)
    key_commitment: str
    hash: str
    size: int


def _derive(content_key: bytes, file_id: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=file_id, info=info).derive(content_key)


def key_commitment(content_key: bytes, file_id: bytes) -> str:
    """The commitment to a content key, in hex."""
    return _derive(content_key, file_id, b"feldbuch/1/commitment").hex()


def _nonce(counter: int, last: bool) -> bytes:
    return bytes(7) + U32.pack(counter) + (b"\x01" if last else b"\x00")


class BodyWriter:
    """Writes a body piece by piece; memory holds at most one chunk.

    `write`, `flush` and `finish` return bytes to append to the file; header first. Bytes once
    returned are final. A writer is for one body and one thread.
    """

    def __init__(self, content_key: bytes | None = None, file_id: bytes | None = None) -> None:
        """Both are made at random unless given; whoever gives them must never have used them before."""
        self._content_key = secrets.token_bytes(CONTENT_KEY_SIZE) if content_key is None else content_key
        file_id = secrets.token_bytes(FILE_ID_SIZE) if file_id is None else file_id
        if len(self._content_key) != CONTENT_KEY_SIZE or len(file_id) != FILE_ID_SIZE:
            raise ValueError("a content key has 32 bytes, a file id 16")
        self._cipher = AESGCM(_derive(self._content_key, file_id, b"feldbuch/1/body"))
        self._commitment = key_commitment(self._content_key, file_id)
        self._pending = bytearray()
        self._counter = 0
        self._hash = hashlib.sha256()
        self._size = 0
        self._header = MAGIC + file_id
        self._finished = False

    def write(self, data: bytes) -> bytes:
        """Add content. Full chunks are sealed; up to 65536 bytes wait, as they may be the last."""
        self._pending += data
        sealed = []
        offset = 0
        while len(self._pending) - offset > CHUNK_SIZE:
            sealed.append(self._seal(self._pending[offset : offset + CHUNK_SIZE], last=False))
            offset += CHUNK_SIZE
        del self._pending[:offset]
        return self._emit(b"".join(sealed))

    def flush(self) -> bytes:
        """Seal what waits as a chunk of its own, so that a crash cannot take it."""
        return self._emit(self._take(last=False) if self._pending else b"")

    def finish(self) -> tuple[bytes, SealedBody]:
        """Seal the final chunk; the writer is then used up."""
        data = self._emit(self._take(last=True))
        self._finished = True
        sealed = SealedBody(self._content_key, self._commitment, self._hash.hexdigest(), self._size)
        return data, sealed

    def _take(self, *, last: bool) -> bytes:
        sealed = self._seal(self._pending, last=last)
        self._pending = bytearray()
        return sealed

    def _seal(self, plaintext: bytes | bytearray, *, last: bool) -> bytes:
        if self._finished:
            raise ValueError("the body is finished")
        sealed = self._cipher.encrypt(_nonce(self._counter, last), plaintext, None)
        self._counter += 1
        return U32.pack(len(plaintext)) + sealed

    def _emit(self, data: bytes) -> bytes:
        data = self._header + data
        self._header = b""
        self._hash.update(data)
        self._size += len(data)
        return data


def _read_exactly(source: Readable, size: int) -> bytes:
    """`size` bytes, or fewer at the end of the source."""
    data = source.read(size)
    while 0 < len(data) < size:
        more = source.read(size - len(data))
        if not more:
            break
        data += more
    return data


def _read_length(source: Readable) -> int | None:
    """The length of the next chunk, None at the end."""
    prefix = _read_exactly(source, U32.size)
    if not prefix:
        return None
    if len(prefix) < U32.size:
        raise EnvelopeError(_MALFORMED)
    (length,) = U32.unpack(prefix)
    if length > CHUNK_SIZE:
        raise EnvelopeError(_MALFORMED)
    return int(length)


def open_body(source: bytes | Readable, content_key: bytes, commitment: str) -> Iterator[bytes]:
    """The content of a body, chunk by chunk; memory holds one chunk.

    Nothing of it may be used before the iterator ended without an error.

    Raises:
        EnvelopeError: `envelope.body.malformed`, `envelope.recipient.sealed` (another commitment),
            `envelope.body.sealed`.
    """
    source = io.BytesIO(source) if isinstance(source, bytes) else source
    header = _read_exactly(source, HEADER_SIZE)
    if len(header) != HEADER_SIZE or not header.startswith(MAGIC):
        raise EnvelopeError(_MALFORMED)
    file_id = header[len(MAGIC) :]
    if not hmac.compare_digest(key_commitment(content_key, file_id), commitment):
        raise EnvelopeError("envelope.recipient.sealed")
    cipher = AESGCM(_derive(content_key, file_id, b"feldbuch/1/body"))
    counter = 0
    length = _read_length(source)
    if length is None:
        raise EnvelopeError(_MALFORMED)
    while length is not None:
        sealed = _read_exactly(source, length + TAG_SIZE)
        if len(sealed) != length + TAG_SIZE:
            raise EnvelopeError(_MALFORMED)
        following = _read_length(source)
        if following is not None and length == 0:
            raise EnvelopeError(_MALFORMED)
        try:
            plaintext = cipher.decrypt(_nonce(counter, following is None), sealed, None)
        except InvalidTag as error:
            raise EnvelopeError("envelope.body.sealed") from error
        yield plaintext
        counter += 1
        length = following


class BodyVerifier:
    """Compares a body that passes by with what its cover says (step 4 of the order of reading)."""

    def __init__(self, reference: BodyReference) -> None:
        self._reference = reference
        self._hash = hashlib.sha256()
        self._size = 0

    def update(self, data: bytes) -> None:
        """Take in the next bytes; raises EnvelopeError `envelope.body.size` as soon as they are too many."""
        self._size += len(data)
        if self._size > self._reference.size:
            raise EnvelopeError("envelope.body.size", expected=self._reference.size)
        self._hash.update(data)

    def finish(self) -> None:
        """After the last bytes: raises EnvelopeError `envelope.body.size` or `envelope.body.hash`."""
        if self._size != self._reference.size:
            raise EnvelopeError("envelope.body.size", expected=self._reference.size)
        if not hmac.compare_digest(self._hash.hexdigest(), self._reference.hash):
            raise EnvelopeError("envelope.body.hash")


def verify_body(source: bytes | Readable, reference: BodyReference) -> None:
    """Read a whole body and compare its size and hash with its cover's.

    Raises:
        EnvelopeError: `envelope.body.size`, `envelope.body.hash`.
    """
    if isinstance(source, bytes) and len(source) <= _SMALL_BODY:
        if len(source) != reference.size:
            raise EnvelopeError("envelope.body.size", expected=reference.size)
        if not hmac.compare_digest(sha256_hex(source), reference.hash):
            raise EnvelopeError("envelope.body.hash")
        return
    verifier = BodyVerifier(reference)
    source = io.BytesIO(source) if isinstance(source, bytes) else source
    while data := source.read(_READ_SIZE):
        verifier.update(data)
    verifier.finish()
