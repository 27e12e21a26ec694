"""The sheets of an XLSForm in memory: rows of cells under named columns."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.definition import Scalar
from forms.version import canonical_json

Cell = str | int | float | bool
Row = dict[str, Cell]

FIRST_ROW = 2
"""Sheets count from 1 and begin with the header."""

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
EXTERNAL_CHOICES, ENTITIES, OSM = "external_choices", "entities", "osm"
SHEETS = (SURVEY, CHOICES, SETTINGS, EXTERNAL_CHOICES, ENTITIES, OSM)
"""The sheets that XLSForm knows."""
_TRANSLATED = re.compile(r"(label|media)(::|$)")

OWN_SHEET = "feldbuch"
"""The sheet with what XLSForm has no place for. A workbook that has it takes every text exactly as it stands."""
OWN_PREFIX = "feldbuch_"
"""Columns of the survey, and choice lists, that hold what XLSForm has no place for begin so."""


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets of an XLSForm, and for each survey and choices row the JSON pointer it was made from."""

    survey: tuple[Row, ...]
    choices: tuple[Row, ...]
    settings: Row
    survey_pointers: tuple[str, ...]
    choice_pointers: tuple[str, ...]
    external_choices: tuple[Row, ...] = ()
    entities: tuple[Row, ...] = ()
    osm: tuple[Row, ...] = ()
    own: tuple[Row, ...] = ()

    def rows(self) -> dict[str, tuple[Row, ...]]:
        """The rows of each sheet of XLSForm's that has any; there is always a survey."""
        found = {
            SURVEY: self.survey,
            CHOICES: self.choices,
            SETTINGS: (self.settings,),
            EXTERNAL_CHOICES: self.external_choices,
            ENTITIES: self.entities,
            OSM: self.osm,
        }
        return {name: rows for name, rows in found.items() if rows or name == SURVEY}


def columns_in(sheet: str, rows: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The columns of a sheet's rows, in the order in which they first stand, with those that pyxform needs."""
    found: dict[str, None] = dict.fromkeys(("type", "name") if sheet == SURVEY else ())
    for row in rows:
        found.update(dict.fromkeys(row))
    if sheet == CHOICES and not any(_TRANSLATED.match(column) for column in found):
        # Without such a column, pyxform looks for references in all of them.
        found["label"] = None
    return tuple(found)


def scalar_text(value: Scalar | bool) -> str:
    """A value as XLSForm reads it: true and false in lower case, numbers as canonical JSON writes them."""
    if isinstance(value, str):
        return value
    return canonical_json(value).decode()


def cell_text(value: Cell) -> str:
    """A cell as pyxform takes it, which knows texts only: yes and no for true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return scalar_text(value)
