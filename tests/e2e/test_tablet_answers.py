"""Filling in: each kind of question by its widget, pages turned by a finger, undo, contents, languages, keys, axe."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import CDPSession, FloatRect, Locator, Page, Playwright, expect

from tests.conftest import Running
from tests.e2e.answer_form import write_form, write_paged_form
from tests.e2e.axe import serious_in_every_look
from tests.e2e.preview_page import CALM
from tests.e2e.tablet_page import FLAGS, TABLET_SIZE, WAIT_MS

pytestmark = pytest.mark.browser


class Filling:
    """A form in the preview, at the size of a tablet that is held upright and touched."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._touch: CDPSession = page.context.new_cdp_session(page)
        page.goto(f"{url}frame")
        expect(self.by_id("page-title")).to_be_visible(timeout=WAIT_MS)

    def by_id(self, testid: str) -> Locator:
        """An element by its test id."""
        return self.page.get_by_test_id(testid)

    def at(self, name: str, inner: str = "") -> Locator:
        """A question by its name, or something in it."""
        return self.page.locator(f'[data-name="{name}"][data-kind] {inner}'.strip())

    def choose(self, name: str, *values: str) -> None:
        """Touch choices, steps or stars."""
        for value in values:
            self.at(name, f'[data-value="{value}"]').click()

    def speak(self, language: str) -> None:
        """Switch the language of the form."""
        self.page.locator(f'[data-testid="interview-language"] [data-value="{language}"]').click()

    def swipe(self, by: int) -> None:
        """Draw a finger over the heading: to the left for the next page (1), to the right for the one before (-1)."""
        self.page.evaluate("() => scrollTo(0, 0)")
        box = box_of(self.by_id("page-title"))
        y, middle, now = box["y"] + box["height"] / 2, TABLET_SIZE["width"] / 2, time.time()
        for step, kind in enumerate(["touchStart", *["touchMove"] * 4, "touchEnd"]):
            points = [] if kind == "touchEnd" else [{"x": middle + by * (150 - 60 * step), "y": y}]
            event = {"type": kind, "touchPoints": points, "timestamp": now + step * 0.04}
            self._touch.send("Input.dispatchTouchEvent", event)

    def is_on(self, section: str) -> None:
        """Wait for the page that holds ``section``."""
        expect(self.by_id("page-title")).to_have_attribute("data-section", re.compile(rf"/{section}$"))

    def is_calm(self) -> None:
        """Large enough to touch, and nothing that axe calls serious."""
        assert self.page.evaluate(CALM) == []
        assert self.page.evaluate("() => document.documentElement.scrollWidth") <= TABLET_SIZE["width"]
        assert serious_in_every_look(self.page) == []

    def record(self) -> etree._Element:
        """Finish, and read the record."""
        self.by_id("finish-submit").click()
        return etree.fromstring(self.by_id("record-xml").text_content() or "")


@pytest.fixture
def fill(
    feldbuch: Callable[..., Running], playwright: Playwright, chromium_path: str, tmp_path: Path
) -> Iterator[Callable[[Path], Filling]]:
    """Open a form: ``fill(file) -> Filling``. What the browser complains about fails the test at its end."""
    browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    complaints: list[str] = []

    def make(file: Path) -> Filling:
        running = feldbuch("form", "preview", file, "--no-open")
        [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
        size: Any = TABLET_SIZE
        page = browser.new_context(viewport=size, locale="de-DE", has_touch=True).new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return Filling(page, url)

    yield make
    browser.close()
    assert complaints == []


def box_of(element: Locator) -> FloatRect:
    """Where an element stands on the screen."""
    box = element.bounding_box()
    assert box is not None
    return box


def said(record: etree._Element) -> dict[str, list[str]]:
    """The texts of the record by the names of its questions, in the order of the record."""
    texts: dict[str, list[str]] = {}
    for each in record.iter("*"):
        if len(each) == 0 and each.text:
            texts.setdefault(etree.QName(each).localname, []).append(each.text)
    return texts


def test_every_kind_of_question_is_answered_by_its_widget(fill: Callable[[Path], Filling], tmp_path: Path) -> None:
    form = fill(write_form(tmp_path))
    answer_words(form)
    form.swipe(1)
    answer_choices(form)
    form.by_id("interview-next").click()
    answer_scales(form)
    form.by_id("interview-next").click()
    answer_table(form)
    form.by_id("interview-next").click()
    answer_days(form)
    form.by_id("interview-next").click()
    answer_people(form)
    form.by_id("finish-open").click()
    texts = said(form.record())
    expected = {
        "alias": "Ваня",
        "story": "Erst so.\nDann so.",
        "code": "geheim",
        "age": "41",
        "rooms": "2",
        "income": "1234567",
        "rent_missing": "dont_know",
        "facing": "275.5",
        "next_age": "42",
        "wave": "2",
        "seen": "Nr. 2",
        "region": "east",
        "town": "e1",
        "village": "v1",
        "needs": "work school",
        "got": "home health",
        "first": "school work health home",
        "trust": "rather_yes",
        "mood": "7",
        "sure": "55",
        "height": "0.5",
        "stars": "4",
        "floor": "-1",
        "safe": "yes",
        "stay": "half",
        "born": "1961-02-28",
        "came": "2019-09-01",
        "married": "1988-01-01",
        "leaves": "07:05:00.000",
        "read_out": "OK",
        "children": "2",
    }
    assert {name: texts.get(name, [])[-1:] for name in expected} == {name: [text] for name, text in expected.items()}
    assert "rent" not in texts
    assert re.fullmatch(r"2026-12-24T18:30:00\.000[+-]\d\d:\d\d", texts["meets"][0])
    assert texts["name"] == ["Ana", "Bogdan"]
    assert texts["place"] == ["Essen", "Плевен"]
    assert texts["called"] == ["Eins", "Zwei"]


def answer_words(form: Filling) -> None:
    form.is_on("words")
    form.at("alias", "input").fill("Ваня")
    form.at("story", "textarea").fill("Erst so.\nDann so.")
    form.at("code", "input").fill("geheim")
    form.at("code").get_by_test_id("text-uncover").click()

    # What is no number yet stays in the field when the language changes, and is told in the new one.
    form.at("age", "input").fill("einund")
    expect(form.at("age").get_by_test_id("problem")).to_contain_text("ganze Zahl")
    form.speak("bg")
    expect(form.at("age")).to_contain_text("На колко години сте?")
    assert form.at("age", "input").input_value() == "einund"
    form.at("age", "input").fill("141")
    form.at("age", "input").blur()
    expect(form.at("age").get_by_test_id("problem")).to_have_text("Най-много 110.")
    form.at("age", "input").fill("41")
    expect(form.at("told")).to_contain_text("След година ще бъдете на 42.")
    form.speak("de")
    expect(form.at("told")).to_contain_text("In einem Jahr sind Sie 42.")

    for _ in range(3):
        form.at("rooms").get_by_test_id("count-more").click()
    form.at("rooms").get_by_test_id("count-less").click()
    form.at("income", "input").fill("1234567")
    form.at("income", "input").blur()
    assert form.at("income", "input").input_value() == "1\u202f234\u202f567"
    form.at("rent", "input").fill("350,5")
    form.at("rent", '[data-missing="dont_know"]').click()
    form.at("facing").get_by_test_id("bearing-read").click()
    form.page.evaluate(
        "dispatchEvent(new DeviceOrientationEvent('deviceorientationabsolute', { alpha: 84.5, absolute: true }))"
    )
    expect(form.at("facing", "input")).to_have_value("275,5")
    form.is_calm()


def answer_choices(form: Filling) -> None:
    form.is_on("choices")
    expect(form.at("region", '[data-region="east"]')).to_be_visible()
    form.at("region", '[data-region="east"]').click()
    expect(form.by_id("image-map-chosen")).to_have_text("Osten")
    assert form.page.title() != "touched"

    # A sheet with the towns of that region only.
    form.at("town").get_by_test_id("choice-open").click()
    expect(form.by_id("choice-sheet").locator("[data-value]")).to_have_text(["Plewen"])
    assert serious_in_every_look(form.page) == []
    form.choose("town", "e1")
    expect(form.by_id("choice-sheet")).to_have_count(0)
    expect(form.at("town").get_by_test_id("choice-open")).to_contain_text("Plewen")
    form.at("got").get_by_test_id("choice-open").click()
    form.choose("got", "home", "health")
    form.by_id("choice-done").click()

    # Fifteen hundred villages: few are drawn, and one is found without its marks.
    assert form.at("village", "[data-value]").count() <= 10
    form.at("village").get_by_test_id("choice-search").fill("braila")
    expect(form.at("village", "[data-value]")).to_have_text(["Brăila"])
    form.at("village").get_by_test_id("choice-search").press("Enter")
    expect(form.at("village", '[data-value="v1"]')).to_have_attribute("aria-checked", "true")

    form.choose("needs", "work", "home", "school", "home")
    rank(form)
    form.is_calm()


def rank(form: Filling) -> None:
    """By touching, by an arrow, by a key, by dragging; an order is an answer when all are in it."""
    order = form.at("first", "li")
    form.choose("first", "work", "home")
    expect(order).to_have_count(2)
    expect(form.at("first")).to_have_attribute("data-answered", "false")
    form.at("village").get_by_test_id("choice-search").focus()
    expect(form.at("first").get_by_test_id("problem")).to_contain_text("alle")
    form.choose("first", "school", "health")
    expect(form.at("first")).to_have_attribute("data-answered", "true")
    expect(form.at("first").get_by_test_id("problem")).to_have_count(0)
    order.nth(3).get_by_test_id("rank-up").click()
    expect(order.nth(2)).to_have_attribute("data-value", "health")
    order.nth(2).get_by_test_id("rank-grip").press("ArrowUp")
    expect(order.nth(1)).to_have_attribute("data-value", "health")
    expect(order.nth(1).get_by_test_id("rank-grip")).to_be_focused()
    grip = order.nth(3).get_by_test_id("rank-grip")
    grip.scroll_into_view_if_needed()
    start, end = box_of(grip), box_of(order.nth(0))
    mouse = form.page.mouse
    mouse.move(start["x"] + 20, start["y"] + 20)
    mouse.down()
    mouse.move(start["x"] + 20, end["y"] + 4, steps=4)
    mouse.up()
    expect(order.nth(0)).to_have_attribute("data-value", "school")


def answer_scales(form: Filling) -> None:
    form.is_on("scales")
    # By keys alone: the arrows go from step to step, the space bar chooses.
    form.at("trust", '[data-value="no"]').focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Space"):
        form.page.keyboard.press(key)
    expect(form.at("trust", '[data-value="rather_yes"]')).to_have_attribute("aria-checked", "true")
    form.choose("mood", "7")

    expect(form.at("sure").get_by_test_id("scale-value")).to_have_text("noch keine Antwort")
    expect(form.at("sure")).to_contain_text("gar nicht")
    form.at("sure", "input").click()
    form.at("sure", "input").press("ArrowRight")
    expect(form.at("sure").get_by_test_id("scale-value")).to_have_text("55")
    form.speak("bg")
    expect(form.at("sure")).to_contain_text("никак")
    form.speak("de")

    # A handle that was not moved has answered nothing; a touch on it has.
    form.at("height", "input").focus()
    expect(form.at("height")).to_have_attribute("data-answered", "false")
    form.page.keyboard.press("Enter")
    expect(form.at("height").get_by_test_id("scale-value")).to_have_text("0")
    form.page.keyboard.press("ArrowUp")
    expect(form.at("height").get_by_test_id("scale-value")).to_have_text("0,5")
    form.choose("stars", "4")
    expect(form.at("stars").get_by_test_id("scale-value")).to_have_text("4 von 5")
    form.at("floor").get_by_test_id("scale-pick").select_option("-1")
    form.is_calm()


def answer_table(form: Filling) -> None:
    form.is_on("table")
    expect(form.page.locator("h1")).to_have_text("Wie sehr stimmen Sie zu?")
    form.choose("safe", "yes")
    form.choose("stay", "half")
    assert len({box_of(form.at(name, '[data-value="half"]'))["x"] for name in ("safe", "stay")}) == 1
    form.is_calm()


def answer_days(form: Filling) -> None:
    form.is_on("days")

    def day(name: str, **parts: str) -> None:
        for part, text in parts.items():
            field = form.at(name, f'[data-part="{part}"]')
            field.select_option(text) if part == "month" else field.fill(text)

    # A day that is not in the calendar is told when the field is left, not while it is typed.
    day("born", day="31", month="2", year="1961")
    expect(form.at("born").get_by_test_id("problem")).to_have_count(0)
    form.speak("bg")
    expect(form.at("born").get_by_test_id("problem")).to_be_visible()
    assert form.at("born", '[data-part="day"]').input_value() == "31"
    form.speak("de")
    form.by_id("interview-next").click()
    form.is_on("days")
    day("born", day="28")
    expect(form.at("born").get_by_test_id("date-said")).to_have_text("Dienstag, 28. Februar 1961")
    expect(form.at("born").get_by_test_id("problem")).to_have_count(0)
    day("came", month="9", year="2019")
    day("married", year="1988")
    day("leaves", hour="7", minute="5")
    day("meets", day="24", month="12", year="2026", hour="18", minute="30")
    form.is_calm()


def answer_people(form: Filling) -> None:
    form.is_on("people")
    for name, place in (("Ana", "Essen"), ("Bogdan", "Плевен")):
        form.page.locator('[data-repeat="member"]').click()
        form.at("name", "input").fill(name)
        assert serious_in_every_look(form.page) == []
        form.page.locator('[data-repeat="trip"]').click()
        form.at("place", "input").fill(place)
        form.by_id("repeat-done").click()
        form.by_id("repeat-done").click()

    # What is removed comes back whole, in its place.
    cards = form.page.locator('[data-name="member"] [data-testid="repeat-entry"]')
    expect(cards).to_have_count(2)
    cards.nth(0).get_by_test_id("repeat-remove").click()
    expect(cards).to_have_count(1)
    assert serious_in_every_look(form.page) == []
    form.by_id("undo-do").click()
    expect(cards.nth(0)).to_contain_text("Ana")

    # A count that is mistyped takes nothing away for good.
    children = form.page.locator('[data-name="child"] [data-testid="repeat-entry"]')
    form.at("children", "input").fill("2")
    for at, name in enumerate(("Eins", "Zwei")):
        children.nth(at).get_by_test_id("repeat-edit").click()
        form.at("called", "input").fill(name)
        form.by_id("repeat-done").click()
    form.at("children", "input").fill("1")
    expect(children).to_have_count(1)
    form.at("children", "input").fill("2")
    expect(children.nth(1)).to_contain_text("Zwei")

    # The contents say what is open, and lead there.
    form.by_id("interview-contents").click()
    expect(form.by_id("contents-item")).to_have_count(6)
    expect(form.by_id("contents-more")).to_have_count(1)
    form.by_id("contents-more").click()
    assert serious_in_every_look(form.page) == []
    form.by_id("contents-question").click()
    expect(form.at("read_out")).to_be_focused()
    form.at("read_out").get_by_test_id("acknowledge").click()
    form.is_calm()


def test_question_by_question(fill: Callable[[Path], Filling], tmp_path: Path) -> None:
    form = fill(write_paged_form(tmp_path))
    form.is_on("region")
    assert form.page.locator("[data-kind]").count() == 1

    # What is required holds a swipe back once; a choice with the appearance "quick" goes on by itself.
    form.swipe(1)
    expect(form.by_id("page-problems")).to_be_visible()
    form.is_on("region")
    form.choose("region", "west")
    form.is_on("alias")
    form.at("alias", "input").fill("Ana")
    form.speak("bg")
    expect(form.at("alias", "input")).to_have_value("Ana")
    form.swipe(1)
    form.is_on("member")

    # The entries of a repeat go question by question as well; back leads to the one before.
    form.by_id("repeat-add").click()
    form.at("name", "input").fill("Bogdan")
    form.swipe(1)
    form.at("born", "[data-part='year']").fill("19")
    form.swipe(1)
    expect(form.at("born").get_by_test_id("problem")).to_be_visible()
    form.at("born", "[data-part='year']").fill("1990")
    form.swipe(-1)
    expect(form.at("name", "input")).to_have_value("Bogdan")
    form.swipe(1)
    form.by_id("repeat-done").click()
    expect(form.by_id("repeat-entry")).to_contain_text("Bogdan")

    # A group that belongs together is one page.
    form.swipe(1)
    form.is_on("together")
    assert form.page.locator("[data-kind]").count() == 2
    form.is_calm()
    form.swipe(-1)
    form.is_on("member")
    form.swipe(1)
    form.by_id("finish-open").click()
    texts = said(form.record())
    given = [texts[name] for name in ("region", "alias", "name", "born")]
    assert given == [["west"], ["Ana"], ["Bogdan"], ["1990-01-01"]]
