"""Places of findings by the names that their authors gave."""

from __future__ import annotations

import pytest

from forms.definition import walk
from forms.pointers import name_at
from tests.forms.examples import every_kind

FORM = every_kind()


def test_every_question_is_named_by_what_leads_to_it() -> None:
    for place in walk(FORM):
        assert name_at(FORM, f"{place.pointer}/label/de") == name_at(FORM, place.pointer) == "/".join(place.path)


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/choices/colour/1/label", "colour/green"),
        ("/choices/colour", "colour"),
        ("/choices/nobody/1", None),
        ("/choices/colour/99", "colour"),
        ("/choices", None),
        ("/questions/999/label", None),
        ("/questions", None),
        ("/title/de", None),
        ("", None),
    ],
)
def test_other_places(pointer: str, name: str | None) -> None:
    assert name_at(FORM, pointer) == name
