"""The lock: after a pause, in the background, over an open interview; wrong tries; two people on one tablet."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.demo_process import Demo
from tests.e2e.tablet_page import PIN, WAIT_MS, Tablet

pytestmark = pytest.mark.browser
FORM = "household_survey"
OTHER_PIN, NEW_PIN = "864208", "975310"


def time_passes(tablet: Tablet, seconds: int) -> None:
    """The tablet's clock goes on, as it does while the tablet lies on a table."""
    tablet.page.clock.fast_forward(seconds * 1000)


def in_background(tablet: Tablet, hidden: bool) -> None:
    """The app goes to the background, or comes back."""
    tablet.page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})
            document.dispatchEvent(new Event('visibilitychange'))
        }""",
        hidden,
    )


def test_an_open_interview_is_locked_and_goes_on_at_its_place(
    demo: Demo, new_tablet: Callable[..., Tablet], tmp_path: Path
) -> None:
    tablet = new_tablet()
    tablet.page.clock.install()
    tablet.enrol(demo.enrolment())
    tablet.by_id(f"form-start-{FORM}").click()
    tablet.answer("consent", "yes")
    tablet.answer("consent_special", "yes")
    tablet.by_id("interview-next").click()
    tablet.answer_page({"place_kind": "arrival", "place": "duisburg", "interview_language": "bg"})
    tablet.by_id("interview-next").click()
    tablet.question("age").locator("input").first.fill("47")
    expect(tablet.question("age")).to_have_attribute("data-answered", "true")

    # A pause is announced, and a touch is enough to go on.
    time_passes(tablet, 280)
    expect(tablet.by_id("lock-warning")).to_be_visible()
    tablet.by_id("lock-stay").click()
    expect(tablet.by_id("lock-warning")).to_have_count(0)
    time_passes(tablet, 280)
    expect(tablet.by_id("lock-warning")).to_be_visible()
    time_passes(tablet, 30)

    # Nothing of the interview is left on the page.
    expect(tablet.page.locator('[data-screen="unlock"]')).to_be_visible()
    assert "47" not in tablet.page.locator("body").inner_text()
    assert tablet.page.locator("[data-kind], [data-screen=interview]").count() == 0
    unlock(tablet, PIN)
    expect(tablet.question("age").locator("input").first).to_have_value("47", timeout=WAIT_MS)

    # In the background it locks soon, but not for a glance at another app.
    in_background(tablet, True)
    time_passes(tablet, 20)
    in_background(tablet, False)
    expect(tablet.question("age")).to_be_visible()
    in_background(tablet, True)
    time_passes(tablet, 40)
    in_background(tablet, False)
    expect(tablet.page.locator('[data-screen="unlock"]')).to_be_visible()

    # Wrong tries cost a wait that a new start of the app does not end.
    for _ in range(5):
        unlock(tablet, "999999")
        expect(tablet.by_id("error")).to_have_attribute("data-code", "pin.wrong")
    unlock(tablet, PIN)
    expect(tablet.by_id("unlock-wait")).to_be_visible()
    tablet.page.reload()
    expect(tablet.by_id("unlock-wait")).to_be_visible()
    time_passes(tablet, 20)
    expect(tablet.by_id("unlock-wait")).to_have_count(0)
    tablet.unlock()
    tablet.by_id("draft-continue").click()
    expect(tablet.question("age").locator("input").first).to_have_value("47", timeout=WAIT_MS)

    # A second interviewer enrols on the tablet and sees nothing of the first one's work.
    in_background(tablet, True)
    time_passes(tablet, 40)
    in_background(tablet, False)
    link = demo.enrolment("I-22")
    tablet.by_id("unlock-add").click()
    tablet.by_id("enrol-link").fill(link)
    tablet.by_id("enrol-use-link").click()
    tablet.by_id("enrol-pin").fill(OTHER_PIN)
    tablet.by_id("enrol-pin-repeat").fill(OTHER_PIN)
    tablet.by_id("enrol-submit").click()
    tablet.by_id("enrol-begin").click()
    expect(tablet.by_id("form-list")).to_be_visible(timeout=WAIT_MS)
    expect(tablet.by_id("draft-continue")).to_have_count(0)

    # What was answered before the lock is at central as well, in case the tablet drowns.
    rescued = rescue(demo, tmp_path, "47")
    assert (rescued["__outcome"], rescued["respondent-age"]) == ("unfinished", "47")

    # The first one has forgotten the PIN. The project office reads the code that is due from the vault.
    tablet.by_id("lock").click()
    people = tablet.by_id("unlock-people").locator("[data-value]")
    expect(people).to_have_count(2)
    first = people.first.get_attribute("data-value")
    assert first is not None
    people.first.click()
    tablet.context.set_offline(True)
    tablet.by_id("unlock-forgotten").click()
    device = tablet.by_id("recover-device").inner_text()
    assert tablet.by_id("recover-number").inner_text().endswith("1")
    code = demo.run("device", "recovery", device, "--interviewer", first, "--number", "1", place="central").strip()
    tablet.by_id("recover-code").fill(code)
    tablet.by_id("recover-pin").fill(NEW_PIN)
    tablet.by_id("recover-pin-repeat").fill(NEW_PIN)
    tablet.by_id("recover-submit").click()
    tablet.by_id("draft-continue").click()
    expect(tablet.question("age").locator("input").first).to_have_value("47", timeout=WAIT_MS)
    log = (demo.folder / "central" / "vault" / "audit.log").read_text("utf-8")
    assert f'"name":"recovery/{device}/{first}"' in log
    assert code not in log


def rescue(demo: Demo, folder: Path, age: str) -> dict[str, str]:
    """The interview that is known from its last checkpoint alone, as central exports it once it has arrived."""
    for attempt in range(20):
        out = folder / f"rescued-{attempt}"
        demo.run("export", FORM, "--out", out, "--include", "unfinished", place="central")
        with (out / f"{FORM}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["respondent-age"] == age]
        if rows:
            [row] = rows
            return row
        time.sleep(1)
    raise AssertionError("no checkpoint arrived")


def unlock(tablet: Tablet, pin: str) -> None:
    """Enter a PIN."""
    tablet.by_id("unlock-pin").fill(pin)
    tablet.by_id("unlock-submit").click()
