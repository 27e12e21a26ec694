"""The preview in a real Chromium: two languages, a reason for no answer, a file that changes, all our instruments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Playwright, expect

from tests.conftest import Running
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import FLAGS, TABLET_SIZE, WAIT_MS

pytestmark = pytest.mark.browser
IN_ENTRY = '[data-testid="page-title"] h1:not(.visually-hidden)'
INSTRUMENTS = sorted((Path(__file__).resolve().parents[2] / "forms/instruments").glob("*.json"))
CALM = """
() => [...document.querySelectorAll('.missing-reason, .choice, .button:not(.visually-hidden)')]
    .filter(each => each.checkVisibility() && (each.offsetHeight < 48 || each.offsetWidth < 48))
    .map(each => each.innerText)
"""
"""What is there to touch and is smaller than 48 pixels."""


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page: ``new_page(viewport, locale) -> Page``. Whatever it complains about fails the test at its end."""
    complaints: list[str] = []
    contexts = []

    def make(viewport: Any, locale: str = "de-DE") -> Page:
        context = browser.new_context(viewport=viewport, locale=locale)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def start(feldbuch: Callable[..., Running], file: Path, *arguments: str) -> str:
    running = feldbuch("form", "preview", file, "--no-open", *arguments)
    [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
    return url


def visit(question: str) -> str:
    document = {
        "feldbuch_form": 1,
        "id": "visit",
        "title": {"de": "Hausbesuch", "bg": "Посещение"},
        "languages": [{"code": "de", "name": "Deutsch"}, {"code": "bg", "name": "Български"}],
        "default_language": "de",
        "missing": {
            "label": {"de": "Keine Antwort", "bg": "Без отговор"},
            "kinds": {
                "refused": {"code": -98, "label": {"de": "Möchte nicht antworten", "bg": "Не желая да отговоря"}},
                "dont_know": {"code": -97, "label": {"de": "Weiß nicht", "bg": "Не знам"}},
            },
        },
        "questions": [
            {"type": "group", "name": "first", "label": {"de": "Anfang", "bg": "Начало"}, "questions": [
                {"type": "text", "name": "alias", "label": {"de": "Rufname", "bg": "Прякор"},
                 "guidance": {"de": "Kein Nachname.", "bg": "Без фамилия."},
                 "media": {"image": {"de": "door.png", "bg": "none.png"}}},
            ]},
            {"type": "group", "name": "second", "label": {"de": "Person", "bg": "Лице"}, "questions": [
                {"type": "integer", "name": "age", "required": True, "missing": True,
                 "label": {"de": question, "bg": "На колко години сте?"}},
            ]},
        ],
    }  # fmt: skip
    return json.dumps(document)


def test_a_form_is_tried_in_two_languages_while_its_file_changes(
    feldbuch: Callable[..., Running], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "visit.json"
    file.write_text(visit("Wie alt?"), "utf-8")
    noise_picture(tmp_path / "door.png", side=40, seed=3)
    url = start(feldbuch, file, "--language", "bg")
    page = new_page({"width": 1500, "height": 950})
    page.goto(url)
    tablet = page.frame_locator('[data-testid="preview-frame"]')

    # It begins in the language that was asked for, at the size of a tablet.
    expect(tablet.get_by_test_id("page-title")).to_contain_text("Начало")
    assert tablet.locator("html").evaluate("() => [innerWidth, innerHeight]") == list(TABLET_SIZE.values())
    tablet.locator('[data-name="alias"] input').fill("Ваня")

    # A guidance is behind a word; a picture is there where its file is, and nothing broken where it is not.
    expect(tablet.get_by_text("Без фамилия.")).to_be_hidden()
    tablet.get_by_test_id("guidance").locator("summary").click()
    expect(tablet.get_by_text("Без фамилия.")).to_be_visible()
    expect(tablet.get_by_test_id("media-image")).to_have_count(0)
    tablet.locator('[data-testid="interview-language"] [data-value="de"]').click()
    picture = tablet.get_by_test_id("media-image")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 40)
    tablet.locator('[data-testid="interview-language"] [data-value="bg"]').click()
    tablet.get_by_test_id("interview-next").click()
    age = tablet.locator('[data-name="age"][data-kind]')
    expect(age).to_contain_text("На колко години сте?")
    expect(tablet.locator('[data-name="age_missing"]')).to_have_count(0)
    age.locator('[data-missing="refused"]').click()
    expect(age.locator('[data-missing="refused"]')).to_have_attribute("aria-pressed", "true")
    expect(age).to_have_attribute("data-answered", "true")
    assert tablet.locator("html").evaluate(CALM) == []
    tablet.locator('[data-testid="interview-language"] [data-value="de"]').click()
    expect(age).to_contain_text("Wie alt?")
    expect(age.locator('[data-missing="refused"]')).to_have_text("Möchte nicht antworten")

    # The file changes under it: the question is another one, the place, the language and the answers are the same.
    file.write_text(visit("Wie alt sind Sie heute?"), "utf-8")
    expect(age).to_contain_text("Wie alt sind Sie heute?")
    expect(age.locator('[data-missing="refused"]')).to_have_attribute("aria-pressed", "true")

    # What is wrong with the file is told beside it, and gone when it is mended.
    file.write_text(visit("Wie alt?").replace('"required": true', '"requird": true'), "utf-8")
    finding = page.locator('[data-testid="finding"][data-severity="error"]')
    expect(finding).to_have_attribute("data-code", "form.unknown_key_near")
    expect(finding).to_contain_text("requird")
    expect(page.get_by_test_id("preview-hidden")).to_be_visible()
    file.write_text(visit("Wie alt?"), "utf-8")
    expect(page.get_by_test_id("preview-hidden")).to_have_count(0)
    expect(finding).to_have_count(0)
    expect(age.locator('[data-missing="refused"]')).to_have_attribute("aria-pressed", "true")

    finishes(tablet, page)


def finishes(tablet: FrameLocator, page: Page) -> None:
    """The record is shown as it would be exported, also at the size of a telephone."""
    page.locator('[data-testid="preview-size"] [data-value="phone"]').click()
    expect(tablet.get_by_test_id("page-title")).to_be_visible()
    assert tablet.locator("html").evaluate("() => [innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    tablet.locator('[data-name="age"] [data-missing="dont_know"]').click()
    tablet.get_by_test_id("finish-open").click()
    tablet.get_by_test_id("finish-submit").click()
    expect(tablet.locator('[data-column="second-age"]')).to_have_text("-97")
    expect(tablet.locator('[data-column="second-age_missing"]')).to_have_text("dont_know")
    expect(tablet.locator('[data-column="first-alias"]')).to_have_text("Ваня")
    expect(tablet.get_by_test_id("record-xml")).to_contain_text("<age_missing>dont_know</age_missing>")
    assert page.evaluate("() => Promise.all([indexedDB.databases(), navigator.serviceWorker.getRegistrations()])") == [
        [],
        [],
    ]
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    tablet.get_by_test_id("preview-again").click()
    expect(tablet.locator('[data-name="alias"] input')).to_have_value("")


@pytest.mark.slow
def test_every_instrument_opens_page_by_page(
    feldbuch: Callable[..., Running], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    assert len(INSTRUMENTS) >= 5
    file = tmp_path / "instrument.json"
    file.write_bytes(INSTRUMENTS[0].read_bytes())
    url = start(feldbuch, file)
    page = new_page(TABLET_SIZE, locale="bg-BG")
    for instrument in INSTRUMENTS:
        number = page.request.get(f"{url}api/state").json()["number"]
        if instrument != INSTRUMENTS[0]:
            file.write_bytes(instrument.read_bytes())
            page.request.get(f"{url}api/state?seen={number}")
        page.goto(f"{url}frame")
        walk_through(page, instrument.stem)


def walk_through(page: Page, name: str) -> None:
    """Go through every page, agreeing to what needs an answer; lists have choices, and no reason stands alone."""
    expect(page.get_by_test_id("page-title")).to_be_visible(timeout=WAIT_MS)
    languages = page.locator('[data-testid="interview-language"] [data-value]').evaluate_all(
        "each => each.map(e => e.dataset.value)"
    )
    seen: set[str] = set()
    for turn in range(80):
        if turn % 5 == 0:
            language = languages[turn // 5 % len(languages)]
            page.locator(f'[data-testid="interview-language"] [data-value="{language}"]').click()
        answer_what_must_be(page)
        look_at(page, name)
        seen.add(page.get_by_test_id("page-title").get_attribute("data-section") or "")
        if page.get_by_test_id("repeat-add").count():
            page.get_by_test_id("repeat-add").first.click()
            expect(page.locator(IN_ENTRY)).to_be_visible()
            answer_what_must_be(page)
            look_at(page, name)
            while page.get_by_test_id("repeat-done").count() == 0:
                page.get_by_test_id("interview-next").click()
                answer_what_must_be(page)
                look_at(page, name)
            page.get_by_test_id("repeat-done").click()
            if page.get_by_test_id("page-problems").count():
                page.get_by_test_id("repeat-done").click()
        forward = page.locator('[data-testid="interview-next"], [data-testid="finish-open"]')
        forward.click()
        if page.get_by_test_id("page-problems").count():
            forward.click()
        if page.get_by_test_id("finish-page").count():
            break
    expect(page.get_by_test_id("finish-page")).to_be_visible()
    assert len(seen) >= 4, (name, seen)


def answer_what_must_be(page: Page) -> None:
    """Choose the first of what must be chosen: to a consent that is yes."""
    wanted = page.locator('[data-kind="one"][data-answered="false"]:has([aria-required="true"]) .choice')
    while wanted.count():
        wanted.first.click()


def look_at(page: Page, name: str) -> None:
    """What stands on a page stands well."""
    assert page.locator('[data-kind="one"][data-name$="_missing"]').count() == 0, name
    empty = page.locator(':is([data-kind="one"], [data-kind="many"]):not(:has(.choice, .sheet-field))')
    assert empty.count() == 0, (name, empty.evaluate_all("each => each.map(e => e.dataset.name)"))
    blank = page.locator(".question-label").evaluate_all("each => each.filter(e => e.innerText.trim() === '').length")
    assert blank == 0, name
    assert page.evaluate(CALM) == [], name
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= TABLET_SIZE["width"], name
