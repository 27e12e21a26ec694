"""The schemas of groups and repeats, and of the lists of items that they hold."""

from typing import Any

from marshmallow import ValidationError, post_load

from forms.definition import Group, Item, Kind, Question, Repeat
from forms.errors import Code
from forms.names import MAX_NAME
from forms.schema.fields import ConditionField, CountField, StrictSchema, Value, Word, legal_text
from forms.schema.lists import One, bounded
from forms.schema.maps import Readers, Texts
from forms.schema.parts import AttributesSchema, MediaSchema
from forms.schema.problems import Problem, invalid, unknown_word
from forms.schema.questions import ItemSchema, question_schema

MAX_QUESTIONS = 10_000
"""How many questions, groups and repeats a form holds."""


class Items(Value):
    """The list of questions, groups and repeats of a form, a group or a repeat."""

    def _deserialize(self, value: object, *_: object, **__: object) -> tuple[Item, ...]:
        items: list[Item] = []
        errors: dict[int, object] = {}
        # An empty list is told by the checks.
        for position, document in enumerate(bounded(value, MAX_QUESTIONS, filled=False)):
            try:
                items.append(_load_item(document))
            except ValidationError as error:
                errors[position] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(items)

    def _serialize(self, value: tuple[Item, ...] | None, *_: object, **__: object) -> list[object]:
        return [_schema_of(item).dump(item) for item in value or ()]


class _ContainerSchema(ItemSchema):
    order = ("type", "name", "label", "media", "hint", "relevant", "read_only", "appearance", "count", "reviewed")
    label = Texts()
    media = One(MediaSchema())
    hint = Texts()
    relevant = Word()
    read_only = ConditionField()
    appearance = Word()
    reviewed = Readers()
    attributes = One(AttributesSchema())


class GroupSchema(_ContainerSchema):
    """group: questions that belong together."""

    type = Value(required=True, dump_default="group")
    questions = Items(required=True)

    @post_load
    def _group(self, data: dict[str, Any], **_: object) -> Group:
        return Group(**{key: value for key, value in data.items() if key != "type"})


class RepeatSchema(_ContainerSchema):
    """repeat: questions that are asked several times."""

    type = Value(required=True, dump_default="repeat")
    count = CountField()
    questions = Items(required=True)

    @post_load
    def _repeat(self, data: dict[str, Any], **_: object) -> Repeat:
        return Repeat(**{key: value for key, value in data.items() if key != "type"})


SCHEMAS: dict[str, StrictSchema] = {
    **{kind.value: question_schema(kind) for kind in Kind},
    "group": GroupSchema(),
    "repeat": RepeatSchema(),
}
"""The schema of each type, by its word in the JSON."""


def keys_of(type_: str) -> tuple[str, ...]:
    """The keys that a type knows, by its word in the JSON, in the order in which they are written."""
    return SCHEMAS[type_].keys


def _schema_of(item: Item) -> StrictSchema:
    if isinstance(item, Question):
        return SCHEMAS[item.kind.value]
    return SCHEMAS["group" if isinstance(item, Group) else "repeat"]


def _load_item(document: object) -> Item:
    if not isinstance(document, dict):
        raise invalid(Code.EXPECTED_OBJECT)
    if "type" not in document:
        raise ValidationError({"type": [Problem(Code.MISSING_KEY)]})
    try:
        word = legal_text(document["type"], MAX_NAME)
    except ValidationError as error:
        raise ValidationError({"type": error.messages}) from error
    schema = SCHEMAS.get(word)
    if schema is None:
        problem = unknown_word(Code.UNKNOWN_TYPE, Code.UNKNOWN_TYPE_NEAR, "type", word, tuple(SCHEMAS))
        raise ValidationError({"type": [problem]})
    item: Item = schema.load(document)
    return item
