"""Files that are damaged, hostile or merely odd: each is read, or refused with sheet, row and column; never more."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from forms.errors import Code, Finding, FormErrors
from forms.xlsform.guard import MAX_BYTES, MAX_UNPACKED
from forms.xlsform.reading import read_xlsform
from tests.examples import examples
from tests.forms.corpus import corpus

SURVEY = [["type", "name", "label"], ["text", "a", "A"], ["integer", "b", "B"]]
TABLE = "| survey |\n| | type | name | label |\n| | text | a | A |\n"
CSV = "survey,,,\r\n,type,name,label\r\n,text,a,A\r\n"


def workbook(**sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SMALL = workbook(survey=SURVEY, settings=[["form_id"], ["x"]])


def refused(source: bytes, name: str) -> tuple[Finding, ...]:
    with pytest.raises(FormErrors) as caught:
        read_xlsform(source, name)
    return caught.value.errors


def with_part(source: bytes, part: str, content: bytes) -> bytes:
    """The archive with one part replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != part:
                new.writestr(each, old.read(each))
        new.writestr(part, content)
    return stream.getvalue()


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_part(workbook(survey=SURVEY), "xl/media/image1.png", b"\0" * (MAX_UNPACKED + 1))
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        (error,) = refused(bomb, "bomb.xlsx")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (error.code, error.params["part"]) == (Code.SPREADSHEET_UNPACKS, "xl/media/image1.png")
    assert most < 8 * 1024 * 1024


def test_a_part_that_lies_about_its_size_gives_no_more_than_it_said() -> None:
    source = bytearray(with_part(workbook(survey=SURVEY), "xl/media/x.xml", b"<a>" + b" " * 5_000_000 + b"</a>"))
    for header, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = source.rfind(header)
        while b"xl/media/x.xml" not in bytes(source[at : at + 80]):
            at = source.rfind(header, 0, at)
        source[at + offset : at + offset + 4] = struct.pack("<I", 10)
    tracemalloc.start()
    _read_or_refused(bytes(source), "lies.xlsx")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4_000_000


def test_too_many_parts_are_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"{number}.bin", b"")
    assert refused(stream.getvalue(), "parts.xlsx")[0].code is Code.SPREADSHEET_UNPACKS


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv", ".md"])
def test_a_file_of_a_hundred_megabytes_is_refused_at_once(suffix: str) -> None:
    source = b"| survey |\n" + b" " * 100_000_000
    begun = time.monotonic()
    (error,) = refused(source, f"large{suffix}")
    assert time.monotonic() - begun < 2
    assert (error.code, error.params["limit"]) == (Code.TOO_LARGE, MAX_BYTES)


def test_a_sheet_of_a_hundred_megabytes_is_refused_before_it_is_read() -> None:
    rows = b'<row><c t="inlineStr"><is><t>text</t></is></c></row>' * 2_000_000
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )
    assert len(sheet) > 100_000_000
    source = with_part(workbook(survey=SURVEY), "xl/worksheets/sheet1.xml", sheet)
    begun = time.monotonic()
    (error,) = refused(source, "large.xlsx")
    assert time.monotonic() - begun < 5
    assert (error.code, error.params["part"]) == (Code.SPREADSHEET_UNPACKS, "xl/worksheets/sheet1.xml")


def test_a_sheet_with_too_many_rows_is_refused_at_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.xlsform.excel.MAX_ROWS", 100)
    rows = [["type", "name", "label"], *(["note", f"n{number}", "N"] for number in range(101))]
    (error,) = refused(workbook(survey=rows), "long.xlsx")
    assert (error.code, error.params["sheet"], error.params["row"]) == (Code.SHEET_TOO_LARGE, "survey", 102)


def test_a_sheet_with_too_many_columns_is_refused_at_its_column() -> None:
    wide = ["type", "name", "label", *(f"c{number}" for number in range(1_000))]
    (error,) = refused(workbook(survey=[wide, ["text", "a", "A"]]), "wide.xlsx")
    assert (error.code, error.params["cell"]) == (Code.SHEET_TOO_LARGE, "survey!ALM1")


def test_empty_rows_and_cells_far_away_change_nothing() -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in SURVEY:
        sheet.append(row)
    sheet["XFD1048576"] = "far away"
    stream = io.BytesIO()
    book.save(stream)
    assert len(read_xlsform(stream.getvalue(), "x.xlsx").form.questions) == 2


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b"<!-- a --><!DOCTYPE a>",
    ],
)
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "_rels/.rels", "docProps/app.xml"])
def test_xml_with_a_document_type_is_refused(part: str, declaration: bytes) -> None:
    source = workbook(survey=SURVEY)
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        content = archive.read(part).replace(b"<?xml version='1.0' encoding='UTF-8'?>", b"")
    hostile = with_part(source, part, b'<?xml version="1.0"?>' + declaration + content)
    (error,) = refused(hostile, "x.xlsx")
    assert (error.code, error.params["part"]) == (Code.SPREADSHEET_DTD, part)


def test_a_document_type_in_another_encoding_is_refused() -> None:
    content = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")
    (error,) = refused(with_part(workbook(survey=SURVEY), "xl/workbook.xml", content), "x.xlsx")
    assert error.code is Code.SPREADSHEET_DTD


@pytest.mark.parametrize("value", ["#REF!", "#N/A", "#DIV/0!", "#NAME?"])
def test_a_formula_that_failed_is_told_at_its_cell(value: str) -> None:
    rows: list[list[object]] = [*SURVEY, ["note", "c", value]]
    (error,) = refused(workbook(survey=rows), "x.xlsx")
    assert (error.code, error.params["value"], error.pointer) == (Code.CELL_ERROR, value, "/survey/4/label")
    assert (error.params["sheet"], error.params["row"], error.params["column"]) == ("survey", 4, "label")


def test_every_failed_formula_of_a_sheet_is_told() -> None:
    rows: list[list[object]] = [SURVEY[0], ["text", "#REF!", "#REF!"], ["text", "b", "#N/A"]]
    assert [error.params["cell"] for error in refused(workbook(survey=rows), "x.xlsx")] == [
        "survey!B2",
        "survey!C2",
        "survey!C3",
    ]


def test_a_failed_formula_in_a_column_of_remarks_does_not_matter() -> None:
    rows: list[list[object]] = [[*SURVEY[0], "for the team"], ["text", "a", "A", "#REF!"]]
    assert len(read_xlsform(workbook(survey=rows), "x.xlsx").form.questions) == 1


def test_a_header_that_is_no_text_is_told_at_its_cell() -> None:
    (error,) = refused(workbook(survey=[["type", "name", "label", 5], ["text", "a", "A", "x"]]), "x.xlsx")
    assert (error.code, error.params["cell"]) == (Code.HEADER_NOT_TEXT, "survey!D1")


def test_a_header_twice_is_told_at_its_second_cell() -> None:
    (error,) = refused(workbook(survey=[["type", "name", "label", "label"], ["text", "a", "A", "x"]]), "x.xlsx")
    assert (error.code, error.params["cell"]) == (Code.PYXFORM_REFUSED, "survey!D1")


@pytest.mark.parametrize(
    ("source", "name", "code"),
    [
        (b"", "x.xlsx", Code.SPREADSHEET_BROKEN),
        (b"PK\x03\x04 and no more", "x.xlsx", Code.SPREADSHEET_BROKEN),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls", Code.SPREADSHEET_BROKEN),
        (TABLE.encode(), "x.xls", Code.SPREADSHEET_BROKEN),
        (TABLE.encode(), "x.csv", Code.SPREADSHEET_BROKEN),
        (b"no table", "x.md", Code.SPREADSHEET_BROKEN),
        (b"%PDF-1.7", "x.pdf", Code.SPREADSHEET_TYPE),
        ("ä".encode("latin-1") + CSV.encode(), "x.csv", Code.NOT_UTF8),
        (CSV.encode("utf-16"), "x.csv", Code.NOT_UTF8),
        (CSV.replace("A", '"' + "A" * 200_000 + '"').encode(), "x.csv", Code.SPREADSHEET_BROKEN),
    ],
)
def test_what_is_no_spreadsheet_is_refused(source: bytes, name: str, code: Code) -> None:
    assert [error.code for error in refused(source, name)] == [code]


def test_a_row_longer_than_its_header_is_told_at_its_line() -> None:
    (error,) = refused((TABLE + "| | text | b | B | too much |\n").encode(), "x.md")
    assert (error.code, error.params["row"]) == (Code.SPREADSHEET_BROKEN, 4)


@pytest.mark.parametrize("name", ["x.csv", "x.md", "x"])
def test_a_byte_order_mark_is_passed_over_and_told(name: str) -> None:
    source = b"\xef\xbb\xbf" + (CSV if name == "x.csv" else TABLE).encode()
    imported = read_xlsform(source, name)
    assert [question.name for question in imported.form.questions] == ["a"]
    (remark,) = [each for each in imported.remarks if each.code is Code.BYTE_ORDER_MARK]
    assert (remark.params["sheet"], remark.params["row"]) == ("survey", 1)


def test_windows_line_ends_change_nothing() -> None:
    plain = read_xlsform(TABLE.encode(), "x.md").form
    assert read_xlsform(TABLE.replace("\n", "\r\n").encode(), "x.md").form == plain
    assert read_xlsform(CSV.encode(), "x.csv").form == read_xlsform(CSV.replace("\r", "").encode(), "x.csv").form
    rows: list[list[object]] = [SURVEY[0], ["text", "a", "two\r\nlines"]]
    assert "lines" in str(read_xlsform(workbook(survey=rows), "x.xlsx").form)


@pytest.mark.parametrize("words", ["שלום", "مرحبا \u200f!", "😀𝒳", "a\u202eb"])
def test_characters_from_right_to_left_and_beyond_16_bits_are_texts_like_others(words: str) -> None:
    (question,) = read_xlsform(workbook(survey=[SURVEY[0], ["text", "a", words]]), "x.xlsx").form.questions
    assert question.label == {"default": words}


def test_a_macro_workbook_is_read_without_its_macros() -> None:
    source = with_part(workbook(survey=SURVEY), "xl/vbaProject.bin", b"macros")
    assert len(read_xlsform(source, "x.xlsm").form.questions) == 2


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data: st.DataObject) -> None:
    source = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 8))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refused(bytes(source[: data.draw(st.integers(0, len(source)))]), "x.xlsx")


@pytest.mark.skipif(not corpus("xlsforms"), reason="old workbooks cannot be made here: the corpus has some")
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_old_workbook_is_read_or_refused(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from([each for each in corpus("xlsforms") if each.suffix == ".xls"][:4]))
    source = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refused(bytes(source), "x.xls")


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["x.xlsx", "x.xls", "x.csv", "x.md", "x", Path("x.txt").name]))
def test_any_bytes_are_read_or_refused(source: bytes, name: str) -> None:
    _read_or_refused(source, name)


def _read_or_refused(source: bytes, name: str) -> None:
    with contextlib.suppress(FormErrors):
        read_xlsform(source, name)
