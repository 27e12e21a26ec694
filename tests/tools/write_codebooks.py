"""Write the codebook pages of the instruments: ``python -m tests.tools.write_codebooks``."""

from __future__ import annotations

from pathlib import Path

from forms.codebook.markdown import codebook_page
from forms.schema import read_form

ROOT = Path(__file__).resolve().parents[2]
INSTRUMENTS = ROOT / "forms" / "instruments"
PAGES = ROOT / "deploy" / "docs" / "codebooks"


def pages() -> dict[Path, str]:
    """What each page should hold, by its file."""
    forms = [read_form(file.read_bytes()) for file in sorted(INSTRUMENTS.glob("*.json"))]
    return {PAGES / f"{form.id}.md": codebook_page(form, form.default_language) for form in forms}


if __name__ == "__main__":
    PAGES.mkdir(exist_ok=True)
    for file, page in pages().items():
        file.write_text(page, "utf-8")
