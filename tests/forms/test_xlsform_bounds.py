"""Small files that would become large or take long: each is refused at its cell, before pyxform sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import md_to_dict

from forms.errors import Code, Finding, FormError, FormErrors
from forms.schema.document import MAX_DEPTH
from forms.schema.items import MAX_QUESTIONS
from forms.xlsform.guard import MAX_COLUMNS, MAX_ROWS
from forms.xlsform.markdown import markdown_tables
from forms.xlsform.reading import read_xlsform
from tests.examples import examples

HEAD = "| survey |\n| | type | name | label | appearance |\n"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < seconds


def refused(text: str, name: str = "x.md") -> Finding:
    with pytest.raises(FormErrors) as caught, within(5):
        read_xlsform(text.encode(), name)
    return caught.value.errors[0]


def told(finding: Finding) -> tuple[Code, object]:
    return finding.code, finding.params["cell"]


def nested(word: str, depth: int) -> str:
    begins = "".join(f"| | begin {word} | g{number} | G |\n" for number in range(depth))
    return HEAD + begins + "| | text | a | A |\n" + f"| | end {word} |\n" * depth


@pytest.mark.parametrize("word", ["group", "repeat"])
def test_groups_are_nested_so_deeply_and_no_deeper(word: str) -> None:
    assert read_xlsform(nested(word, MAX_DEPTH).encode(), "x.md").form.questions
    assert told(refused(nested(word, MAX_DEPTH + 1))) == (Code.TOO_DEEP, f"survey!B{MAX_DEPTH + 3}")
    assert told(refused(nested(word, 20_000)))[0] in (Code.TOO_DEEP, Code.TOO_MANY_QUESTIONS)


def test_loops_in_loops_are_counted_before_they_are_written_out() -> None:
    loops = "".join(f"| | begin loop over l | each{number} | Each |\n" for number in range(8))
    choices = "".join(f"| | l | c{number} | C |\n" for number in range(10))
    ends = "| | end loop |\n" * 8
    source = f"{HEAD}{loops}| | text | a | A |\n{ends}| choices |\n| | list_name | name | label |\n{choices}"
    error = refused(source)
    assert (error.code, error.params["limit"]) == (Code.TOO_MANY_QUESTIONS, MAX_QUESTIONS)


def test_what_a_loop_fills_in_is_not_blown_up() -> None:
    choices = "| choices |\n| | list_name | name | label |\n| | l | x | X |\n| | l | y | Y |\n"
    loop = "| | begin loop over l | each | Each |\n| | text | a | {} |\n| | end loop |\n"
    assert read_xlsform((HEAD + loop.format("A %(label)9s") + choices).encode(), "x.md").form.questions
    assert told(refused(HEAD + loop.format("A %(label)999999999s") + choices)) == (Code.TOO_LARGE, "survey!B4")


def test_references_count_as_the_paths_that_they_become() -> None:
    name = "n" * 10_000
    source = f"{HEAD}| | begin group | {name} | G |\n| | text | a | {'${a}' * 8_000} |\n| | end group |\n"
    assert told(refused(source)) == (Code.TOO_LARGE, "survey!B4")


def test_choices_that_each_question_has_to_itself_are_counted() -> None:
    choices = "| choices |\n| | list_name | name | label |\n" + "".join(f"| | l | {n} | {n} |\n" for n in range(5_000))
    questions = "".join(f"| | select_one l | q{n} | Q | search('x') |\n" for n in range(200))
    assert refused(HEAD + questions + choices).code is Code.TOO_LARGE


@pytest.mark.parametrize("filler", ["#", "# ", "\\|#", "-"])
def test_a_long_line_of_markdown_takes_no_long_time(filler: str) -> None:
    error = refused(f"{HEAD}| | text | a | A{filler * 1_000_000}A |\n")
    assert told(error) == (Code.TEXT_TOO_LONG, "survey!D3")


def test_remarks_after_a_row_of_markdown_are_passed_over() -> None:
    source = HEAD + "| | text | a | A | # that is the first\n# | | text | b | B |\n| | text | c | # C # |\n"
    assert [(each.name, each.label) for each in read_xlsform(source.encode(), "x.md").form.questions] == [
        ("a", {"default": "A"}),
        ("c", {"default": "# C #"}),
    ]


@pytest.mark.parametrize("name", ["x.md", "x.csv"])
def test_rows_and_columns_of_texts_are_bounded(name: str) -> None:
    lines = ["| survey |", "| | type | name |", *(f"| | text | a{number} |" for number in range(MAX_ROWS))]
    wide = ["| survey |", "| | type | name |" + " x |" * MAX_COLUMNS, "| | text | a |"]
    for source, cell in ((lines, f"survey!A{MAX_ROWS + 2}"), (wide, "survey!A2")):
        text = "\n".join(source)
        if name == "x.csv":
            text = text.replace("| |", ",").replace("| survey |", "survey,,").replace(" |", ",").replace(" ", "")
        assert told(refused(text, name)) == (Code.SHEET_TOO_LARGE, cell)


_CELLS = st.sampled_from(
    ["", " ", "a", "b c", "text", "type", "name", "#", "-", "--", r"x\|y", "é", "# z", "\\", "survey"]
)
_SHEETS = st.sampled_from(["", "", "", "survey", "Survey", "choices", "settings", "other", "---", "#"])
_LINES = st.one_of(
    st.builds(lambda sheet, cells, end: "|".join(["", sheet, *cells]) + end, _SHEETS, st.lists(_CELLS, max_size=4),
              st.sampled_from(["|", "| ", "|\r", "| # remark", "| # a # b", "", "|#"])),
    st.sampled_from(["", "# remark", "words", "|---|---|", "|", "||", "  | survey |", "\t| | a | b |"]),
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(_LINES, max_size=10).map("\n".join), st.booleans())
def test_tables_in_markdown_are_read_as_pyxform_reads_them(lines: str, begun: bool) -> None:
    text = (HEAD if begun else "") + lines
    try:
        theirs = md_to_dict(text.encode())
    except (PyXFormError, IndexError):
        with pytest.raises(FormError):
            markdown_tables(text)
        return
    tables, names = markdown_tables(text)
    assert theirs.pop("sheet_names") == list(names)
    ours: dict[str, object] = {name: list(table.rows) for name, table in tables.items()}
    ours |= {f"{name}_header": [dict.fromkeys(table.columns)] for name, table in tables.items()}
    assert ours == theirs
