"""Screens at two sizes in German and Bulgarian, put together into one picture each."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Playwright

from tests.e2e import tablet_page
from tests.e2e.tablet_page import Tablet
from tests.tools.palette import with_palette

SIZES = {"tall": (800, 1280), "wide": (1280, 800)}
LANGUAGES = ("de", "bg")


class Album:
    """Takes each screen once per language and size, and puts the four pictures of a screen into one."""

    def __init__(self) -> None:
        self._taken: dict[str, dict[tuple[str, str], bytes]] = {}

    def take(self, tablet: Tablet, language: str, screen: str) -> None:
        """Take the screen at both sizes."""
        for size, (width, height) in SIZES.items():
            tablet.page.set_viewport_size({"width": width, "height": height})
            tablet.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            picture = tablet.page.screenshot(animations="disabled", caret="hide")
            self._taken.setdefault(screen, {})[language, size] = picture
        width, height = SIZES["tall"]
        tablet.page.set_viewport_size({"width": width, "height": height})

    def put_together(self, playwright: Playwright, chromium: str, folder: Path) -> None:
        """Write ``screen-<name>.png`` for each screen: both tall pictures, and both wide ones above each other.

        ``tablet-home.png`` is the German home alone.
        """
        browser = playwright.chromium.launch(executable_path=chromium, args=list(tablet_page.FLAGS))
        page = browser.new_page(viewport={"width": 1004, "height": 488})
        for screen, pictures in self._taken.items():
            page.set_content(sheet(pictures))
            page.wait_for_function("[...document.images].every(each => each.complete)")
            (folder / f"screen-{screen}.png").write_bytes(with_palette(page.screenshot(full_page=True)))
        browser.close()
        (folder / "tablet-home.png").write_bytes(with_palette(self._taken["home"]["de", "tall"]))


def sheet(pictures: dict[tuple[str, str], bytes]) -> str:
    """A page with the four pictures of a screen."""

    def image(language: str, size: str, height: int) -> str:
        source = base64.b64encode(pictures[language, size]).decode()
        return f'<img src="data:image/png;base64,{source}" style="height:{height}px;outline:1px solid #80755f">'

    tall = "".join(image(language, "tall", 480) for language in LANGUAGES)
    wide = "".join(image(language, "wide", 236) for language in LANGUAGES)
    column = f'<div style="display:grid;gap:8px">{wide}</div>'
    return f'<body style="margin:4px;display:flex;gap:8px;background:#fff">{tall}{column}'
