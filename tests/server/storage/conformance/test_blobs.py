"""Blobs: there whole or not at all, wherever they lie."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors.error import CodedError
from server.storage.blobs import Blobs, BlobStore
from server.storage.objects import PART, ObjectBlobs
from tests.s3 import Bucket

LARGE = os.urandom(1000) * 9_000
"""More than one part of an upload to S3."""
assert len(LARGE) > PART
MIB = 1024 * 1024


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return BlobStore(tmp_path / "blobs")
    bucket: Bucket = request.getfixturevalue("bucket")
    return ObjectBlobs.of(bucket.make())


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), MIB):
        yield data[at : at + MIB]


def names(blobs: Blobs, folder: Path) -> list[str]:
    """All that lies there, also what has no name of a blob."""
    if isinstance(blobs, ObjectBlobs):
        return sorted(blobs.names())
    return sorted(each.name for each in (folder / "blobs").rglob("*") if each.is_file())


@pytest.mark.parametrize("data", [b"", b"small", LARGE], ids=["empty", "small", "parts"])
def test_what_was_put_in_pieces_is_there_whole(blobs: Blobs, tmp_path: Path, data: bytes) -> None:
    name = name_of(data)
    assert (blobs.exists(name), blobs.size(name)) == (False, None)
    assert blobs.put(name, pieces(data)) == len(data)
    assert (blobs.exists(name), blobs.size(name)) == (True, len(data))
    assert b"".join(blobs.read(name)) == data
    assert names(blobs, tmp_path) == [name]
    assert blobs.put(name, pieces(data)) == len(data), "once more changes nothing"
    blobs.renew(name)
    assert b"".join(blobs.read(name)) == data


def test_a_range_is_read_without_the_rest(blobs: Blobs) -> None:
    name = name_of(LARGE)
    blobs.put(name, pieces(LARGE))
    with blobs.open(name) as file:
        file.seek(MIB - 7)
        assert file.read(20) == LARGE[MIB - 7 : MIB + 13]
        file.seek(len(LARGE) - 5)
        assert file.read(20) == LARGE[-5:]
        assert file.read(20) == b""


def test_a_file_is_taken_over(blobs: Blobs, tmp_path: Path) -> None:
    file = tmp_path / "upload"
    file.write_bytes(LARGE)
    blobs.adopt(name_of(LARGE), file)
    assert not file.exists()
    assert b"".join(blobs.read(name_of(LARGE))) == LARGE


@pytest.mark.parametrize("size", [10, PART + MIB], ids=["small", "parts"])
def test_a_cut_upload_leaves_nothing(blobs: Blobs, tmp_path: Path, bucket: Bucket, size: int) -> None:
    data = LARGE[:size]

    def cut() -> Iterator[bytes]:
        yield from pieces(data)
        raise ConnectionError("the tablet went out of reach")

    with pytest.raises(ConnectionError):
        blobs.put(name_of(data), cut())
    assert not blobs.exists(name_of(data))
    assert names(blobs, tmp_path) == []
    assert bucket.unfinished() == 0


@pytest.mark.parametrize("size", [10, PART + MIB], ids=["small", "parts"])
def test_content_of_another_hash_leaves_nothing(blobs: Blobs, tmp_path: Path, bucket: Bucket, size: int) -> None:
    name = name_of(b"what was promised")
    with pytest.raises(ValueError, match="hash"):
        blobs.put(name, pieces(LARGE[:size]))
    assert names(blobs, tmp_path) == []
    assert bucket.unfinished() == 0


def test_what_is_not_there_is_said_not_to_be(blobs: Blobs) -> None:
    name = name_of(b"never put")
    with pytest.raises(FileNotFoundError):
        b"".join(blobs.read(name))
    with pytest.raises(FileNotFoundError):
        blobs.open(name)
    with pytest.raises(FileNotFoundError):
        blobs.renew(name)
    blobs.remove(name)


def test_what_is_removed_is_gone_and_nothing_else(blobs: Blobs, tmp_path: Path) -> None:
    kept, removed = name_of(b"kept"), name_of(b"removed")
    blobs.put(kept, [b"kept"])
    blobs.put(removed, [b"removed"])
    blobs.remove(removed)
    assert names(blobs, tmp_path) == [kept]


def test_a_store_that_does_not_answer_is_named(bucket: Bucket, free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port}")
    monkeypatch.setattr("server.storage.objects.RETRIES", 0)
    blobs = ObjectBlobs.of(bucket.make())
    with pytest.raises(CodedError) as refused:
        blobs.put(name_of(b"x"), [b"x"])
    assert refused.value.code == "blobs.unreachable"
    with pytest.raises(CodedError):
        blobs.exists(name_of(b"x"))


def test_what_is_no_address_of_a_bucket_is_refused() -> None:
    with pytest.raises(CodedError) as refused:
        ObjectBlobs.of("https//nowhere")
    assert (refused.value.code, refused.value.params["name"]) == ("settings.wrong", "blob_store")
