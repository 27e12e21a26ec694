"""What is looked at before a spreadsheet is opened: its size, what it unpacks to, and whether its XML is plain."""

import io
import zipfile
import zlib
from xml.parsers import expat

from forms.errors import Code, FormError

MAX_BYTES = 16 * 1024 * 1024
"""How large a file may be."""
MAX_UNPACKED = 64 * 1024 * 1024
"""What all parts of an .xlsx file may unpack to together."""
MAX_PARTS = 2_000
MAX_ROWS = 100_000
"""How many rows a sheet may have up to its last one that is not empty."""
MAX_COLUMNS = 1_000

_PIECE = 64 * 1024


def check_size(size: int) -> None:
    """Raise FormError `form.too_large` for a file of too many bytes."""
    if size > MAX_BYTES:
        raise FormError(Code.TOO_LARGE, params={"limit": MAX_BYTES})


def check_archive(source: bytes) -> None:
    """Raise FormError where a zip archive is broken, would unpack to too much, or holds XML with a document type."""
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            parts = archive.infolist()
            _check_sizes(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_plain(archive, part)
    # zipfile answers damaged archives with errors of many kinds, among them those of its decompressors.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise broken(error) from error


def broken(error: Exception) -> FormError:
    """The file is not what its name says."""
    return FormError(Code.SPREADSHEET_BROKEN, params={"message": f"{type(error).__name__}: {error}"[:200]})


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    # Reading a part never gives more than the size declared for it, so that the declared sizes bound the memory.
    unpacked = 0
    for number, part in enumerate(parts):
        unpacked += part.file_size
        if unpacked > MAX_UNPACKED or number >= MAX_PARTS:
            params: dict[str, str | int] = {"part": part.filename[:80], "limit": MAX_UNPACKED}
            raise FormError(Code.SPREADSHEET_UNPACKS, params=params)


def _check_plain(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A document type stands before the first element, so it is enough to read as far as that."""
    found: list[bool] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(True)
    parser.StartElementHandler = lambda *_: found.append(False)
    with archive.open(part) as stream:
        while not found and (piece := stream.read(_PIECE)):
            try:
                parser.Parse(piece, False)
            except expat.ExpatError:
                # Not well-formed: whoever reads it says so, if it is read at all.
                break
    if found and found[0]:
        raise FormError(Code.SPREADSHEET_DTD, params={"part": part.filename[:80]})
