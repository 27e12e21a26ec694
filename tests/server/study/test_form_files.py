"""Publishing binds a form to the bytes of its files: the version covers them, and the feed names them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from forms.errors import FormErrors
from forms.files import MANY_ROWS
from forms.schema import load_form, read_form
from server.errors.catalogue import catalogue
from server.services.collect.rounds import run_round
from server.services.study.datasets.keeping import Datasets, Source
from server.services.study.datasets.options import Facts, Reading
from server.services.study.datasets.problems import DatasetErrors
from server.services.study.datasets.using import forms_using
from server.services.study.form_files import MAX_BYTES
from server.services.study.publish import Published, Publishing
from server.storage.carriers import Content, FeedEntryRow, FormVersion
from sync.envelope.encoding import parse_canonical
from tests.field import FieldDevice, Study

TOWNS = b"name,label,area\n05999,Town,12.5\n99001,Village,3\n"
TEXT = {"en": "Which?", "de": "Welcher?"}
PLACE = {"type": "select_one", "name": "place", "choices_file": "towns.csv", "label": TEXT}
AREA = {"type": "calculate", "name": "area", "calculation": "pulldata('towns', 'area', 'name', ${place})"}
PICTURE = {"type": "note", "name": "n", "label": TEXT, "media": {"image": {"en": "hof.png", "de": "hof.png"}}}
MAP = {"type": "select_one", "name": "m", "choices_file": "map.geojson", "label": TEXT}
REGISTER = {"type": "select_one", "name": "r", "choices_file": "register.xml", "label": TEXT}


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    yield made
    made.close()


def document(*questions: dict[str, Any], **keys: Any) -> dict[str, Any]:
    languages = [{"code": "en"}, {"code": "de"}]
    told = {"feldbuch_form": 1, "id": "visit", "title": {"en": "Visit", "de": "Besuch"}, "languages": languages}
    return {**told, "default_language": "en", **keys, "questions": list(questions)}


def take(study: Study, data: bytes = TOWNS, name: str = "towns") -> str:
    facts = Facts("Office", "free", date(2026, 3, 1))
    return Datasets(study.place).take(name, Source(data, "a.csv", facts, Reading()), "mara").hash


def publish(study: Study, form: dict[str, Any], folder: Path | None = None) -> Published:
    return Publishing(study.place, study.feed, validator=None).publish(load_form(form), "mara", folder=folder)


def codes(error: FormErrors) -> list[tuple[str, str]]:
    return [(each.code.value, each.pointer) for each in error.errors]


def newest_body(study: Study) -> dict[str, Any]:
    entry: Any = parse_canonical(study.rows(FeedEntryRow)[-1].document, "feed.broken")
    body: dict[str, Any] = entry["body"]
    return body


def contents(study: Study) -> dict[str, bytes]:
    return {row.hash: row.data for row in study.rows(Content)}


def test_a_version_covers_the_bytes_of_its_data(study: Study) -> None:
    first_data = take(study)
    first = publish(study, document(PLACE, AREA))
    assert newest_body(study)["files"] == [{"name": "towns.csv", "hash": first_data, "size": len(TOWNS)}]
    definition = contents(study)[newest_body(study)["definition"]["hash"]]
    assert dict(read_form(definition).files or {}) == {"towns.csv": first_data}
    assert not publish(study, document(PLACE, AREA)).new
    second_data = take(study, TOWNS.replace(b"12.5", b"13"))
    second = publish(study, document(PLACE, AREA))
    assert (second.new, second.version != first.version) == (True, True)
    assert contents(study).keys() >= {first_data, second_data}
    assert forms_using(study.place, "towns") == {
        first_data: [f"visit, version {first.version}"],
        second_data: [f"visit, version {second.version}"],
    }


def test_a_version_that_was_published_is_published_again_as_it_is(study: Study) -> None:
    """Its own document names the older bytes, and keeps to them."""
    take(study)
    first = publish(study, document(PLACE))
    published = json.loads(contents(study)[newest_body(study)["definition"]["hash"]])
    take(study, TOWNS.replace(b"12.5", b"13"))
    again = publish(study, published)
    assert (again.new, again.version) == (False, first.version)
    changed = publish(study, {**published, "title": {"en": "Other", "de": "Anders"}})
    assert "form.file_older" in [each.code.value for each in changed.findings]
    assert newest_body(study)["files"][0]["hash"] == published["files"]["towns.csv"]


@pytest.mark.parametrize(
    ("data", "form", "expected"),
    [
        (None, document(PLACE), ("form.file_missing", "/questions/0/choices_file")),
        (None, document(MAP), ("form.file_missing", "/questions/0/choices_file")),
        (TOWNS, document(PLACE, files={"towns.csv": "0" * 64}), ("form.file_unknown", "/files/towns.csv")),
        (b"name,title\nx,y\n", document(PLACE), ("form.file_column", "/questions/0/choices_file")),
        (b"name,label\nx,y\n", document(PLACE, AREA), ("form.file_column", "/questions/1/calculation")),
    ],
)
def test_a_form_whose_data_are_not_there_is_not_published(
    study: Study, data: bytes | None, form: dict[str, Any], expected: tuple[str, str]
) -> None:
    if data is not None:
        take(study, data)
    entries = len(study.rows(FeedEntryRow))
    with pytest.raises(FormErrors) as caught:
        publish(study, form)
    assert expected in codes(caught.value)
    assert study.rows(FormVersion) == []
    assert len(study.rows(FeedEntryRow)) == entries


def test_a_folder_brings_files_of_every_kind(study: Study, tmp_path: Path) -> None:
    take(study)
    given = {
        "towns.csv": b"\xef\xbb\xbfname;label\r\nx;y\r\n",
        "map.geojson": b'{"type": "FeatureCollection", "features": []}',
        "register.xml": b"<root><item><name>a</name><label>A</label></item></root>",
        "hof.png": b"\x89PNG",
        "unused.png": b"x",
    }
    for name, data in given.items():
        (tmp_path / name).write_bytes(data)
    publish(study, document(PLACE, MAP, REGISTER, PICTURE), tmp_path)
    kept = {
        "towns.csv": b"name,label\nx,y\n",
        **{name: given[name] for name in ("map.geojson", "register.xml", "hof.png")},
    }
    assert newest_body(study)["files"] == [
        {"name": name, "hash": sha256(data).hexdigest(), "size": len(data)} for name, data in sorted(kept.items())
    ]
    assert contents(study).items() >= {(sha256(data).hexdigest(), data) for data in kept.values()}
    types = {row.data: row.content_type for row in study.rows(Content)}
    assert [types[data] for data in kept.values()] == ["text/csv; charset=utf-8", *["application/octet-stream"] * 3]


def test_a_picture_that_is_missing_is_told_and_the_form_published(study: Study) -> None:
    published = publish(study, document(PICTURE))
    assert [each.code.value for each in published.findings if each.code.value.startswith("form.media")] == [
        "form.media_missing"
    ]
    assert "files" not in newest_body(study)


UNUSABLE: list[tuple[str, bytes, list[str]]] = [
    ("towns.csv", b"name,label\nx\n", ["form_file.table", "dataset.ragged"]),
    ("map.geojson", b'{"type": "Feature"}', ["form_file.unusable"]),
    ("map.geojson", b"[" * 200_000, ["form_file.unusable"]),
    ("register.xml", b"<root>", ["form_file.unusable"]),
    ("register.xml", b'<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>', ["form_file.unusable"]),
    ("register.xml", '<!DOCTYPE r [<!ENTITY a "b">]><r/>'.encode("utf-16"), ["form_file.unusable"]),
    ("hof.png", b"", ["form_file.unusable"]),
    ("hof.png", b"x" * (MAX_BYTES + 1), ["form_file.too_large"]),
]


def test_files_that_cannot_be_used_are_refused(study: Study, tmp_path: Path) -> None:
    using = {"towns.csv": PLACE, "map.geojson": MAP, "register.xml": REGISTER, "hof.png": PICTURE}
    for name, data, expected in UNUSABLE:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DatasetErrors) as caught:
            publish(study, document(using[name]), tmp_path)
        assert [each.code for each in caught.value.problems] == expected, (name, data[:40])
        assert set(expected) <= catalogue().keys()
    assert study.rows(FormVersion) == []


def test_long_tables_are_told_from_wherever_they_come(study: Study, tmp_path: Path) -> None:
    long = b"name,label\n" + b"".join(b"n%d,x\n" % number for number in range(MANY_ROWS + 1))
    (tmp_path / "towns.csv").write_bytes(long.replace(b",", b";"))
    assert "form.file_long" in [each.code.value for each in publish(study, document(PLACE), tmp_path).findings]
    take(study, long)
    published = publish(study, document(PLACE, version_label="2"))
    assert "form.file_long" in [each.code.value for each in published.findings]


def test_a_node_fetches_the_files_and_hands_them_to_a_tablet(study: Study, tmp_path: Path) -> None:
    node = Study.node(tmp_path / "node", study)
    try:
        study.admit(node)
        device = FieldDevice(study)
        study.introduce(device)
        hash_ = take(study)
        publish(study, document(PLACE))
        report = run_round(node.place, study.transport())
        assert (report.problem, report.alarm) == (None, None)
        client = node.client()
        session = device.open_session(client)
        entries = client.post("/sync/feed", json={}, headers=session).get_json()["entries"]
        [form] = [each["body"] for each in entries if each["kind"] == "form"]
        assert form["files"] == [{"name": "towns.csv", "hash": hash_, "size": len(TOWNS)}]
        for content, data in ((hash_, TOWNS), (form["xform"]["hash"], None)):
            answer = client.get(f"/sync/content/{content}", headers=session)
            assert answer.status_code == 200
            assert data is None or answer.get_data() == data
        assert run_round(node.place, study.transport()).contents == 0
    finally:
        node.close()
