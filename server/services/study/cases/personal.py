"""What looks like a name, an address or a number to call, in a table that is to hold pseudonyms alone.

It finds what somebody overlooked, not what somebody hides: nothing is refused for it.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS: Final = frozenset({
    "name", "names", "nume", "ad", "adi", "adı", "soyad", "soyadi", "soyadı", "isim", "име", "имена", "фамилия",
    "презиме", "tel", "handy", "mobil", "mobile", "gsm", "mail", "email", "address", "adresse", "anschrift",
    "street", "strasse", "straße", "strada", "sokak", "улица", "адрес", "cnp", "egn", "егн", "iban", "plz",
    "postcode", "zip", "dob", "birthday", "geburtstag", "passport", "ausweis",
})  # fmt: skip
_STEMS: Final = (
    "vorname", "nachname", "familienname", "firstname", "lastname", "surname", "prenume", "telefon", "phone", "телефон",
    "email", "mobiltel", "adres", "geburtsdatum", "geboren", "birthdate", "dateofbirth", "doğum", "dogum", "hausnummer",
)  # fmt: skip
_PARTS: Final = re.compile(r"[\W_]+")
_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]{2,}")
_PHONE: Final = re.compile(r"(?<![\w+-])(?:\+|00|0)[1-9](?:[ ()/-]?\d){6,}(?![\w-])")


def looks_personal(column: str) -> bool:
    """Whether a column is called as those that name people or lead to them."""
    whole = column.casefold()
    joined = _PARTS.sub("", whole)
    return any(part in _WORDS for part in _PARTS.split(whole)) or joined.startswith(_STEMS)


def leads_to_somebody(text: str) -> bool:
    """Whether a text holds an e-mail address or a telephone number."""
    return _EMAIL.search(text) is not None or _PHONE.search(text) is not None
