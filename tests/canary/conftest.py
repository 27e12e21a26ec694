"""A demo, a browser and tablets, as the tests of the whole way use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.conftest import demo, new_tablet

__all__ = ["demo", "new_tablet", "playwright"]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser; only one may be there at a time."""
    with sync_playwright() as driver:
        yield driver
