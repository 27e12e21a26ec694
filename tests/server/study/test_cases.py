"""Cases from CSV: what is taken, what is refused with row and column, what is warned of; and the commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forms.schema import load_form
from server.cli.case import case
from server.errors.error import CodedError
from server.services.study.cases.keeping import Cases
from server.services.study.cases.personal import leads_to_somebody, looks_personal
from server.services.study.cases.reading import CaseTable, read_cases
from server.services.study.datasets.options import Reading
from server.services.study.datasets.problems import DatasetErrors
from server.services.study.form_sites import ForSites
from server.services.study.publish import Publishing
from tests.field import INTERVIEWER, OTHER_SITE, SITE, FieldDevice, Study
from tests.server.study.test_publish import FORM

MANY = [f"p{number}" for number in range(51)]
HEADER = "case;label;site;interviewer;forms;due;note;status;round\n"
ROW = f"hh-1;Дом 1;{SITE};{INTERVIEWER};visit;01.12.2026;Abends;open;2\n"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    Publishing(made.place, made.feed, validator=None).publish(load_form(FORM), "mara", sites=ForSites.of(SITE))
    yield made
    made.close()


def read(text: str) -> CaseTable:
    return read_cases(text.encode(), Reading())


def take(study: Study, text: str) -> tuple[int, int, int]:
    changed = Cases(study.place, study.feed).take(read(text).rows, "mara")
    return changed.new, changed.changed, changed.same


def only(study: Study) -> dict[str, object]:
    (line,) = Cases(study.place, study.feed).lines()
    return {name: getattr(line, name) for name in line.__slots__ if not name.startswith("changed")}


def codes(text: str) -> list[tuple[str, object]]:
    with pytest.raises(DatasetErrors) as caught:
        read(text)
    return [(each.code, each.params.get("row")) for each in caught.value.problems]


def test_a_row_becomes_a_case_and_the_same_again_changes_nothing(study: Study) -> None:
    assert take(study, HEADER + ROW) == (1, 0, 0)
    assert only(study) == {
        "id": "hh-1", "label": "Дом 1", "site": SITE, "status": "open", "interviewer": INTERVIEWER, "forms": ["visit"],
        "due": "2026-12-01", "note": "Abends", "properties": {"round": "2"},
    }  # fmt: skip
    assert take(study, HEADER + ROW) == (0, 0, 1)


def test_a_file_with_fewer_columns_changes_only_those(study: Study) -> None:
    take(study, HEADER + ROW)
    before = only(study)
    assert take(study, "case,due\nhh-1,2026-12-24\n") == (0, 1, 0)
    assert only(study) == {**before, "due": "2026-12-24"}
    assert take(study, "case;due;note;interviewer;round\nhh-1;;;;\n") == (0, 1, 0)
    assert only(study) == {**before, "due": None, "note": None, "interviewer": None, "properties": {}}
    # A site is never taken away, and what has no label shows its id.
    assert take(study, "case;site;label\nhh-1;;\n") == (0, 1, 0)
    assert (only(study)["site"], only(study)["label"]) == (SITE, "hh-1")


def test_a_column_of_a_property_leaves_the_others_alone(study: Study) -> None:
    take(study, f"case;site;round;floor\nhh-1;{SITE};2;3\n")
    assert take(study, "case;language\nhh-1;bg\n") == (0, 1, 0)
    assert only(study)["properties"] == {"round": "2", "floor": "3", "language": "bg"}
    assert take(study, "case;floor;language\nhh-1;;tr\n") == (0, 1, 0)
    assert only(study)["properties"] == {"round": "2", "language": "tr"}
    assert take(study, "case;floor;language\nhh-1;;tr\n") == (0, 0, 1)
    more = [f"q{number}" for number in range(49)]
    with pytest.raises(DatasetErrors) as caught:
        take(study, f"case;{';'.join(more)}\nhh-1{';1' * 49}\n")
    assert [(each.code, each.params["found"]) for each in caught.value.problems] == [("cases.case_properties", 51)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("label,site\na,b\n", [("cases.column_missing", None)]),
        ("case,name\na,b\n", [("cases.property", None)]),
        ("case,__x\na,b\n", [("cases.property", None)]),
        ("case,дом\na,b\n", [("cases.property", None)]),
        ("case,x\na b,1\nhh-1,2\nhh-1,3\n", [("cases.identifier", 2), ("cases.twice", 4)]),
        ("case,due\na,1.2.26\nb,2026-02-30\nc,31.04.2026\n", [("cases.due", 2), ("cases.due", 3), ("cases.due", 4)]),
        (f"case,label,status\na,{'x' * 81},done\n", [("cases.label", 2), ("cases.status", 2)]),
        ("case,site,interviewer\na,d u,-x\n", [("cases.site", 2), ("cases.interviewer", 2)]),
        ("case,forms\na,a;ü\n", [("cases.forms", 2)]),
        (f"case,note,x\na,{'n' * 501},{'n' * 501}\n", [("cases.note", 2), ("cases.value", 2)]),
        (f"case,{','.join(MANY)}\na{',1' * 51}\n", [("cases.too_many_properties", None)]),
        ("case,x\na\n", [("dataset.ragged", 2)]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_row(text: str, expected: list[tuple[str, object]]) -> None:
    assert codes(text) == expected


def test_what_does_not_fit_the_study_is_refused_and_nothing_is_half_imported(study: Study) -> None:
    rows = f"case,site,forms\ngood,{SITE},visit\na,bochum,\nb,,\nc,{SITE},unheard\nd,{OTHER_SITE},visit\n"
    with pytest.raises(DatasetErrors) as caught:
        take(study, rows)
    assert [(each.code, each.params["row"]) for each in caught.value.problems] == [
        ("cases.site_unknown", 3), ("cases.site_missing", 4), ("cases.form_unknown", 5), ("cases.form_elsewhere", 6),
    ]  # fmt: skip
    assert Cases(study.place, study.feed).lines() == []


def test_more_than_a_tablet_takes_is_refused_as_a_whole(study: Study) -> None:
    text = "case,site\n" + "".join(f"c{number},{SITE}\n" for number in range(5001))
    with pytest.raises(CodedError) as caught:
        take(study, text)
    assert caught.value.code == "cases.too_many"
    assert Cases(study.place, study.feed).lines() == []
    assert take(study, text.rsplit("c5000", 1)[0]) == (5000, 0, 0)


def test_what_looks_personal_is_warned_of() -> None:
    for column in ["Vorname", "last_name", "Telefon_1", "e-mail", "E_Mail", "адрес", "Straße", "geburtsdatum", "tel"]:
        assert looks_personal(column), column
    for column in ["case", "label", "site", "interviewer", "forms", "due", "note", "round", "filename", "language"]:
        assert not looks_personal(column), column
    for text in ("0203 1234567", "+359 88 123 4567", "0176/12345678", "siehe a.b@example.org"):
        assert leads_to_somebody(text), text
    for text in ("2026-12-01", "Haus 42", "2. Stock, 18 bis 20 Uhr", "hh-0042-00017", "1,5"):
        assert not leads_to_somebody(text), text
    table = read("case,telefon,note\na,0203 1234567,ruft an\n")
    assert [each.code for each in table.warnings] == ["cases.personal_column", "cases.personal_value"]


def run(study: Study, *words: str | Path) -> Result:
    return CliRunner().invoke(case, [*(str(word) for word in words), "--place", str(study.settings.place)])


def test_the_commands_import_list_assign_close_and_reopen(study: Study, tmp_path: Path) -> None:
    study.introduce(FieldDevice(study))
    file = tmp_path / "cases.csv"
    file.write_text(HEADER + ROW + f"hh-2;;{SITE};I-09;;;;;\n", "utf-8-sig")
    said = run(study, "import", file)
    assert "2 new, 0 changed, 0 as before." in said.output
    assert "Lists that were sealed anew: 1." in said.output
    assert f"Nobody has enrolled a tablet as I-09 at {SITE} yet; the cases wait." in said.output
    assert "0 new, 0 changed, 2 as before." in run(study, "import", file).output
    assert run(study, "assign", "hh-1", "--interviewer", "I-09").output.startswith("1 changed, 0 as before.\n")
    assert run(study, "assign", "hh-1", "hh-2", "--whole-site").output.startswith("2 changed")
    assert run(study, "close", "hh-2").output.startswith("1 changed")
    table = run(study, "list").output.splitlines()
    shown = [(row.split()[0], *row.split()[-3:]) for row in table[1:]]
    assert shown == [("hh-1", "open", "2026-12-01", "visit"), ("hh-2", "closed", "-", "-")]
    assert run(study, "reopen", "hh-2").output.startswith("1 changed")
    found = json.loads(run(study, "list", "--status", "open", "--json").output)
    told = [(each["id"], each["interviewer"], each["note"]) for each in found]
    assert told == [("hh-1", None, "Abends"), ("hh-2", None, None)]
    assert "Give either" in run(study, "assign", "hh-1").output
    error = run(study, "close", "unheard").exception
    assert isinstance(error, CodedError)
    assert error.code == "cases.unknown"
    for wrong in ("", "-x", "I 09", "x" * 129, "I-09\udcff"):
        error = run(study, "assign", "hh-1", "--interviewer", wrong).exception
        assert isinstance(error, CodedError)
        assert error.code == "cases.pseudonym"
    assert Cases(study.place, study.feed).lines()[0].interviewer is None


def test_the_command_says_all_that_is_wrong_and_ends_with_one(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "cases.csv"
    file.write_text("case,due,telefon\na b,today,1\n", "utf-8")
    said = run(study, "import", file)
    assert said.exit_code == 1
    assert "Row 2, column case: “a b” cannot be the id of a case. [cases.identifier]" in said.stderr
    assert "Row 2, column due: “today” is no day. [cases.due]" in said.stderr
    file.write_text(f"case,site,telefon\na,{SITE},1\n", "utf-8")
    said = run(study, "import", file)
    assert said.exit_code == 0
    assert "warning: The column “telefon” is called as if it led to somebody. [cases.personal_column]" in said.stderr
