"""A form with a life calendar in two languages, which the tests of the tablet read too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LIFE = Path(__file__).resolve().parents[2] / "server/tablet/src/ui/calendar/testing/life.json"


def life_form(domains: int = 5) -> dict[str, Any]:
    """The form as JSON, with the first `domains` rows: as the instruments have it, and places for "that is so"."""
    form: dict[str, Any] = json.loads(LIFE.read_bytes())
    form["choices"]["life_domain"] = form["choices"]["life_domain"][:domains]
    return form
