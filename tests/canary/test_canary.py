"""No answer lies in clear on any disk of the journey; and the search that says so would find it.

Known answers are given to a real tablet and go over a real node to a real central and into a backup. Then every byte
of the browser's profile, the node, central, the backups and all logs is searched: in mid-draft after the browser was
killed and after it was closed, and after delivery. The same journey with the tablet's sealing taken out must be
found out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.canary.search import Canaries, describe
from tests.conftest import Running
from tests.e2e.demo_process import Demo
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import Answer, Interview, Tablet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HERE = Path(__file__).parent
FORM = "canary"


@dataclass(frozen=True)
class Said:
    """What is said in one journey, and in no other: the journeys share a demo."""

    answers: Mapping[str, str]
    nicknames: tuple[str, str]
    photo_seed: int

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is written."""
        return (*self.answers.values(), *self.nicknames)


SEALED = Said(
    {
        "alias": "Kanarienvogel Гургулица Nr. 8152",
        "story": "Erste Zeile: über die Donau bei Русе 4711\nZweite Zeile: „güvercin“ & <Taube> 0815",
        "number": "471108152",
    },
    ("Stieglitz Щиглец 2342", "Zaunkönig Çalıkuşu 4223"),
    11,
)
UNSEALED = Said(
    {
        "alias": "Nachtigall Славей Nr. 6390",
        "story": "Erste Zeile: am Hafen von Варна 5823\nZweite Zeile: „serçe“ & <Spatz> 1926",
        "number": "582319264",
    },
    ("Rotkehlchen Червеношийка 7301", "Goldammer Çobanaldatan 1037"),
    12,
)


class Journey:
    """One interview with known answers, from its first page to the backup."""

    def __init__(self, said: Said, demo: Demo, tablet: Tablet, feldbuch: Callable[..., Running], folder: Path) -> None:
        self._said = said
        self._demo = demo
        self._tablet = tablet
        self._feldbuch = feldbuch
        self._photo = noise_picture(folder / "canary.png", side=250, seed=said.photo_seed)
        self.places = {
            "profile": tablet.profile,
            "node": demo.folder / "node",
            "central": demo.folder / "central",
            "backup": folder / "backup",
        }
        self.canaries = Canaries()

    def write_draft(self) -> None:
        """Publish a form, enrol, give every answer, and pull the battery out."""
        form = self._photo.with_name("canary.json")
        form.write_text(json.dumps(canary_form()), "utf-8")
        override = ("--override", "study_language", "--reason", "A form for this test alone.")
        self._run("form", "publish", form, "--place", self._demo.folder / "central", *override)
        tablet = self._tablet
        tablet.enrol(self._demo.summary["enrolment"])
        tablet.by_id(f"form-start-{FORM}").click()
        answers: dict[str, Answer] = {**self._said.answers, "photo": self._photo}
        members = [{"nickname": each} for each in self._said.nicknames]
        given = tablet.fill_in(Interview(answers, {"members": members}))
        assert given == {*answers, "nickname"}
        # The app keeps the photo as it is, or draws it anew where that is needed.
        pictures = tablet.page.evaluate("picturesSeen()")
        kept = {f"photo as kept, {number}": bytes.fromhex(each) for number, each in enumerate(pictures)}
        self.canaries = Canaries(self._said.texts, {"photo as chosen": self._photo.read_bytes(), **kept})
        tablet.kill()

    def look_back(self) -> None:
        """Show the first answers again, leave the app and come back, and close the browser as a person does.

        The browser then keeps what it keeps of a page that was left.
        """
        tablet = self._tablet
        self._open_draft()
        while not tablet.question("alias").count():
            before = tablet.by_id("page-title").inner_text()
            tablet.by_id("interview-back").click()
            expect(tablet.by_id("page-title")).not_to_have_text(before)
        expect(tablet.question("alias").locator("input")).to_have_value(self._said.answers["alias"])
        tablet.page.goto("about:blank")
        tablet.page.go_back()
        tablet.close()

    def deliver(self) -> str:
        """Go on with the draft, finish it, wait until central has it, back central up, and close the browser."""
        tablet = self._tablet
        before = self._blobs()
        self._open_draft()
        tablet.fill_in(Interview({}))
        tablet.finish()
        [instance] = tablet.finished()
        tablet.wait_for(instance, "central", "safe")
        self._wait_for_the_photo(before)
        self._run("backup", self.places["backup"], "--place", self._demo.folder / "central")
        tablet.close()
        return instance

    def assert_all_in_clear(self, place: str) -> None:
        """See that every text and a photo are found at a place."""
        found = {finding.secret for finding in self.canaries.search([self.places[place]])}
        texts = set(self._said.texts)
        assert found >= texts, f"{place}: {texts - found} not found"
        assert found - texts, f"{place}: the photo is not found"

    def assert_nothing_in_clear(self, folders: Sequence[Path]) -> None:
        """Search folders, and what the demo has said."""
        findings = self.canaries.search(folders)
        assert not findings, describe(findings)
        assert not list(self.canaries.search_bytes(self._demo.process.output.encode()))

    def _open_draft(self) -> None:
        self._tablet.open()
        self._tablet.visit(self._demo.central)
        self._tablet.unlock()
        self._tablet.by_id("draft-continue").click()

    def _blobs(self) -> set[Path]:
        return {each for each in (self._demo.folder / "central" / "blobs").rglob("*") if each.is_file()}

    def _wait_for_the_photo(self, before: set[Path]) -> None:
        end = time.monotonic() + 30
        while self._blobs() <= before:
            assert time.monotonic() < end, "the photo did not arrive"
            time.sleep(0.1)

    def _run(self, *arguments: str | Path) -> None:
        running = self._feldbuch(*arguments)
        assert running.process.wait(60) == 0, running.output


def canary_form() -> dict[str, object]:
    """A form that asks for a text of one line and of several, a number, a repeat and a photo."""

    def label(text: str) -> dict[str, str]:
        return {"de": text}

    return {
        "feldbuch_form": 1,
        "id": FORM,
        "title": label("Vögel"),
        "languages": [{"code": "de", "name": "Deutsch"}],
        "default_language": "de",
        "style": "pages",
        "questions": [
            {
                "type": "group",
                "name": "talk",
                "label": label("Gespräch"),
                "appearance": "field-list",
                "questions": [
                    {"type": "text", "name": "alias", "label": label("Name")},
                    {"type": "text", "name": "story", "label": label("Erzählung"), "appearance": "multiline"},
                    {"type": "integer", "name": "number", "label": label("Zahl")},
                    {"type": "image", "name": "photo", "label": label("Foto")},
                ],
            },
            {
                "type": "repeat",
                "name": "members",
                "label": label("Person"),
                "questions": [{"type": "text", "name": "nickname", "label": label("Rufname")}],
            },
        ],
    }


@pytest.fixture
def journey(
    demo: Demo, new_tablet: Callable[..., Tablet], feldbuch: Callable[..., Running], tmp_path: Path
) -> Callable[..., Journey]:
    """Begin a journey: ``journey(said, *scripts) -> Journey``; the scripts run in the tablet's page before the app."""

    def begin(said: Said, *scripts: str) -> Journey:
        init = "\n".join((HERE / script).read_text("utf-8") for script in ("pictures_seen.js", *scripts))
        return Journey(said, demo, new_tablet(init), feldbuch, tmp_path)

    return begin


def test_no_answer_lies_in_clear_anywhere(journey: Callable[..., Journey], demo: Demo) -> None:
    way = journey(SEALED)
    way.write_draft()
    way.assert_nothing_in_clear([way.places["profile"], demo.folder])
    way.look_back()
    way.assert_nothing_in_clear([way.places["profile"], demo.folder])

    instance = way.deliver()
    way.assert_nothing_in_clear([*way.places.values(), demo.folder])
    # The record was there: its name, which is no secret, is found at each place.
    for place, folder in way.places.items():
        assert Canaries([instance]).search([folder]), f"the record did not come by the {place}"


def test_without_sealing_the_search_finds_the_answers_everywhere(journey: Callable[..., Journey]) -> None:
    way = journey(UNSEALED, "sealing_off.js")
    way.write_draft()
    way.assert_all_in_clear("profile")

    way.deliver()
    for place in way.places:
        way.assert_all_in_clear(place)
