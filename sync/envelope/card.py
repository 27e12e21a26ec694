"""The code of a respondent's card: twelve letters that none is taken for another, the last one a check (FORMAT.md)."""

import re

ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 12

_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
_APART = re.compile(r"[\s·.:/_-]+")
# A keyboard that writes Cyrillic has letters that look the same on the card.
_LOOKALIKES = str.maketrans("АСЕНКМРТХУ", "ACEHKMPTXY")


def is_card_code(text: str) -> bool:
    """Whether this is a code whose check letter holds."""
    if _CODE.fullmatch(text) is None:
        return False
    return sum(place * ALPHABET.index(letter) for place, letter in enumerate(text, start=1)) % len(ALPHABET) == 0


def read_card_code(typed: str) -> str | None:
    """The code that a person typed, however it is grouped; None if it is none or its check letter does not hold."""
    code = _APART.sub("", typed).upper().translate(_LOOKALIKES)
    return code if is_card_code(code) else None
