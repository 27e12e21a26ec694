"""age files as streams: 64 KiB are in memory, however large the file is."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyrage
from pyrage import x25519

from sync.errors import SyncError

HEADER_AT_MOST = 8192
"""An age header has a stanza of about 100 bytes for each recipient; ours have two."""
_MAGIC = b"age-encryption.org/v1\n"
_MAC = b"\n--- "


def write_age(file: BinaryIO, chunks: Iterator[bytes], recipients: Sequence[str], told: Callable[[int], None]) -> None:
    """Seal ``chunks`` for the recipients into a file. ``told`` hears how many bytes of clear text were taken each time.

    Raises what ``chunks`` raises and what the file raises when it is written.
    """
    flow, sink = _Flow(chunks, told), _Sink(file)
    try:
        pyrage.encrypt_io(flow, sink, [x25519.Recipient.from_str(each) for each in recipients])
    except Exception as error:
        # The library tells some errors of ours by their text only.
        raise flow.error or sink.error or error from None


def is_recipient(text: str) -> bool:
    """Whether something can be sealed for this recipient: its checksum is right too."""
    try:
        x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


@contextlib.contextmanager
def opened_age(path: Path, identity: str) -> Iterator[OpenedAge]:
    """A sealed file as its clear text, to be read from the beginning; whatever is not read is left alone.

    Raises ``SyncError``: ``bundle.header`` where it is no age file, ``bundle.damaged`` where it cannot be read.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            start = file.read(HEADER_AT_MOST)
        except OSError:
            raise SyncError("bundle.damaged") from None
        end = start.find(_MAC)
        # The library reads on until a header ends: a hostile file would have it read the whole of it into memory.
        if not start.startswith(_MAGIC) or end < 0 or b"\n" not in start[end + len(_MAC) :]:
            raise SyncError("bundle.header")
        file.seek(0)
        opened = OpenedAge(file, x25519.Identity.from_str(identity))
        try:
            yield opened
        finally:
            opened.close()


class OpenedAge:
    """Clear text that a thread opens as it is read: the library gives, and whoever reads wants to take."""

    def __init__(self, file: BinaryIO, identity: x25519.Identity) -> None:
        reading, writing = os.pipe()
        self._reading = os.fdopen(reading, "rb")
        self._error: BaseException | None = None
        self._given = 0
        self._thread = threading.Thread(target=self._open, args=(file, identity, writing), name="age", daemon=True)
        self._thread.start()

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes, b"" at the end.

        Raises ``SyncError``: ``bundle.other_key`` where the file is not sealed for this place, ``bundle.damaged`` at
        the first byte that was cut off, changed, or that the stick has lost.
        """
        data = self._reading.read(size)
        self._given += len(data)
        if len(data) < size:
            self._thread.join()
            if self._error is not None and not data:
                self._raise(self._error)
        return data

    def close(self) -> None:
        """End, also in the middle."""
        self._reading.close()
        self._thread.join()

    def _raise(self, error: BaseException) -> None:
        if isinstance(error, pyrage.DecryptError) and not self._given:
            raise SyncError("bundle.other_key")
        if isinstance(error, pyrage.DecryptError | OSError):
            raise SyncError("bundle.damaged")
        raise error

    def _open(self, file: BinaryIO, identity: x25519.Identity, writing: int) -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                pyrage.decrypt_io(file, pipe, [identity])
        except BrokenPipeError:
            # Whoever read has enough.
            pass
        except Exception as error:
            self._error = error


class _Flow:
    """What the library reads from: the chunks, in the sizes that it asks for."""

    def __init__(self, chunks: Iterator[bytes], told: Callable[[int], None]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self._told = told
        self.error: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
                self._told(len(self._rest))
        except StopIteration:
            return b""
        except Exception as error:
            self.error = error
            raise
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


class _Sink:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except Exception as error:
            self.error = error
            raise

    def flush(self) -> None:
        """Nothing: whoever opened the file makes it durable."""
