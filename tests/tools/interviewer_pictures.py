"""Make the pictures of the interviewers' guide: each screen at two sizes, in German and Bulgarian, side by side.

    make demo
    python -m tests.tools.interviewer_pictures .demo

It enrols four tablets at the running demo and publishes small forms there. Pictures are for eyes: look at each one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.e2e import tablet_page
from tests.e2e.published import GATE
from tests.e2e.tablet_page import Tablet
from tests.tools.install_system_needs import find_chromium
from tests.tools.pictures.album import LANGUAGES, Album
from tests.tools.pictures.field import walk_in_the_field
from tests.tools.pictures.forms import FLAT, LIFE, STREETS, VISIT
from tests.tools.pictures.office import walk_with_the_office

PICTURES = Path(__file__).resolve().parents[2] / "deploy/docs/pictures"
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


class Central:
    """The demo's central, by its commands."""

    def __init__(self, demo: Path) -> None:
        self._place = demo / "central"
        summary = json.loads((demo / "demo.json").read_text("utf-8"))
        self.link: str = summary["enrolment"]
        self._environment = {**os.environ, "FELDBUCH_PASSPHRASE": summary["vault_passphrase"]}

    def run(self, *arguments: str) -> str:
        """Run a command to its end; what it said."""
        command = [sys.executable, "-m", "server.cli", *arguments, "--place", str(self._place)]
        return subprocess.run(command, env=self._environment, check=True, capture_output=True, text=True).stdout

    def publish(self, form: dict[str, Any]) -> None:
        """Publish a form with its files."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "streets.csv").write_text(STREETS, "utf-8")
            file = Path(folder) / "form.json"
            file.write_text(json.dumps(form), "utf-8")
            self.run("form", "publish", str(file), "--override", GATE, "--reason", "pictures", "--files", folder)


def main() -> None:
    """Make all pictures."""
    central = Central(Path(sys.argv[1]))
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium found")
    for form in (VISIT, LIFE, FLAT):
        central.publish(form)
    tablet_page.FLAGS = (*tablet_page.FLAGS, *FAKE_MICROPHONE)
    album = Album()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profiles:
        for language in LANGUAGES:
            folder = Path(profiles)
            tablet = Tablet(playwright, chromium, folder / f"field-{language}")
            walk_in_the_field(tablet, language, central.link, partial(album.take, tablet, language))
            tablet.kill()
            tablet = Tablet(playwright, chromium, folder / f"office-{language}")
            take = partial(album.take, tablet, language)
            walk_with_the_office(tablet, language, central.run, central.publish, folder, take)
            tablet.kill()
        album.put_together(playwright, chromium, PICTURES)


if __name__ == "__main__":
    main()
