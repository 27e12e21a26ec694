"""The desk as a data manager uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page, expect


class Desk:
    """A data manager's browser page."""

    def __init__(self, page: Page, summary: Mapping[str, str]) -> None:
        self.page = page
        self._summary = summary

    def sign_in(self) -> None:
        """Open the desk and sign in."""
        self.page.goto(f"{self._summary['central']}/")
        self.page.get_by_test_id("signin-name").fill(self._summary["desk_user"])
        self.page.get_by_test_id("signin-password").fill(self._summary["desk_password"])
        self.page.get_by_test_id("signin-submit").click()
        expect(self.page.get_by_test_id("ledger-table").first).to_be_visible()

    def count(self, device: str, what: str) -> int:
        """A number of the ledger for a device."""
        self.page.goto(f"{self._summary['central']}/")
        cell = self.page.locator(f'[data-device="{device}"] [data-count="{what}"]')
        return int(cell.inner_text())

    def unlock_vault(self, passphrase: str) -> None:
        """Give the passphrase on the vault's page."""
        self.page.goto(f"{self._summary['central']}/vault")
        self.page.get_by_test_id("vault-passphrase").fill(passphrase)
        self.page.get_by_test_id("vault-unlock").click()

    def download(self, form: str, to: Path) -> Path:
        """Download a form's records as the zip that the desk offers."""
        self.page.goto(f"{self._summary['central']}/export")
        with self.page.expect_download(timeout=60_000) as waiting:
            self.page.get_by_test_id(f"export-{form}").click()
        waiting.value.save_as(to)
        return to
