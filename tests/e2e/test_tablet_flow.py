"""Who is asked first, who says no, who stops, and who comes back with the card: from the tablet to central."""

from __future__ import annotations

import csv
import json
import subprocess
import wave
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
from tests.e2e.axe import serious_in_every_look
from tests.e2e.demo_process import Demo
from tests.e2e.published import GATE
from tests.e2e.tablet_page import WAIT_MS, Tablet

pytestmark = pytest.mark.browser
TABLET = Path(__file__).resolve().parents[2] / "server/tablet"
DECODE = """
import { readFileSync } from 'node:fs'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
const wasmBinary = readFileSync('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
prepareZXingModule({ overrides: { wasmBinary } })
const [found] = await readBarcodes(new Blob([readFileSync(process.argv[1])]), { formats: ['QRCode'] })
process.stdout.write(found?.text ?? '')
"""


def words(german: str, bulgarian: str) -> dict[str, str]:
    return {"de": german, "bg": bulgarian}


TALK: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "talk",
    "title": words("Gespräch", "Разговор"),
    "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
    "default_language": "de",
    "choices": {"yes_no": [{"name": "yes", "label": words("Ja", "Да")}, {"name": "no", "label": words("Nein", "Не")}]},
    "questions": [
        {"type": "audit", "name": "audit", "parameters": {"track-changes": True}},
        {"type": "group", "name": "place", "label": words("Ort", "Място"), "questions": [
            {"type": "text", "name": "street", "label": words("Straße", "Улица")},
        ]},
        {"type": "group", "name": "agreement", "label": words("Einwilligung", "Съгласие"), "questions": [
            {"type": "note", "name": "welcome", "label": words("Guten Tag.", "Добър ден."),
             "media": {"audio": words("welcome-de.wav", "welcome-bg.wav")}},
            {"type": "select_one", "name": "consent", "choices": "yes_no", "required": True, "consent": True,
             "label": words("Dürfen wir fragen?", "Може ли да попитаме?")},
            {"type": "note", "name": "refusal", "relevant": "${consent} = 'no'",
             "label": words("Danke trotzdem.", "Все пак благодарим.")},
        ]},
        {"type": "group", "name": "person", "relevant": "${consent} = 'yes'", "label": words("Person", "Лице"),
         "questions": [
            {"type": "text", "name": "alias", "label": words("Rufname", "Прякор")},
            {"type": "integer", "name": "age", "required": True, "label": words("Alter", "Възраст")},
        ]},
    ],
}  # fmt: skip


def test_consent_refusal_breaking_off_and_the_card(
    demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    publish_with_sounds(demo, tmp_path / "talk")
    tablet = new_tablet()
    tablet.enrol(demo.enrolment())

    # A no, in Bulgarian: thanked in the form's own words, and nothing more is asked.
    begin(tablet)
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("read-aloud").click()
    expect(tablet.by_id("read-aloud-sound")).to_have_js_property("ended", True)
    expect(tablet.by_id("read-aloud")).to_have_attribute("data-playing", "false")
    tablet.by_id("interview-next").click()
    expect(tablet.by_id("page-problems")).to_be_visible()
    assert serious_in_every_look(tablet.page) == []
    tablet.answer("consent", "yes")
    tablet.by_id("interview-next").click()
    tablet.answer("street", "ulitsa Bor")
    tablet.by_id("interview-next").click()
    tablet.question("consent").locator('[data-value="no"]').click()
    expect(tablet.by_id("refusal-thanks")).to_have_text("Все пак благодарим.")
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("refusal-submit").click()
    refused = home_from_done(tablet, "refused")

    # A yes, and broken off later: sealed with what there is. The card of the respondent can be photographed.
    begin(tablet)
    tablet.answer("consent", "yes")
    tablet.by_id("interview-next").click()
    tablet.by_id("interview-next").click()
    tablet.by_id("interview-next").click()
    tablet.answer("alias", "Ваня")
    tablet.by_id("interview-contents").click()
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("contents-break-off").click()
    tablet.by_id("break-off-dialog").locator('[data-value="tired"]').click()
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("break-off-submit").click()
    card = tablet.by_id("respondent-card")
    expect(card).to_contain_text("Името Ви не е в него.")
    code = card.get_attribute("data-code")
    assert code is not None
    expect(tablet.by_id("card-qr")).to_have_attribute("data-drawn", "true")
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("card-qr").screenshot(path=tmp_path / "card.png")
    assert decoded(tmp_path / "card.png") == f"feldbuch:{read_settings(demo.folder / 'central').study}:{code}"
    partial = home_from_done(tablet, "partial")

    # To the end.
    begin(tablet)
    tablet.answer("consent", "yes")
    for _ in range(3):
        tablet.by_id("interview-next").click()
    tablet.answer("alias", "Мария")
    tablet.answer("age", "43")
    tablet.by_id("finish-open").click()
    expect(tablet.by_id("finish-submit")).to_be_visible()
    assert serious_in_every_look(tablet.page) == []
    tablet.by_id("finish-submit").click()
    complete = home_from_done(tablet, "complete")

    # What arrived. Of the refusal nothing but the refusal.
    for instance in (refused, partial, complete):
        tablet.wait_for(instance, "central", "safe")
    records = opened(demo)
    assert records[refused].instance_xml.startswith("<data ")
    for given in ("ulitsa Bor", "audit", "<street", "<start", "person"):
        assert given not in records[refused].instance_xml
    assert "<agreement><consent>no</consent></agreement>" in records[refused].instance_xml
    assert (records[refused].attachments, records[refused].card) == ((), None)
    assert (records[partial].outcome.kind, records[partial].outcome.reason) == ("partial", "tired")
    assert records[partial].card == code
    assert records[complete].language == "bg"

    # The code leads back to its interview; the audit file says how it was filled in.
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(demo.summary["vault_passphrase"], "utf-8")
    with_key = ("--passphrase-file", passphrase)
    told = demo.run("find", *with_key, code[:4].lower(), code[4:8], code[8:], place="central")
    assert partial in told
    assert complete not in told
    out = tmp_path / "out"
    include = ("--include", "partial", "--include", "refused")
    demo.run("export", "talk", *with_key, *include, "--out", out, place="central")
    rows = {row["instance_id"]: row for row in read_csv(out / "talk.csv")}
    assert {row["__outcome"] for row in rows.values()} == {"refused", "partial", "complete"}
    assert [each for each in (out / "media").iterdir() if refused.partition(":")[2] in each.name] == []
    events = audit_of(out, complete)
    assert events[0]["event"] == "form start"
    assert ("/data/person/age", "43") in {(row["node"], row["new-value"]) for row in events}


def begin(tablet: Tablet) -> None:
    """Start an interview and speak Bulgarian."""
    tablet.by_id("form-start-talk").click()
    tablet.by_id("consent-languages").locator('[data-value="bg"]').click()
    expect(tablet.question("consent")).to_contain_text("Може ли да попитаме?")


def home_from_done(tablet: Tablet, ending: str) -> str:
    """What is said at the end, then home; the new instance."""
    expect(tablet.by_id("done-title")).to_have_attribute("data-ending", ending, timeout=WAIT_MS)
    expect(tablet.by_id("respondent-card")).to_have_count(0 if ending == "refused" else 1)
    tablet.by_id("done-home").click()
    expect(tablet.by_id("finished-list")).to_be_visible(timeout=WAIT_MS)
    return tablet.finished()[0]


def publish_with_sounds(demo: Demo, folder: Path) -> None:
    """Publish the form with a sound for each language beside it."""
    folder.mkdir()
    for language in ("de", "bg"):
        with wave.open(str(folder / f"welcome-{language}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(8000)
            sound.writeframes(bytes(128 + 40 * (at // 8 % 2) for at in range(4000)))
    file = folder / "talk.json"
    file.write_text(json.dumps(TALK), "utf-8")
    options = ("--files", folder, "--override", GATE, "--reason", "for a test")
    demo.run("form", "publish", *options, file, place="central")


def decoded(picture: Path) -> str:
    """What a QR code on a picture says, read by the library that the app reads codes with."""
    command = ["node", "--input-type=module", "-e", DECODE, str(picture)]
    return subprocess.run(command, cwd=TABLET, check=True, capture_output=True, text=True, timeout=60).stdout


def opened(demo: Demo) -> Mapping[str, RecordDocument]:
    """Every record at central, in clear, by its instance."""
    settings = read_settings(demo.folder / "central")
    place = place_of(create_app(settings))
    try:
        with vault_of(settings) as vault:
            opener = Opener(place, vault, vault.unlock(demo.summary["vault_passphrase"], "test"))
            with place.engine.connect() as connection:
                query = select(Item.id, Item.instance).where(Item.part == "record")
                items = list(connection.execute(query))
            return {instance: opener.record(item) for item, instance in items}
    finally:
        place.writer.close()
        place.engine.dispose()


def audit_of(out: Path, instance: str) -> list[dict[str, str]]:
    """The rows of an interview's audit file."""
    [file] = [each for each in (out / "media").rglob("audit.csv") if instance.partition(":")[2] in str(each.parent)]
    return read_csv(file)


def read_csv(file: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
