"""``feldbuch form check``, ``publish``, ``list`` and ``diff`` as a person meets them at the terminal."""

from __future__ import annotations

import copy
import getpass
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from server.cli.form import form
from server.errors.error import CodedError
from server.storage.carriers import FormVersion
from tests.field import Study
from tests.server.study.test_publish import FORM, REASON, without_english

Run = Callable[..., Result]
JAVA = shutil.which("java")
WITHOUT = ("--override", "missing_translation", "--reason", REASON)


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    yield made
    made.close()


@pytest.fixture
def run(study: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command of ``feldbuch form`` beside the study's folder. Without Java: the tests of the checks have it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("FELDBUCH_PLACE", raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path) -> Result:
        return CliRunner().invoke(form, [str(word) for word in words])

    return command


def write(folder: Path, document: dict[str, Any], name: str = "form.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def edited(edit: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    document = copy.deepcopy(FORM)
    edit(document)
    return document


def test_a_good_form_is_called_one(run: Run, tmp_path: Path) -> None:
    result = run("check", write(tmp_path, FORM))
    assert result.exit_code == 0
    assert "form 'visit' can be published." in result.stdout
    assert "note at the whole form: ODK Validate did not look at the form: there is no Java here." in result.stderr


def test_each_finding_has_severity_place_name_and_remedy(run: Run, tmp_path: Path) -> None:
    result = run("check", write(tmp_path, edited(lambda form: form["questions"][1].update(relevant="${consnt} = 1"))))
    assert result.exit_code == 1
    assert "error at /questions/1/relevant (who): " in result.stderr
    assert "Did you mean “consent”?" in result.stderr
    assert "[form.unknown_reference_near]" in result.stderr
    assert "can be published" not in result.stdout


def test_what_is_missing_at_the_gate_is_told_with_the_way_past_it(run: Run, tmp_path: Path) -> None:
    result = run("check", write(tmp_path, edited(without_english)))
    assert result.exit_code == 1
    assert "gate at /questions/1/label (who): The text is missing in “en”." in result.stderr
    assert '--override missing_translation --reason "..."' in result.stderr


def test_checked_at_a_place_a_form_is_to_have_the_languages_of_the_study(run: Run, tmp_path: Path) -> None:
    def german_alone(document: dict[str, Any]) -> None:
        document["languages"] = [{"code": "de"}]
        for choice in document["choices"]["yes_no"]:
            del choice["label"]["en"]
        for each in (document["title"], *(question["label"] for question in document["questions"])):
            del each["en"]

    file = write(tmp_path, edited(german_alone))
    assert run("check", file).exit_code == 0
    result = run("check", file, "--place", tmp_path / "central")
    assert result.exit_code == 1
    assert "gate at /languages: The form lacks “en”, a language of the study." in result.stderr


SPREADSHEET = """| survey | | | | |
| | type | name | label::Deutsch (de) | label::English (en) |
| | text | who | Wer? | Who? |
| | text | why | {why} | Why? |
| settings | | | |
| | form_id | form_title | default_language |
| | visit | Besuch | Deutsch (de) |
"""


def test_a_spreadsheet_is_checked_published_and_compared_as_it_is(run: Run, study: Study, tmp_path: Path) -> None:
    file = tmp_path / "visit.md"
    file.write_text(SPREADSHEET.format(why=""), "utf-8")
    place = ("--place", tmp_path / "central")
    result = run("check", file, *place)
    assert result.exit_code == 1
    assert (
        "gate at survey!D4 (sheet survey, row 4, column label::Deutsch (de)): The text is missing in “de”."
        in result.stderr
    )
    assert "(sheet settings, row 7, column form_title): The title is there in “de” only" in result.stderr
    assert run("publish", file, *place).exit_code == 1
    assert run("publish", file, *place, *WITHOUT).exit_code == 0
    whole = tmp_path / "whole.md"
    whole.write_text(SPREADSHEET.format(why="Warum?"), "utf-8")
    expected = "Question “why”: a text was added in de (label): “Warum?”."
    assert run("diff", file, whole).stdout.splitlines()[0] == expected
    assert run("diff", "visit", whole, *place).stdout.splitlines()[0] == expected


def test_a_spreadsheet_that_is_no_form_is_told_by_its_cell(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "visit.md"
    file.write_text(SPREADSHEET.format(why="Warum?").replace("| text | who", "| txet | who"), "utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert "error at survey!B3 (sheet survey, row 3, column type): " in result.stderr


def test_notes_are_counted_unless_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    def long(document: dict[str, Any]) -> None:
        label = {"de": "a" * 100, "en": "x"}
        document["questions"] += [{"type": "text", "name": f"q{number}", "label": label} for number in range(9)]

    file = write(tmp_path, edited(long))
    few, all_of_them = run("check", file), run("check", file, "--notes")
    assert "9 notes at /questions/2/label (q0), " in few.stderr
    assert "and 6 more; the first: The label is longer than 80 characters" in few.stderr
    assert few.stderr.count("[form.draft_texts]") == 2
    assert all_of_them.stderr.count("[form.stata_label_long]") == 9
    assert few.exit_code == all_of_them.exit_code == 0


def test_publishing_past_the_gate_needs_both_a_code_and_a_reason(run: Run, study: Study, tmp_path: Path) -> None:
    file = write(tmp_path, edited(without_english))
    words = ("publish", file, "--place", tmp_path / "central")
    assert run(*words).exit_code == 1
    assert run(*words, "--reason", REASON).exit_code == 2
    result = run(*words, "--override", "missing_translation")
    assert isinstance(result.exception, CodedError)
    assert result.exception.code == "publish.reason.missing"
    assert study.rows(FormVersion) == []
    result = run(*words, *WITHOUT, "--by", "Mara")
    assert result.exit_code == 0
    assert "The first version of visit." in result.stdout
    assert "Published without: 1 × form.missing_translation." in result.stdout
    listed = run("list", "--place", tmp_path / "central").stdout.splitlines()
    assert listed[1] == f"  without: 1 × form.missing_translation; Mara: {REASON}"


def test_who_publishes_is_who_is_logged_in(run: Run, study: Study, tmp_path: Path) -> None:
    run("publish", write(tmp_path, FORM), "--place", tmp_path / "central")
    with study.place.engine.connect() as connection:
        assert connection.execute(select(FormVersion.published_by)).scalar_one() == getpass.getuser()


def test_publishing_shows_first_what_changes(run: Run, tmp_path: Path) -> None:
    words = ("--place", tmp_path / "central")
    run("publish", write(tmp_path, FORM), *words)
    result = run(
        "publish", write(tmp_path, edited(lambda form: form["questions"][1]["label"].update(de="Und wer?"))), *words
    )
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Against version ")
    assert lines[1] == "Question “who”: worded otherwise in de (label): “Wer?” → “Und wer?”."
    assert lines[2].startswith("  Data: the same column;")
    assert lines[3].startswith("  Drafts: ")
    assert lines[4] == "Open drafts stay with the version they were begun with."
    assert lines[5].startswith("Published visit, version ")
    again = run("publish", tmp_path / "form.json", *words)
    assert "This version is published already:" in again.stdout
    assert "Against" not in again.stdout


def test_files_and_versions_are_compared(run: Run, tmp_path: Path) -> None:
    old = write(tmp_path, FORM, "old.json")
    new = write(tmp_path, edited(lambda form: form["questions"].pop()), "new.json")
    expected = ["Question “who”: removed."]
    assert run("diff", old, new).stdout.splitlines()[:1] == expected
    assert run("diff", old, old).stdout == "Nothing changed.\n"
    assert run("diff", old, new, "--language", "de").stdout.startswith("Frage „who“: entfernt.")
    for file in (old, new):
        run("publish", file, "--place", tmp_path / "central")
    listed = run("list", "--place", tmp_path / "central").stdout.splitlines()
    second, first = (line.split()[1] for line in listed)
    place = ("--place", tmp_path / "central")
    assert run("diff", f"visit@{first[:8]}", "visit", *place).stdout.splitlines()[:1] == expected
    assert run("diff", first[:8], second[:8], *place).stdout.splitlines()[:1] == expected
    assert run("diff", first[:8], new, *place).stdout.splitlines()[:1] == expected
    result = run("diff", "nobody", new, *place)
    assert isinstance(result.exception, CodedError)
    assert result.exception.code == "version.unknown"


def test_files_of_a_form_are_looked_for_where_they_are_said_to_be(run: Run, tmp_path: Path) -> None:
    def with_table(document: dict[str, Any]) -> None:
        label = {"de": "Wo?", "en": "Where?"}
        document["questions"].append({"type": "select_one", "name": "t", "label": label, "choices_file": "towns.csv"})

    file = write(tmp_path, edited(with_table))
    words = ("publish", file, "--place", tmp_path / "central")
    assert "[form.file_missing]" in run(*words).stderr
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "towns.csv").write_text("name,label\n1,Varna\n", "utf-8")
    assert run("check", file, "--files", folder).exit_code == 2
    assert run("check", file, "--files", folder, "--place", tmp_path / "central").exit_code == 0
    assert run(*words, "--files", folder).exit_code == 0
    (folder / "towns.csv").write_text("name,label\n1,Plovdiv\n", "utf-8")
    assert "“files” was" in run(*words, "--files", folder).stdout


@pytest.mark.skipif(JAVA is None, reason="there is no Java")
def test_with_java_validate_is_asked(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(str(JAVA)).parent))
    result = run(
        "check", write(tmp_path, edited(lambda form: form["questions"][1].update(relevant="nothing-such() = 1")))
    )
    assert result.exit_code == 1
    assert "[form.validate_refused]" in result.stderr
