"""A tablet as an interviewer uses it: a Chromium with a profile of its own, driven by what stands on the screen."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TABLET_SIZE = {"width": 800, "height": 1280}
PIN = "271828"
WAIT_MS = 20_000

Answer = str | Sequence[str] | Path
Answers = Mapping[str, Answer]


@dataclass
class Interview:
    """What a respondent says: answers by the question's name, and for a repeat the entries in order."""

    answers: Answers
    rosters: Mapping[str, Sequence[Answers]] = field(default_factory=dict)


class Tablet:
    """One tablet. ``kill`` ends the browser as a power cut would; ``open`` starts it again on the same profile."""

    def __init__(
        self,
        playwright: Playwright,
        chromium: str,
        profile: Path,
        init_script: str | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        self._playwright = playwright
        self._chromium = chromium
        self._init_script = init_script
        self._flags = (*FLAGS, *flags)
        self.profile = profile
        self.context: BrowserContext
        self.page: Page
        self.open()

    def open(self) -> None:
        """Start the browser."""
        self.context = self._playwright.chromium.launch_persistent_context(
            str(self.profile),
            executable_path=self._chromium,
            args=list(self._flags),
            viewport=TABLET_SIZE,
            locale="de-DE",
            has_touch=True,
        )
        if self._init_script is not None:
            self.context.add_init_script(self._init_script)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)

    def kill(self) -> None:
        """End every process of this browser by SIGKILL."""
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        end = time.monotonic() + 10
        while self._processes() and time.monotonic() < end:
            time.sleep(0.05)
        with contextlib.suppress(PlaywrightError):
            self.context.close()
        for lock in self.profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the browser as a person does."""
        self.context.close()

    def _processes(self) -> list[int]:
        wanted = f"--user-data-dir={self.profile}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    if wanted in (folder / "cmdline").read_bytes().split(b"\0"):
                        found.append(int(folder.name))
                except OSError:
                    continue
        return found

    def by_id(self, testid: str) -> Locator:
        """An element by its test id."""
        return self.page.get_by_test_id(testid)

    def enrol(self, link: str) -> None:
        """Open an enrolment link, choose a PIN, arrive at home, and wait until the app works without a network."""
        self.page.goto(link)
        self.by_id("enrol-pin").fill(PIN)
        self.by_id("enrol-pin-repeat").fill(PIN)
        self.by_id("enrol-submit").click()
        self.by_id("enrol-begin").click()
        expect(self.by_id("form-list")).to_be_visible(timeout=WAIT_MS)
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def unlock(self) -> None:
        """Enter the PIN and arrive at home."""
        self.by_id("unlock-pin").fill(PIN)
        self.by_id("unlock-submit").click()
        expect(self.by_id("form-list")).to_be_visible(timeout=WAIT_MS)

    def visit(self, central: str) -> None:
        """Open the app by its address, as its icon does."""
        self.page.goto(f"{central}/tablet/")

    def question(self, name: str) -> Locator:
        """A question that is on the screen, by its name."""
        return self.page.locator(f'[data-name="{name}"][data-kind]')

    def answer(self, name: str, answer: Answer) -> None:
        """Answer a question on the screen, as its kind asks for."""
        card = self.question(name)
        kind = card.get_attribute("data-kind")
        if kind == "photo":
            assert isinstance(answer, Path)
            card.get_by_test_id("photo-input").set_input_files(answer)
            expect(card.get_by_test_id("photo-preview")).to_be_visible(timeout=WAIT_MS)
        elif kind in ("one", "many", "range"):
            if card.get_by_test_id("choice-open").count():
                card.get_by_test_id("choice-open").click()
            for value in [answer] if isinstance(answer, str) else answer:
                card.locator(f'[data-value="{value}"]').click()
            if card.get_by_test_id("choice-done").count():
                card.get_by_test_id("choice-done").click()
        elif kind == "date":
            year, month, day = str(answer).split("-")
            for part, number in (("day", day), ("year", year)):
                for field in card.locator(f'[data-part="{part}"]').all():
                    field.fill(number)
            for field in card.locator('[data-part="month"]').all():
                field.select_option(str(int(month)))
        else:
            card.locator("input, textarea").first.fill(str(answer))
            card.locator("input, textarea").first.blur()
        expect(card).to_have_attribute("data-answered", "true")

    def answer_page(self, answers: Answers) -> set[str]:
        """Answer every question of this page that has an answer, also those that appear meanwhile; their names."""
        done: set[str] = set()
        expect(self.page.locator("[data-kind]").first).to_be_visible(timeout=WAIT_MS)
        while True:
            # A long page begins with what fits on the screen.
            expect(self.page.locator("main[aria-busy=true]")).to_have_count(0)
            cards: list[dict[str, Any]] = self.page.locator("[data-kind][data-answered]").evaluate_all(
                "cards => cards.map(c => ({name: c.dataset.name, answered: c.dataset.answered}))"
            )
            open_ones = [c["name"] for c in cards if c["answered"] == "false" and c["name"] in answers]
            if not open_ones:
                return done
            for name in open_ones:
                if self.question(name).count():
                    self.answer(name, answers[name])
                    done.add(name)

    def fill_in(self, interview: Interview, until: str | None = None) -> set[str]:
        """Go through the form page by page; ``until`` names a question to stop at, on its page.

        Returns the names of the questions that were answered.
        """
        done: set[str] = set()
        while True:
            done |= self.answer_page(interview.answers)
            if until is not None and self.question(until).count():
                return done
            for name, entries in interview.rosters.items():
                if self.page.locator(f'[data-kind="repeat"][data-name="{name}"]').count():
                    done |= self._fill_roster(entries)
            if self.by_id("finish-open").count():
                return done
            self._forward("interview-next")

    def finish(self) -> None:
        """Go to the overview, seal, and come back home."""
        self._forward("finish-open")
        self.by_id("finish-submit").click()
        self.by_id("done-home").click(timeout=WAIT_MS)
        expect(self.by_id("finished-list")).to_be_visible(timeout=WAIT_MS)

    def wait_for(self, instance: str, *whereabouts: str, seconds: float = 90) -> None:
        """Wait until the list says that an instance is at one of these places."""
        row = self.page.locator(f'[data-instance="{instance}"]')
        wanted = ", ".join(f'[data-instance="{instance}"][data-whereabouts="{each}"]' for each in whereabouts)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.page.locator(wanted).count():
                return
            if self.by_id("sync-now").is_enabled():
                self.by_id("sync-now").click()
            self.page.wait_for_timeout(500)
        state = row.get_attribute("data-whereabouts") if row.count() else "not listed"
        raise AssertionError(f"{instance} is {state}, not {whereabouts}")

    def sync_until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        """Synchronise until something is so: the node, which is asked first, may have to hear of it first."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it did not come"
            if self.by_id("sync-now").is_enabled():
                self.by_id("sync-now").click()
            self.page.wait_for_timeout(300)

    def finished(self) -> list[str]:
        """The instances of the list, the newest first."""
        rows: list[str] = self.page.locator("[data-instance]").evaluate_all("e => e.map(r => r.dataset.instance)")
        return rows

    def _fill_roster(self, entries: Sequence[Answers]) -> set[str]:
        done: set[str] = set()
        for position, answers in enumerate(entries):
            if self.by_id("repeat-entry").count() <= position:
                self.by_id("repeat-add").click()
            else:
                self.by_id("repeat-entry").nth(position).get_by_test_id("repeat-edit").click()
            done |= self.answer_page(answers)
            while not self.by_id("repeat-done").count():
                self._forward("interview-next")
                done |= self.answer_page(answers)
            self.by_id("repeat-done").click()
            expect(self.by_id("repeat-done")).to_have_count(0)
        return done

    def _forward(self, testid: str) -> None:
        before = self.by_id("page-title").inner_text() if self.by_id("page-title").count() else ""
        self.by_id(testid).click()
        problems = self.by_id("page-problems")
        if problems.count():
            raise AssertionError(f"page '{before}': {problems.inner_text()}")
