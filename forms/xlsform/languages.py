"""The languages of an XLSForm, which only spells them out: their codes and names, as far as they can be told."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from forms.definition import Language
from forms.names import LANGUAGE, UNTOLD

_WITH_CODE = re.compile(r"(\S.*?) \(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)\)")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|[A-Z]{2}")
_PART = 8

_NAMES = {
    "am": "amharic አማርኛ",
    "ar": "arabic عربي العربية",
    "az": "azerbaijani azərbaycanca",
    "be": "belarusian беларуская",
    "bg": "bulgarian български",
    "bn": "bengali bangla বাংলা",
    "bs": "bosnian bosanski",
    "cs": "czech čeština",
    "da": "danish dansk",
    "de": "german deutsch",
    "el": "greek ελληνικά",
    "en": "english",
    "es": "spanish español espanol castellano",
    "et": "estonian eesti",
    "fa": "persian farsi فارسی dari",
    "fi": "finnish suomi",
    "fr": "french français francais",
    "ha": "hausa",
    "he": "hebrew עברית",
    "hi": "hindi हिन्दी",
    "hr": "croatian hrvatski",
    "ht": "creole kreyòl",
    "hu": "hungarian magyar",
    "hy": "armenian հայերեն",
    "id": "indonesian bahasa",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "ka": "georgian ქართული",
    "km": "khmer ខ្មែរ",
    "ko": "korean 한국어",
    "ku": "kurdish kurdî",
    "lt": "lithuanian lietuvių",
    "lv": "latvian latviešu",
    "mk": "macedonian македонски",
    "my": "burmese မြန်မာ",
    "ne": "nepali नेपाली",
    "nl": "dutch nederlands",
    "no": "norwegian norsk",
    "pl": "polish polski",
    "ps": "pashto پښتو",
    "pt": "portuguese português portugues",
    "rm": "romansh rumantsch",
    "ro": "romanian română romana",
    "rom": "romani romanes",
    "ru": "russian русский",
    "rw": "kinyarwanda",
    "sk": "slovak slovenčina",
    "sl": "slovenian slovenščina",
    "so": "somali soomaali",
    "sq": "albanian shqip",
    "sr": "serbian srpski српски",
    "sv": "swedish svenska",
    "sw": "swahili kiswahili",
    "th": "thai ไทย",
    "ti": "tigrinya ትግርኛ",
    "tr": "turkish türkçe turkce",
    "uk": "ukrainian українська",
    "ur": "urdu اردو",
    "uz": "uzbek oʻzbekcha",
    "vi": "vietnamese tiếng việt",
    "wo": "wolof",
    "yo": "yoruba",
    "zh": "chinese 中文",
    "zu": "zulu",
}
_KNOWN = {name: code for code, names in _NAMES.items() for name in names.split()}


class Languages:
    """Gives each spelling of a language its code, and remembers them in the order in which they come.

    `told` are languages that a workbook of ours declares; `undeclared` codes that it uses without declaring them.
    """

    def __init__(self, told: Iterable[Mapping[str, Any]] = (), undeclared: Iterable[str] = ()) -> None:
        self.declared: list[Language] = []
        self.codes: dict[str, str] = {code: code for code in undeclared}
        # A column that names the language "default" is not the same as one that names none.
        self.explicit_default = False
        self.uses_untold = False
        for each in told:
            language = Language(code=str(each["code"]), name=each.get("name"), spelling=each.get("spelling"))
            self.declared.append(language)
            self.codes.setdefault(UNTOLD if language.code == UNTOLD else language.title, language.code)

    def untold(self) -> str:
        """The code of texts in no language."""
        self.uses_untold = True
        return UNTOLD

    def code(self, spelling: str) -> str:
        """The code of a language that is spelled so; a new one is declared."""
        if spelling == UNTOLD and not self.explicit_default:
            return self.untold()
        if spelling not in self.codes:
            language = self._language(spelling)
            self.codes[spelling] = language.code
            self.declared.append(language)
        return self.codes[spelling]

    def title(self, code: str) -> str:
        """How the language of that code is spelled."""
        return next((language.title for language in self.declared if language.code == code), code)

    def _language(self, spelling: str) -> Language:
        written = _WITH_CODE.fullmatch(spelling)
        if written is not None and not self._is_taken(written.group(2)):
            return Language(code=written.group(2), name=written.group(1))
        if _CODE.fullmatch(spelling) and not self._is_taken(spelling):
            return Language(code=spelling)
        name = written.group(1) if written is not None else spelling
        first = re.split(r"[\s(,/-]", name.casefold(), maxsplit=1)[0]
        code = self._free(_KNOWN.get(name.casefold()) or _KNOWN.get(first) or _slug(name))
        return Language(code=code, name=None if spelling == UNTOLD else spelling, spelling=spelling)

    def _is_taken(self, code: str) -> bool:
        return any(language.code.casefold() == code.casefold() for language in self.declared) or code == UNTOLD

    def _free(self, code: str) -> str:
        number, candidate = 1, code
        while self._is_taken(candidate):
            number += 1
            candidate = f"{code}-{number}"
        return candidate


def _slug(name: str) -> str:
    """A code made of a name: its letters in ASCII, in parts as a language tag has them."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    parts = [word[start : start + _PART] for word in words for start in range(0, len(word), _PART)][:4]
    code = "-".join(parts)
    return code if LANGUAGE.fullmatch(code) else "-".join(["und", *parts])
