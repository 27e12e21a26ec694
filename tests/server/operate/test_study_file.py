"""The study file: what is wrong is said with its place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from server.errors.error import CodedError
from server.services.operate.study_file import read_study_file

GOOD: dict[str, Any] = {
    "id": "s",
    "title": {"en": "S"},
    "languages": ["en"],
    "sites": [
        {"id": "a", "kind": "arrival", "title": {"en": "A"}},
        {"id": "b", "kind": "origin", "title": {"en": "B"}},
    ],
}


def read(tmp_path: Path, document: object) -> object:
    path = tmp_path / "study.json"
    path.write_text(json.dumps(document))
    return read_study_file(path)


def test_the_example_study_has_six_municipalities_and_three_regions_in_all_its_languages() -> None:
    with as_file(files("server.demo").joinpath("study.json")) as path:
        study = read_study_file(path)
    kinds = [site["kind"] for site in study.description["sites"]]
    assert (kinds.count("arrival"), kinds.count("origin")) == (6, 3)
    assert sorted(study.description["languages"]) == ["bg", "de", "en", "ro", "tr"]
    for title in (study.description["title"], *(site["title"] for site in study.description["sites"])):
        assert set(title) == set(study.description["languages"])


def test_the_feed_gets_everything_but_the_id(tmp_path: Path) -> None:
    study = read(tmp_path, GOOD)
    assert study.id == "s"
    assert study.description == {name: value for name, value in GOOD.items() if name != "id"}
    assert study.sites == ("a", "b")


@pytest.mark.parametrize(
    ("spoil", "pointer"),
    [
        (lambda study: study.pop("id"), "/id"),
        (lambda study: study.update(id="a b"), "/id"),
        (lambda study: study.update(sites=[]), "/sites"),
        (lambda study: study["sites"][1].update(kind="elsewhere"), "/sites/1/kind"),
        (lambda study: study["sites"][1].update(id="a"), "/sites/1/id"),
        (lambda study: study["sites"][0]["title"].update({"no language": "x"}), "/sites/0/title"),
        (lambda study: study.update(extra=1), "/extra"),
        (lambda study: study.update(languages="de"), "/languages"),
        (lambda study: study.update(tablet={"passkey": "maybe"}), "/tablet/passkey"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, spoil: Callable[[dict[str, Any]], object], pointer: str) -> None:
    study = copy.deepcopy(GOOD)
    spoil(study)
    with pytest.raises(CodedError) as error:
        read(tmp_path, study)
    assert error.value.code == "study.file.wrong"
    assert str(error.value.params["pointer"]).startswith(pointer)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.json"
    path.write_bytes(content)
    with pytest.raises(CodedError) as error:
        read_study_file(path)
    assert error.value.code == "study.file.unreadable"
