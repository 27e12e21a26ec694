"""The search finds a secret in every form in which it may lie on a disk, and nothing where there is none."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import random
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary.leveldb import TABLE_MAGIC, log_records
from tests.canary.search import BLOCK, Canaries, describe
from tests.canary.snappy import SnappyError, decompress

TEXT = "Заради & пътя на <Großmutter> Nr. 4711"
PLAIN = "unter der Linde 4711"
LINES = f"first line {PLAIN}\nsecond line {TEXT}"
PHOTO = random.Random(5).randbytes(40_000)
CANARIES = Canaries([TEXT, PLAIN, LINES], {"photo": PHOTO})

ENCODERS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "upper case": lambda text: text.upper().encode(),
    "lower case": lambda text: text.lower().encode(),
    "UTF-16-LE": lambda text: text.encode("utf-16-le"),
    "UTF-16-BE": lambda text: text.encode("utf-16-be"),
    "upper case UTF-16-LE": lambda text: text.upper().encode("utf-16-le"),
    "JSON": lambda text: json.dumps({"a": text}).encode(),
    "JSON in UTF-8": lambda text: json.dumps({"a": text}, ensure_ascii=False).encode(),
    "JSON in UTF-16": lambda text: json.dumps({"a": text}).encode("utf-16-le"),
    "JSON, upper case escapes": lambda text: json.dumps(text).replace("\\u04", "\\U04").replace("\\U", "\\u").encode(),
    "percent": lambda text: quote(text).encode(),
    "percent, all": lambda text: quote(text, safe="").lower().encode(),
    "form": lambda text: quote_plus(text).encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "XML": lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode(),
    "XML references": lambda text: text.encode("ascii", "xmlcharrefreplace"),
}
for lead in range(3):
    ENCODERS |= {
        f"base64 after {lead}": lambda text, lead=lead: base64.b64encode(b"x" * lead + text.encode() + b"yz"),  # type: ignore[misc]
        f"base64url after {lead}": lambda text, lead=lead: base64.urlsafe_b64encode(b"?" * lead + text.encode()),  # type: ignore[misc]
        f"UTF-16 in base64 after {lead}": lambda text, lead=lead: base64.b64encode(  # type: ignore[misc]
            b"x" * lead + text.encode("utf-16-le")
        ),
    }


def deflated(data: bytes) -> bytes:
    """Raw deflate."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zipped(data: bytes) -> bytes:
    """A zip of one compressed member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("member", data)
    return file.getvalue()


def snapped(data: bytes) -> bytes:
    """A Snappy block of literals of three bytes, which hide every longer text."""
    size, length = bytearray(), len(data)
    while length > 0x7F:
        size.append(length & 0x7F | 0x80)
        length >>= 7
    size.append(length)
    pieces = (data[start : start + 3] for start in range(0, len(data), 3))
    return bytes(size) + b"".join(bytes([(len(piece) - 1) << 2]) + piece for piece in pieces)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "zlib in the middle": lambda data: os.urandom(5000) + zlib.compress(data, 1) + os.urandom(70_000),
    "zlib that is cut": lambda data: zlib.compress(data + os.urandom(100_000))[:60_000],
    "gzip": lambda data: b"before" + gzip.compress(data) + b"after",
    "raw deflate": deflated,
    "zip": zipped,
    "gzip in zip": lambda data: zipped(gzip.compress(data)),
    "Snappy value": lambda data: b"\0\xff\x11\x02" + snapped(data) + b"more",
    "zlib in a Snappy value": lambda data: b"\xff\x11\x02" + snapped(zlib.compress(data)),
}


def found_in(folder: Path) -> set[str]:
    """The secrets that are found."""
    return {finding.secret for finding in CANARIES.search([folder])}


@pytest.mark.parametrize("text", [TEXT, PLAIN])
@pytest.mark.parametrize("form", ENCODERS)
def test_every_encoding_is_found(form: str, text: str, tmp_path: Path) -> None:
    encoded = ENCODERS[form](text)
    for lead in range(4):
        (tmp_path / str(lead)).write_bytes(bytes(lead) + encoded)
    assert {(each.file.name, each.secret) for each in CANARIES.search([tmp_path])} == {(str(n), text) for n in range(4)}


@pytest.mark.parametrize("packer", PACKERS)
def test_every_compression_is_looked_into(packer: str, tmp_path: Path) -> None:
    content = PACKERS[packer](b"some words before " + TEXT.encode() * 3 + b" and after" * 30)
    (tmp_path / "file").write_bytes(content)
    assert not list(CANARIES.search_bytes(content)), "the packing hides nothing"
    assert found_in(tmp_path) == {TEXT}


def test_an_answer_of_several_lines_is_found_by_each_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(LINES.replace("\n", "\r\n").partition("\r\n")[2], encoding="utf-16")
    assert LINES in found_in(tmp_path)


@pytest.mark.parametrize("wrap", [bytes, base64.b64encode, lambda data: data.hex().encode()])
def test_a_piece_of_a_file_is_found(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\1" + wrap(PHOTO[7_001:12_000]))
    assert found_in(tmp_path) == {"photo"}


@pytest.mark.parametrize("start", [BLOCK - 40, BLOCK - 3, BLOCK, 3 * BLOCK - 11])
def test_a_secret_over_the_edge_of_two_blocks_is_found(start: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(start) + TEXT.encode() + bytes(BLOCK))
    (finding,) = CANARIES.search([tmp_path])
    assert finding.offset == start


def test_nothing_is_found_where_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(random.Random(1).randbytes(3_000_000))
    (tmp_path / "text").write_text("Заради пътя на Grossmutter Nr. 4711, unter der Eiche 4711 " * 1000)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "short").write_bytes(b"PK")
    assert CANARIES.search([tmp_path]) == []


def test_what_would_be_found_by_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than"):
        Canaries(["short"])
    with pytest.raises(ValueError, match="fewer than"):
        Canaries(files={"a": b"short"})


def test_a_database_is_read_with_its_wal_and_over_pages(tmp_path: Path) -> None:
    packed = deflated(("padding " + TEXT).encode() * 900)
    # Deflated and over several pages: only the whole cell can be read.
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE t (a BLOB, b BLOB)")
        row = [random.Random(2).randbytes(200_000), zlib.compress(os.urandom(9000) + TEXT.encode())]
        connection.execute("INSERT INTO t VALUES (?, ?)", row)
        connection.execute("INSERT INTO t VALUES (?, ?)", [PLAIN.encode("utf-16-le"), packed])
        connection.commit()
        assert (tmp_path / "a.db-wal").stat().st_size > 200_000
        findings = CANARIES.search([tmp_path / "a.db"])
    cells = {(each.secret, each.where.removeprefix(f"{tmp_path}/a.db").split("/zlib")[0]) for each in findings}
    assert (TEXT, "/t/row 0/column 1") in cells
    assert (PLAIN, "/t/row 1/column 0") in cells
    assert any(secret == TEXT and where.startswith("/t/row 1/column 1") for secret, where in cells), describe(findings)


def test_snappy_gives_what_was_packed() -> None:
    assert decompress(snapped(PHOTO)) == PHOTO
    # "abcd", a copy of 4 from 4 back, and one of 10 from 1 back, which reaches into itself.
    block = bytes([18, 3 << 2]) + b"abcd" + bytes([1, 4, 9 << 2 | 2, 1, 0])
    assert decompress(block) == b"abcdabcd" + b"d" * 10
    assert decompress(block + b"rest", prefix=True) == b"abcdabcd" + b"d" * 10
    for broken in (block[:-1], block + b"\0x", bytes([5, 1, 4]), b"\xff\xff\xff\xff\x7f", b""):
        with pytest.raises(SnappyError):
            decompress(broken)


def test_a_table_is_read_block_by_block(tmp_path: Path) -> None:
    def entry(key: bytes, value: bytes) -> bytes:
        return bytes([0, len(key), len(value)]) + key + value

    tail = (0).to_bytes(4, "little") + (1).to_bytes(4, "little")
    packed = snapped(entry(b"k", TEXT.encode()) + tail)
    index = entry(b"k", bytes([0, len(packed)])) + tail
    trailer, start = b"\1crc_", len(packed) + 5
    footer = bytes([0, 0, start, len(index)]).ljust(40, b"\0") + TABLE_MAGIC
    table = packed + trailer + index + b"\0crc_" + footer
    assert start < 128
    (tmp_path / "1.ldb").write_bytes(table)
    assert found_in(tmp_path) == {TEXT}


def test_a_record_over_two_blocks_of_a_log_is_put_together(tmp_path: Path) -> None:
    def record(kind: int, data: bytes) -> bytes:
        return b"crc_" + len(data).to_bytes(2, "little") + bytes([kind]) + data

    value = b"v" * (32768 - 14 - 10) + TEXT.encode()
    cut = 32768 - 7
    log = record(2, value[:cut]) + record(4, value[cut:])
    (tmp_path / "000003.log").write_bytes(log)
    assert list(log_records(log)) == [value]
    assert not list(CANARIES.search_bytes(log))
    assert found_in(tmp_path) == {TEXT}
