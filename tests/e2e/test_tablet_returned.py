"""A record goes back with comments and is corrected on its tablet; an export holds the corrected one, files and all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import serious_findings
from tests.e2e.demo_process import Demo
from tests.e2e.published import publish
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import WAIT_MS, Tablet

pytestmark = pytest.mark.browser


def words(german: str, bulgarian: str) -> dict[str, str]:
    return {"de": german, "bg": bulgarian}


FLAT: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "flat",
    "title": words("Wohnung", "Жилище"),
    "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
    "default_language": "de",
    "questions": [
        {"type": "audit", "name": "audit",
         "parameters": {"track-changes": True, "track-changes-reasons": "on-form-edit"}},
        {"type": "group", "name": "house", "label": words("Haus", "Къща"), "questions": [
            {"type": "text", "name": "street", "label": words("In welcher Straße?", "На коя улица?")},
            {"type": "image", "name": "picture", "label": words("Ein Bild davon", "Снимка")},
        ]},
        {"type": "group", "name": "people", "label": words("Personen", "Хора"), "questions": [
            {"type": "integer", "name": "rooms", "label": words("Wie viele Zimmer?", "Колко стаи?")},
            {"type": "audio", "name": "talk", "label": words("Erzählen Sie.", "Разкажете.")},
        ]},
    ],
}  # fmt: skip


def test_a_record_comes_back_and_is_corrected(demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    publish(demo, FLAT, tmp_path)
    photo = noise_picture(tmp_path / "house.png", side=200, seed=7)
    sound = tmp_path / "talk.webm"
    sound.write_bytes(b"\x1aE\xdf\xa3 what was told")
    tablet = new_tablet()
    tablet.enrol(demo.enrolment())
    tablet.by_id("form-start-flat").click()
    tablet.answer("street", "Weseler Straße")
    tablet.answer("picture", photo)
    tablet.by_id("interview-next").click()
    tablet.answer("rooms", "33")
    tablet.question("talk").get_by_test_id("file-input").set_input_files(sound)
    expect(tablet.question("talk")).to_have_attribute("data-answered", "true")
    tablet.finish()
    [first] = tablet.finished()
    tablet.wait_for(first, "central", "safe")

    # The desk asks. What was recorded stays there, the photo comes along.
    said = ("--comment", "Danke! Nur eine Frage.", "--question", "people/rooms", "Wirklich 33?", "--by", "Mara Kern")
    told = demo.run("record", "return", first, *said, place="central")
    assert "talk-" in told
    assert "picture-" not in told
    tablet.sync_until(lambda: tablet.by_id("sent-back").get_by_text("Wirklich 33?").count() > 0)
    expect(tablet.by_id("sent-back")).to_contain_text("Mara Kern")
    assert serious_findings(tablet.page) == []

    # One way on: to the questions as they were answered, with what is asked where it is meant.
    tablet.by_id("returned-correct").click()
    expect(tablet.by_id("returned-note")).to_contain_text("Danke! Nur eine Frage.")
    expect(tablet.question("picture").get_by_test_id("photo-preview")).to_be_visible(timeout=WAIT_MS)
    tablet.by_id("returned-to-question").click()
    expect(tablet.question("rooms").get_by_test_id("question-comment")).to_contain_text("Wirklich 33?")
    expect(tablet.question("talk").get_by_test_id("kept-file")).to_be_visible()
    assert serious_findings(tablet.page) == []
    tablet.answer("rooms", "3")
    tablet.by_id("interview-leave").click()
    expect(tablet.by_id("sent-back")).to_contain_text("Was Sie eingetragen haben, bleibt.")

    tablet.by_id("returned-correct").click()
    expect(tablet.question("rooms").locator("input")).to_have_value("3")
    tablet.by_id("finish-open").click()
    expect(tablet.by_id("finish-submit")).to_be_disabled()
    tablet.by_id("change-reason").fill("Verschrieben.")
    tablet.by_id("finish-submit").click()
    tablet.by_id("done-home").click(timeout=WAIT_MS)
    expect(tablet.by_id("sent-back")).to_have_count(0)
    expect(tablet.page.locator("[data-instance]")).to_have_count(2)
    [second] = {*tablet.finished()} - {first}
    tablet.wait_for(second, "central", "safe")

    # Both versions are at central, the return is answered, and an export holds the newest one with all its files.
    assert waiting(demo) == {first: second}
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(demo.summary["vault_passphrase"], "utf-8")
    out = tmp_path / "out"
    demo.run("export", "flat", "--passphrase-file", passphrase, "--out", out, place="central")
    [row] = read_csv(out / "flat.csv")
    answers = (row["people-rooms"], row["house-street"])
    assert (row["instance_id"], answers) == (second, ("3", "Weseler Straße"))
    assert row["__replaces"] == first
    [folder] = (out / "media").iterdir()
    files = {each.name.partition("-")[0]: each for each in folder.iterdir()}
    assert set(files) == {"picture", "talk", "audit.csv"}
    assert files["talk"].read_bytes() == sound.read_bytes()
    assert files["picture"].stat().st_size > 1000
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert (report["counts"]["left_out"]["replaced"], report["missing"], report["unlisted"]) == (1, [], [])
    events = read_csv(files["audit.csv"])
    assert events[0]["event"] == "form resume"
    assert "Verschrieben." in {event["change-reason"] for event in events}


def waiting(demo: Demo) -> dict[str, str | None]:
    """What was sent back, and what answers it."""
    listed = json.loads(demo.run("record", "returns", "--json", place="central"))
    return {each["instance"]: each["answered_by"] for each in listed}


def read_csv(file: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
