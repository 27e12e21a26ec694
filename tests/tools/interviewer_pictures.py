"""Make the pictures of the interviewers' guide: each screen at two sizes, in German and Bulgarian, side by side.

    make demo
    python -m tests.tools.interviewer_pictures .demo

It enrols two tablets at the running demo and publishes small forms there. Pictures are for eyes: look at each one.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from tests.e2e import tablet_page
from tests.e2e.life_form import life_form
from tests.e2e.tablet_page import PIN, Tablet
from tests.e2e.test_tablet_calendar import BORN, Calendar
from tests.tools.install_system_needs import find_chromium
from tests.tools.palette import with_palette

PICTURES = Path(__file__).resolve().parents[2] / "deploy/docs/pictures"
SIZES = {"tall": (800, 1280), "wide": (1280, 800)}
LANGUAGES = ("de", "bg")
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
GATE = "missing_translation,consent_missing,study_language,missing_media"


def in_both(german: str, bulgarian: str) -> dict[str, str]:
    """A text of the small forms."""
    return {"de": german, "bg": bulgarian}


VISIT: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "conversation",
    "title": in_both("Gespräch", "Разговор"),
    "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
    "default_language": "de",
    "data_files": {"streets": "csv"},
    "choices": {
        "yes_no": [{"name": "yes", "label": in_both("Ja", "Да")}, {"name": "no", "label": in_both("Nein", "Не")}]
    },
    "questions": [
        {
            "type": "group",
            "name": "agreement",
            "label": in_both("Einwilligung", "Съгласие"),
            "questions": [
                {
                    "type": "select_one",
                    "name": "consent",
                    "choices": "yes_no",
                    "required": True,
                    "consent": True,
                    "label": in_both("Dürfen wir mit Ihnen sprechen?", "Може ли да поговорим с Вас?"),
                }
            ],
        },
        {
            "type": "group",
            "name": "ways",
            "label": in_both("Wege", "Пътища"),
            "questions": [
                {
                    "type": "geotrace",
                    "name": "way",
                    "label": in_both("Welchen Weg gehen Sie zur Arbeit?", "По кой път отивате на работа?"),
                    "parameters": {"reference-geometry": "streets"},
                }
            ],
        },
        {
            "type": "group",
            "name": "setting",
            "label": in_both("Rahmen", "Обстановка"),
            "questions": [
                {
                    "type": "text",
                    "name": "note",
                    "label": in_both("Wo findet das Gespräch statt?", "Къде се провежда разговорът?"),
                }
            ],
        },
        {
            "type": "group",
            "name": "story",
            "label": in_both("Erzählung", "Разказ"),
            "questions": [
                {"type": "audio", "name": "voice", "label": in_both("Aufnahme des Gesprächs", "Запис на разговора")}
            ],
        },
    ],
}

STREETS = """name,label,geometry
1,Königstraße,51.4341 6.7586 0 0;51.4344 6.7623 0 0
2,Bahnhofstraße,51.4331 6.7592 0 0;51.4339 6.7604 0 0;51.4352 6.7612 0 0
3,Rathaus,51.4359 6.7603 0 0
4,Markt,51.4347 6.7596 0 0
"""
LIFE = life_form()
LIVED = (
    ("residence", 1966, 1985, "bg"),
    ("residence", 1990, 2026.9, "de"),
    ("work", 1984, 1989, "bg"),
    ("work", 1991, 2012, "de"),
)
"""Domain, years and country of each spell: between the homes there is a gap to be asked about."""


class Album:
    """Takes each screen once per language and size, and puts the four pictures of a screen into one."""

    def __init__(self) -> None:
        self._taken: dict[str, dict[tuple[str, str], bytes]] = {}

    def take(self, tablet: Tablet, language: str, screen: str) -> None:
        """Take the screen at both sizes."""
        for size, (width, height) in SIZES.items():
            tablet.page.set_viewport_size({"width": width, "height": height})
            tablet.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            picture = tablet.page.screenshot(animations="disabled", caret="hide")
            self._taken.setdefault(screen, {})[language, size] = picture
        width, height = SIZES["tall"]
        tablet.page.set_viewport_size({"width": width, "height": height})

    def put_together(self, playwright: Playwright, chromium: str, folder: Path) -> None:
        """Write ``screen-<name>.png`` for each screen: both tall pictures, and both wide ones above each other.

        ``tablet-home.png`` is the German home alone.
        """
        browser = playwright.chromium.launch(executable_path=chromium, args=list(tablet_page.FLAGS))
        page = browser.new_page(viewport={"width": 1004, "height": 488})
        for screen, pictures in self._taken.items():
            page.set_content(sheet(pictures))
            page.wait_for_function("[...document.images].every(each => each.complete)")
            (folder / f"screen-{screen}.png").write_bytes(with_palette(page.screenshot(full_page=True)))
        browser.close()
        (folder / "tablet-home.png").write_bytes(with_palette(self._taken["home"]["de", "tall"]))


def sheet(pictures: dict[tuple[str, str], bytes]) -> str:
    """A page with the four pictures of a screen."""

    def image(language: str, size: str, height: int) -> str:
        source = base64.b64encode(pictures[language, size]).decode()
        return f'<img src="data:image/png;base64,{source}" style="height:{height}px;outline:1px solid #80755f">'

    tall = "".join(image(language, "tall", 480) for language in LANGUAGES)
    wide = "".join(image(language, "wide", 236) for language in LANGUAGES)
    column = f'<div style="display:grid;gap:8px">{wide}</div>'
    return f'<body style="margin:4px;display:flex;gap:8px;background:#fff">{tall}{column}'


def publish(place: Path, form: dict[str, Any]) -> None:
    """Publish a form at the demo's central, with its files."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "streets.csv").write_text(STREETS, "utf-8")
        file = Path(folder) / "form.json"
        file.write_text(json.dumps(form), "utf-8")
        options = ["--override", GATE, "--reason", "pictures", "--files", folder, "--place", str(place)]
        subprocess.run([sys.executable, "-m", "server.cli", "form", "publish", str(file), *options], check=True)


def walk(tablet: Tablet, language: str, link: str, take: Callable[[str], None]) -> None:
    """Go through the screens as an interviewer does."""
    page, by_id = tablet.page, tablet.by_id
    page.goto(link)
    page.locator(f'[data-testid="interface-language"] [data-value="{language}"]').click()
    by_id("enrol-pin").fill(PIN)
    by_id("enrol-pin-repeat").fill(PIN)
    take("enrol")
    by_id("enrol-submit").click()
    by_id("enrol-begin").click()
    by_id("settings").click()
    by_id("settings-close").wait_for()
    take("settings")
    by_id("settings-close").click()

    begin(tablet, "conversation", language)
    tablet.answer("consent", "yes")
    by_id("interview-next").click()
    sheet = tablet.question("way").get_by_role("application")
    for x, y in ((150, 260), (260, 220), (380, 150)):
        sheet.click(position={"x": x, "y": y})
    by_id("line-summary").wait_for()
    page.evaluate("scrollTo(0, 0)")
    take("places")
    by_id("interview-next").click()
    tablet.answer("note", "Küche / Кухня")
    by_id("interview-next").click()
    by_id("recording-start").click()
    page.locator('[data-testid="recording-level"]').first.wait_for()
    take("recording")
    by_id("recording-stop").click()
    by_id("recording-player").wait_for()
    by_id("finish-open").click()
    by_id("finish-submit").wait_for()
    take("finish")
    by_id("finish-submit").click()
    page.locator('[data-testid="card-qr"][data-drawn="true"]').wait_for()
    take("done")
    by_id("done-home").click()
    by_id("form-list").wait_for()

    begin(tablet, "household_survey", language)
    tablet.answer("consent", "yes")
    tablet.answer("consent_special", "yes")
    page.evaluate("scrollTo(0, 0)")
    take("consent")
    by_id("interview-next").click()
    tablet.answer_page({"place_kind": "arrival", "place": "duisburg", "interview_language": language})
    page.evaluate("scrollTo(0, 0)")
    take("interview")
    by_id("interview-contents").click()
    by_id("contents").wait_for()
    take("contents")
    by_id("contents-close").click()
    by_id("interview-leave").click()
    by_id("form-list").wait_for()

    begin(tablet, LIFE["id"], language)
    tablet.answer("birth_year", str(BORN))
    for _ in range(2):
        by_id("interview-next").click()
    by_id("calendar-grid").wait_for()
    life = Calendar(page)
    for domain, start, end, country in LIVED:
        life.drag(domain, start, end)
        page.locator(f'[data-testid="calendar-country"][data-country="{country}"]').click()
    page.evaluate("scrollTo(0, 0)")
    take("calendar")
    by_id("interview-leave").click()
    by_id("form-list").wait_for()
    page.evaluate("scrollTo(0, 0)")
    take("home")
    by_id("waiting-open").click()
    page.locator('[data-testid="others"], [data-testid="nothing-waiting"]').first.wait_for()
    take("waiting")
    by_id("waiting-close").click()
    by_id("lock").click()
    by_id("unlock-pin").wait_for()
    take("unlock")


def begin(tablet: Tablet, form: str, language: str) -> None:
    """Begin an interview in a language."""
    tablet.by_id(f"form-start-{form}").click()
    tablet.page.locator("[data-kind]").first.wait_for()
    choices = '[data-testid="consent-languages"], [data-testid="interview-language"]'
    tablet.page.locator(choices).locator(f'[data-value="{language}"]').first.click()


def main() -> None:
    """Make all pictures."""
    demo = Path(sys.argv[1])
    link = json.loads((demo / "demo.json").read_text("utf-8"))["enrolment"]
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium found")
    for form in (VISIT, LIFE):
        publish(demo / "central", form)
    tablet_page.FLAGS = (*tablet_page.FLAGS, *FAKE_MICROPHONE)
    album = Album()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profiles:
        for language in LANGUAGES:
            tablet = Tablet(playwright, chromium, Path(profiles) / language)

            def take(screen: str, tablet: Tablet = tablet, language: str = language) -> None:
                album.take(tablet, language, screen)

            walk(tablet, language, link, take)
            tablet.kill()
        album.put_together(playwright, chromium, PICTURES)


if __name__ == "__main__":
    main()
