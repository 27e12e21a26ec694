"""Numbers as statistics offices write them, and as they are kept: with a point and nothing else."""

from __future__ import annotations

import re

DECIMALS = (".", ",")
THOUSANDS = (".", ",", "'", " ")
_BLANKS = "[ \\u00a0\\u2009\\u202f]"
_GROUP = {".": r"\.", ",": ",", "'": "['\\u2019]", " ": _BLANKS}
_ANY_GROUP = f"(?:[.,'\\u2019]|{_BLANKS})"
_SIGN = "[-+\\u2212]?"
_LOOSE = re.compile(
    rf"{_SIGN}(?:[0-9]+(?:[.,][0-9]+)?|[0-9]{{1,3}}(?:{_ANY_GROUP}[0-9]{{3}})+(?:[.,][0-9]+)?)(?:[eE][-+]?[0-9]+)?"
)
_UNCLEAR = re.compile(rf"{_SIGN}[1-9][0-9]{{0,2}}(?:\.[0-9]{{3}})+")
_CODE = re.compile(rf"{_SIGN}0[0-9]+")


class Spelling:
    """How a file writes numbers: its decimal mark, and what stands between thousands, None for nothing."""

    def __init__(self, decimal: str, thousands: str | None) -> None:
        grouped = "" if thousands is None else rf"|[0-9]{{1,3}}(?:{_GROUP[thousands]}[0-9]{{3}})+"
        self._strict = re.compile(rf"([-\u2212]?)([0-9]+{grouped})(?:{re.escape(decimal)}([0-9]+))?")

    def read(self, cell: str) -> str | None:
        """The number with its digits as given and a point before the decimals; None where the cell is none."""
        found = self._strict.fullmatch(cell)
        if found is None:
            return None
        sign, whole, decimals = found.groups()
        digits = "".join(each for each in whole if each.isdigit())
        return ("-" if sign else "") + digits + (f".{decimals}" if decimals else "")


def looks_like_number(cell: str) -> bool:
    """Whether it is a number in some spelling, though perhaps not in that of the file."""
    return bool(_LOOSE.fullmatch(cell))


def is_unclear(cell: str) -> bool:
    """Whether a point in it may stand before decimals or between thousands, as in ``1.200``."""
    return bool(_UNCLEAR.fullmatch(cell))


def is_code(cell: str) -> bool:
    """Whether it is a key such as ``05112``: digits that would lose their zero as a number."""
    return bool(_CODE.fullmatch(cell))
