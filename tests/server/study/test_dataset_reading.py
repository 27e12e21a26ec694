"""CSV files: whatever their spelling, the same table; whatever is wrong, the row and the column of it."""

from __future__ import annotations

import csv
import io
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors.catalogue import catalogue, explain
from server.services.study.datasets.options import DELIMITERS, Reading
from server.services.study.datasets.problems import MOST, DatasetErrors
from server.services.study.datasets.reading import read_table
from server.services.study.datasets.table import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_ROWS, Table

NAMES = st.lists(st.from_regex(r"[a-zäж][a-z0-9_]{0,8}", fullmatch=True), min_size=1, max_size=5, unique=True)
# What begins with a letter is no number, whatever follows.
WORDS = st.builds(
    lambda head, tail: (head + tail).strip(),
    st.sampled_from(string.ascii_letters + "ЩșΩ=@"),
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")) | st.sampled_from('\n",;\t '), max_size=12),
)


def read(data: bytes, **how: object) -> Table:
    return read_table(data, Reading(**how))


def problems(data: bytes, **how: object) -> list[tuple[str, dict[str, str | int]]]:
    """What is wrong, each with its parameters; every text is filled by them."""
    with pytest.raises(DatasetErrors) as caught:
        read(data, **how)
    for each in caught.value.problems:
        assert each.code in catalogue()
        for language in ("en", "de"):
            text = explain(each.code, each.params, language)
            assert not re.search(r"\{[a-z]+\}", text.reason + text.remedy), each.code
    return [(each.code, each.params) for each in caught.value.problems]


def cells(table: Table) -> list[list[str]]:
    return [[column.name for column in table.columns], *map(list, table.rows)]


def parsed(canonical: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(canonical.decode("utf-8"), newline=""), strict=True))


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Names of columns, and rows of words, numbers and gaps; a column holds one of the first two."""
    names = draw(NAMES)
    numeric = [draw(st.booleans()) for _ in names]
    numbers = st.decimals(-(10**9), 10**9, places=2).map(str) | st.integers(-(10**6), 10**6).map(str)
    row = st.tuples(*[(numbers if each else WORDS) | st.just("") for each in numeric]).map(list)
    return [names, *draw(st.lists(row.filter(any), min_size=1, max_size=8))]


@given(
    tables(), st.sampled_from(sorted(DELIMITERS)), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans()
)
def test_every_spelling_of_a_table_is_the_same_table(
    table: list[list[str]], delimiter: str, line_end: str, mark: bool, quoted: bool
) -> None:
    text = io.StringIO(newline="")
    # Python quotes only the line end that it writes itself; another one would stand bare.
    breaks = any(end in cell for row in table for cell in row for end in "\r\n")
    quoting = csv.QUOTE_ALL if quoted or breaks else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=DELIMITERS[delimiter], lineterminator=line_end, quoting=quoting)
    writer.writerows(table)
    data = (b"\xef\xbb\xbf" if mark else b"") + text.getvalue().encode("utf-8")
    found = read(data, delimiter=delimiter, decimal=".")
    assert cells(found) == table
    assert parsed(found.canonical) == table
    assert b"\r" not in found.canonical.replace(b'"', b"")
    again = read(found.canonical, delimiter="comma", decimal=".")
    assert (again.canonical, again.hash) == (found.canonical, found.hash)


@given(st.lists(st.decimals(-(10**8), 10**8, places=3), min_size=1, max_size=20), st.sampled_from(["", ".", "'", " "]))
def test_numbers_keep_their_digits_and_get_a_point(numbers: list, thousands: str) -> None:
    written = [f"{each:,}".replace(",", "§").replace(".", ",").replace("§", thousands) for each in numbers]
    data = "\n".join(["n;t", *(f"{each};x" for each in written)]).encode()
    found = read(data, decimal=",", thousands=thousands or None)
    assert [row[0] for row in found.rows] == [str(each) for each in numbers]
    assert [each.numeric for each in found.columns] == [True, False]


def test_a_table_of_a_statistics_office() -> None:
    data = (
        "AGS;Gemeinde;Jahr;Bevölkerung insgesamt;Anteil;\r\n"
        " 05112000 ;Duisburg, Stadt;2021;495.152;-12,5;\r\n"
        "05513000;Gelsenkirchen;2021;-;0,3;\r\n"
        ";;;;;\r\n"
    ).encode("cp1252")
    found = read(
        data,
        encoding="cp1252",
        decimal=",",
        thousands=".",
        missing=("-", "."),
        key=("AGS", "Jahr"),
        rename=(("Bevölkerung insgesamt", "residents"), ("Anteil", "share")),
    )
    assert found.canonical.decode() == (
        "AGS,Gemeinde,Jahr,residents,share\n"
        '05112000,"Duisburg, Stadt",2021,495152,-12.5\n'
        "05513000,Gelsenkirchen,2021,,0.3\n"
    )
    assert [each.numeric for each in found.columns] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("how", "cells", "expected"),
    [
        ({}, ["1.200", "0.5"], ["1.200", "0.5"]),
        ({}, ["1.200", "1200.5"], ["1.200", "1200.5"]),
        ({"decimal": "."}, ["1.200", "1.5"], ["1.200", "1.5"]),
        ({"decimal": "."}, ["1.200"], ["1.200"]),
        ({"thousands": "."}, ["1.200", "1,5"], ["1200", "1.5"]),
        ({"thousands": ","}, ["1,200", "1.5"], ["1200", "1.5"]),
    ],
)
def test_a_point_is_read_where_it_is_clear_what_it_means(how: dict, cells: list[str], expected: list[str]) -> None:
    data = "\n".join(["a;b", *(f"{each};x" for each in cells)]).encode()
    assert [row[0] for row in read(data, **how).rows] == expected


def test_the_minus_sign_of_typographers_is_a_minus() -> None:
    assert read("a,b\n\u22125,x\n".encode()).rows == [("-5", "x")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb, c\n1\t2\n", "\t"),
        ("a\n1\n2\n", ","),
        ('a;b\n"x;y";"1,2"\n', ";"),
    ],
)
def test_the_delimiter_is_found_out(text: str, expected: str) -> None:
    found = read(text.encode(), decimal=",", rename=(("b, c", "b"),) if "b, c" in text else ())
    assert len(found.columns) == text.partition("\n")[0].count(expected) + 1


def test_two_delimiters_that_fit_alike_are_asked_about() -> None:
    assert problems(b"a;b,c\n1;2,3\n") == [("dataset.delimiter", {})]
    assert len(read(b"a;b,c\n1;2,3\n", delimiter="semicolon", rename=(("b,c", "b"),), text=("b",)).columns) == 2


def test_formulas_are_texts_like_any_other() -> None:
    found = read(b'a,b\n"=HYPERLINK(""http://x"")",@SUM(1)\n+x,-y\n')
    assert found.rows == [('=HYPERLINK("http://x")', "@SUM(1)"), ("+x", "-y")]


@pytest.mark.parametrize(
    ("data", "how", "expected"),
    [
        (b"", {}, ("dataset.empty", {})),
        (b"\xef\xbb\xbf \n\n", {}, ("dataset.empty", {})),
        (b"a,b\n", {}, ("dataset.no_rows", {})),
        (b"a,b\n,\n", {}, ("dataset.no_rows", {})),
        (b"PK\x03\x04 rest", {}, ("dataset.spreadsheet", {})),
        (b"a,b\n1,2\n\xe4,3\n", {}, ("dataset.not_utf8", {"encoding": "utf-8", "line": 3})),
        (b"a,b\n\x81,2\n", {"encoding": "cp1252"}, ("dataset.encoding", {"encoding": "cp1252", "line": 2})),
        ("a,b\n1,2\n".encode("utf-16"), {}, ("dataset.not_utf8", {"encoding": "utf-8", "line": 1})),
        (b'a,b\n1,2\n"x,3\n4,5\n', {}, ("dataset.quotes", {"line": 3})),
        (b'a,b\n1,"x"y\n', {}, ("dataset.quotes", {"line": 2})),
        (b"a,b\n1,2\n\n3,4,5\n", {}, ("dataset.ragged", {"row": 4, "found": 3, "expected": 2})),
        (b"a,b\nx\n", {}, ("dataset.ragged", {"row": 2, "found": 1, "expected": 2})),
        (b"a,b\nx,y\0z\n", {}, ("dataset.character", {"row": 2, "column": 2, "character": "U+0000"})),
        ("a,b\nx,\u0085y\n".encode(), {}, ("dataset.character", {"row": 2, "column": 2, "character": "U+0085"})),
        (b"a,2b\nx,y\n", {}, ("dataset.header", {"column": 2, "name": "2b"})),
        (b"a,\nx,y\n", {}, ("dataset.header", {"column": 2, "name": ""})),
        (b"a,b,A\nx,y,z\n", {}, ("dataset.header_twice", {"column": 3, "name": "A", "other": 1})),
        (b"a,b\n1,2\n2,x\n3,4\n", {}, ("dataset.not_number", {"row": 3, "column": "b", "value": "x"})),
        (b"a;b\n1,5;x\n", {}, ("dataset.not_number", {"row": 2, "column": "a", "value": "1,5"})),
        (b"a;b\n1.234;x\n", {"decimal": ","}, ("dataset.not_number", {"row": 2, "column": "a", "value": "1.234"})),
        (b"a,b\n7,x\n1.200,y\n3.456,z\n", {}, ("dataset.number_unclear", {"row": 3, "column": "a", "value": "1.200"})),
        (b"a,b\n1e5,x\n", {}, ("dataset.not_number", {"row": 2, "column": "a", "value": "1e5"})),
        (b"a,b\nx,1\ny,2\nx,1\n", {"key": ("a", "b")}, ("dataset.key_twice", {"row": 4, "other": 2})),
        (b"a,b\nx,1\n,2\n", {"key": ("a",)}, ("dataset.key_empty", {"row": 3, "column": "a"})),
        (b"a,b\nx,1\n", {"key": ("c",)}, ("dataset.column_unknown", {"column": "c", "known": "a, b"})),
        (b"a,b\nx,1\n", {"text": ("c",)}, ("dataset.column_unknown", {"column": "c", "known": "a, b"})),
        (b"a,b\nx,1\n", {"rename": (("c", "d"),)}, ("dataset.column_unknown", {"column": "c", "known": "a, b"})),
    ],
)
def test_what_is_wrong_is_told_with_its_place(data: bytes, how: dict, expected: tuple[str, dict]) -> None:
    found = problems(data, **how)
    assert len(found) == 1
    assert (found[0][0], {**found[0][1], **expected[1]}) == (expected[0], found[0][1])


def test_all_problems_are_told_at_once_up_to_a_number() -> None:
    rows = "\n".join(f"{number},x" for number in range(3)) + "\n" + "\n".join(["y,1,2"] * (MOST + 7))
    with pytest.raises(DatasetErrors) as caught:
        read(f"a,a\n{rows}\n".encode(), delimiter="comma")
    assert (len(caught.value.problems), caught.value.more) == (MOST, 8)


def test_limits_are_told_before_anything_is_read_at_length() -> None:
    assert problems(b"a,b\n" + b"x" * MAX_BYTES) == [("dataset.too_large", {"limit": 5})]
    assert problems(b"a,b\nx," + b"y" * (MAX_CELL + 1))[0][1] == {"row": 2, "column": 2, "limit": MAX_CELL}
    many = b"a,b\n" + b"1,2\n" * (MAX_ROWS + 1)
    assert problems(many) == [("dataset.too_many_rows", {"found": MAX_ROWS + 1, "limit": MAX_ROWS})]
    wide = ",".join(f"c{number}" for number in range(MAX_COLUMNS + 1))
    assert problems(f"{wide}\n{wide}\n".encode())[0][0] == "dataset.too_many_columns"


@given(st.binary(max_size=300), st.sampled_from([",", "."]), st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_bytes_are_a_table_or_are_refused_with_reasons(data: bytes, decimal: str, encoding: str) -> None:
    try:
        found = read(data, decimal=decimal, encoding=encoding)
    except DatasetErrors:
        return
    texts = tuple(each.name for each in found.columns if not each.numeric)
    assert read(found.canonical, delimiter="comma", decimal=".", text=texts).canonical == found.canonical
