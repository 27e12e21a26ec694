"""An XLSForm that pyxform accepts becomes a form of ours whose XForm is the one that pyxform makes of the file."""

from __future__ import annotations

import csv
import io
import textwrap
import warnings
from pathlib import Path
from typing import Any

import pytest
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json_backends import get_xlsform, md_table_to_workbook
from pyxform.xls2xform import convert

from forms.definition import Form
from forms.errors import Code, Finding, FormErrors
from forms.schema import dump_form
from forms.xform import compile_with_remarks, compile_xform
from forms.xlsform.book import texts_of_row
from forms.xlsform.files import read_book
from forms.xlsform.reading import read_xlsform
from forms.xlsform.same import differences
from tests.forms.corpus import corpus, need_corpus
from tests.forms.xlsforms import FORMS

# The large one takes longer; its speed is measured elsewhere.
SMALL = [path for path in corpus("bench") if path.name != "large.xlsx"]


def markdown(table: str, name: str = "my form.md") -> Form:
    return read_xlsform(textwrap.dedent(table).encode(), name).form


def questions(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dump_form(markdown(table))["questions"]
    return found


@pytest.mark.parametrize("name", FORMS)
def test_the_xform_is_pyxforms_own(name: str, tmp_path: Path) -> None:
    source = tmp_path / "my form.md"
    source.write_text(FORMS[name], "utf-8")
    theirs = convert(source)
    compiled = compile_with_remarks(read_xlsform(source.read_bytes(), source.name).form)
    assert differences(theirs.xform, compiled.xml) == []
    assert (compiled.itemsets is None) == (theirs.itemsets is None)


@pytest.mark.parametrize("name", FORMS)
def test_the_same_form_from_every_kind_of_file(name: str, tmp_path: Path) -> None:
    expected = markdown(FORMS[name])
    xlsx = tmp_path / "my form.xlsx"
    workbook = md_table_to_workbook(FORMS[name])
    workbook.save(xlsx)
    assert read_xlsform(xlsx.read_bytes(), xlsx.name).form == expected
    text = _as_csv(xlsx)
    assert read_xlsform(text.encode(), "my form.csv").form == expected


@pytest.mark.parametrize("word", sorted(QUESTION_TYPE_DICT))
def test_every_word_for_a_type_that_pyxform_takes_alone(word: str) -> None:
    table = f"""
        | survey |        |      |       |
        |        | type   | name | label |
        |        | {word} | a    | A     |
        |        | note   | b    | B     |
    """
    if word == "audit":
        table = table.replace("| a    |", "|      |")
    try:
        theirs = convert(textwrap.dedent(table), file_type=".md").xform
    except Exception:
        with pytest.raises(FormErrors) as caught:
            markdown(table, "data.md")
        assert caught.value.errors[0].params["row"] == 4
        return
    assert differences(theirs, compile_xform(markdown(table, "data.md"))) == []


def test_old_words_become_plain_ones() -> None:
    assert questions("""
        | survey |                 |      |       |
        |        | type            | name | label |
        |        | phone number    | a    | A     |
        |        | percentage      | b    | B     |
        |        | gps             | c    | C     |
        |        | simserial       | d    |       |
    """) == [
        {
            "type": "text",
            "name": "a",
            "label": {"default": "A"},
            "hint": {"default": "Enter numbers only."},
            "constraint": r"regex(., '^\d*$')",
        },
        {"type": "integer", "name": "b", "label": {"default": "B"}, "constraint": "0 <= . and . <= 100"},
        {"type": "geopoint", "name": "c", "label": {"default": "C"}},
        {
            "type": "hidden",
            "name": "d",
            "attributes": {"bind": {"jr:preload": "property", "jr:preloadParams": "simserial"}},
        },
    ]


def test_a_loop_becomes_a_group_for_each_choice() -> None:
    (group,) = questions("""
        | survey  |                      |      |                 |
        |         | type                 | name | label           |
        |         | begin loop over l    | each | Each            |
        |         | integer              | n    | How %(label)s?  |
        |         | end loop             |      |                 |
        | choices |                      |      |                 |
        |         | list_name            | name | label           |
        |         | l                    | x    | X               |
        |         | l                    | none | None            |
    """)
    assert [inner["name"] for inner in group["questions"]] == ["x"]
    assert group["questions"][0]["label"] == {"default": "X"}
    assert group["questions"][0]["questions"][0]["label"] == {"default": "How X?"}


def test_conditions_and_values_read_as_what_they_are() -> None:
    (question,) = questions("""
        | survey |         |      |       |          |           |         |                    |
        |        | type    | name | label | required | read_only | default | parameters         |
        |        | range   | a    | A     | TRUE     | false()   | 5       | start=0.5 end=10.0 |
    """)
    assert (question["required"], question["read_only"], question["default"]) == (True, False, 5)
    assert question["parameters"] == {"start": 0.5, "end": "10.0"}


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (["Deutsch (de)", "Română (ro)"], [{"code": "de", "name": "Deutsch"}, {"code": "ro", "name": "Română"}]),
        (["de"], [{"code": "de"}]),
        (["English"], [{"code": "en", "name": "English", "spelling": "English"}]),
        (
            ["English", "English (en)"],
            [
                {"code": "en", "name": "English", "spelling": "English"},
                {"code": "en-2", "name": "English (en)", "spelling": "English (en)"},
            ],
        ),
        (["Rromani ćhib"], [{"code": "rromani-chib", "name": "Rromani ćhib", "spelling": "Rromani ćhib"}]),
        (["ꓡꓲꓢꓴ"], [{"code": "und", "name": "ꓡꓲꓢꓴ", "spelling": "ꓡꓲꓢꓴ"}]),
    ],
)
def test_languages_get_codes(spellings: list[str], expected: list[dict[str, str]]) -> None:
    headers = " | ".join(f"label::{spelling}" for spelling in spellings)
    cells = " | ".join("A" for _ in spellings)
    form = markdown(f"""
        | survey |      |      |           |
        |        | type | name | {headers} |
        |        | text | a    | {cells}   |
    """)
    assert dump_form(form)["languages"] == expected
    # No language is preferred where the settings prefer none.
    assert form.default_language == "default"


def test_an_id_with_blanks_is_kept_for_the_xform() -> None:
    form = markdown(FORMS["settings"])
    assert (form.id, form.xform_id, form.version_label) == ("An_id_here", "An id here", "3 b")
    assert 'id="An id here"' in compile_xform(form)


def test_what_changes_nothing_is_told_at_its_column() -> None:
    imported = read_xlsform(FORMS["text messages"].encode(), "x.md")
    told = {(remark.code, remark.params["cell"]) for remark in imported.remarks}
    assert (Code.COLUMN_UNUSED, "survey!E3") in told
    assert (Code.SETTING_UNUSED, "settings!B10") in told


def test_a_finding_on_the_form_is_told_at_its_cell() -> None:
    imported = read_xlsform(FORMS["languages with codes"].encode(), "x.md")
    (finding, *_) = [
        imported.at_cell(finding)
        for finding in _findings("/questions/1/label/ro", "/choices/yn/0/name", "/default_language", "/questions/0")
    ]
    assert finding.pointer == "/survey/5/label::Română (ro)"
    assert finding.params == {"sheet": "survey", "row": 5, "column": "label::Română (ro)", "cell": "survey!E5"}


def _findings(*pointers: str) -> list[Finding]:
    return [Finding(Code.EMPTY_TEXT, pointer) for pointer in pointers]


@pytest.mark.parametrize("path", [*corpus("xlsforms"), *SMALL], ids=lambda path: path.name)
def test_the_corpus(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs = convert(path).xform
        except Exception:
            with pytest.raises(FormErrors) as caught:
                read_xlsform(path.read_bytes(), path.name)
            assert all({"sheet", "row", "column"} <= error.params.keys() for error in caught.value.errors)
            return
    form = read_xlsform(path.read_bytes(), path.name).form
    assert differences(theirs, compile_xform(form)) == []


def test_the_corpus_is_there() -> None:
    need_corpus("xlsforms")


@pytest.mark.parametrize("path", corpus("xlsforms"), ids=lambda path: path.name)
def test_cells_are_read_as_pyxform_reads_them(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = get_xlsform(path)
    ours = read_book(path.read_bytes(), path.name)
    for sheet in ("survey", "choices", "settings", "external_choices", "entities", "osm"):
        table = ours.tables.get(sheet)
        rows = None if table is None else [texts_of_row(row) for row in table.rows]
        assert rows == getattr(theirs, sheet)
        assert list(table.columns if table else ()) == list((getattr(theirs, f"{sheet}_header") or [{}])[0])
    assert list(ours.sheet_names) == theirs.sheet_names


def _as_csv(xlsx: Path) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for name, table in read_book(xlsx.read_bytes(), xlsx.name).tables.items():
        writer.writerow([name])
        writer.writerow(["", *table.columns])
        for row in table.rows:
            writer.writerow(["", *(row.get(column, "") for column in table.columns)])
    return stream.getvalue()
