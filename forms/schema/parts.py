"""The schemas of what a form holds beside its questions: languages, choices, media, missing kinds, entities."""

import re
from typing import Any

from marshmallow import post_load

from forms.definition import (
    Attributes,
    Choice,
    Entity,
    Language,
    Media,
    Missing,
    MissingKind,
    Submission,
)
from forms.errors import Code
from forms.names import CHOICE_NAME, LANGUAGE, LANGUAGE_NAME, MAX_NAME, MISSING_KIND, NAME
from forms.schema.fields import MissingCode, StrictSchema, Truth, Word, told
from forms.schema.lists import One, Several
from forms.schema.maps import (
    KEPT_PREFIX,
    Columns,
    FileNames,
    Mapped,
    Readers,
    Texts,
    XmlAttributes,
)

ADDRESS = re.compile(r"\S+")
MAX_CHOICES = 100_000
"""How many choices a list holds. A longer one belongs into a file."""
MAX_LISTS = 2_000
MAX_MISSING_KINDS = 20


class MediaSchema(StrictSchema):
    """Pictures and recordings that go with a text."""

    image = FileNames(**told("A picture, by language.", {"de": "haus.png", "bg": "haus.png"}))
    big_image = FileNames(
        **told(
            "The same picture larger, shown on request; with `image`.", {"de": "haus_gross.png", "bg": "haus_gross.png"}
        )
    )
    audio = FileNames(**told("A recording of the text, by language.", {"de": "frage1_de.mp3", "bg": "frage1_bg.mp3"}))
    video = FileNames(**told("A film, by language.", {"de": "gebaerden.mp4", "bg": "gebaerden.mp4"}))

    @post_load
    def _media(self, data: dict[str, Any], **_: object) -> Media:
        return Media(**data)


class BodylessAttributesSchema(StrictSchema):
    """Further XML attributes of an item that shows nothing."""

    bind = XmlAttributes(
        **told("Attributes of the bind; XLSForm's columns `bind::…`. Not those that have a key.", {"odk:length": "8"})
    )
    instance = XmlAttributes(
        **told("Attributes of the element in the instance; XLSForm's columns `instance::…`.", {"odk:tag": "hh"})
    )

    @post_load
    def _attributes(self, data: dict[str, Any], **_: object) -> Attributes:
        return Attributes(**data)


class AttributesSchema(BodylessAttributesSchema):
    """Further XML attributes of the elements that an item makes in the XForm."""

    order = ("bind", "body", "instance")
    body = XmlAttributes(
        **told(
            "Attributes of the control; XLSForm's columns `body::…`, and its `autoplay` and `intent`.",
            {"autoplay": "audio"},
        )
    )


class LanguageSchema(StrictSchema):
    """A language: its code and its name in itself."""

    code = Word(
        required=True,
        pattern=LANGUAGE,
        code=Code.BAD_LANGUAGE,
        limit=MAX_NAME,
        **told(
            "Its code (BCP 47), by which texts are found. `default` is an XLSForm's plain column, such as `label`.",
            "bg",
        ),
    )
    name = Word(
        pattern=LANGUAGE_NAME,
        code=Code.BAD_LANGUAGE_NAME,
        limit=MAX_NAME,
        **told("Its name, in the language itself.", "Български"),
    )
    spelling = Word(
        pattern=LANGUAGE_NAME,
        code=Code.BAD_LANGUAGE_NAME,
        limit=MAX_NAME,
        **told("What the XForm calls it, where that is not the name with the code in brackets.", "Bulgarian (bg)"),
    )

    @post_load
    def _language(self, data: dict[str, Any], **_: object) -> Language:
        return Language(**data)


class ChoiceSchema(StrictSchema):
    """A choice: its name, its label, and further columns for choice filters."""

    name = Word(
        required=True,
        pattern=CHOICE_NAME,
        code=Code.BAD_CHOICE_NAME,
        limit=MAX_NAME,
        **told("What the answer is called in expressions and in the data. Best without blanks.", "rented"),
    )
    label = Texts(**told("The text that is shown, by language.", {"de": "Zur Miete", "bg": "Под наем"}))
    media = One(
        MediaSchema(),
        **told("Pictures and recordings that go with the label.", {"image": {"de": "miete.png", "bg": "miete.png"}}),
    )
    values = Columns(
        **told(
            "Further columns, each a text or a number, that a `choice_filter` can look at.",
            {"region": "ruhr", "size": 3},
        )
    )
    reviewed = Readers(**told("Who has read the label over, by language.", {"bg": "M. Georgieva"}))

    @post_load
    def _choice(self, data: dict[str, Any], **_: object) -> Choice:
        return Choice(**data)


class ChoiceLists(Mapped):
    """The choice lists by name."""

    # An empty list is told by the checks, together with whoever uses it.
    each = Several(ChoiceSchema(), most=MAX_CHOICES, filled=False)
    # A list that no question can name is of no use, and yet it may stand in an XLSForm.
    pattern = CHOICE_NAME
    wrong_name = Code.BAD_LIST_NAME
    # The compiler makes lists of its own.
    kept_prefix = KEPT_PREFIX
    most = MAX_LISTS


class MissingKindSchema(StrictSchema):
    """A reason why there is no answer."""

    code = MissingCode(
        required=True, **told("The user-missing code in statistics: a number that no answer can have.", -97)
    )
    label = Texts(required=True, **told("What is shown, by language.", {"de": "Weiß nicht", "bg": "Не знам"}))

    @post_load
    def _kind(self, data: dict[str, Any], **_: object) -> MissingKind:
        return MissingKind(**data)


class MissingKinds(Mapped):
    """The kinds of missing answer by name."""

    each = One(MissingKindSchema())
    pattern = MISSING_KIND
    wrong_name = Code.BAD_MISSING_KIND
    most = MAX_MISSING_KINDS


class MissingSchema(StrictSchema):
    """The kinds of missing answer, and what stands above them."""

    label = Texts(
        required=True, **told("What stands above the kinds, by language.", {"de": "Keine Antwort", "bg": "Без отговор"})
    )
    kinds = MissingKinds(
        required=True,
        **told(
            "The kinds by name (lower-case words); each has a code of its own.",
            {"dont_know": {"code": -97, "label": {"de": "Weiß nicht", "bg": "Не знам"}}},
        ),
    )

    @post_load
    def _missing(self, data: dict[str, Any], **_: object) -> Missing:
        return Missing(**data)


class EntitySchema(StrictSchema):
    """An entity that the form creates or updates."""

    dataset = Word(
        required=True,
        pattern=NAME,
        limit=MAX_NAME,
        **told("The list of entities that it belongs to.", "households"),
    )
    label = Word(**told("An expression: what the entity is called in lists.", "concat(${street}, ' ', ${number})"))
    entity_id = Word(**told("An expression: the id of an entity that is there already.", "${household}"))
    create_if = Word(**told("An expression: whether an entity is created.", "${household} = ''"))
    update_if = Word(**told("An expression: whether the entity is updated.", "${household} != ''"))
    repeat = Word(
        pattern=NAME, limit=MAX_NAME, **told("The repeat of which each round makes an entity of its own.", "members")
    )

    @post_load
    def _entity(self, data: dict[str, Any], **_: object) -> Entity:
        return Entity(**data)


class SubmissionSchema(StrictSchema):
    """How other clients send the form off."""

    url = Word(
        pattern=ADDRESS, code=Code.BAD_ADDRESS, **told("Where other clients send it.", "https://example.org/submission")
    )
    public_key = Word(
        **told("The public key (RSA, base64) under which ODK Collect encrypts.", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
    )
    auto_send = Word(limit=MAX_NAME, **told('`"true"` sends it as soon as it is finished.', "true"))
    auto_delete = Word(limit=MAX_NAME, **told('`"true"` deletes it as soon as it is sent.', "true"))
    editable = Truth(**told("`true` lets it be changed also after it was sent.", True))

    @post_load
    def _submission(self, data: dict[str, Any], **_: object) -> Submission:
        return Submission(**data)
