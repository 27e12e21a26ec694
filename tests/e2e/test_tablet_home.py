"""Home and what surrounds it: wrong links, first paint, languages, looks, training, storage, a new build."""

from __future__ import annotations

import json
import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import serious_in_every_look
from tests.e2e.conftest import BUNDLE
from tests.e2e.demo_process import Demo
from tests.e2e.published import VISIT, publish
from tests.e2e.tablet_page import PIN, Tablet

pytestmark = pytest.mark.browser
ENGINE_AT_LEAST = 600_000
"""Bytes: no other script is nearly as large. How little home needs is weighed in `tests/house/test_first_paint.py`."""
MARK = "#enrol="
TITLES = {"de": "Einstellungen", "ro": "Setări", "bg": "Настройки", "tr": "Ayarlar", "en": "Settings"}


def database(demo: Demo) -> closing[sqlite3.Connection]:
    """Central's database."""
    return closing(sqlite3.connect(demo.folder / "central" / "feldbuch.db", timeout=20))


def with_token(link: str, token: str) -> str:
    """The enrolment link with another token in it."""
    page, content = link.split(MARK)
    document = json.loads(urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    document["token"] = token
    return page + MARK + urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def try_to_enrol(tablet: Tablet, link: str) -> str:
    """Open a link that does not enrol; the code of what the page says."""
    tablet.page.goto("about:blank")
    tablet.page.goto(link)
    tablet.by_id("enrol-pin").fill(PIN)
    tablet.by_id("enrol-pin-repeat").fill(PIN)
    tablet.by_id("enrol-submit").click()
    return str(tablet.by_id("error").get_attribute("data-code"))


def scripts_before_home(tablet: Tablet) -> list[str]:
    """The names of the scripts that were fetched until home stood there."""
    names: list[str] = tablet.page.evaluate(
        """() => {
            const [home] = performance.getEntriesByName('home')
            const early = performance.getEntriesByType('resource').filter(each => each.startTime < home.startTime)
            return early.map(each => new URL(each.name).pathname).filter(name => name.endsWith('.js'))
        }"""
    )
    return [name.removeprefix("/tablet/") for name in names if not name.endswith("/sw.js")]


def test_home_and_its_settings(own_demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    publish(own_demo, VISIT, tmp_path)
    link = own_demo.summary["enrolment"]
    tablet = new_tablet()

    # A wrong link and one that is too old are told apart, and neither uses anything up.
    assert try_to_enrol(tablet, with_token(link, "wrong")) == "enrolment.token.unknown"
    with database(own_demo) as connection, connection:
        [before] = connection.execute("select expires_at from enrolment_token where kind = 'device'").fetchone()
        connection.execute("update enrolment_token set expires_at = '2020-01-01 00:00:00'")
    assert try_to_enrol(tablet, link) == "enrolment.token.expired"
    assert serious_in_every_look(tablet.page) == []
    with database(own_demo) as connection, connection:
        connection.execute("update enrolment_token set expires_at = ?", (before,))
    tablet.page.goto("about:blank")
    tablet.enrol(link)

    # A later start paints home with little, and without the form engine.
    tablet.page.reload()
    tablet.unlock()
    tablet.page.wait_for_function("performance.getEntriesByName('home').length === 1")
    loaded = scripts_before_home(tablet)
    assert loaded
    assert all((BUNDLE.parent / name).stat().st_size < ENGINE_AT_LEAST for name in loaded), loaded
    assert serious_in_every_look(tablet.page) == []

    # Every language of the interface, and the looks, which stay over a new start.
    tablet.by_id("settings").click()
    for language, title in TITLES.items():
        tablet.page.locator(f'[data-testid="interface-language"] [data-value="{language}"]').click()
        expect(tablet.page.locator("h1")).to_have_text(title)
        expect(tablet.page.locator("html")).to_have_attribute("lang", language)
    assert serious_in_every_look(tablet.page) == []
    for name, value in (("zoom", "150"), ("scheme", "dark"), ("contrast", "more"), ("lock", "2")):
        choice = tablet.page.locator(f'[data-testid="setting-{name}"] [data-value="{value}"]')
        choice.click()
        expect(choice).to_have_attribute("aria-checked", "true")
    tablet.page.reload()
    assert serious_in_every_look(tablet.page) == []
    tablet.unlock()
    assert serious_in_every_look(tablet.page) == []
    ground = "getComputedStyle(document.body).backgroundColor"
    assert tablet.page.evaluate(ground) == "rgb(0, 0, 0)"
    assert tablet.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"

    # What the browser promises about the storage is shown, and too little of it is told early.
    expect(tablet.by_id("storage")).to_have_attribute("data-persisted", "true" if persisted(tablet) else "false")
    expect(tablet.by_id("works-offline")).to_have_attribute("data-ready", "true")
    for free, notice in ((400_000_000, "storage-low"), (40_000_000, "storage-tight")):
        tablet.page.evaluate(
            "free => { navigator.storage.estimate = async () => ({ usage: 1e9, quota: 1e9 + free }) }", free
        )
        tablet.by_id("sync-now").click()
        expect(tablet.by_id(notice)).to_be_visible()


def test_training_is_marked_and_counted_nowhere(demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path) -> None:
    form = publish(demo, VISIT, tmp_path)
    tablet = new_tablet()
    tablet.enrol(demo.enrolment())
    tablet.by_id("settings").click()
    tablet.by_id("training-turn").click()
    tablet.by_id("settings-close").click()
    expect(tablet.by_id("training-banner")).to_be_visible()
    tablet.by_id(f"form-start-{form}").click()
    expect(tablet.by_id("training-mark")).to_be_visible()
    tablet.answer("note", "nur zum Üben")
    tablet.by_id("interview-leave").click()

    # Turned off meanwhile, the draft is still what it was begun as.
    tablet.by_id("training-end").click()
    expect(tablet.by_id("draft-list").get_by_test_id("training-mark")).to_be_visible()

    # A new build comes while the draft is open: nothing is loaded anew before the tablet is locked.
    tablet.by_id("draft-continue").click()
    tablet.page.evaluate("window.sameAsBefore = true")
    tablet.page.evaluate("navigator.serviceWorker.register('/tablet/sw.js?later', { scope: '/tablet/' })")
    waiting = "navigator.serviceWorker.getRegistration('/tablet/').then(found => found.waiting !== null)"
    tablet.page.wait_for_function(waiting)
    expect(tablet.question("note").locator("textarea, input").first).to_have_value("nur zum Üben")
    tablet.by_id("interview-leave").click()
    expect(tablet.by_id("update-waits")).to_be_visible()
    assert tablet.page.evaluate("window.sameAsBefore === true")
    tablet.context.set_offline(True)
    with tablet.page.expect_navigation():
        tablet.by_id("lock").click()
    assert tablet.page.evaluate("navigator.serviceWorker.controller.scriptURL").endswith("?later")

    # The forms and the draft are there as before, and need no network.
    tablet.unlock()
    expect(tablet.by_id("update-waits")).to_have_count(0)
    tablet.by_id("draft-continue").click()
    tablet.finish()
    tablet.context.set_offline(False)
    [instance] = tablet.finished()
    row = tablet.page.locator(f'[data-instance="{instance}"]')
    expect(row.get_by_test_id("training-mark")).to_be_visible()
    tablet.wait_for(instance, "central", "safe")
    assert arrived(demo, instance) == {"training"}
    counts = counts_of(demo, instance)
    assert (counts["finished"], counts["drafts"], counts["safe"] + counts["receipted"]) == (0, 0, 0)
    assert counts["highest_number"] >= 1


def persisted(tablet: Tablet) -> bool:
    """Whether the browser has promised to keep the data."""
    return bool(tablet.page.evaluate("navigator.storage.persisted()"))


def arrived(demo: Demo, instance: str) -> set[str]:
    """The purposes under which central holds the parts of an instance."""
    with database(demo) as connection:
        query = "select distinct purpose from item where instance = ? and state = 'held'"
        return {purpose for (purpose,) in connection.execute(query, (instance,))}


def counts_of(demo: Demo, instance: str) -> dict[str, Any]:
    """What the tablet of an instance said of itself at its last contact."""
    with database(demo) as connection:
        query = "select counts from device where id = (select device from item where instance = ? limit 1)"
        [counts] = connection.execute(query, (instance,)).fetchone()
        found: dict[str, Any] = json.loads(counts)
        return found
