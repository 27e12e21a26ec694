"""What cells mean: texts by language, pictures and recordings, conditions, numbers, parameters."""

from collections.abc import Mapping
from typing import Any

from forms.definition import Scalar
from forms.errors import Code, Finding, FormError
from forms.xlsform.book import as_text
from forms.xlsform.grouping import Grouped
from forms.xlsform.languages import Languages
from forms.xlsform.sheets import scalar_text

Json = dict[str, Any]

_MEDIA = {"image": "image", "big-image": "big_image", "audio": "audio", "video": "video"}


class Unsupported(Exception):  # noqa: N818  it is no error of anybody's
    """Something that pyxform takes and that has no place in our language; `tokens` is its column."""

    def __init__(self, what: str, *tokens: str) -> None:
        super().__init__(what)
        self.what, self.tokens = what, tokens

    def finding(self, sheet: Grouped, position: int) -> Finding:
        """The same as a finding at the cell of a row."""
        return sheet.place(position, *self.tokens).finding(Code.IMPORT_UNSUPPORTED, {"what": self.what})


def texts(value: Any, languages: Languages, *tokens: str) -> dict[str, str]:  # noqa: ANN401  a cell or cells
    """A text, or texts by the spelling of their language, by language code."""
    if not isinstance(value, Mapping):
        return {languages.untold(): as_text(value)}
    found: dict[str, str] = {}
    for spelling, text in value.items():
        if isinstance(text, Mapping):
            raise Unsupported("::".join((*tokens, spelling, *map(str, text))), *tokens, spelling)
        found[languages.code(spelling)] = as_text(text)
    return found


def media_of(media: Mapping[str, Any], languages: Languages) -> Json:
    """Pictures and recordings by their kind and language."""
    for kind in media:
        if kind not in _MEDIA:
            raise Unsupported(f"media::{kind}", "media", kind)
    return {_MEDIA[kind]: texts(value, languages, "media", kind) for kind, value in media.items()}


def number_in(text: str) -> Scalar:
    """The number that a text spells as JSON does, else the text."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if spelled(number, text) is not text:
            return number
    return text


def spelled(value: Scalar | bool, text: str) -> Scalar | bool:
    """A value, where a cell would be written for it as the text has it, else the text: the XForm keeps the spelling."""
    try:
        return value if scalar_text(value) == text else text
    except FormError:
        # Neither infinite numbers nor very large ones stand in JSON.
        return text
