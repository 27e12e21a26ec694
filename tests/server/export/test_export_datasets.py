"""An export brings the data that its forms looked into, each version of them, with where they come from."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date

from server.export.package import export_folder, export_zip
from server.services.study.datasets.keeping import Datasets, Source
from server.services.study.datasets.options import Facts, Reading
from tests.server.export.conftest import FIRST, FORM

TOWNS = b'name,label,area\n05999,"Town, Ruhr",12.5\n99001,=1+1,3\n'
NEWER = TOWNS.replace(b"12.5", b"13")
QUESTION = {"type": "select_one", "name": "town", "label": {"en": "Town"}, "choices_file": "towns.csv"}
WITH_TOWNS = {**FIRST, "questions": [*FIRST["questions"], QUESTION]}


def take(collected, data: bytes, source: str = "Office") -> str:
    given = Source(data, "12-4.csv", Facts(source, "free", date(2026, 3, 1)), Reading(key=("name",)))
    return Datasets(collected.place).take("towns", given, "mara").hash


def exported(collected, grant) -> dict[str, bytes]:
    data = b"".join(export_zip(collected.place, collected.vault, grant, FORM))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("datasets/")}


def test_the_data_of_every_version_come_with_their_source(collected, grant, tmp_path):
    first_hash = take(collected, TOWNS)
    first = collected.publish(WITH_TOWNS)
    second_hash = take(collected, NEWER)
    second = collected.publish(WITH_TOWNS)
    take(collected, NEWER, "Office, corrected")
    collected.collect("uuid:1", "<place>Duisburg</place><town>05999</town>", version=first)
    collected.collect("uuid:2", "<place>Duisburg</place><town>05999</town>", version=second)
    files = exported(collected, grant)
    listed = json.loads(files["datasets/datasets.json"])["files"]
    assert {(each["sha256"], each["name"], *each["form_versions"]): each["source"] for each in listed} == {
        (first_hash, "towns.csv", first): "Office",
        (second_hash, "towns.csv", second): "Office, corrected",
    }
    by_hash = {each["sha256"]: each for each in listed}
    assert files.keys() == {"datasets/datasets.json", *(each["file"] for each in listed)}
    assert {each["file"] for each in listed} == {"datasets/towns.csv", "datasets/towns-2.csv"}
    assert files[by_hash[first_hash]["file"]] == TOWNS
    assert files[by_hash[second_hash]["file"]] == NEWER
    told = by_hash[second_hash]
    assert (told["licence"], told["retrieved"], told["rows"], told["key"], told["imported_by"], told["file_name"]) == (
        "free", "2026-03-01", 2, ["name"], "mara", "12-4.csv",
    )  # fmt: skip
    assert [each["name"] for each in told["columns"]] == ["name", "label", "area"]
    assert next(csv.reader(io.StringIO(files["datasets/towns.csv"].decode()))) == ["name", "label", "area"]
    export_folder(collected.place, collected.vault, grant, FORM, tmp_path / "out")
    assert {f"datasets/{each.name}": each.read_bytes() for each in (tmp_path / "out" / "datasets").iterdir()} == files


def test_files_that_came_with_the_form_have_no_source_and_pictures_stay_behind(collected, grant, tmp_path):
    (tmp_path / "towns.csv").write_bytes(TOWNS)
    (tmp_path / "a.png").write_bytes(b"picture")
    form = {**FIRST, "questions": [{**QUESTION, "media": {"image": {"en": "a.png"}}}]}
    version = collected.publish(form, tmp_path)
    collected.collect("uuid:1", "<town>05999</town>", version=version)
    files = exported(collected, grant)
    assert files.keys() == {"datasets/datasets.json", "datasets/towns.csv"}
    [told] = json.loads(files["datasets/datasets.json"])["files"]
    assert told.keys() == {"file", "name", "sha256", "form_versions"}


def test_a_form_without_data_has_no_folder_for_them(collected, grant):
    collected.collect("uuid:1", "<place>Duisburg</place>")
    assert exported(collected, grant) == {}
