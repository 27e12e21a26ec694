"""Reading .csv and Markdown as pyxform reads them, with the line in which each row stands."""

from pyxform import constants
from pyxform.xls2json_backends import csv_to_dict

from forms.errors import Code, Finding, Severity
from forms.xlsform.book import Book, Place, Table
from forms.xlsform.lines import csv_lines
from forms.xlsform.markdown import markdown_tables
from forms.xlsform.sheets import SURVEY

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_csv(source: bytes, stem: str | None) -> Book:
    """The workbook in a .csv file (UTF-8). Raises FormError."""
    text = _text(source)
    places = csv_lines(text)
    try:
        # pyxform decodes it again.
        found = csv_to_dict(text.encode())
    except MemoryError:
        raise
    except Exception as error:
        # Besides its own error, pyxform's reader lets through what rows without a sheet and the like lead to.
        row, reason = places.fault or (1, str(error) or type(error).__name__)
        message = reason[:200]
        raise Place(SURVEY, row, "type", "A").error(Code.SPREADSHEET_BROKEN, {"message": message}) from error
    tables: dict[str, Table] = {}
    for known in sorted(constants.SUPPORTED_SHEET_NAMES & found.keys()):
        header = found.get(f"{known}_header") or [{}]
        rows = tuple(found[known])
        heading, lines = places.of(known, len(rows))
        # The first column holds the names of the sheets.
        columns = {str(column): position + 1 for position, column in enumerate(header[0] if header else ())}
        tables[known] = Table(known, columns, rows, lines, heading)
    names = tuple(found["sheet_names"])
    known_keys = {"sheet_names", *tables, *(f"{name}_header" for name in tables)}
    unknown = {str(key): value for key, value in found.items() if key not in known_keys}
    return Book(tables, names, stem, None, unknown, _remarks(source))


def read_markdown(source: bytes, stem: str | None) -> Book:
    """The workbook in tables of Markdown (UTF-8). Raises FormError."""
    tables, names = markdown_tables(_text(source))
    return Book(tables, names, stem, remarks=_remarks(source))


def _text(source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise Place(SURVEY, line, "type", "A").error(Code.NOT_UTF8) from error


def _remarks(source: bytes) -> tuple[Finding, ...]:
    if not source.startswith(_BYTE_ORDER_MARK):
        return ()
    return (Place(SURVEY, 1, "type", "A").finding(Code.BYTE_ORDER_MARK, severity=Severity.NOTE),)
