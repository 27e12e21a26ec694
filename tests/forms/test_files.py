"""The files that a form uses: found in all places that name one, and bound to bytes by their hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from forms.definition import Form
from forms.errors import Code, Finding, Severity
from forms.files import MANY_ROWS, Found, bind_files, files_of, unbound_sources
from forms.schema import dump_form, load_form, read_form
from forms.version import version_hash
from forms.xform import compile_xform
from tests.examples import examples
from tests.forms.strategies import documents

TABLET = Path(__file__).resolve().parents[2] / "server" / "tablet" / "src" / "form" / "testing"
OLD, NEW = "0" * 64, "1" * 64
COLUMNS = ("ags", "title", "kind", "name", "label", "area", "year", "residents")


def form_with(*questions: dict[str, Any], **keys: Any) -> Form:
    told = {
        "feldbuch_form": 1,
        "id": "f",
        "title": {"en": "F"},
        "languages": [{"code": "en"}],
        "default_language": "en",
    }
    return load_form({**told, **keys, "questions": [{"label": {"en": "Q"}, **each} for each in questions]})


def pulling(expression: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "name": "q", "default": expression, **more}


def found(form: Form, *, columns: tuple[str, ...] = COLUMNS) -> list[Finding]:
    return list(bind_files(form, lambda _, pinned: Found(pinned or NEW, columns)).findings)


def test_every_use_of_a_file_is_found_with_its_place_and_columns() -> None:
    media = {"image": {"en": "door.png"}, "audio": {"en": "door.mp3"}}
    form = form_with(
        {"type": "select_one", "name": "place", "choices_file": "towns.csv", "parameters": {"value": "ags"}},
        {"type": "select_multiple", "name": "map", "choices_file": "areas.geojson"},
        {
            "type": "group",
            "name": "g",
            "questions": [
                {
                    "type": "text",
                    "name": "t",
                    "label": {"en": "T"},
                    "media": media,
                    "relevant": "pulldata('prices', \"rent\", 'ags', ${place}) > 3 or pulldata( 'towns' ,'area',.)",
                }
            ],
        },
        pulling("pulldata(prices, 'rent', 'year', '2020')"),
        {"type": "select_one", "name": "s", "choices": "c"},
        data_files={"register": "xml", "prices": "csv"},
        choices={"c": [{"name": "a", "label": {"en": "A"}, "media": {"image": {"en": "door.png"}}}]},
    )
    assert {each.name: (each.pointer, each.is_data, each.columns) for each in files_of(form)} == {
        "register.xml": ("/data_files/register", True, {}),
        "prices.csv": (
            "/data_files/prices",
            True,
            {"rent": "/questions/2/questions/0/relevant", "ags": "/questions/2/questions/0/relevant",
             "year": "/questions/3/default"},
        ),
        "towns.csv": (
            "/questions/0/choices_file",
            True,
            {"ags": "/questions/0/choices_file", "label": "/questions/0/choices_file",
             "area": "/questions/2/questions/0/relevant"},
        ),
        "areas.geojson": ("/questions/1/choices_file", True, {}),
        "door.png": ("/questions/2/questions/0/media/image/en", False, {}),
        "door.mp3": ("/questions/2/questions/0/media/audio/en", False, {}),
    }  # fmt: skip


@settings(max_examples=examples(20))
@given(documents(old=True))
def test_a_bound_form_binds_all_that_its_xform_loads(document: dict[str, Any]) -> None:
    document.pop("files", None)
    form = load_form(document)
    bound = bind_files(form, lambda _, pinned: Found(pinned or NEW)).form
    assert unbound_sources(compile_xform(bound), bound.files or {}) == ()
    assert (version_hash(dump_form(bound)) == version_hash(dump_form(form))) == (bound.files is None)
    assert load_form(dump_form(bound)) == bound


def test_what_is_bound_already_keeps_to_its_bytes() -> None:
    question = {"type": "select_one", "name": "place", "choices_file": "towns.csv"}
    asked: list[tuple[str, str | None]] = []

    def find(name: str, pinned: str | None) -> Found:
        asked.append((name, pinned))
        return Found(pinned or NEW, COLUMNS, older=pinned == OLD)

    bound = bind_files(form_with(question, files={"towns.csv": OLD}), find)
    assert asked == [("towns.csv", OLD)]
    assert dict(bound.form.files or {}) == {"towns.csv": OLD}
    assert [(each.code, each.severity) for each in bound.findings] == [(Code.FILE_OLDER, Severity.WARNING)]
    assert dict(bind_files(form_with(question), find).form.files or {}) == {"towns.csv": NEW}


def test_missing_data_blocks_and_a_missing_picture_is_told() -> None:
    form = form_with(
        {"type": "select_one", "name": "place", "choices_file": "towns.csv", "media": {"image": {"en": "a.png"}}},
        {"type": "select_one", "name": "other", "choices_file": "areas.csv"},
        files={"areas.csv": OLD, "gone.csv": OLD},
    )
    bound = bind_files(form, lambda *_: None)
    assert [(each.code, each.pointer, each.severity) for each in bound.findings] == [
        (Code.FILE_MISSING, "/questions/0/choices_file", Severity.ERROR),
        (Code.MEDIA_MISSING, "/questions/0/media/image/en", Severity.WARNING),
        (Code.FILE_UNKNOWN, "/files/areas.csv", Severity.ERROR),
        (Code.FILE_UNUSED, "/files/gone.csv", Severity.WARNING),
    ]
    assert bound.form.files is None


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ({"type": "select_one", "name": "q", "choices_file": "t.csv"}, ["name", "label"]),
        ({"type": "select_one", "name": "q", "choices_file": "t.csv", "parameters": {"value": "ags"}}, ["label"]),
        ({"type": "select_one", "name": "q", "choices_file": "t.xml"}, []),
        (pulling("pulldata('t', 'rent', 'ags', '1')"), ["rent"]),
        (pulling("pulldata('t', 'ags', 'rent', '1')"), ["rent"]),
        (pulling("pulldata('t', ags, 'ags', '1')"), []),
    ],
)
def test_columns_that_are_not_there_are_errors_at_their_place(question: dict[str, Any], missing: list[str]) -> None:
    findings = found(form_with(question), columns=("ags", "title"))
    assert [(each.code, each.params["column"], each.severity) for each in findings] == [
        (Code.FILE_COLUMN, column, Severity.ERROR) for column in missing
    ]


def test_a_table_that_slows_tablets_down_is_told() -> None:
    form = form_with(pulling("pulldata('t', 'ags', 'name', '1')"))
    for rows, expected in ((MANY_ROWS, []), (MANY_ROWS + 1, [(Code.FILE_LONG, "/questions/0/default")])):
        findings = bind_files(form, lambda *_, rows=rows: Found(NEW, COLUMNS, rows)).findings
        assert [(each.code, each.pointer) for each in findings] == expected
        assert all(each.severity is Severity.WARNING for each in findings)


def test_names_that_cannot_be_bound_are_missing() -> None:
    long = "x" * 220 + ".png"
    form = form_with({"type": "text", "name": "q", "media": {"image": {"en": long}}})
    assert [each.code for each in found(form)] == [Code.MEDIA_MISSING]


def test_what_an_xform_loads_unseen_is_an_error() -> None:
    xform = '<instance id="a" src="jr://file-csv/a&amp;b.csv"/><instance src="jr://instance/last-saved" id="l"/>'
    assert [each.params for each in unbound_sources(xform, {})] == [{"file": "a&b.csv"}]
    assert unbound_sources(xform, {"a&b.csv": NEW}) == ()


def test_the_form_of_the_tablets_tests_is_what_pyxform_makes_of_it() -> None:
    form = read_form((TABLET / "places.json").read_bytes())
    assert (TABLET / "places.xml").read_text("utf-8") == compile_xform(form)
    assert [each.name for each in files_of(form)] == ["einwohner.csv", "orte-übersicht.csv"]
