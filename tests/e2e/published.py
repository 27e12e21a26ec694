"""Small forms for single tests, published at a running central."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.demo_process import Demo

GATE = "missing_translation,consent_missing,study_language,missing_media"

VISIT: dict[str, Any] = {
    "feldbuch_form": 1,
    "id": "visit",
    "title": {"de": "Besuch"},
    "languages": [{"code": "de", "name": "Deutsch"}],
    "default_language": "de",
    "questions": [
        {"type": "text", "name": "note", "label": {"de": "Was haben Sie gesehen?"}},
        {"type": "image", "name": "picture", "label": {"de": "Ein Bild davon"}, "parameters": {"max-pixels": 4096}},
    ],
}
"""A form of a text and a photo on one page."""


def publish(demo: Demo, form: dict[str, Any], folder: Path, *options: str | Path) -> str:
    """Publish a form past the gate of the study; its id. Tablets have it after their next contact."""
    name: str = form["id"]
    file = folder / f"{name}.json"
    file.write_text(json.dumps(form), "utf-8")
    demo.run("form", "publish", "--override", GATE, "--reason", "for a test", *options, file, place="central")
    return name
