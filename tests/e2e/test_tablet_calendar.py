"""The life calendar in a real Chromium: drawn by finger and keyboard, asked about, plain answers in the record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.conftest import Running
from tests.e2e.axe import serious_in_every_look
from tests.e2e.life_form import life_form
from tests.e2e.tablet_page import FLAGS, TABLET_SIZE, WAIT_MS

pytestmark = pytest.mark.browser
BORN = 1966
SMALL = """
() => [...document.querySelectorAll('.life-history button, .life-history .handle')]
    .filter(each => each.checkVisibility() && (each.offsetHeight < 48 || each.offsetWidth < 48))
    .map(each => each.outerHTML)
"""
"""What is there to touch and is smaller than 48 pixels."""


class Calendar:
    """The calendar on a page, drawn on with a pointer."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def by_id(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def spell(self, words: str) -> Locator:
        return self.by_id("calendar-spell").filter(has_text=words)

    def x(self, year: float) -> float:
        """Where a year stands on the screen."""
        return float(
            self.by_id("calendar-grid").evaluate(
                """(plot, years) => {
                    const of = name => parseFloat(getComputedStyle(plot).getPropertyValue(name))
                    return plot.getBoundingClientRect().left + of('--names') + years * of('--year')
                }""",
                year - BORN,
            )
        )

    def y(self, domain: str) -> float:
        row = self.page.locator(f'[data-row="{domain}"]')
        row.evaluate("row => row.scrollIntoView({block: 'nearest'})")
        box = row.bounding_box()
        assert box is not None
        return box["y"] + box["height"] - 14

    def drag(self, domain: str, start: float, end: float) -> None:
        """Draw from one year to another, in two moves as a finger does."""
        y = self.y(domain)
        self.page.mouse.move(self.x(start), y)
        self.page.mouse.down()
        self.page.mouse.move((self.x(start) + self.x(end)) / 2, y)
        self.page.mouse.move(self.x(end), y)
        self.page.mouse.up()

    def draw(self, domain: str, start: float, end: float, country: str, words: str) -> None:
        """Draw a spell, tap its country, and see that it stands in the calendar and in words below."""
        count = self.by_id("calendar-spell").count()
        self.drag(domain, start, end)
        expect(self.by_id("calendar-spell")).to_have_count(count + 1)
        expect(self.by_id("calendar-panel-span")).to_contain_text(words)
        self.page.locator(f'[data-testid="calendar-country"][data-country="{country}"]').click()
        expect(self.by_id("calendar-country")).to_have_count(0)

    def record(self) -> list[dict[str, str]]:
        """Finish, and read the repeat out of the record as any other client would."""
        self.by_id("finish-open").click()
        self.by_id("finish-submit").click()
        expect(self.by_id("record-xml")).to_contain_text("<spells>")
        xml = self.by_id("record-xml").text_content() or ""
        entries = re.findall(r"<spells>(.*?)</spells>", xml, re.DOTALL)
        return [dict(re.findall(r"<(\w+)>([^<]+)</\1>", entry)) for entry in entries]


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def open_calendar(
    browser: Browser, feldbuch: Callable[..., Running], tmp_path: Path
) -> Iterator[Callable[..., Calendar]]:
    """Open the form and go to the calendar: ``open_calendar(language, viewport) -> Calendar``."""
    file = tmp_path / "life.json"
    file.write_text(json.dumps(life_form()), "utf-8")
    contexts = []

    def make(language: str, viewport: dict[str, int]) -> Calendar:
        running = feldbuch("form", "preview", file, "--no-open", "--language", language)
        [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
        context = browser.new_context(viewport=viewport, locale={"de": "de-DE", "bg": "bg-BG"}[language])  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(f"{url}frame")
        page.locator(f'[data-testid="interview-language"] [data-value="{language}"]').click()
        page.locator('[data-name="birth_year"] input').fill(str(BORN))
        page.get_by_test_id("interview-next").click()
        page.get_by_test_id("interview-next").click()
        expect(page.get_by_test_id("calendar-grid")).to_be_visible()
        return Calendar(page)

    yield make
    for context in contexts:
        context.close()


def test_a_life_is_drawn_asked_about_and_told_in_plain_answers(open_calendar: Callable[..., Calendar]) -> None:
    life = open_calendar("de", TABLET_SIZE)
    page = life.page
    expect(life.by_id("repeat-empty")).to_contain_text("Wohnort")

    # Drawn by finger, the country by a tap, in words below; what comes after the first home is asked.
    life.draw("residence", 1966, 1985, "bg", "1966 – 1985")
    expect(life.by_id("calendar-question")).to_contain_text("Von 1985 bis heute")
    life.draw("residence", 2026.9, 1990, "de", "1990 – heute")
    expect(life.by_id("calendar-question")).to_have_count(1)
    expect(life.by_id("calendar-question")).to_contain_text("Zwischen 1985 und 1990")
    expect(life.by_id("calendar-gap")).to_have_count(1)
    assert page.evaluate(SMALL) == []

    # An end is taken at its handle; now it overlaps, is asked about, and is right so.
    life.by_id("calendar-close").click()
    life.spell("1966 – 1985").click()
    handle = life.by_id("calendar-handle-end").bounding_box()
    assert handle is not None
    assert page.evaluate(SMALL) == []
    assert serious_in_every_look(page) == []
    page.mouse.move(handle["x"] + 24, handle["y"] + 24)
    page.mouse.down()
    page.mouse.move(handle["x"] + 60, handle["y"] + 24)
    page.mouse.move(handle["x"] + 24 + life.x(1993) - life.x(1985), handle["y"] + 24)
    page.mouse.up()
    expect(life.by_id("calendar-panel-span")).to_contain_text("1966 – 1993")
    question = life.by_id("calendar-question")
    expect(question).to_have_attribute("data-finding", "overlap")
    expect(life.by_id("calendar-overlap")).to_have_class(re.compile("both-open"))
    question.get_by_test_id("calendar-confirm").click()
    expect(question).to_have_count(0)

    # What was changed is changed back.
    life.by_id("calendar-start-later").click()
    expect(life.by_id("calendar-panel-span")).to_contain_text("1967 – 1993")
    life.by_id("calendar-undo").click()
    expect(life.by_id("calendar-panel-span")).to_contain_text("1966 – 1993")

    # An existing one is edited by form, with the month that somebody remembers.
    life.by_id("calendar-details").click()
    page.locator('[data-name="what"] input, [data-name="what"] textarea').fill("Dorf")
    page.locator('[data-name="end_year"] input').fill("1988")
    page.locator('[data-name="end_month"] input').fill("6")
    life.by_id("repeat-done").click()
    expect(life.by_id("calendar-panel-span")).to_contain_text("Juni 1988")

    # Removed and brought back, whole.
    life.by_id("calendar-remove").click()
    expect(life.spell("Dorf")).to_have_count(0)
    life.by_id("calendar-undo").click()
    expect(life.spell("Dorf")).to_be_visible()

    # The list says the same in words.
    life.by_id("calendar-as-list").click()
    expect(life.by_id("repeat-entry").first).to_contain_text("1966 – Juni 1988")
    expect(life.by_id("repeat-entry").first).to_contain_text("Dorf · Bulgarien")
    assert serious_in_every_look(page) == []

    first, second = sorted(life.record(), key=lambda entry: entry["start_year"])
    village = {"what": "Dorf", "country": "bg", "start_year": "1966", "ongoing": "no", "end_year": "1988"}
    town = {"country": "de", "start_year": "1990", "ongoing": "yes", "overlap_confirmed": "OK"}
    assert first == {"domain": "residence", "end_month": "6", **village}
    assert second == {"domain": "residence", **town}


def test_a_life_is_told_by_keyboard_on_a_tablet_on_its_side(open_calendar: Callable[..., Calendar]) -> None:
    life = open_calendar("bg", {"width": 1280, "height": 800})
    page, said = life.page, life.by_id("calendar-said")
    grid = life.by_id("calendar-grid")

    # Tab comes to the grid; arrows go through years and rows, and it is said where one is.
    page.keyboard.press("Tab")
    grid.focus()
    page.keyboard.press("Home")
    expect(said).to_contain_text(f"Местоживеене, {BORN}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(said).to_contain_text("Работа")
    for _ in range(2):
        page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(life.by_id("calendar-panel-span")).to_contain_text("1986 – 1990")
    page.keyboard.press("Shift+ArrowRight")
    expect(life.by_id("calendar-panel-span")).to_contain_text("1986 – 1991")

    # Delete removes it, and undo stands ready.
    page.keyboard.press("Delete")
    expect(life.by_id("calendar-spell")).to_have_count(0)
    life.by_id("calendar-undo").click()
    expect(life.by_id("calendar-spell")).to_have_count(1)

    # Where a year is wide, months are meant; all years again with one tap.
    for _ in range(4):
        life.by_id("calendar-wider").click()
    expect(grid).to_have_attribute("data-precision", "month")
    life.by_id("calendar-all").click()
    expect(grid).to_have_attribute("data-precision", "year")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 1280
    assert [entry["domain"] for entry in life.record()] == ["work"]
