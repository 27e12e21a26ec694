"""Reading a spreadsheet of any kind that holds an XLSForm; what its name says decides how it is read."""

from pathlib import PurePath

from pyxform.xls2json_backends import is_markdown_table

from forms.errors import Code, FormError, FormErrors
from forms.xlsform.book import Book
from forms.xlsform.excel import read_xls, read_xlsx
from forms.xlsform.guard import check_archive, check_size
from forms.xlsform.textfiles import read_csv, read_markdown

ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".md")
"""The kinds of file that hold an XLSForm."""

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


def read_book(source: bytes, name: str) -> Book:
    """The workbook in these bytes; the ending of `name` says which kind of file it is.

    Raises FormErrors with sheet, row and column where the file cannot be read.
    """
    try:
        check_size(len(source))
        ending = _ending(source, PurePath(name).suffix.lower())
        stem = PurePath(name).stem or None
        if ending in (".xlsx", ".xlsm"):
            check_archive(source)
            return read_xlsx(source, stem)
        if ending == ".xls":
            return read_xls(source, stem)
        return read_csv(source, stem) if ending == ".csv" else read_markdown(source, stem)
    except FormError as error:
        raise FormErrors([error.finding()]) from error


def _ending(source: bytes, ending: str) -> str:
    if ending in ENDINGS:
        return ending
    if source.startswith(_ZIP):
        return ".xlsx"
    if source.startswith(_OLD_EXCEL):
        return ".xls"
    if not ending or ending == ".txt":
        return ".md" if is_markdown_table(source[:5_000].decode("utf-8", "replace")) else ".csv"
    raise FormError(Code.SPREADSHEET_TYPE, params={"known": ", ".join(ENDINGS)})
