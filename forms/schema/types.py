"""The types of questions: for each, its schema, what it is for, and an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from forms.definition import Kind
from forms.schema.questions import (
    AskedSchema,
    BackgroundAudioSchema,
    BackgroundGeopointSchema,
    CalculateSchema,
    MetadataSchema,
    NoteSchema,
    ValueSchema,
)
from forms.schema.selects import OsmSchema, PlaceSchema, RankSchema, SelectMultipleSchema, SelectOneSchema


@dataclass(frozen=True, slots=True)
class Type:
    """A type of question: `example` holds the keys of one beside its type, name and label."""

    schema: type[MetadataSchema]
    description: str
    name: str
    label: tuple[str, str] | None
    example: Mapping[str, Any]

    def document(self, kind: Kind) -> dict[str, Any]:
        """The whole example, as a question's JSON."""
        label = {} if self.label is None else {"label": dict(zip(("de", "bg"), self.label, strict=True))}
        return {"type": kind.value, "name": self.name, **label, **self.example}


def _asked(description: str, name: str, de: str, bg: str, **example: object) -> Type:
    return Type(AskedSchema, description, name, (de, bg), MappingProxyType(example))


def _recorded(description: str, name: str) -> Type:
    return Type(MetadataSchema, description, name, None, MappingProxyType({}))


def _made(schema: type[MetadataSchema], description: str, name: str, **example: object) -> Type:
    return Type(schema, description, name, None, MappingProxyType(example))


def _chosen(schema: type[MetadataSchema], description: str, name: str, de: str, bg: str, **example: object) -> Type:
    return Type(schema, description, name, (de, bg), MappingProxyType(example))


TYPES: Mapping[Kind, Type] = {
    Kind.TEXT: _asked("Words.", "story", "Wie kam es dazu?", "Как се стигна дотам?", parameters={"rows": 4}),
    Kind.INTEGER: _asked("A whole number.", "age", "Wie alt sind Sie?", "На колко години сте?", constraint=". >= 0"),
    Kind.DECIMAL: _asked("A number with decimals.", "rent", "Wie hoch ist die Miete?", "Какъв е наемът?"),
    Kind.RANGE: _asked(
        "A number on a scale.",
        "trust",
        "Wie sehr vertrauen Sie dem Amt?",
        "Доколко се доверявате на службата?",
        parameters={"start": 0, "end": 10, "step": 1},
    ),
    Kind.SELECT_ONE: _chosen(
        SelectOneSchema, "One of several choices.", "tenure", "Wie wohnen Sie?", "Как живеете?", choices="tenure"
    ),
    Kind.SELECT_MULTIPLE: _chosen(
        SelectMultipleSchema,
        "Any number of choices.",
        "languages",
        "Welche Sprachen sprechen Sie?",
        "Какви езици говорите?",
        choices="languages",
    ),
    Kind.RANK: _chosen(
        RankSchema,
        "Choices brought into an order.",
        "needs",
        "Was ist am wichtigsten?",
        "Какво е най-важно?",
        choices="needs",
    ),
    Kind.DATE: _asked("A day; with the appearance `month-year` or `year`, less.", "arrived", "Seit wann?", "Откога?"),
    Kind.TIME: _asked("A time of day.", "leaves_at", "Wann gehen Sie zur Arbeit?", "Кога отивате на работа?"),
    Kind.DATETIME: _asked("A day with its time.", "appointment", "Wann ist der Termin?", "Кога е часът?"),
    Kind.GEOPOINT: _chosen(
        PlaceSchema,
        "A place: latitude, longitude, altitude and accuracy.",
        "home",
        "Wo ist das?",
        "Къде е това?",
        parameters={"capture-accuracy": 10},
    ),
    Kind.GEOTRACE: _chosen(
        PlaceSchema, "A way: a line of places.", "way", "Welchen Weg gehen Sie?", "По кой път вървите?"
    ),
    Kind.GEOSHAPE: _chosen(
        PlaceSchema, "An area: a closed line of places.", "quarter", "Was gehört dazu?", "Какво спада към него?"
    ),
    Kind.IMAGE: _asked(
        "A picture: taken, chosen, or with the appearance `draw`, `annotate` or `signature` drawn.",
        "door",
        "Die Tür",
        "Вратата",
        parameters={"max-pixels": 2048},
    ),
    Kind.AUDIO: _asked("A recording.", "narration", "Die Erzählung", "Разказът", parameters={"quality": "normal"}),
    Kind.VIDEO: _asked("A film.", "walk", "Ein Gang durch das Viertel", "Разходка из квартала"),
    Kind.FILE: _asked("Any file.", "document", "Das Dokument", "Документът"),
    Kind.BARCODE: _asked("What a barcode or QR code says.", "card", "Der Code auf der Karte", "Кодът на картата"),
    Kind.OSM: _chosen(
        OsmSchema, "A place in OpenStreetMap; for older forms.", "house", "Welches Haus?", "Коя къща?", tags="building"
    ),
    Kind.NOTE: Type(
        NoteSchema,
        "A text that is read out or shown, without an answer; with a `calculation`, it keeps what that says.",
        "thanks",
        ("Vielen Dank.", "Благодаря."),
        MappingProxyType({}),
    ),
    Kind.ACKNOWLEDGE: _asked("A text that is confirmed; the answer is `OK`.", "read_out", "Vorgelesen", "Прочетено"),
    Kind.TRIGGER: _asked(
        "The same without a type in the XForm, as older forms have it.", "handed_out", "Ausgehändigt", "Връчено"
    ),
    Kind.CALCULATE: _made(
        CalculateSchema,
        "A value worked out from others, shown to nobody. It needs a `calculation` or a `default`.",
        "household_size",
        calculation="${adults} + ${children}",
    ),
    Kind.HIDDEN: _made(ValueSchema, "A value that is carried along, shown to nobody.", "wave", default=2),
    Kind.START: _recorded("When the form was opened.", "start"),
    Kind.END: _recorded("When it was last saved.", "end"),
    Kind.TODAY: _recorded("The day on which it was opened.", "today"),
    Kind.DEVICEID: _recorded("The tablet.", "deviceid"),
    Kind.USERNAME: _recorded("The interviewer's name, as the tablet knows it.", "username"),
    Kind.EMAIL: _recorded("The interviewer's address, as the tablet knows it.", "email"),
    Kind.PHONENUMBER: _recorded("The interviewer's telephone number, as the tablet knows it.", "phonenumber"),
    Kind.AUDIT: _made(
        MetadataSchema,
        "A log of how the form was filled in, kept by ODK Collect; always called `audit`.",
        "audit",
        parameters={"track-changes": True},
    ),
    Kind.START_GEOPOINT: _recorded("The place where the form was opened.", "opened_at"),
    Kind.BACKGROUND_GEOPOINT: _made(
        BackgroundGeopointSchema,
        "The place where another question was answered.",
        "asked_at",
        trigger=["consent"],
    ),
    Kind.BACKGROUND_AUDIO: _made(
        BackgroundAudioSchema,
        "A recording of the whole interview.",
        "recording",
        parameters={"quality": "voice-only"},
    ),
}
"""Every type of question."""

CONTAINERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "group": (
        "Questions that belong together; with the appearance `field-list` they share one screen.",
        {
            "type": "group",
            "name": "address",
            "label": {"de": "Anschrift", "bg": "Адрес"},
            "appearance": "field-list",
            "questions": [{"type": "text", "name": "street", "label": {"de": "Straße", "bg": "Улица"}}],
        },
    ),
    "repeat": (
        "Questions that are asked several times: once for each member, trip or spell. Repeats can stand in repeats.",
        {
            "type": "repeat",
            "name": "members",
            "label": {"de": "Mitglied des Haushalts", "bg": "Член на домакинството"},
            "count": "${household_size}",
            "questions": [{"type": "text", "name": "alias", "label": {"de": "Rufname", "bg": "Прякор"}}],
        },
    ),
}
"""What holds questions: what it is for, and an example."""
