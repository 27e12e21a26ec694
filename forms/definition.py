"""The form, as it is asked: frozen values without behaviour beyond walking themselves.

Texts are maps from language code to text. Expressions are written as in XLSForm, with `${name}` for the
answer to another question. None always means that the key is not given, so that a form read from JSON and
written again is the same document.

A form without languages of its own (an XLSForm with a plain `label` column) has the one language `default`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

Text = Mapping[str, str]
"""Language code to text."""

Condition = bool | str
"""true, false, or an expression."""

Scalar = str | int | float


class Kind(StrEnum):
    """The type of a question, by its word in the JSON."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    BARCODE = "barcode"
    OSM = "osm"
    NOTE = "note"
    ACKNOWLEDGE = "acknowledge"
    TRIGGER = "trigger"
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    START = "start"
    END = "end"
    TODAY = "today"
    DEVICEID = "deviceid"
    USERNAME = "username"
    EMAIL = "email"
    PHONENUMBER = "phonenumber"
    AUDIT = "audit"
    START_GEOPOINT = "start_geopoint"
    BACKGROUND_GEOPOINT = "background_geopoint"
    BACKGROUND_AUDIO = "background_audio"


METADATA = frozenset(
    {Kind.START, Kind.END, Kind.TODAY, Kind.DEVICEID, Kind.USERNAME, Kind.EMAIL, Kind.PHONENUMBER}
    | {Kind.AUDIT, Kind.START_GEOPOINT, Kind.BACKGROUND_GEOPOINT, Kind.BACKGROUND_AUDIO}
)
SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE, Kind.RANK})
ATTACHMENTS = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO, Kind.FILE, Kind.BACKGROUND_AUDIO, Kind.OSM})
UNASKED = METADATA | {Kind.CALCULATE, Kind.HIDDEN, Kind.NOTE}
"""Kinds to which nobody gives an answer."""


class SpecialCategory(StrEnum):
    """The special categories of personal data of Art. 9 (1) DSGVO."""

    ETHNIC_ORIGIN = "ethnic_origin"
    POLITICAL_OPINION = "political_opinion"
    RELIGION_OR_BELIEF = "religion_or_belief"
    TRADE_UNION = "trade_union"
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    HEALTH = "health"
    SEX_LIFE = "sex_life"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Pictures and recordings that go with a text; each a map from language code to a file name."""

    image: Text | None = None
    big_image: Text | None = None
    audio: Text | None = None
    video: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Further attributes of the XForm elements that an item makes: bind, body control, instance element."""

    bind: Mapping[str, str] | None = None
    body: Mapping[str, str] | None = None
    instance: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, or one value that is recorded without asking.

    Of a select, exactly one of four says where its choices come from: `choices` names a list of the form,
    `choices_file` a CSV, XML or GeoJSON file, `choices_from` a question of a repeat whose answers are the choices,
    `choices_external` a list of the form's `external_choices`. `tags` names a list of the form's `tags`, for a question
    of type osm. `no_app_message` is shown where the app that `appearance` or an intent names is not there.
    `trigger` names the questions whose change makes the calculation run. `missing` names the kinds of missing
    answer that are offered (true: all that the form declares). `save_to` names the property of an entity.
    `consent` says that a yes to this question allows what follows. `reviewed` says, by language, who read the
    texts over; a language that is not named there is a draft.
    """

    kind: Kind
    name: str
    label: Text | None = None
    media: Media | None = None
    hint: Text | None = None
    guidance: Text | None = None
    relevant: str | None = None
    required: Condition | None = None
    required_message: Text | None = None
    read_only: Condition | None = None
    constraint: str | None = None
    constraint_message: Text | None = None
    no_app_message: Text | None = None
    calculation: str | None = None
    default: Scalar | None = None
    appearance: str | None = None
    parameters: Mapping[str, Scalar | bool] | None = None
    choices: str | None = None
    choices_file: str | None = None
    choices_from: str | None = None
    choices_external: str | None = None
    tags: str | None = None
    choice_filter: str | None = None
    or_other: bool | None = None
    trigger: tuple[str, ...] | None = None
    missing: bool | tuple[str, ...] | None = None
    save_to: str | None = None
    consent: bool | None = None
    personal: bool | None = None
    special_category: SpecialCategory | None = None
    reviewed: Mapping[str, str] | None = None
    attributes: Attributes | None = None

    @property
    def is_answerable(self) -> bool:
        """Whether a person gives an answer to it."""
        return self.kind not in UNASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that belong together; with appearance `field-list` they share one screen."""

    name: str
    questions: tuple["Item", ...]
    label: Text | None = None
    media: Media | None = None
    hint: Text | None = None
    relevant: str | None = None
    read_only: Condition | None = None
    appearance: str | None = None
    reviewed: Mapping[str, str] | None = None
    attributes: Attributes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Questions that are asked several times, once for each member, trip or spell."""

    name: str
    questions: tuple["Item", ...]
    label: Text | None = None
    media: Media | None = None
    hint: Text | None = None
    relevant: str | None = None
    read_only: Condition | None = None
    appearance: str | None = None
    reviewed: Mapping[str, str] | None = None
    attributes: Attributes | None = None
    count: int | str | None = None


Item = Question | Group | Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One possible answer. `values` are further columns that a choice filter can look at."""

    name: str
    label: Text | None = None
    media: Media | None = None
    values: Mapping[str, Scalar] | None = None
    reviewed: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language of the form: its code, and its name in itself.

    `spelling` is given where the XForm calls the language otherwise than by the usual `Deutsch (de)`.
    """

    code: str
    name: str | None = None
    spelling: str | None = None

    @property
    def title(self) -> str:
        """The language as XLSForm writes it: its own spelling, else `Deutsch (de)`, else the code."""
        if self.spelling is not None:
            return self.spelling
        return f"{self.name} ({self.code})" if self.name else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingKind:
    """A reason why there is no answer: the user-missing code for statistics, and its label."""

    code: int
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The kinds of missing answer, declared once for the form. `kinds` maps a kind's name to what it is."""

    label: Text
    kinds: Mapping[str, MissingKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity that the form creates or updates; everything but the dataset and repeat is an expression."""

    dataset: str
    label: str | None = None
    entity_id: str | None = None
    create_if: str | None = None
    update_if: str | None = None
    repeat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How other clients send the form off, as in the settings of an XLSForm; `editable`: also after sending it."""

    url: str | None = None
    public_key: str | None = None
    auto_send: str | None = None
    auto_delete: str | None = None
    editable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A whole form. `choices` maps the name of a choice list to its choices, in the order shown.

    `version_label` is what its authors call the version; the version's name is its hash. `data_files` maps the name
    of an external instance to `csv` or `xml`; `files` the name of a file that the form uses to the SHA-256 of its
    bytes, which publishing fills in. `root_name`, `attributes` and `namespaces` are those of the XForm's
    instance. `title` may be given in fewer languages than the questions.

    What follows is there for XLSForms that exist already. `xform_id` is what the XForm is called where the `id` cannot
    be: with blanks, say. `instance_id` is how the XForm preloads its instanceID, `uid` where it is not given; false
    makes an XForm without one, whose answers cannot be told apart. `flat` leaves the groups out of the instance.
    `external_choices` maps the name of a list to choices that are handed out as a file `itemsets.csv`, `tags` to what
    a question of type osm asks about a place.
    """

    id: str
    title: Text
    languages: tuple[Language, ...]
    default_language: str
    questions: tuple[Item, ...]
    version_label: str | None = None
    choices: Mapping[str, tuple[Choice, ...]] | None = None
    allow_duplicate_choices: bool | None = None
    missing: Missing | None = None
    instance_name: str | None = None
    style: str | None = None
    data_files: Mapping[str, str] | None = None
    files: Mapping[str, str] | None = None
    entities: tuple[Entity, ...] | None = None
    submission: Submission | None = None
    root_name: str | None = None
    attributes: Mapping[str, str] | None = None
    namespaces: Mapping[str, str] | None = None
    xform_id: str | None = None
    instance_id: Condition | None = None
    flat: bool | None = None
    external_choices: Mapping[str, tuple[Choice, ...]] | None = None
    tags: Mapping[str, tuple[Choice, ...]] | None = None

    def choice_list(self, name: str) -> tuple[Choice, ...] | None:
        """The choices of the list of that name, or None when there is no such list."""
        return (self.choices or {}).get(name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: its JSON pointer, and the names of the groups and repeats around it."""

    item: Item
    pointer: str
    parents: tuple[Group | Repeat, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The names from the outermost parent to the item itself."""
        return (*(parent.name for parent in self.parents), self.item.name)


def walk(form: Form) -> Iterator[Place]:
    """Every question, group and repeat in the order of the form, a parent before its children."""
    yield from _walk(form.questions, "", ())


def _walk(items: tuple[Item, ...], pointer: str, parents: tuple[Group | Repeat, ...]) -> Iterator[Place]:
    for position, item in enumerate(items):
        here = f"{pointer}/questions/{position}"
        yield Place(item, here, parents)
        if not isinstance(item, Question):
            yield from _walk(item.questions, here, (*parents, item))
