"""Typographic quotation marks, kept safe from pyxform.

pyxform makes straight ones of ‘ ’ “ ” in every cell. That mends an expression that went through a word processor, and
spoils a German, Romanian or Bulgarian sentence. So while pyxform works, other characters stand in for them in texts.
"""

import re
from collections.abc import Mapping

from forms.xlsform.sheets import CHOICES

MARKS = "‘’“”"
_MARK = re.compile(f"[{MARKS}]")
# Characters that Unicode keeps out of every text, and that XML carries all the same.
_STAND_INS = "".join(chr(code) for code in range(0xFDD0, 0xFDF0))

_TEXT_COLUMNS = re.compile(
    r"(label|hint|guidance_hint|required_message|constraint_message|no_app_error_string|media|form_title)(::|$)"
)


class Quotes:
    """What stands in for the marks of one workbook; made for the texts that it holds."""

    def __init__(self, held: set[str]) -> None:
        free = [each for each in _STAND_INS if each not in held][: len(MARKS)]
        self._hide = str.maketrans(dict(zip(MARKS, free, strict=False)))
        self._pairs = tuple(zip(free, MARKS, strict=False))

    def hide(self, text: str) -> str:
        """The text with the marks put aside."""
        return text.translate(self._hide) if _MARK.search(text) else text

    def show(self, text: str) -> str:
        """The text with the marks in their places again."""
        for stand_in, mark in self._pairs:
            text = text.replace(stand_in, mark)
        return text


def hide_quotes(workbook: Mapping[str, list[dict[str, str]]]) -> Quotes | None:
    """Put the marks aside in the texts of the workbook's rows (which are changed); None where there are none."""
    marked = [
        (row, column)
        for sheet, rows in workbook.items()
        for row in rows
        for column, text in row.items()
        if _MARK.search(text) and (_TEXT_COLUMNS.match(column) or (sheet == CHOICES and column != "list_name"))
    ]
    if not marked:
        return None
    quotes = Quotes({each for rows in workbook.values() for row in rows for text in row.values() for each in text})
    for row, column in marked:
        row[column] = quotes.hide(row[column])
    return quotes
