"""A draft that goes to a newer version of its form, back, and there again, until central holds it once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from server.app import create_app
from server.export.records import Opener
from server.opening import place_of
from server.settings import read_settings
from server.storage.items import Item
from server.vault.process import vault_of
from sync.envelope.record import RecordDocument
from tests.e2e.axe import serious_findings
from tests.e2e.demo_process import Demo
from tests.e2e.published import publish
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import WAIT_MS, Tablet

pytestmark = pytest.mark.browser
FORMS = Path(__file__).resolve().parents[2] / "server/tablet/src/moving/testing"
LEFT = """
() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('feldbuch')
  opening.onerror = () => reject(opening.error)
  opening.onsuccess = () => {
    const names = ['drafts', 'draftAttachments', 'draftChunks', 'draftJournal']
    const counts = Object.fromEntries(names.map(name => [name, null]))
    const reading = opening.result.transaction(names)
    for (const name of names) {
      const counting = reading.objectStore(name).count()
      counting.onsuccess = () => { counts[name] = counting.result }
    }
    reading.oncomplete = () => { opening.result.close(); resolve(counts) }
  }
})
"""
"""How many rows of drafts are left in the tablet's database."""


def form(name: str) -> dict[str, Any]:
    """A version of the form that is moved between."""
    document: dict[str, Any] = json.loads((FORMS / f"{name}.json").read_text("utf-8"))
    return document


def test_a_draft_moves_to_a_new_version_and_back_and_arrives_once(
    demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    publish(demo, form("first"), tmp_path)
    tablet = new_tablet()
    tablet.enrol(demo.enrolment())

    # Begun under the first version: a photo, a hidden answer, an entry, and what the second one will not have.
    tablet.by_id("form-start-moving").click()
    tablet.answer("consent", "yes")
    tablet.by_id("interview-next").click()
    house = noise_picture(tmp_path / "house.png", side=64, seed=5)
    for name, answer in (("alias", "Ана"), ("age", "41"), ("street", "Hauptstraße 7"), ("work", "employed")):
        tablet.answer(name, answer)
    tablet.answer("employer", "Bäckerei")
    tablet.answer("work", "seasonal")
    tablet.answer("spoken", ["bg", "tr"])
    tablet.answer("house", house)
    tablet.by_id("interview-next").click()
    tablet.by_id("repeat-add").click()
    for name, answer in (("child_name", "Ива"), ("school", "Gesamtschule"), ("born", "2011")):
        tablet.answer(name, answer)
    tablet.by_id("interview-leave").click()

    # The new version is told, and what it would change; nothing happens by looking.
    publish(demo, form("second"), tmp_path)
    tablet.sync_until(lambda: tablet.by_id("version-look").count() > 0)
    tablet.by_id("version-look").click()
    page = tablet.page.locator('[data-screen="moving"][data-ready="true"]')
    expect(page).to_be_visible(timeout=WAIT_MS)
    expect(tablet.by_id("moving-consent")).to_be_visible()
    assert told(tablet) == {
        "person/street": "question",
        "person/work": "choice",
        "child[1]/school": "question",
    }
    expect(page).to_contain_text("Hauptstraße 7")
    expect(page).to_contain_text("In Saisonarbeit")
    assert serious_findings(tablet.page) == []
    tablet.by_id("moving-stay").click()
    expect(tablet.by_id("version-newer")).to_be_visible()

    # There, back as it was, and there again.
    move(tablet, "version-look")
    move(tablet, "version-back")
    tablet.by_id("draft-continue").click()
    expect(tablet.question("school").locator("input")).to_have_value("Gesamtschule")
    tablet.by_id("interview-leave").click()
    move(tablet, "version-look")

    # Consent is asked for again; the rest goes on where it was.
    tablet.by_id("draft-continue").click()
    expect(tablet.page.locator('[data-screen="consent"]')).to_be_visible(timeout=WAIT_MS)
    tablet.answer("consent", "yes")
    tablet.by_id("interview-next").click()
    expect(tablet.question("born").locator("input")).to_have_value("2011")
    tablet.by_id("repeat-done").click()
    tablet.by_id("interview-back").click()
    expect(tablet.question("rooms").locator("input")).to_have_value("3")
    expect(tablet.question("house").get_by_test_id("photo-preview")).to_be_visible()
    tablet.answer("work", "employed")
    expect(tablet.question("employer").locator("input")).to_have_value("Bäckerei")
    tablet.by_id("interview-next").click()
    tablet.finish()

    # Once at central, under the second version, with the photo; and nothing of it is left here.
    [instance] = tablet.finished()
    assert tablet.page.evaluate(LEFT) == {"drafts": 0, "draftAttachments": 0, "draftChunks": 0, "draftJournal": 0}
    tablet.wait_for(instance, "central", "safe")
    [record] = opened(demo, instance)
    xml = record.instance_xml
    for said in ("<alias>Ана</alias>", "<employer>Bäckerei</employer>", "<spoken>bg tr</spoken>", "<rooms>3</rooms>"):
        assert said in xml
    assert "<child_name>Ива</child_name><born>2011</born>" in xml
    for gone in ("street", "school", "seasonal"):
        assert gone not in xml
    assert sorted(each.name.partition("-")[0] for each in record.attachments) == ["audit.csv", "house"]


def told(tablet: Tablet) -> Mapping[str, str]:
    """The answers that are said to have no place in the other version, and why, by their places."""
    lost: dict[str, str] = tablet.by_id("lost-answer").evaluate_all(
        "rows => Object.fromEntries(rows.map(row => [row.dataset.place, row.dataset.reason]))"
    )
    return lost


def move(tablet: Tablet, way: str) -> None:
    """Go to the other version from home, and come home again."""
    tablet.by_id(way).click()
    tablet.by_id("moving-move").click()
    expect(tablet.by_id("version-back" if way == "version-look" else "version-newer")).to_be_visible(timeout=WAIT_MS)


def opened(demo: Demo, instance: str) -> list[RecordDocument]:
    """The records of an instance at central, in clear."""
    settings = read_settings(demo.folder / "central")
    place = place_of(create_app(settings))
    try:
        with vault_of(settings) as vault:
            opener = Opener(place, vault, vault.unlock(demo.summary["vault_passphrase"], "test"))
            with place.engine.connect() as connection:
                query = select(Item.id).where(Item.part == "record", Item.instance == instance)
                return [opener.record(item) for item in connection.scalars(query)]
    finally:
        place.writer.close()
        place.engine.dispose()
