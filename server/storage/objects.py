"""Sealed bodies above 64 KiB in an S3 store: one object each, named by its SHA-256, there whole or not at all.

The address of the store, its region and its credentials come from the environment (``AWS_ENDPOINT_URL``,
``AWS_REGION``, ``AWS_ACCESS_KEY_ID`` and so on), as for any client of S3: none is a setting. A store without TLS needs
``AWS_ALLOW_HTTP=true``.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from server.errors.error import CodedError
from server.storage.blobs import READ_SIZE

PART: Final = 8 * 1024 * 1024
"""Bytes of a part of an upload; S3 takes no smaller ones than 5 MiB, and at most 10,000 of them."""
TIMEOUT: Final = "60s"
RETRIES: Final = 5


class ObjectBlobs:
    """Blobs as objects ``ab/abcdef...`` under a prefix. Content is written once and never changed.

    An object appears when all of it was taken, and its store has then answered for its durability. What a killed
    process left of an upload is no object; a rule of the bucket takes it away (``AbortIncompleteMultipartUpload``).

    Every method raises ``CodedError`` ``blobs.unreachable`` where the store does not do what it was asked.
    """

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def of(cls, address: str) -> ObjectBlobs:
        """The store at ``s3://bucket/prefix``. Nothing is asked of it yet. Raises ``CodedError`` ``settings.wrong``."""
        in_clear = os.environ.get("AWS_ALLOW_HTTP") == "true"
        try:
            store = S3Store.from_url(
                address,
                client_options={"timeout": TIMEOUT, "allow_http": in_clear},
                retry_config={"max_retries": RETRIES},
            )
        except (BaseError, ValueError):
            expected = "an address like s3://bucket/prefix"
            raise CodedError("settings.wrong", name="blob_store", expected=expected, path="feldbuch.toml") from None
        return cls(store)

    def exists(self, name: str) -> bool:
        """Whether the blob is held."""
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """Its size in bytes, or None where it is not held."""
        try:
            with _plain_errors():
                return int(obstore.head(self._store, _key(name))["size"])
        except FileNotFoundError:
            return None

    def put(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a blob and return its size; it is durable then.

        Raises ``ValueError`` when the content does not have that hash; nothing is left behind then.
        """
        sizes: list[int] = []
        with _plain_errors():
            obstore.put(self._store, _key(name), _checked(name, chunks, sizes), use_multipart=True, chunk_size=PART)
        return sum(sizes)

    def adopt(self, name: str, file: Path) -> None:
        """Take over a finished file, which is gone then. Raises ``ValueError`` as ``put`` does; the file stays."""
        with file.open("rb") as source:
            self.put(name, iter(lambda: source.read(READ_SIZE), b""))
        file.unlink(missing_ok=True)

    def renew(self, name: str) -> None:
        """See that a blob is there. Raises ``FileNotFoundError``."""
        if self.size(name) is None:
            raise FileNotFoundError(name)

    def remove(self, name: str) -> None:
        """Remove a blob that nothing names any more; nothing happens where there is none."""
        with _plain_errors(), contextlib.suppress(FileNotFoundError):
            obstore.delete(self._store, _key(name))

    def open(self, name: str) -> BinaryIO:
        """Open a blob for reading at any place. Raises ``FileNotFoundError``."""
        size = self.size(name)
        if size is None:
            raise FileNotFoundError(name)
        return cast("BinaryIO", io.BufferedReader(_Ranges(self._store, _key(name), size), READ_SIZE))

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of a blob in pieces of about 1 MiB. Raises ``FileNotFoundError``."""
        with _plain_errors():
            for chunk in obstore.get(self._store, _key(name)).stream(min_chunk_size=READ_SIZE):
                yield bytes(chunk)

    def names(self) -> Iterator[str]:
        """The names of all blobs."""
        with _plain_errors():
            for some in obstore.list(self._store):
                for each in some:
                    yield each["path"].rpartition("/")[2]


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


def _checked(name: str, chunks: Iterable[bytes], sizes: list[int]) -> Iterator[bytes]:
    """The chunks as they are; an error instead of their end where they have another hash, so that nothing appears."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        sizes.append(len(chunk))
        yield chunk
    if digest.hexdigest() != name:
        raise ValueError("the content does not have this hash")


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise CodedError("blobs.unreachable", detail=type(error).__name__) from error


class _Ranges(io.RawIOBase):
    """An object, read by ranges."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size, self._at = store, key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), max(self._size - self._at, 0))
        if length == 0:
            return 0
        with _plain_errors():
            data = obstore.get_range(self._store, self._key, start=self._at, length=length)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
