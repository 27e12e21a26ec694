"""Datasets at central: kept once, never changed, brought in and out by commands, and told with their source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli.dataset import dataset
from server.errors.catalogue import catalogue
from server.errors.error import CodedError
from server.services.study.datasets.keeping import Datasets, Source
from server.services.study.datasets.options import Facts, Reading, options_of
from server.services.study.datasets.problems import DatasetErrors
from server.storage.carriers import Content
from server.storage.datasets import Dataset
from tests.field import Study

FACTS = {"source": "Example Office, table 12-4", "licence": "Example licence 2.0", "retrieved": "2026-03-01"}
TABLE = "ags;year;residents\n05999;2020;1.200\n05999;2021;1.300\n"
OPTIONS = ["--thousands", ".", "--decimal", ",", "--key", "ags", "--key", "year"]
CANONICAL = b"ags,year,residents\n05999,2020,1200\n05999,2021,1300\n"


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = Study.central(tmp_path / "central")
    yield made
    made.close()


def facts(**changes: Any) -> Facts:
    return Facts(**{**FACTS, "retrieved": date(2026, 3, 1), **changes})


def take(study: Study, data: bytes = CANONICAL, name: str = "residents", **changes: Any) -> Any:
    return Datasets(study.place).take(name, Source(data, "a.csv", facts(**changes), Reading()), "mara")


def call(study: Study, *arguments: str | Path) -> Result:
    return CliRunner().invoke(dataset, [*map(str, arguments), "--place", str(study.settings.place)])


def code_of(given: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(CodedError) as caught:
        given(*arguments, **named)
    assert caught.value.code in catalogue()
    return caught.value.code


def test_an_import_is_kept_under_its_hash_with_all_that_is_known_of_it(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "12-4.csv"
    file.write_text(TABLE)
    told = [part for name, value in FACTS.items() for part in (f"--{name}", value)]
    done = call(study, "import", file, "--name", "residents", "--by", "mara", *OPTIONS, *told)
    assert done.exit_code == 0, done.output
    [row] = study.rows(Dataset)
    assert (row.name, row.rows, row.facts, row.file_name, row.imported_by) == (
        "residents", 2, FACTS, "12-4.csv", "mara",
    )  # fmt: skip
    assert row.columns == [
        {"name": "ags", "numeric": False},
        {"name": "year", "numeric": True},
        {"name": "residents", "numeric": True},
    ]
    assert row.reading == {"decimal": ",", "thousands": ".", "key": ["ags", "year"]}
    [content] = study.rows(Content)
    assert (content.hash, content.data) == (row.hash, CANONICAL)
    shown = call(study, "show", "residents").output
    for part in (*FACTS.values(), "ags, year (number), residents (number)", "key: ags, year", row.hash[:12], "mara"):
        assert part in shown
    assert "residents" in call(study, "list").output


def test_the_same_again_is_nothing_new_in_whatever_spelling(study: Study) -> None:
    assert take(study).new
    again = take(study, b"\xef\xbb\xbf" + CANONICAL.replace(b"\n", b"\r\n"))
    assert not again.new
    assert len(study.rows(Dataset)) == len(study.rows(Content)) == 1


def test_versions_stay_and_the_newest_import_is_in_use(study: Study) -> None:
    first = take(study)
    second = take(study, CANONICAL.replace(b"1300", b"1301"))
    corrected = take(study, CANONICAL.replace(b"1300", b"1301"), licence="Another licence")
    back = take(study)
    assert [each.new for each in (first, second, corrected, back)] == [True] * 4
    datasets = Datasets(study.place)
    versions = datasets.versions("residents")
    assert [each.hash for each in versions] == [back.hash, second.hash, second.hash, first.hash]
    assert [each.hash for each in datasets.newest()] == [first.hash]
    assert datasets.data(versions[1]) == CANONICAL.replace(b"1300", b"1301")
    assert len(study.rows(Content)) == 2


def test_what_was_written_out_comes_in_again_as_the_same(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        TABLE.replace("residents", "value").replace("05999;2020;1.200", "05999;2020;=1+1;").replace("1.300", "1,5")
    )
    beside = tmp_path / "a.csv.json"
    beside.write_text(json.dumps({**FACTS, "title": "Menschen", "key": ["ags", "year"], "text": ["value"]}))
    assert call(study, "import", file, "--name", "residents").exit_code == 0
    out = tmp_path / "out" / "b.csv"
    out.parent.mkdir()
    assert call(study, "export", "residents", "-o", out).exit_code == 0
    done = call(study, "import", out, "--name", "residents")
    assert (done.exit_code, done.output.split(":")[0]) == (0, "Nothing new in residents")
    assert out.read_bytes() == b'ags,year,value\n05999,2020,=1+1\n05999,2021,"1,5"\n'
    refused = call(study, "export", "residents", "-o", out)
    assert isinstance(refused.exception, CodedError)
    assert refused.exception.code == "dataset.output"


def test_an_older_version_is_written_out_by_the_beginning_of_its_hash(study: Study, tmp_path: Path) -> None:
    first = take(study)
    take(study, CANONICAL.replace(b"1300", b"1301"))
    assert call(study, "export", "residents", "-o", tmp_path / "a.csv", "--version", first.hash[:8]).exit_code == 0
    assert (tmp_path / "a.csv").read_bytes() == CANONICAL
    failed = call(study, "export", "residents", "-o", tmp_path / "b.csv", "--version", "0" * 64)
    assert isinstance(failed.exception, CodedError)
    assert failed.exception.code == "dataset.version"
    assert not (tmp_path / "b.csv").exists()


def test_a_file_with_problems_leaves_nothing_and_tells_each_with_one_remedy(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("ags,year\nx,2020\nx,y\nz,w\nq,2021\nr,2022\n")
    (tmp_path / "a.csv.json").write_text(json.dumps(FACTS))
    failed = call(study, "import", file, "--name", "residents", "--key", "ags")
    assert failed.exit_code == 1
    assert failed.stderr.count("[dataset.not_number]") == 2
    assert failed.stderr.count("--decimal") == 1
    assert "Row 3 has the same ags as row 2: x." in failed.stderr
    assert study.rows(Dataset) == study.rows(Content) == []


def test_names_that_no_form_could_use_are_refused(study: Study) -> None:
    for name in ("", "a/b", "..", "a b", "'x'", "n" * 65, ".hidden", "a\u202eb", "${x}"):
        assert code_of(take, study, name=name) == "dataset.name", name
    assert study.rows(Content) == []


def test_a_day_that_has_not_come_is_refused(study: Study) -> None:
    tomorrow = study.place.now().date()
    take(study, retrieved=tomorrow)
    assert code_of(take, study, retrieved=tomorrow.replace(year=tomorrow.year + 1)) == "dataset.retrieved"


def test_nothing_is_stored_of_what_is_refused(study: Study) -> None:
    with pytest.raises(DatasetErrors):
        take(study, b"a,b\n1\n")
    assert study.rows(Dataset) == study.rows(Content) == []


def test_a_node_has_no_datasets(study: Study, tmp_path: Path) -> None:
    node = Study.node(tmp_path / "node", study)
    try:
        assert code_of(Datasets, node.place) == "role.not_central"
        assert isinstance(call(node, "list").exception, CodedError)
    finally:
        node.close()


def test_an_unknown_name_is_said(study: Study) -> None:
    assert code_of(Datasets(study.place).versions, "nothing") == "dataset.unknown"


@pytest.mark.parametrize(
    ("sidecar", "given", "code"),
    [
        (b"[]", {}, "dataset.sidecar"),
        (b"{", {}, "dataset.sidecar"),
        (b"\xff", {}, "dataset.sidecar"),
        (b"[" * 100_000, {}, "dataset.sidecar"),
        (None, {"source": "x", "licence": "y"}, "dataset.fact_missing"),
        (None, {**FACTS, "source": " "}, "dataset.option"),
        (None, {**FACTS, "source": "a\x1bb"}, "dataset.option"),
        (None, {**FACTS, "source": "x" * 1001}, "dataset.option"),
        (None, {**FACTS, "retrieved": "1.3.2026"}, "dataset.option"),
        (None, {**FACTS, "decimals": ","}, "dataset.option"),
        (None, {**FACTS, "delimiter": ";"}, "dataset.option"),
        (None, {**FACTS, "key": "ags"}, "dataset.option"),
        (None, {**FACTS, "thousands": ".", "decimal": "."}, "dataset.thousands"),
        (None, {**FACTS, "thousands": ",", "decimal": ","}, "dataset.thousands"),
    ],
)
def test_options_that_cannot_be_are_refused(sidecar: bytes | None, given: dict[str, Any], code: str) -> None:
    assert code_of(options_of, sidecar, given) == code


def test_an_option_stands_before_what_the_sidecar_says() -> None:
    sidecar = json.dumps({**FACTS, "decimal": ",", "rename": {"a b": "ab"}, "missing": ["-"]}).encode()
    told, reading = options_of(sidecar, {"decimal": ".", "source": "Somebody else"})
    assert (told.source, told.licence, told.retrieved) == ("Somebody else", FACTS["licence"], date(2026, 3, 1))
    assert reading == Reading(decimal=".", rename=(("a b", "ab"),), missing=("-",))
    assert options_of(None, {**told.to_json(), **reading.to_json()}) == (told, reading)
