"""Drawing a spell in the life calendar, compared with a handler that does nothing on the same page.

Sixty years, eight domains, three spells in each. From an event of the pointer to the frame in which what it brings is
painted: a move that changes the spell under the finger, and the lift after which the spell lies in its row. It is
written into the record right after that paint, which is not in the figure. The events are the browser's own.
"""

from __future__ import annotations

import functools
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.life_form import life_form
from tests.e2e.tablet_page import FLAGS, TABLET_SIZE
from tests.tools.install_system_needs import find_chromium

RATES = (1, 4, 6)
"""How many times slower the processor is made."""
DOMAINS = 8
SPELLS = 3
DRAWINGS = 20
SLOW_MS = 60_000
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")


@dataclass(frozen=True)
class Drawing:
    """Medians in milliseconds up to the paint; ``empty`` is the handler that does nothing."""

    ours: float
    empty: float


def measure_calendar(rates: tuple[int, ...] = RATES) -> Mapping[tuple[int, str], Drawing]:
    """By the rate, and ``move`` or ``lift``. Opens the form in a preview of its own, fills the calendar, and draws."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "life.json"
        file.write_text(json.dumps(life_form(DOMAINS)), "utf-8")
        command = [str(Path(sys.executable).with_name("feldbuch")), "form", "preview", str(file), "--no-open"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                [url] = re.findall(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
                return _measured_at(f"{url}frame", rates)
            finally:
                server.terminate()


def _measured_at(url: str, rates: tuple[int, ...]) -> Mapping[tuple[int, str], Drawing]:
    with sync_playwright() as driver:
        chromium = find_chromium()
        assert chromium is not None, "no Chromium found"
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={**TABLET_SIZE, "height": 1600})
        page.set_default_timeout(SLOW_MS)
        page.goto(url)
        page.locator('[data-name="birth_year"] input').fill("1966")
        page.get_by_test_id("interview-next").click()
        page.get_by_test_id("interview-next").click()
        expect(page.get_by_test_id("calendar-grid")).to_be_visible()
        page.evaluate(SCRIPT)
        _fill(page)
        found = {}
        throttle = page.context.new_cdp_session(page)
        for rate in rates:
            throttle.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            found.update({(rate, what): drawing for what, drawing in _at_rate(page).items()})
            throttle.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        browser.close()
        return found


def _fill(page: Page) -> None:
    rows = page.get_by_test_id("calendar-row")
    expect(rows).to_have_count(DOMAINS)
    for row in range(DOMAINS):
        for spell in range(SPELLS):
            _press(page, row, 0.04 + 0.2 * spell)
            _release(page, row, 0.2 + 0.2 * spell)
            expect(page.get_by_test_id("calendar-spell")).to_have_count(row * SPELLS + spell + 1)
            page.get_by_test_id("calendar-panel").get_by_test_id("calendar-close").click()


def _at_rate(page: Page) -> dict[str, Drawing]:
    told: dict[tuple[str, bool], list[float]] = defaultdict(list)
    for drawing in range(DRAWINGS):
        row = drawing % DOMAINS
        for ours in (False, True):
            if not ours:
                page.evaluate("bench.over()")
            _press(page, row, 0.66)
            told["move", ours].append(_timed(page, "moved", functools.partial(_move, page, row, 0.86)))
            told["lift", ours].append(_timed(page, "lifted", page.mouse.up))
            if ours:
                page.get_by_test_id("calendar-undo").click()
                expect(page.get_by_test_id("calendar-spell")).to_have_count(DOMAINS * SPELLS)
            else:
                page.evaluate("bench.uncover()")
    medians = {key: statistics.median(measured) for key, measured in told.items()}
    return {what: Drawing(medians[what, True], medians[what, False]) for what in ("move", "lift")}


def _timed(page: Page, what: str, act: Callable[[], None]) -> float:
    page.evaluate(f"bench.{what}()")
    act()
    return float(page.evaluate("bench.result"))


def _press(page: Page, row: int, across: float) -> None:
    """Touch a row, a part of its width from the left, and draw a little."""
    x, y = _at(page, row, across)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)


def _move(page: Page, row: int, across: float) -> None:
    page.mouse.move(*_at(page, row, across))


def _release(page: Page, row: int, across: float) -> None:
    _move(page, row, across)
    page.mouse.up()


def _at(page: Page, row: int, across: float) -> tuple[float, float]:
    box = page.get_by_test_id("calendar-row").nth(row).bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + box["height"] - 12


if __name__ == "__main__":
    for (rate, what), drawing in measure_calendar().items():
        print(f"{what}-{rate}x", f"{drawing.ours:.1f} ms", f"empty {drawing.empty:.1f} ms")
