"""What axe finds wrong with a page, for people who do not see it or do not use a finger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "server/tablet/node_modules/axe-core/axe.min.js"
SERIOUS = frozenset({"serious", "critical"})
LOOKS = ("dark", ""), ("light", "more"), ("dark", "more")
"""Scheme and contrast beside the ordinary look, as the settings set them: only colours change with them."""
CHECK = """within => {
  // Halfway between two looks nothing has its colours yet.
  for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()
  return axe.run(within, { resultTypes: ['violations'] })
}"""
LOOK_CHECK = """async ([within, scheme, contrast]) => {
  const root = document.documentElement
  const before = [root.dataset.scheme, root.dataset.contrast]
  const put = (name, value) => value ? root.setAttribute(name, value) : root.removeAttribute(name)
  const settle = () => {
    getComputedStyle(root).color
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()
  }
  put('data-scheme', scheme)
  put('data-contrast', contrast)
  settle()
  const found = await axe.run(within, { runOnly: ['color-contrast'], resultTypes: ['violations'] })
  put('data-scheme', before[0])
  put('data-contrast', before[1])
  settle()
  return found
}"""


def serious_findings(page: Page, within: str = "html") -> list[str]:
    """Run axe on what stands below the selector ``within`` now: rule, help and places of what is serious."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    return _serious(page.evaluate(CHECK, within))


def serious_in_every_look(page: Page, within: str = "html") -> list[str]:
    """As ``serious_findings``, and the contrast of colours in dark, in strong contrast, and in both."""
    found = serious_findings(page, within)
    for scheme, contrast in LOOKS:
        told = _serious(page.evaluate(LOOK_CHECK, [within, scheme, contrast]))
        found += [f"{scheme} {contrast}: {each}" for each in told]
    return found


def _serious(found: dict[str, Any]) -> list[str]:
    return [
        f"{each['id']}: {each['help']} at {[' '.join(map(str, node['target'])) for node in each['nodes']]}"
        for each in found["violations"]
        if each["impact"] in SERIOUS
    ]
