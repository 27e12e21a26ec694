"""What the project office sends to a tablet: cases, a record with a question, a newer version of a form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.tablet_page import PIN, Tablet
from tests.tools.pictures.field import begin
from tests.tools.pictures.forms import in_both, moving

Command = Callable[..., str]
"""Runs a command of ``feldbuch`` at central; what it said."""
Publish = Callable[[dict[str, Any]], None]

HOUSES = in_both("Haus", "Къща")
NOTES = (in_both("Abends ab 18 Uhr", "Вечер след 18 часа"), in_both("Zweiter Besuch", "Второ посещение"))
ASKED = in_both("Danke! Nur eine Frage noch.", "Благодаря! Само още един въпрос.")
DOUBTED = in_both("Wirklich 33 Zimmer?", "Наистина 33 стаи?")


def walk_with_the_office(
    tablet: Tablet, language: str, central: Command, publish: Publish, folder: Path, take: Callable[[str], None]
) -> None:
    """Go through the screens of an interviewer to whom the project office has something to say."""
    interviewer = f"int-{language}"
    cases = [
        f"hh-{language}-041;{HOUSES[language]} 41;duisburg;{interviewer};conversation;01.03.2026;{NOTES[0][language]}",
        f"hh-{language}-042;{HOUSES[language]} 42;duisburg;{interviewer};conversation,flat;;{NOTES[1][language]}",
    ]
    file = folder / "cases.csv"
    file.write_text("case;label;site;interviewer;forms;due;note\n" + "\n".join(cases), "utf-8")
    central("case", "import", str(file))
    form = f"moving_{language}"
    publish(moving("first", form))
    link = central("enrol", "--site", "duisburg", "--interviewer", interviewer).strip()
    enrol(tablet, language, link)
    tablet.by_id(f"case-hh-{language}-041").wait_for()
    tablet.page.evaluate("scrollTo(0, 0)")
    take("cases")

    begin(tablet, "flat", language)
    tablet.answer("street", in_both("Weseler Straße", "ул. Везелер")[language])
    tablet.answer("rooms", "33")
    tablet.finish()
    [instance] = tablet.finished()
    tablet.wait_for(instance, "central", "safe")
    said = ("--comment", ASKED[language], "--question", "rooms", DOUBTED[language], "--by", "Mara Kern")
    central("record", "return", instance, *said)
    tablet.sync_until(lambda: tablet.by_id("returned-correct").count() > 0)
    tablet.by_id("returned-correct").click()
    tablet.question("rooms").get_by_test_id("question-comment").wait_for()
    tablet.page.evaluate("scrollTo(0, 0)")
    take("returned")
    tablet.by_id("interview-leave").click()
    tablet.by_id("form-list").wait_for()

    begin_moving(tablet, form, language)
    publish(moving("second", form))
    tablet.sync_until(lambda: tablet.by_id("version-look").count() > 0)
    tablet.by_id("version-look").click()
    tablet.page.locator('[data-screen="moving"][data-ready="true"]').wait_for()
    tablet.page.evaluate("scrollTo(0, 0)")
    take("version")


def begin_moving(tablet: Tablet, form: str, language: str) -> None:
    """A draft with answers that stay and answers that the newer version has no place for."""
    begin(tablet, form, language)
    tablet.answer("consent", "yes")
    tablet.by_id("interview-next").click()
    for name, answer in (("alias", "Ана"), ("age", "41"), ("street", "Weseler Straße 7"), ("work", "seasonal")):
        tablet.answer(name, answer)
    tablet.by_id("interview-leave").click()
    tablet.by_id("form-list").wait_for()


def enrol(tablet: Tablet, language: str, link: str) -> None:
    """Enrol in a language of the interface."""
    tablet.page.goto(link)
    tablet.page.locator(f'[data-testid="interface-language"] [data-value="{language}"]').click()
    tablet.by_id("enrol-pin").fill(PIN)
    tablet.by_id("enrol-pin-repeat").fill(PIN)
    tablet.by_id("enrol-submit").click()
    tablet.by_id("enrol-begin").click()
    tablet.by_id("form-list").wait_for()
