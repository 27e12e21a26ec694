"""A demo and a browser for the tests of the whole way."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import Running, feldbuch_by, started_processes
from tests.e2e.demo_process import Demo
from tests.e2e.tablet_page import FLAGS, WAIT_MS, Tablet

BUNDLE = Path(__file__).resolve().parents[2] / "server/static/dist/index.html"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that runs all the time: a test enrols a tablet of its own and counts nothing but what is its own."""
    with started_processes() as start:
        yield from demo_in(tmp_path_factory.mktemp("demo"), feldbuch_by(start))


@pytest.fixture
def own_demo(feldbuch: Callable[..., Running], tmp_path: Path) -> Iterator[Demo]:
    """A demo for a test that stops places, or changes what all tablets share."""
    yield from demo_in(tmp_path / "demo", feldbuch)


def demo_in(folder: Path, feldbuch: Callable[..., Running]) -> Iterator[Demo]:
    assert BUNDLE.is_file(), "the tablet app is not built; run 'make tablet'"
    running = Demo(feldbuch, folder)
    yield running
    running.stop()


@pytest.fixture
def new_tablet(playwright: Playwright, chromium_path: str, tmp_path: Path) -> Iterator[Callable[..., Tablet]]:
    """Make a tablet: ``new_tablet(init_script=None, flags=()) -> Tablet``. It is closed with the test."""
    made: list[Tablet] = []

    def make(init_script: str | None = None, flags: Sequence[str] = ()) -> Tablet:
        tablet = Tablet(playwright, chromium_path, tmp_path / f"profile-{len(made)}", init_script, flags)
        made.append(tablet)
        return tablet

    yield make
    for position, each in enumerate(made):
        with contextlib.suppress(PlaywrightError):
            each.page.screenshot(path=tmp_path / f"last-seen-{position}.png")
        each.kill()


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
