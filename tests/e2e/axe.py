"""What axe finds wrong with a page, for people who do not see it or do not use a finger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "server/tablet/node_modules/axe-core/axe.min.js"
SERIOUS = frozenset({"serious", "critical"})


def serious_findings(page: Page, within: str = "html") -> list[str]:
    """Run axe on what stands below the selector ``within`` now: rule, help and places of what is serious."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("within => axe.run(within, { resultTypes: ['violations'] })", within)
    return [
        f"{each['id']}: {each['help']} at {[' '.join(map(str, node['target'])) for node in each['nodes']]}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    ]
