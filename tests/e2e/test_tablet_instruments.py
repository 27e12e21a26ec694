"""Each instrument is filled in on the tablet in two languages, and read back as it was answered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from forms.answers import AnswerReader
from forms.definition import Form, walk
from forms.schema import read_form
from tests.conftest import Running
from tests.e2e.preview_page import CALM, start_preview
from tests.e2e.tablet_page import TABLET_SIZE, WAIT_MS
from tests.forms.whole import valid_instance

pytestmark = pytest.mark.browser
FOLDER = Path(__file__).resolve().parents[2] / "forms/instruments"
INSTRUMENTS = {
    "biographical_interview": ("de", "ro"),
    "contact_protocol": ("en", "tr"),
    "expert_interview": ("de", "bg"),
    "household_survey": ("bg", "tr"),
    "organisation_profile": ("ro", "en"),
}
"""The instruments, and the two languages in which each is filled in: every language is met."""

FILL = """
async values => {
    const turn = () => new Promise(done => setTimeout(done))
    const give = (field, value, event) => {
        field.value = value
        field.dispatchEvent(new Event(event, {bubbles: true}))
        field.dispatchEvent(new FocusEvent('focusout', {bubbles: true}))
    }
    const choose = async (card, wanted) => {
        const sheet = card.querySelector('[data-testid="choice-open"]')
        if (sheet) { sheet.click(); await turn() }
        for (const value of wanted) {
            card.querySelector(`[data-value="${CSS.escape(value)}"]`)?.click()
            await turn()
        }
        card.querySelector('[data-testid="choice-done"]')?.click()
    }
    const day = (card, value) => {
        const [year, month, date] = value.slice(0, 10).split('-')
        for (const [part, number] of Object.entries({day: date, year})) {
            const field = card.querySelector(`[data-part="${part}"]`)
            if (field) give(field, number, 'input')
        }
        const select = card.querySelector('[data-part="month"]')
        if (select) give(select, String(Number(month)), 'change')
    }
    const clock = (card, value) => {
        for (const [part, number] of Object.entries({hour: value.slice(0, 2), minute: value.slice(3, 5)})) {
            give(card.querySelector(`[data-part="${part}"]`), number, 'input')
        }
    }
    const answers = {
        one: (card, value) => choose(card, [value]),
        many: (card, value) => choose(card, value.split(' ')),
        acknowledge: card => card.querySelector('[data-testid="acknowledge"]').click(),
        range: (card, value) => {
            const step = card.querySelector(`.scale-step[data-value="${value}"]`)
            if (step) step.click()
            else give(card.querySelector('input[type="range"]'), value, 'change')
        },
        date: day,
        time: clock,
        datetime: (card, value) => { day(card, value); clock(card, value.slice(11)) },
    }
    const told = {}
    for (let more = true; more;) {
        more = false
        for (const card of document.querySelectorAll('[data-kind][data-answered="false"]')) {
            const {name, kind} = card.dataset
            if (name in told || !(name in values) || !card.isConnected) continue
            const label = card.querySelector('.question-label')?.cloneNode(true)
            label?.querySelectorAll('.question-required').forEach(each => each.remove())
            const field = card.querySelector('input, textarea')
            if (answers[kind]) await answers[kind](card, values[name])
            else if (['text', 'integer', 'decimal'].includes(kind) && field) give(field, values[name], 'input')
            else continue
            told[name] = label?.innerText.trim() ?? ''
            await turn()
            more = true
        }
    }
    return told
}
"""
"""Answers what stands on the page, also what appears meanwhile; gives the questions' names with their labels."""


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_is_filled_in_in_two_languages(
    name: str, feldbuch: Callable[..., Running], new_page: Callable[..., Page]
) -> None:
    file = FOLDER / f"{name}.json"
    form = read_form(file.read_bytes())
    said = {each.tag: each.text for each in etree.fromstring(valid_instance(form)).iter() if each.text}
    url = start_preview(feldbuch, file)
    records = []
    for language in INSTRUMENTS[name]:
        page = new_page(TABLET_SIZE, locale=language)
        page.goto(f"{url}frame")
        labels = fill_in(page, language, said)
        records.append(read_back(page, form, labels))
        assert_spoken(form, labels, language)
    first, second = records
    assert {
        name: (first.get(name), second.get(name)) for name in first | second if first.get(name) != second.get(name)
    } == {}


def fill_in(page: Page, language: str, said: dict[str, str]) -> dict[str, str]:
    """Go through the form in this language and seal it; the labels of what was answered, by name."""
    expect(page.get_by_test_id("page-title")).to_be_visible(timeout=WAIT_MS)
    page.locator(f'[data-testid="interview-language"] [data-value="{language}"]').click()
    labels: dict[str, str] = {}
    onward = page.locator('[data-testid="interview-next"], [data-testid="finish-open"], [data-testid="repeat-done"]')
    entered: set[str] = set()
    for _ in range(120):
        expect(page.locator("main[aria-busy=true]")).to_have_count(0)
        labels |= page.evaluate(FILL, said)
        assert page.evaluate(CALM) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= TABLET_SIZE["width"]
        page.evaluate("() => { window.before = document.querySelector('[data-ref]') }")
        for each in page.locator('[data-testid="repeat-add"]').all():
            repeat = each.get_attribute("data-repeat") or ""
            if repeat not in entered:
                entered.add(repeat)
                each.click()
                break
        else:
            onward.click()
        assert page.get_by_test_id("page-problems").count() == 0, page.get_by_test_id("problem").all_inner_texts()
        page.wait_for_function("() => !window.before?.isConnected")
        if page.get_by_test_id("finish-page").count():
            break
    page.get_by_test_id("finish-submit").click()
    return labels


def read_back(page: Page, form: Form, labels: dict[str, str]) -> dict[str, Any]:
    """The record as an export would read it: without a finding, and with every answer as it was given."""
    xml = page.get_by_test_id("record-xml").text_content(timeout=WAIT_MS)
    assert xml is not None
    answers = AnswerReader(form).read(xml.encode())
    assert (answers.findings, answers.leftovers) == ((), ())
    found: dict[str, set[str]] = {}
    for each in etree.fromstring(xml.encode()).iter():
        if isinstance(each.tag, str) and each.text and each.text.strip():
            found.setdefault(etree.QName(each).localname, set()).add(each.text)
    given = {name: found.get(name) for name in labels}
    assert len(given) >= 15
    return given


def assert_spoken(form: Form, labels: dict[str, str], language: str) -> None:
    """Every question was asked in the language, in the words of the form."""
    for place in walk(form):
        name, label = place.item.name, (place.item.label or {}).get(language, "")
        if name in labels and re.search(r"[$*_#<&\[]", label) is None:
            assert " ".join(labels[name].split()) == " ".join(label.split())
