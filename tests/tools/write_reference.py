"""Writes deploy/docs/forms-reference.md from the schemas of forms.

A test sees that it is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from forms.schema.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "deploy" / "docs" / "forms-reference.md"

if __name__ == "__main__":
    PAGE.write_text(reference(), "utf-8")
    sys.exit(0)
