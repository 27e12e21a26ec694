"""XLSForm's words for the types of questions, the old ones among them, as types of our language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pyxform import constants

from forms.definition import Kind

_WORDS: Mapping[Kind, str] = {
    Kind.TEXT: "text|string|q string|add text prompt",
    Kind.INTEGER: "integer|int|q int|add integer prompt",
    Kind.DECIMAL: "decimal|q decimal|add decimal prompt",
    Kind.RANGE: "range",
    Kind.DATE: "date|q date|add date prompt",
    Kind.TIME: "time",
    Kind.DATETIME: "dateTime|datetime|date time|q dateTime|q date time|add dateTime prompt|add date time prompt",
    Kind.GEOPOINT: "geopoint|gps|location|q geopoint|q location|add location prompt",
    Kind.GEOTRACE: "geotrace|q geotrace",
    Kind.GEOSHAPE: "geoshape|q geoshape",
    Kind.IMAGE: "photo|q image|q picture",
    Kind.AUDIO: "audio|q audio",
    Kind.VIDEO: "video|q video",
    Kind.FILE: "file",
    Kind.BARCODE: "barcode|q barcode|add barcode prompt",
    Kind.OSM: "osm",
    Kind.NOTE: "note|q note|add note prompt",
    Kind.ACKNOWLEDGE: "acknowledge|q acknowledge|add acknowledge prompt",
    Kind.TRIGGER: "trigger",
    Kind.CALCULATE: "calculate|q calculate|add calculate prompt",
    Kind.HIDDEN: "hidden",
    Kind.START: "start|start time|get start time",
    Kind.END: "end|end time|get end time",
    Kind.TODAY: "today|get today",
    Kind.DEVICEID: "deviceid|device id|get device id",
    Kind.USERNAME: "username",
    Kind.EMAIL: "email",
    Kind.PHONENUMBER: "phonenumber|get phone number",
    Kind.AUDIT: "audit",
    Kind.START_GEOPOINT: "start-geopoint",
    Kind.BACKGROUND_GEOPOINT: "background-geopoint",
    Kind.BACKGROUND_AUDIO: "background-audio",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word stands for: a type, and what it says beside: attributes of the bind, and a hint."""

    kind: Kind
    bind: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


def _days(most: int) -> Meaning:
    return Meaning(Kind.INTEGER, {"constraint": f"0 <= . and . <= {most}"}, f"Enter a number 0-{most}.")


def _property(name: str) -> Meaning:
    """A property of the device, which is carried along without being asked."""
    return Meaning(Kind.HIDDEN, {"jr:preload": "property", "jr:preloadParams": name})


MEANINGS: Mapping[str, Meaning] = {
    **{word: Meaning(kind) for kind, words in _WORDS.items() for word in words.split("|")},
    "percentage": Meaning(Kind.INTEGER, {"constraint": "0 <= . and . <= 100"}),
    "phone number": Meaning(Kind.TEXT, {"constraint": r"regex(., '^\d*$')"}, "Enter numbers only."),
    "number of days in last month": _days(31),
    "number of days in last six months": _days(183),
    "number of days in last year": _days(365),
    **{word: _property("subscriberid") for word in ("subscriberid", "subscriber id", "get subscriber id")},
    **{word: _property("simserial") for word in ("simserial", "sim id", "get sim id")},
    **{
        f"uri:{name}": _property(f"uri:{name}")
        for name in ("subscriberid", "phonenumber", "simserial", "deviceid", "username", "email")
    },
}
"""What each word of a type stands for, where it is no select."""

SELECTS: Mapping[str, Kind] = {
    constants.SELECT_ONE: Kind.SELECT_ONE,
    constants.SELECT_ONE_EXTERNAL: Kind.SELECT_ONE,
    constants.SELECT_ALL_THAT_APPLY: Kind.SELECT_MULTIPLE,
    constants.RANK: Kind.RANK,
}

# Only these words have parameters; pyxform reads over them elsewhere, even where another word means the same.
WITH_PARAMETERS = frozenset(
    {"text", "range", "photo", "audio", "background-audio", "geopoint", "geotrace", "geoshape", "audit"}
)
DATA_FILES: Mapping[str, str] = {"csv-external": "csv", "xml-external": "xml"}
