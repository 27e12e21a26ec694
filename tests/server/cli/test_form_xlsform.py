"""``feldbuch form import`` and ``export`` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli.form import form
from tests.forms.examples import small_form
from tests.forms.xlsforms import FORMS


def run(*arguments: object) -> Result:
    return CliRunner().invoke(form, [str(each) for each in arguments], catch_exceptions=False)


def test_a_form_goes_out_and_comes_in_again(tmp_path: Path) -> None:
    first, spreadsheet, second = (tmp_path / name for name in ("first.json", "form.xlsx", "second.json"))
    first.write_text(json.dumps(small_form()), "utf-8")
    assert run("export", first, "-o", spreadsheet).exit_code == 0
    assert run("import", spreadsheet, "-o", second).exit_code == 0
    assert json.loads(second.read_text("utf-8")) == small_form()


def test_an_import_tells_remarks_at_the_cell_and_what_is_left_to_mend(tmp_path: Path) -> None:
    source, output = tmp_path / "my form.md", tmp_path / "form.json"
    source.write_text(FORMS["rows that are left out"].replace("A     |", "${a}  |", 1), "utf-8")
    result = run("import", source, "-o", output)
    assert result.exit_code == 0
    assert "note at survey!F3 (sheet survey, row 3, column remarks)" in result.stderr
    assert "error at survey!D4 (sheet survey, row 4, column label)" in result.stderr or "warning" in result.stderr
    assert json.loads(output.read_text("utf-8"))["xform_id"] == "my form"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.md",
            b"| survey |\n| | type | name |\n| | txt | a |\n",
            "error at survey!B3 (sheet survey, row 3, column type)",
        ),
        ("a.xlsx", b"no workbook", "form.spreadsheet_broken"),
        ("a.pdf", b"%PDF", "form.spreadsheet_type"),
        ("a.csv", b"\xff\xfe", "form.not_utf8"),
        ("a.md", b" " * (16 * 1024 * 1024 + 1), "form.too_large"),
    ],
)
def test_what_cannot_be_imported_is_told_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    source, output = tmp_path / name, tmp_path / "form.json"
    source.write_bytes(content)
    result = run("import", source, "-o", output)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not output.exists()


def test_what_cannot_be_exported_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    source, output = tmp_path / "form.json", tmp_path / "form.xlsx"
    document = small_form()
    document["questions"][0]["relevant"] = "${nobody} = 1"
    source.write_text(json.dumps(document), "utf-8")
    result = run("export", source, "-o", output)
    assert result.exit_code == 1
    assert "error at /questions/0" in result.stderr
    assert not output.exists()
