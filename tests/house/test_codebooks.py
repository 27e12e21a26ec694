"""Each instrument has its codebook page, made from the instrument as it is."""

from __future__ import annotations

from tests.tools.write_codebooks import PAGES, pages


def test_the_pages_are_those_of_the_instruments() -> None:
    expected = pages()
    assert set(PAGES.glob("*_*.md")) == set(expected), "run python -m tests.tools.write_codebooks"
    for file, page in expected.items():
        assert file.read_text("utf-8") == page, f"{file.name}: run python -m tests.tools.write_codebooks"


def test_the_list_of_instruments_names_each_of_them() -> None:
    listed = (PAGES / "README.md").read_text("utf-8")
    for file in pages():
        assert f"({file.name})" in listed
