"""The way of an interviewer through the screens, from the enrolment to the lock."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.tablet_page import PIN, Tablet
from tests.e2e.test_tablet_calendar import BORN, Calendar
from tests.tools.pictures.forms import LIFE, LIVED


def walk_in_the_field(tablet: Tablet, language: str, link: str, take: Callable[[str], None]) -> None:
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
