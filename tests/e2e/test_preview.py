"""The preview in a real Chromium: two languages, a reason for no answer, a file that changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.conftest import Running
from tests.e2e.preview_page import CALM, start_preview
from tests.e2e.respondents import noise_picture
from tests.e2e.tablet_page import TABLET_SIZE

pytestmark = pytest.mark.browser


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
    url = start_preview(feldbuch, file, "--language", "bg")
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
