"""A form's JSON, written as an XLSForm and read again, is the same document; so it stays after work on the file."""

from __future__ import annotations

import copy
import io
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from forms.definition import Form
from forms.errors import FormErrors
from forms.schema import dump_form, load_form
from forms.version import canonical_json, version_hash
from forms.xform import compile_xform
from forms.xlsform.reading import read_workbook, read_xlsform
from forms.xlsform.same import differences
from forms.xlsform.workbook import book_of, write_xlsform
from forms.xlsform.write import export_sheets
from tests.examples import examples
from tests.forms.examples import every_kind, small_form, text, with_question
from tests.forms.strategies import documents
from tests.forms.xlsforms import FORMS

many = settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def edited(form: Form, **cells: object) -> Form:
    """The form after its XLSForm was opened, some cells of the survey's last row changed, and saved again."""
    book = load_workbook(io.BytesIO(write_xlsform(form)))
    sheet = book["survey"]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for column, value in cells.items():
        sheet.cell(sheet.max_row, columns.setdefault(column, len(columns) + 1)).value = value
        sheet.cell(1, columns[column]).value = column
    stream = io.BytesIO()
    book.save(stream)
    return read_xlsform(stream.getvalue(), "edited.xlsx").form


@many
@given(documents(old=True))
def test_rows_are_read_back_as_the_same_form(document: dict[str, Any]) -> None:
    form = load_form(document)
    assert canonical_json(dump_form(read_workbook(book_of(export_sheets(form))).form)) == canonical_json(document)


@settings(many, max_examples=examples(25))
@given(documents(old=True))
def test_a_file_is_read_back_as_the_same_form(document: dict[str, Any]) -> None:
    form = load_form(document)
    assert canonical_json(dump_form(read_xlsform(write_xlsform(form), "x.xlsx").form)) == canonical_json(document)


@pytest.mark.parametrize("name", FORMS)
def test_an_imported_form_survives_the_way_out_and_in(name: str) -> None:
    form = read_xlsform(FORMS[name].encode(), "my form.md").form
    exported = write_xlsform(form)
    again = read_xlsform(exported, "x.xlsx").form
    assert again == form
    assert differences(compile_xform(form), compile_xform(again)) == []
    # Other programs make the same form of the file, of the same version.
    theirs = convert(exported, file_type=".xlsx").xform
    assert differences(theirs, compile_xform(form)) == []
    assert version_hash(dump_form(form)) in theirs


def test_every_kind_is_read_back() -> None:
    assert read_xlsform(write_xlsform(every_kind()), "x.xlsx").form == every_kind()


@pytest.mark.parametrize(
    "words",
    [
        *(" blanks around ", "two  blanks", "a\u00a0b", "a\r\nb\rc", "=1+1", "#REF!", "#N/A", "TRUE", "007", "1e5"),
        *("'quoted", "„deutsch“", "’", "_x000D_", "x005F_", "😀𝒳", "שלום\u200f", "<b>&amp;</b>", "\ufdd0“", "a::b"),
        *("a\u2028b", "x" * 32_767),
    ],
    ids=lambda words: ascii(words)[:20],
)
def test_texts_are_kept_to_the_character(words: str) -> None:
    document = with_question(type="note", name="n", label=text(words))
    document["choices"]["yes_no"][0] |= {"label": text(words), "values": {"k": words}}
    document["title"] = text(words)
    document["questions"][0]["default"] = words
    assert dump_form(read_xlsform(write_xlsform(load_form(document)), "x.xlsx").form) == document


@pytest.mark.parametrize("value", ["5", 5, 0, -1, 0.5, 1e15, 2**53 - 1, "yes", "TRUE", "0"])
def test_numbers_and_texts_stay_apart(value: object) -> None:
    document = with_question(type="text", name="n", label=text("n"), default=value)
    document["choices"]["yes_no"][0]["values"] = {"k": value}
    assert canonical_json(dump_form(read_xlsform(write_xlsform(load_form(document)), "x.xlsx").form)) == canonical_json(
        document
    )


@pytest.mark.parametrize("value", [True, False, "true()", "1 = 1"])
def test_conditions_stay_what_they_are(value: object) -> None:
    document = with_question(type="text", name="n", label=text("n"), required=value, read_only=value)
    assert dump_form(read_xlsform(write_xlsform(load_form(document)), "x.xlsx").form) == document


def test_no_text_becomes_a_formula() -> None:
    document = with_question(type="note", name="n", label=text("=cmd|' /C calc'!A0"))
    book = load_workbook(io.BytesIO(write_xlsform(load_form(document))))
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_what_is_changed_in_the_file_is_changed_in_the_form() -> None:
    document = small_form()
    document["questions"][1] |= {"personal": True, "reviewed": {"de": "A. Leser"}, "required": True}
    form = edited(
        load_form(document), **{"label::Deutsch (de)": "Neu", "relevant": "${first} = 1", "label::Polski (pl)": "Nowe"}
    )
    (_, question) = dump_form(form)["questions"]
    assert question["label"] == {"de": "Neu", "bg": "Zweite", "pl": "Nowe"}
    assert question["relevant"] == "${first} = 1"
    assert (question["personal"], question["reviewed"]) == (True, {"de": "A. Leser"})
    assert dump_form(form)["languages"][-1] == {"code": "pl", "name": "Polski"}


def test_words_for_true_and_false_are_understood_in_a_file_of_ours() -> None:
    form = edited(load_form(small_form()), required="yes", read_only="FALSE", feldbuch_personal="no")
    question = dump_form(form)["questions"][1]
    assert (question["required"], question["read_only"], question["personal"]) == (True, False, False)


def test_a_new_title_and_version_are_taken() -> None:
    book = load_workbook(io.BytesIO(write_xlsform(load_form(small_form()))))
    columns = {cell.value: cell.column for cell in book["settings"][1]}
    book["settings"].cell(2, columns["form_title"]).value = "Größer"
    book["settings"].cell(2, columns["version"]).value = "2"
    book["settings"].cell(2, columns["form_id"]).value = "bigger"
    stream = io.BytesIO()
    book.save(stream)
    form = read_xlsform(stream.getvalue(), "x.xlsx").form
    assert (form.id, form.version_label, dict(form.title)) == ("bigger", "2", {"de": "Größer", "bg": "Klein"})


def test_without_our_sheet_the_file_is_an_xlsform_like_others() -> None:
    document = small_form()
    book = load_workbook(io.BytesIO(write_xlsform(load_form(document))))
    del book["feldbuch"]
    stream = io.BytesIO()
    book.save(stream)
    form = read_xlsform(stream.getvalue(), "x.xlsx").form
    assert dump_form(form)["questions"] == document["questions"]
    assert form.version_label == version_hash(document)


@pytest.mark.parametrize("damage", ['{"', "5", "null", "[]", '{"de": 5}', "[" * 5_000])
@pytest.mark.parametrize("key", ["title", "languages", "missing", "undeclared_languages", "default_language"])
def test_damage_to_our_sheet_is_no_traceback(key: str, damage: str) -> None:
    book = load_workbook(io.BytesIO(write_xlsform(load_form(_with_missing()))))
    for row in book["feldbuch"].iter_rows(min_row=2):
        if row[1].value == key:
            row[2].value = damage
    stream = io.BytesIO()
    book.save(stream)
    try:
        read_xlsform(stream.getvalue(), "x.xlsx")
    except FormErrors as refused:
        found = refused.errors
    else:
        found = ()
    assert all("sheet" in error.params for error in found)


def test_the_export_tells_nothing_of_this_machine() -> None:
    first, second = (write_xlsform(load_form(small_form())) for _ in range(2))
    names = {cell.value for row in load_workbook(io.BytesIO(first))["settings"] for cell in row}
    assert "small" in names
    assert len(first) == len(second)


def _with_missing() -> dict[str, Any]:
    document = copy.deepcopy(small_form())
    document["missing"] = {"label": text("Fehlt"), "kinds": {"refused": {"code": -98, "label": text("Verweigert")}}}
    document["questions"][0]["missing"] = True
    return json.loads(json.dumps(document))
