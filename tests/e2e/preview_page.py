"""A form in the preview of its author's computer, and what is asked of every page there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Running

CALM = """
() => [...document.querySelectorAll('.missing-reason, .choice, .button:not(.visually-hidden)')]
    .filter(each => each.checkVisibility() && (each.offsetHeight < 48 || each.offsetWidth < 48))
    .map(each => each.innerText)
"""
"""What is there to touch and is smaller than 48 pixels."""


def start_preview(feldbuch: Callable[..., Running], file: Path, *arguments: str) -> str:
    """Start the preview of a form's file; its address."""
    running = feldbuch("form", "preview", file, "--no-open", *arguments)
    [url] = re.findall(r"http://127\.0\.0\.1:\d+/", running.wait_for_line("is shown at"))
    return url
