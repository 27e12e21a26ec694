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
from forms.names import CHOICE_NAME, LANGUAGE, LANGUAGE_NAME, LIST_NAME, MAX_NAME, MISSING_KIND, NAME
from forms.schema.fields import MissingCode, StrictSchema, Truth, Word
from forms.schema.lists import One, Several
from forms.schema.maps import (
    KEPT_PREFIX,
    ByName,
    Columns,
    FileNames,
    Mapped,
    Readers,
    Texts,
    XmlAttributes,
)
from forms.schema.problems import invalid

MAX_CHOICES = 20_000
"""How many choices a list holds. A longer one belongs into a file."""
MAX_LISTS = 2_000
MAX_MISSING_KINDS = 20


class MediaSchema(StrictSchema):
    """Pictures and recordings that go with a text."""

    image = FileNames()
    big_image = FileNames()
    audio = FileNames()
    video = FileNames()

    @post_load
    def _media(self, data: dict[str, Any], **_: object) -> Media:
        return Media(**data)


class BodylessAttributesSchema(StrictSchema):
    """Further XML attributes of an item that shows nothing."""

    bind = XmlAttributes()
    instance = XmlAttributes()

    @post_load
    def _attributes(self, data: dict[str, Any], **_: object) -> Attributes:
        return Attributes(**data)


class AttributesSchema(BodylessAttributesSchema):
    """Further XML attributes of the elements that an item makes in the XForm."""

    order = ("bind", "body", "instance")
    body = XmlAttributes()


class LanguageSchema(StrictSchema):
    """A language: its code and its name in itself."""

    code = Word(required=True, pattern=LANGUAGE, code=Code.BAD_LANGUAGE, limit=MAX_NAME)
    name = Word(pattern=LANGUAGE_NAME, limit=MAX_NAME)
    spelling = Word(pattern=LANGUAGE_NAME, limit=MAX_NAME)

    @post_load
    def _language(self, data: dict[str, Any], **_: object) -> Language:
        return Language(**data)


class ChoiceSchema(StrictSchema):
    """A choice: its name, its label, and further columns for choice filters."""

    name = Word(required=True, pattern=CHOICE_NAME, code=Code.BAD_CHOICE_NAME, limit=MAX_NAME)
    label = Texts()
    media = One(MediaSchema())
    values = Columns()
    reviewed = Readers()

    @post_load
    def _choice(self, data: dict[str, Any], **_: object) -> Choice:
        return Choice(**data)


class ChoiceLists(Mapped):
    """The choice lists by name."""

    pattern = LIST_NAME
    wrong_name = Code.BAD_LIST_NAME
    most = MAX_LISTS

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  handed on to marshmallow
        super().__init__(**kwargs)
        # An empty list is told by the checks, together with whoever uses it.
        self.each = Several(ChoiceSchema(), most=MAX_CHOICES, filled=False)

    def check_name(self, name: str) -> None:
        """A name that is not kept for the lists that the compiler makes."""
        super().check_name(name)
        if name.startswith(KEPT_PREFIX):
            raise invalid(Code.RESERVED_NAME, name=name)

    def read(self, value: object) -> tuple[Choice, ...]:
        """The choices of one list."""
        return self.each.read(value)

    def write(self, value: tuple[Choice, ...]) -> list[Any]:
        """One list as JSON."""
        return self.each.write(value)


class MissingKindSchema(StrictSchema):
    """A reason why there is no answer."""

    code = MissingCode(required=True)
    label = Texts(required=True)

    @post_load
    def _kind(self, data: dict[str, Any], **_: object) -> MissingKind:
        return MissingKind(**data)


class MissingKinds(ByName):
    """The kinds of missing answer by name."""

    most = MAX_MISSING_KINDS


class MissingSchema(StrictSchema):
    """The kinds of missing answer, and what stands above them."""

    label = Texts(required=True)
    kinds = MissingKinds(MissingKindSchema(), pattern=MISSING_KIND, code=Code.BAD_MISSING_KIND, required=True)

    @post_load
    def _missing(self, data: dict[str, Any], **_: object) -> Missing:
        return Missing(**data)


class EntitySchema(StrictSchema):
    """An entity that the form creates or updates."""

    dataset = Word(required=True, pattern=NAME, limit=MAX_NAME)
    label = Word()
    entity_id = Word()
    create_if = Word()
    update_if = Word()
    repeat = Word(pattern=NAME, limit=MAX_NAME)

    @post_load
    def _entity(self, data: dict[str, Any], **_: object) -> Entity:
        return Entity(**data)


class SubmissionSchema(StrictSchema):
    """How other clients send the form off."""

    url = Word(pattern=re.compile(r"\S+"), code=Code.BAD_ADDRESS)
    public_key = Word()
    auto_send = Word(limit=MAX_NAME)
    auto_delete = Word(limit=MAX_NAME)
    editable = Truth()

    @post_load
    def _submission(self, data: dict[str, Any], **_: object) -> Submission:
        return Submission(**data)
